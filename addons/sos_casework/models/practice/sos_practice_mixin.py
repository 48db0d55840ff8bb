import textwrap

from odoo import api, fields, models


class SosPracticeMixin(models.AbstractModel):
    """One line of the practice record: it belongs to a family, may name the children
    it is about and whose words it is in, and is ended rather than deleted."""

    _name = "sos.practice.mixin"
    _inherit = ["sos.family.line.mixin", "sos.plain.words"]
    _description = "Line of the practice record"
    _child_fields = ("child_ids",)
    _person_fields = ("words_of_id",)
    _past_fields = ("ended_on",)
    _system_fields = ("recorded_on", "recorded_by_id")

    child_ids = fields.Many2many(
        "sos.person",
        string="Children",
        domain="[('kind', '=', 'child'), ('member_ids.case_id', '=', case_id)]",
        help="Empty: about all the children.",
    )
    words_of_id = fields.Many2one(
        "sos.person",
        "In the words of",
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    sequence = fields.Integer(default=10)
    recorded_on = fields.Date(
        "Recorded",
        readonly=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    recorded_by_id = fields.Many2one(
        "res.users", "By", readonly=True, default=lambda self: self.env.user
    )
    ended_on = fields.Date("Ended", help="The line is no longer shown in new forms.")

    def action_end(self):
        """The line is over: kept, and no longer shown in new forms."""
        open_lines = self.filtered(lambda line: not line.ended_on)
        open_lines.write({"ended_on": self.env["res.company"]._sos_today()})
        return True

    def action_reopen(self):
        """The line counts again."""
        self.filtered("ended_on").write({"ended_on": False})
        return True

    @api.model
    def _shorten(self, text, width=80):
        return textwrap.shorten(text or "", width, placeholder="…")

    def _get_display_label(self):
        label = super()._get_display_label()
        is_text = self._fields[self._rec_name].type == "text"
        return self._shorten(label) if is_text else label
