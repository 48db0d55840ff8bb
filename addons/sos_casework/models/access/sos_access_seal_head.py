import logging
import os
import re
from pathlib import Path

from odoo import api, models
from odoo.tools import config

_logger = logging.getLogger(__name__)

#: Where the file is, is told to the server, in its environment: what stands in the
#: database could be changed there with all the rest.
HEAD_VARIABLE = "SOS_SEAL_FILE"
#: What ``_get_head_line`` writes.
HEAD_LINE = re.compile(r"^(\d+) \S+ \d+ ([0-9a-f]{64})$", re.MULTILINE)


class SosAccessSeal(models.Model):
    """The head of the chain outside the database: one line a seal (number, time, how
    many, fingerprint) in a file and in Odoo's log. Whoever may change everything in
    the database cannot change what has been copied away from there."""

    _inherit = "sos.access.seal"

    @api.model
    def _get_head_path(self):
        if path := os.environ.get(HEAD_VARIABLE):
            return Path(path)
        return Path(config["data_dir"], "seals", f"{self.env.cr.dbname}.txt")

    @api.model
    def _read_head(self):
        """:return: dict from number to fingerprint; ``None`` without a file"""
        path = self._get_head_path()
        if not path.exists():
            return None
        head = {}
        for number, sha256 in HEAD_LINE.findall(path.read_text()):
            # the first line of a number counts: nothing is written over
            head.setdefault(int(number), sha256)
        return head

    @api.model
    def _write_head(self):
        """Add the seals that the file does not have yet. Can run any number of times.

        A file that is further than the database is left alone, and one that is gone
        is not made up from the database: the check says so.
        """
        path = self._get_head_path()
        newest = self.sudo().search([], limit=1).number
        try:
            head = self._read_head()
            last = newest - 1 if head is None else max(head, default=0)
            seals = self.sudo().search([("number", ">", last)], order="number")
            lines = [seal._get_head_line() for seal in seals]
            for line in lines:
                _logger.info("Sealed: %s", line)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("a") as file:
                file.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            # the check says which are missing, and the next run tries again
            _logger.error(
                "The seals could not be written to %s: %s", path, error.strerror
            )

    def _get_head_line(self):
        self.ensure_one()
        at = self.sealed_at.isoformat(timespec="seconds")
        return f"{self.number} {at}Z {self.count} {self.sha256}"
