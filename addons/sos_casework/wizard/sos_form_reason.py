from odoo import fields, models


class SosFormReason(models.TransientModel):
    """Asks the reason for sending back, cancelling or releasing a form, or refusing a
    correction of it."""

    _name = "sos.form.reason"
    _description = "Reason"

    form_id = fields.Many2one("sos.form", required=True, readonly=True)
    correction_id = fields.Many2one("sos.correction", readonly=True)
    operation = fields.Selection(
        [
            ("action_send_back", "Send back"),
            ("action_cancel", "Cancel"),
            ("action_release", "Release to the family"),
            ("action_refuse", "Refuse the correction"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        # the operation is one of the selection's values; each checks its own rights
        record = self.correction_id or self.form_id
        getattr(record, self.operation)(self.reason)
        return {"type": "ir.actions.act_window_close"}
