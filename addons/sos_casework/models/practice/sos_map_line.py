from odoo import fields, models


class SosMapLine(models.Model):
    """One line of the map: worries, what is working well, what needs to happen."""

    _name = "sos.map.line"
    _inherit = ["sos.practice.mixin"]
    _description = "Line of the map"
    _order = "case_id, kind, sequence, happened_on, id"
    _rec_name = "text"
    _log_fields = (
        "kind",
        "text",
        "child_ids",
        "words_of_id",
        "happened_on",
        "danger_id",
        "who",
        "by_when",
        "done_on",
        "ended_on",
    )

    kind = fields.Selection(
        [
            ("past_harm", "Past harm"),
            ("complicating", "Makes it harder"),
            ("strength", "Strength"),
            ("existing_safety", "Existing safety"),
            ("family_goal", "What the family wants"),
            ("next_step", "Next step"),
            ("unknown", "What we don't know yet"),
        ],
        required=True,
    )
    text = fields.Text(required=True)
    happened_on = fields.Date("When")
    danger_id = fields.Many2one(
        "sos.danger",
        "Danger statement",
        domain="[('case_id', '=', case_id)]",
        help="Existing safety names the danger that somebody kept the child from.",
    )
    who = fields.Char(help="Who does the next step.")
    who_id = fields.Many2one("sos.person", "Whose", help="Whose goal or step it is.")
    by_when = fields.Date()
    done_on = fields.Date("Done")
    opinion_ids = fields.One2many("sos.opinion", "map_line_id", "Who agrees")
