from odoo import api, fields, models


class SosDeadline(models.Model):
    """What lists of clocks show: the time that is left, in words."""

    _inherit = "sos.deadline"

    time_left = fields.Char("Time left", compute="_compute_time_left")

    @api.depends("state", "due_on")
    def _compute_time_left(self):
        for deadline in self:
            if deadline.state == "paused":
                deadline.time_left = self.env._("paused")
            else:
                running = deadline.state == "open"
                deadline.time_left = running and self._get_time_left(deadline.due_on)

    @api.model
    def _get_time_left(self, day):
        """How long until a day, as one says it; empty without a day."""
        if not day:
            return ""
        days = (day - self.env["res.company"]._sos_today()).days
        if days < -1:
            return self.env._("%s days overdue", -days)
        if days > 1:
            return self.env._("in %s days", days)
        return {
            -1: self.env._("1 day overdue"),
            0: self.env._("due today"),
            1: self.env._("due tomorrow"),
        }[days]

    def action_open_work(self):
        """Open what meets the clock: its form, or the family file to start one."""
        self.ensure_one()
        record = self.form_id or self.case_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
