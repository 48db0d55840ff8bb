from odoo import fields, models


class SosSafetyPlan(models.Model):
    _name = "sos.safety.plan"
    _inherit = ["sos.practice.mixin"]
    _description = "Safety plan"
    _order = "case_id, ended_on desc, id desc"
    _rec_name = "kind"
    _log_fields = ("kind", "ended_on", "signs_of_danger", "safety_object")

    kind = fields.Selection(
        [("interim", "Interim safety plan"), ("long_term", "Long-term safety plan")],
        required=True,
        default="interim",
    )
    rule_ids = fields.One2many("sos.safety.rule", "plan_id", "Rules")
    signs_of_danger = fields.Text("Red flags", help="What tells us it is not working.")
    safety_object = fields.Char(
        help="The thing a child moves or gives to say 'I don't feel safe' without "
        "words, and what happens then."
    )
