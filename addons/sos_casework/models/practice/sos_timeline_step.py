from odoo import fields, models


class SosTimelineStep(models.Model):
    """A dated step on the way to the safety goal: if on track by then, then…"""

    _name = "sos.timeline.step"
    _inherit = ["sos.practice.mixin"]
    _description = "Step of the timeline"
    _order = "case_id, due_on, sequence, id"
    _rec_name = "step"
    _log_fields = ("step", "due_on", "done_on", "ended_on")

    step = fields.Char(required=True)
    due_on = fields.Date("Due")
    done_on = fields.Date("Done")
