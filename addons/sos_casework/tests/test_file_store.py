import os
import random
import resource
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestFileStore(TransactionCase):
    """A file is there whole or not at all, however its writing ended."""

    def setUp(self):
        super().setUp()
        self.attachments = self.env["ir.attachment"]
        # of its own for each test: a file outlives the test that wrote it
        self.content = random.randbytes(300_000)

    @contextmanager
    def _file_cut_off(self, size):
        """No file grows over a size: what a full disk or a killed server leaves."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            with self.assertRaises(OSError), mute_logger(self.attachments._name):
                yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def _files(self):
        """Every file of the store with its size."""
        root = Path(self.attachments._filestore())
        return {
            str(path.relative_to(root)): path.stat().st_size
            for path in root.rglob("*")
            if path.is_file()
        }

    def test_file_that_was_cut_off_is_written_again(self):
        """Odoo takes a part of a file under the whole's name for another file, and
        refuses the whole one for ever: nobody could submit that form again."""
        name = sha1(self.content).hexdigest()
        with self._file_cut_off(100_000):
            self.attachments.create({"name": "drawing", "raw": self.content})
        self.assertNotIn(f"{name[:2]}/{name}", self._files())
        again = self.attachments.create({"name": "drawing", "raw": self.content})
        self.assertEqual(again.raw, self.content)
        self.assertEqual(self._files()[again.store_fname], len(self.content))

    def test_part_that_is_left_is_cleaned_away(self):
        before = self._files()
        with self._file_cut_off(100_000):
            self.attachments.create({"name": "drawing", "raw": self.content})
        parts = self._files().keys() - before.keys()
        kept = {part for part in parts if not part.startswith("checklist/")}
        self.assertEqual(len(kept), 1)
        # the checklist is what the nightly cleaning goes by
        self.assertLessEqual({f"checklist/{part}" for part in kept}, parts)
        self.attachments._gc_file_store_unsafe()
        self.assertFalse(kept & self._files().keys())

    def test_file_is_written_once(self):
        one = self.attachments.create({"name": "one", "raw": self.content})
        path = Path(one._full_path(one.store_fname))
        at = os.stat(path).st_ino
        other = self.attachments.create({"name": "other", "raw": self.content})
        self.assertEqual(other.store_fname, one.store_fname)
        self.assertEqual(os.stat(path).st_ino, at)
