from odoo import api, fields, models
from odoo.fields import Domain


class SosTimelineStep(models.Model):
    """A dated step on the way to the safety goal: if on track by then, then…"""

    _name = "sos.timeline.step"
    _inherit = ["sos.practice.mixin"]
    _description = "Step of the timeline"
    _order = "case_id, due_on, sequence, id"
    _rec_name = "step"
    _past_fields = ("ended_on", "done_on")

    step = fields.Char(required=True)
    due_on = fields.Date("Due")
    done_on = fields.Date("Done")
    late = fields.Boolean(
        compute="_compute_late", search="_search_late", help="Due, and not done yet."
    )

    @api.depends("due_on", "done_on", "ended_on")
    def _compute_late(self):
        today = self.env["res.company"]._sos_today()
        for step in self:
            is_open = not (step.done_on or step.ended_on)
            step.late = bool(is_open and step.due_on and step.due_on < today)

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._sos_today()
        is_open = Domain("done_on", "=", False) & Domain("ended_on", "=", False)
        return is_open & Domain("due_on", "<", today)

    def action_done(self):
        """The step is done, today."""
        open_steps = self.filtered(lambda step: not step.done_on)
        open_steps.write({"done_on": self.env["res.company"]._sos_today()})
        return True
