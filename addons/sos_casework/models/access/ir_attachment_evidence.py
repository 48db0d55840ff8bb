from odoo import api, models


class IrAttachment(models.Model):
    """Nothing is put beside what was signed or completed."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_evidence()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._check_evidence()
        return result

    def _check_evidence(self):
        # as superuser the record itself keeps its own pictures
        if self.env.su:
            return
        for attachment in self._sos_of_families():
            record = self.env[attachment.res_model].browse(attachment.res_id)
            record.exists()._check_takes_files()
