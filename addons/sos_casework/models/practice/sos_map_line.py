from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: kind of line → column of the map; the first kind of a column is its usual one
COLUMNS = {
    "past_harm": "worries",
    "complicating": "worries",
    "strength": "working_well",
    "existing_safety": "working_well",
    "next_step": "needs",
    "family_goal": "needs",
    "unknown": "needs",
}


class SosMapLine(models.Model):
    """One line of the map: worries, what is working well, what needs to happen."""

    _name = "sos.map.line"
    _inherit = ["sos.practice.mixin"]
    _description = "Line of the map"
    _order = "case_id, kind, sequence, happened_on, id"
    _rec_name = "text"
    _person_fields = ("words_of_id", "who_id")
    _same_case_fields = ("danger_id",)
    _past_fields = ("ended_on", "done_on")
    _system_fields = ("recorded_on", "recorded_by_id", "column")

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
    column = fields.Selection(
        [
            ("worries", "What are we worried about?"),
            ("working_well", "What is working well?"),
            ("needs", "What needs to happen?"),
        ],
        "Column of the map",
        compute="_compute_column",
        store=True,
        precompute=True,
        group_expand=True,
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
    who_id = fields.Many2one(
        "sos.person",
        "Whose",
        domain="[('member_ids.case_id', '=', case_id)]",
        help="Whose goal or step it is.",
    )
    by_when = fields.Date()
    done_on = fields.Date("Done")
    opinion_ids = fields.One2many("sos.opinion", "map_line_id", "Who agrees")
    hint = fields.Text(
        "Worth a look",
        compute="_compute_hint",
        help="What would make the line clearer. Only hints.",
    )

    @api.depends("kind")
    def _compute_column(self):
        for line in self:
            line.column = COLUMNS.get(line.kind)

    @api.depends(
        "kind",
        "text",
        "ended_on",
        "words_of_id",
        "child_ids.first_name",
        "child_ids.known_as",
    )
    def _compute_hint(self):
        jargon = self._get_jargon()
        for line in self:
            hints = []
            # somebody's own words are right as they were said
            if line.text and not line.words_of_id and not line.ended_on:
                if line.kind in ("past_harm", "existing_safety"):
                    hints += self._hint_children(line.text, line.child_ids)
                hints += self._hint_long_sentences(line.text)
                hints += self._hint_jargon(line.text, jargon)
            line.hint = "\n".join(hints) or False

    @api.constrains("kind", "danger_id", "happened_on")
    def _check_existing_safety(self):
        today = self.env["res.company"]._sos_today()
        for line in self:
            if line.kind == "existing_safety" and not (
                line.danger_id and line.happened_on
            ):
                raise ValidationError(
                    self.env._(
                        "Existing safety is a day on which the danger was there and "
                        "somebody kept the children safe: choose the danger statement "
                        "and fill in the day. Until then it is a strength."
                    )
                )
            past = line.kind in ("past_harm", "existing_safety")
            if past and line.happened_on and line.happened_on > today:
                raise ValidationError(
                    self.env._("“When” is in the future: this has happened already.")
                )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # adding a line inside a column of the map gives it that column's usual kind
        column = values.pop("column", self.env.context.get("default_column"))
        if column and "kind" in fields and not values.get("kind"):
            values["kind"] = next(k for k, c in COLUMNS.items() if c == column)
        return values

    def action_promote(self):
        """A strength that has kept the child from a danger becomes existing safety.

        Opens a short form for the danger and the day while one of them is missing.
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "strength":
            raise ValidationError(
                self.env._("Only a strength can become existing safety.")
            )
        if self.danger_id and self.happened_on:
            self.kind = "existing_safety"
            return {"type": "ir.actions.act_window_close"}
        view = self.env.ref("sos_casework.sos_map_line_view_form_promote")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("When did this keep the children safe?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_done(self):
        """The step is done, today."""
        open_steps = self.filtered(lambda line: not line.done_on)
        open_steps.write({"done_on": self.env["res.company"]._sos_today()})
        return True
