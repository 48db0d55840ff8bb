from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SosPersonMerge(models.TransientModel):
    """Two records of one person side by side: which goes on, and what it keeps."""

    _name = "sos.person.merge"
    _description = "Merge two records of one person"

    person_id = fields.Many2one(
        "sos.person", "This record", required=True, readonly=True
    )
    other_id = fields.Many2one(
        "sos.person",
        "The other record",
        domain="[('id', '!=', person_id)]",
        help="Look for the name, the number or the UPN.",
    )
    keep = fields.Selection(
        [("this", "This record"), ("other", "The other record")],
        "Goes on",
        required=True,
        default="this",
        help="The other number stays findable, and leads here.",
    )
    kept_id = fields.Many2one("sos.person", compute="_compute_kept_id")
    merged_id = fields.Many2one("sos.person", compute="_compute_kept_id")
    person_text = fields.Char(compute="_compute_person_text")
    other_text = fields.Char(compute="_compute_person_text")
    candidate_list = fields.Json(
        "Perhaps", compute="_compute_candidate_list", export_string_translation=False
    )
    line_ids = fields.One2many("sos.person.merge.line", "merge_id", "What differs")
    problem_text = fields.Text("In the way", compute="_compute_texts")
    warning_text = fields.Text("Look at this", compute="_compute_texts")
    accepted = fields.Boolean("I have checked this: it is the same person")
    reason = fields.Text("How we know")

    @api.depends("person_id", "other_id", "keep")
    def _compute_kept_id(self):
        for wizard in self:
            pair = (wizard.person_id, wizard.other_id)
            kept, merged = pair if wizard.keep == "this" else pair[::-1]
            wizard.kept_id, wizard.merged_id = kept, merged

    @api.depends("person_id", "other_id")
    def _compute_person_text(self):
        for wizard in self:
            for name in ("person", "other"):
                person = wizard[f"{name}_id"]
                words = (person.reference, person.summary)
                wizard[f"{name}_text"] = ", ".join(filter(None, words))

    @api.depends("person_id")
    def _compute_candidate_list(self):
        for wizard in self:
            wizard.candidate_list = wizard.person_id._ask_who_is_here()

    @api.depends("person_id", "other_id", "keep")
    def _compute_texts(self):
        for wizard in self:
            kept, merged = wizard.kept_id, wizard.merged_id
            problems = warnings = []
            if kept and merged:
                try:
                    kept._check_may_merge(merged)
                    problems = kept._get_merge_problems(merged)
                    warnings = kept._get_merge_warnings(merged)
                except UserError as error:
                    problems = [str(error)]
            wizard.problem_text = "\n".join(problems)
            wizard.warning_text = "\n".join(warnings)

    @api.onchange("other_id", "keep")
    def _onchange_other_id(self):
        self.accepted = False
        self.line_ids = [Command.clear()]
        if self.kept_id and self.merged_id and not self.problem_text:
            self.line_ids = [Command.create(values) for values in self._prepare_lines()]

    def _prepare_lines(self):
        kept, merged = self.kept_id._origin, self.merged_id._origin
        return [
            {
                "field": name,
                "label": kept._fields[name]._description_string(self.env),
                "kept_text": kept._get_log_text(name),
                "merged_text": merged._get_log_text(name),
                "take": take,
            }
            for name, take in kept._get_merge_choice(merged).items()
        ]

    def action_merge(self):
        """Merge the two, and open the one that goes on."""
        self.ensure_one()
        if not self.other_id:
            raise UserError(self.env._("Choose the other record of this person."))
        take = self.line_ids.filtered("take").mapped("field")
        self.kept_id._merge(self.merged_id, self.reason, take, self.accepted)
        if self.keep == "this":
            return {"type": "ir.actions.act_window_close"}
        return self.kept_id._get_open_action()
