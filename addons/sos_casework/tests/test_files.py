import base64
import io
import struct
import zipfile
import zlib
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import files
from .common import SosCommon
from .refusals import RefusalsMixin

WORD = "[Content_Types].xml", "word/document.xml"


def draw(kind="PNG", size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def make_chunk(kind, data):
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
    )


def make_bomb(width, height):
    """A few bytes that say that they are a very large picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", header)
        + make_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + make_chunk(b"IEND", b"")
    )


def make_document(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "<x/>")
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


@tagged("post_install", "-at_install")
class TestFiles(RefusalsMixin, SosCommon):
    """What is uploaded to a family is what it says, and harmless."""

    def _keep(self, content, user=None):
        """A drawing, as the client sends it."""
        return (
            self.env["sos.voice"]
            .with_user(user or self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "child_id": self.sam.id,
                    "tool": "drawing",
                    "image": base64.b64encode(content),
                }
            )
        )

    def _attach(self, content, name="file"):
        return (
            self.env["ir.attachment"]
            .with_user(self.worker)
            .create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": "sos.case",
                    "res_id": self.case.id,
                }
            )
        )

    def test_pictures_that_are_kept(self):
        for kind in ("PNG", "JPEG"):
            with self.subTest(kind):
                self.assertTrue(self._keep(draw(kind)).image)

    def test_what_is_no_picture(self):
        webp = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(99)
        for content in (SVG, HTML, draw("GIF"), webp, b"%PDF-1.7 x", b"x" * 99):
            with self.subTest(content[:9]):
                with self._refused(UserError, "Save it as PNG"):
                    self._keep(content)

    def test_picture_is_checked_when_it_is_changed_too(self):
        voice = self._keep(draw())
        before = voice.image
        for image, words in (
            (base64.b64encode(SVG), "Save it as PNG"),
            ("not base64!", "did not arrive whole"),
        ):
            with self._refused(UserError, words):
                voice.image = image
        self.assertEqual(voice.image, before)

    def test_damaged_pictures(self):
        png, jpeg = draw(), draw("JPEG")
        for content in (png[:33], jpeg[:300], png[:40] + HTML + png[40:]):
            with self.subTest(content[:9]), self._refused(UserError, "is damaged"):
                self._keep(content)

    def test_pictures_that_grow(self):
        for size in ((60_000, 60_000), (9_000, 9_000)):
            with self.subTest(size), self._refused(UserError, "too many dots"):
                self._keep(make_bomb(*size))
        self.assertTrue(self._keep(draw(size=(2600, 100))).image)

    def test_sizes(self):
        with (
            patch.object(files, "LARGEST_PICTURE", 50),
            self._refused(UserError, "This picture is larger than"),
        ):
            self._keep(draw())
        with (
            patch.object(files, "LARGEST_FILE", 5),
            self._refused(UserError, "This file is larger than"),
        ):
            self._attach(b"%PDF-1.7")

    def test_files_that_are_kept(self):
        self.assertTrue(self._attach(draw()))
        self.assertTrue(self._attach(b"%PDF-1.7\n1 0 obj\n"))
        self.assertTrue(self._attach(make_document(*WORD)))

    def test_files_that_are_not(self):
        macros = make_document(*WORD, "word/vbaProject.bin")
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        archive = make_document("a.exe")
        for content in (SVG, HTML, macros, old, archive, b"MZ" + bytes(99), b"text"):
            with self.subTest(content[:9]), self._refused(UserError, "cannot be kept"):
                # the name says nothing
                self._attach(content, "letter.pdf")

    def test_files_of_others_are_not_our_business(self):
        attachments = self.env["ir.attachment"].with_user(self.manager)
        partner = self.env["res.partner"].create({"name": "School"})
        self.assertTrue(
            attachments.create(
                {
                    "name": "a.txt",
                    "raw": b"text",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
            )
        )
