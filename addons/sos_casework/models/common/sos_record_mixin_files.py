import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.files import keep_picture


class SosRecordMixin(models.AbstractModel):
    """Pictures are looked into before Odoo scales them, and nothing is put beside
    what was signed."""

    _inherit = "sos.record.mixin"

    @api.model
    def _keep_pictures(self, vals):
        """Values with pictures as they are kept."""
        kept = dict(vals)
        for name, value in vals.items():
            if value and isinstance(self._fields.get(name), fields.Image):
                try:
                    content = base64.b64decode(value)
                except (binascii.Error, ValueError) as error:
                    raise UserError(
                        self.env._("This picture did not arrive whole. Try again.")
                    ) from error
                kept[name] = base64.b64encode(keep_picture(content))
        return kept

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._keep_pictures(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._keep_pictures(vals))

    def _check_takes_files(self):
        """:raise UserError: for a record that is signed or completed, and so takes no
        more files"""
        if "form_id" in self._fields:
            # sudo: only whether it can still be changed
            self.sudo().form_id._check_editable()
