import contextlib

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImportImport(models.TransientModel):
    """Each date that cannot be read is said with its row, and hides no other error."""

    _inherit = "base_import.import"

    def _parse_date_from_data(self, data, index, name, field_type, options):
        if not (self.res_model or "").startswith("sos."):
            return super()._parse_date_from_data(data, index, name, field_type, options)
        for line in data:
            # it stays as it is in the file, and the import names its row
            with contextlib.suppress(ImportValidationError):
                super()._parse_date_from_data([line], index, name, field_type, options)
        return None
