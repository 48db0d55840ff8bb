from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class IrAttachment(models.Model):
    """A drawing, a picture or a file of a record about a family: no link opens it to
    others, and it is neither changed nor deleted behind its record's back."""

    _inherit = "ir.attachment"

    def _sos_of_families(self):
        """Those among these attachments that belong to a record about a family."""
        family = self.env.registry["sos.record.mixin"]
        models_of_families = {
            name
            # sudo: which kind of record a file belongs to, and nothing else
            for name in set(self.sudo().mapped("res_model"))
            if name and name in self.env and isinstance(self.env[name], family)
        }
        return self.filtered(lambda a: a.sudo().res_model in models_of_families)

    @api.constrains("public", "access_token", "res_model")
    def _check_no_link(self):
        if any(a.public or a.access_token for a in self._sos_of_families()):
            raise ValidationError(
                self.env._(
                    "A file of a family cannot be opened by a link. Give a copy of the "
                    "form instead: that is recorded."
                )
            )

    def _check_family_files(self):
        # as superuser the record itself writes its own pictures
        if not self.env.su and self._sos_of_families():
            raise UserError(
                self.env._(
                    "A file of a family stays as it is. Change it in the record that "
                    "it belongs to."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        # the picture of a record is set in the record, where it is checked and logged
        attachments.filtered("res_field")._check_family_files()
        return attachments

    def write(self, vals):
        self._check_family_files()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self._check_family_files()
        return result

    def unlink(self):
        self._check_family_files()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        # mail's own route deletes as superuser
        self.sudo(False)._check_family_files()
        return super()._delete_and_notify(message)
