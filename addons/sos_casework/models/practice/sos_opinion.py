from odoo import fields, models


class SosOpinion(models.Model):
    """What somebody thinks of a line: shown next to it, never averaged away."""

    _name = "sos.opinion"
    _inherit = ["sos.record.mixin"]
    _description = "View on a line"
    _order = "id"
    _rec_name = "opinion"
    _log_fields = ("opinion", "words")

    case_id = fields.Many2one("sos.case", required=True, index=True)
    danger_id = fields.Many2one("sos.danger", index="btree_not_null")
    map_line_id = fields.Many2one("sos.map.line", index="btree_not_null")
    bottom_line_id = fields.Many2one("sos.bottom.line", index="btree_not_null")
    rule_id = fields.Many2one("sos.safety.rule", index="btree_not_null")
    person_id = fields.Many2one("sos.person", "Who", required=True)
    opinion = fields.Selection(
        [
            ("agrees", "Agrees"),
            ("partly", "Agrees in part"),
            ("disagrees", "Disagrees"),
        ],
        required=True,
    )
    words = fields.Char("In their words")

    _one_line = models.Constraint(
        "CHECK(num_nonnulls(danger_id, map_line_id, bottom_line_id, rule_id) = 1)",
        "A view is about one line.",
    )
