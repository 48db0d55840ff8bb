from odoo import api, fields, models


class SosPerson(models.Model):
    """The warnings that hold, for every screen on which the person appears."""

    _inherit = "sos.person"

    has_flag = fields.Boolean(
        "Warnings hold", compute="_compute_flag_text", search="_search_has_flag"
    )
    flag_text = fields.Text(
        "Warnings now", compute="_compute_flag_text", help="One warning a line."
    )
    has_overdue_flag = fields.Boolean(
        "A warning to look at again",
        compute="_compute_flag_text",
        search="_search_has_overdue_flag",
    )

    @api.depends("flag_ids.text", "flag_ids.ended_on", "flag_ids.review_on")
    def _compute_flag_text(self):
        for person in self:
            flags = person.flag_ids.filtered("is_current").sorted("since")
            person.has_flag = bool(flags)
            person.flag_text = "\n".join(filter(None, flags.mapped("text")))
            person.has_overdue_flag = any(flags.mapped("is_overdue"))

    def _search_has_flag(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("flag_ids", "any", [("is_current", "=", True)])]

    def _search_has_overdue_flag(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("flag_ids", "any", [("is_overdue", "=", True)])]
