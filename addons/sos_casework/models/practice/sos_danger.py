from odoo import fields, models


class SosDanger(models.Model):
    """A danger statement with its safety goal and its scale: they belong together."""

    _name = "sos.danger"
    _inherit = ["sos.practice.mixin"]
    _description = "Danger statement"
    _order = "case_id, ended_on desc, sequence, id"
    _rec_name = "text"
    _log_fields = ("text", "goal", "scale_0", "scale_10", "child_ids", "ended_on")

    text = fields.Text("Danger statement", required=True)
    goal = fields.Text("Safety goal")
    scale_0 = fields.Text("0 means")
    scale_10 = fields.Text("10 means")
    opinion_ids = fields.One2many("sos.opinion", "danger_id", "Who agrees")
    rating_ids = fields.One2many("sos.rating", "danger_id", "Ratings")
    bottom_line_ids = fields.One2many("sos.bottom.line", "danger_id", "Bottom lines")
