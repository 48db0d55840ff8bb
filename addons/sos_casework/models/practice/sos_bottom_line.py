from odoo import fields, models


class SosBottomLine(models.Model):
    """What must be in place before the agency can step back: the what, never the
    how. The family and the network work out how."""

    _name = "sos.bottom.line"
    _inherit = ["sos.practice.mixin"]
    _description = "Bottom line"
    _order = "case_id, sequence, id"
    _rec_name = "text"
    _log_fields = ("text", "evidence", "met", "danger_id", "ended_on")

    danger_id = fields.Many2one(
        "sos.danger",
        "Danger statement",
        required=True,
        domain="[('case_id', '=', case_id)]",
    )
    text = fields.Text("Bottom line", required=True)
    evidence = fields.Text("How we know")
    met = fields.Boolean("In place")
    opinion_ids = fields.One2many("sos.opinion", "bottom_line_id", "Who agrees")
