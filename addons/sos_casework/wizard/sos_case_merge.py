from odoo import api, fields, models
from odoo.exceptions import UserError


class SosCaseMerge(models.TransientModel):
    """Two files of one family: which goes on, and what that changes."""

    _name = "sos.case.merge"
    _description = "Merge two files of one family"

    case_id = fields.Many2one("sos.case", "This file", required=True, readonly=True)
    other_id = fields.Many2one(
        "sos.case", "The other file", domain="[('id', '!=', case_id)]"
    )
    keep = fields.Selection(
        [("this", "This file"), ("other", "The other file")],
        "Goes on",
        required=True,
        default="this",
        help="The other number stays findable, and leads here.",
    )
    kept_id = fields.Many2one("sos.case", compute="_compute_kept_id")
    merged_id = fields.Many2one("sos.case", compute="_compute_kept_id")
    problem_text = fields.Text("In the way", compute="_compute_texts")
    effect_text = fields.Text("What changes", compute="_compute_texts")
    reason = fields.Text("How we know")

    @api.depends("case_id", "other_id", "keep")
    def _compute_kept_id(self):
        for wizard in self:
            pair = (wizard.case_id, wizard.other_id)
            kept, merged = pair if wizard.keep == "this" else pair[::-1]
            wizard.kept_id, wizard.merged_id = kept, merged

    @api.depends("case_id", "other_id", "keep")
    def _compute_texts(self):
        for wizard in self:
            kept, merged = wizard.kept_id, wizard.merged_id
            both = bool(kept and merged)
            # what changes is told of files that the user may read, not of others
            readable = both and (kept | merged)._origin.has_access("write")
            problems = effects = []
            if both and not readable:
                problems = [
                    self.env._(
                        "You may not write in the other file. Ask the team that holds "
                        "it."
                    )
                ]
            elif both:
                problems = kept._get_merge_problems(merged)
                effects = kept._get_merge_effects(merged)
            wizard.problem_text = "\n".join(problems)
            wizard.effect_text = "\n".join(effects)

    def action_merge(self):
        """Merge the two, and open the one that goes on."""
        self.ensure_one()
        if not self.other_id:
            raise UserError(self.env._("Choose the other file of this family."))
        self.kept_id._merge(self.merged_id, self.reason)
        if self.keep == "this":
            return {"type": "ir.actions.act_window_close"}
        return self.kept_id._get_open_action()
