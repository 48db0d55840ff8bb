import os
from threading import get_ident

from odoo import api, models


class IrAttachment(models.Model):
    """A file is in the store whole or not at all."""

    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write under another name first.

        A server that is killed, or a disk that is full, in the middle of writing would
        leave a part of the file under its whole name. Odoo takes that for the file of
        somebody else and refuses the whole one from then on: the same drawing could
        never be kept, and the same form never be submitted, again.
        """
        fname, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            part = f"{fname}part{os.getpid()}x{get_ident()}"
            # first of all: what is left of a part is cleaned away with the rest
            self._mark_for_gc(part)
            self._mark_for_gc(fname)
            part_path = self._full_path(part)
            with open(part_path, "wb") as stream:
                stream.write(bin_value)
                stream.flush()
                # the row that names the file is safe on the disk once it is
                # acknowledged; the file has to be as well
                os.fsync(stream.fileno())
            os.replace(part_path, path)
        return super()._file_write(bin_value, checksum)
