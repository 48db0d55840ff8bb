from odoo import fields, models

LINES = ("danger_id", "map_line_id", "bottom_line_id", "rule_id")


class SosOpinion(models.Model):
    """What somebody thinks of a line: shown next to it, never averaged away."""

    _name = "sos.opinion"
    _inherit = ["sos.family.line.mixin"]
    _description = "View on a line"
    _order = "id"
    _rec_name = "opinion"
    _anchor_fields = ("case_id", "person_id", *LINES)
    _person_fields = ("person_id",)
    _same_case_fields = LINES
    _case_from_fields = LINES

    danger_id = fields.Many2one("sos.danger", index="btree_not_null")
    map_line_id = fields.Many2one("sos.map.line", index="btree_not_null")
    bottom_line_id = fields.Many2one("sos.bottom.line", index="btree_not_null")
    rule_id = fields.Many2one("sos.safety.rule", index="btree_not_null")
    person_id = fields.Many2one(
        "sos.person",
        "Who",
        required=True,
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    opinion = fields.Selection(
        [
            ("agrees", "Agrees"),
            ("partly", "Agrees in part"),
            ("disagrees", "Disagrees"),
        ],
        "View",
        required=True,
    )
    words = fields.Char("In their words")

    _one_line = models.Constraint(
        "CHECK(num_nonnulls(danger_id, map_line_id, bottom_line_id, rule_id) = 1)",
        "A view is about one line.",
    )

    def _get_display_label(self):
        return self.env._(
            "%(person)s: %(opinion)s",
            person=self.person_id.display_name,
            opinion=super()._get_display_label(),
        )
