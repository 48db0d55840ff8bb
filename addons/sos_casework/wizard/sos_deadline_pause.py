from odoo import fields, models


class SosDeadlinePause(models.TransientModel):
    """Asks why clocks are paused."""

    _name = "sos.deadline.pause"
    _description = "Pause clocks"

    deadline_ids = fields.Many2many(
        "sos.deadline",
        string="Clocks",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Text("Why", required=True)

    def action_apply(self):
        self.ensure_one()
        # the method asks for the right itself
        self.deadline_ids.action_pause(self.reason)
        return {"type": "ir.actions.act_window_close"}
