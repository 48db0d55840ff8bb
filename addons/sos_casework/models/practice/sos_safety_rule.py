from odoo import api, fields, models


class SosSafetyRule(models.Model):
    """A rule that the family and the network live by: who does what, and when."""

    _name = "sos.safety.rule"
    _inherit = ["sos.practice.mixin"]
    _description = "Rule of the safety plan"
    _order = "plan_id, sequence, id"
    _rec_name = "text"
    _person_fields = ("words_of_id", "who_id", "backup_id", "proposed_by_id")
    _same_case_fields = ("plan_id", "danger_id")
    _case_from_fields = ("plan_id",)

    plan_id = fields.Many2one(
        "sos.safety.plan",
        "Plan",
        required=True,
        index=True,
        domain="[('case_id', '=', case_id)]",
    )
    text = fields.Text("The rule", required=True)
    child_text = fields.Text("For the child")
    who_id = fields.Many2one(
        "sos.person", "Who does it", domain="[('member_ids.case_id', '=', case_id)]"
    )
    backup_id = fields.Many2one(
        "sos.person", "Who steps in", domain="[('member_ids.case_id', '=', case_id)]"
    )
    when = fields.Char()
    trigger = fields.Char("Red flag", help="What sets the rule off.")
    danger_id = fields.Many2one(
        "sos.danger", "Danger statement", domain="[('case_id', '=', case_id)]"
    )
    proposed_by_id = fields.Many2one(
        "sos.person", "Proposed by", domain="[('member_ids.case_id', '=', case_id)]"
    )
    status = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("testing", "Being tried"),
            ("kept", "Kept"),
            ("changed", "Changed"),
            ("ended", "Ended"),
        ],
        required=True,
        default="proposed",
    )
    journal_ids = fields.One2many("sos.journal.entry", "rule_id", "Journal")
    journal_text = fields.Char("How it went last", compute="_compute_journal_text")
    opinion_ids = fields.One2many("sos.opinion", "rule_id", "Who agrees")

    @api.depends("journal_ids.kept", "journal_ids.at")
    def _compute_journal_text(self):
        for rule in self:
            last = rule.journal_ids.sorted("at")[-1:]
            rule.journal_text = last._get_display_label() if last else False

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._match_end(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._match_end(vals))

    @api.model
    def _match_end(self, vals):
        """A rule with the status “ended” has a day on which it ended, and no other."""
        if "status" in vals and "ended_on" not in vals:
            ended = vals["status"] == "ended"
            day = ended and self.env["res.company"]._sos_today()
            return dict(vals, ended_on=day)
        if "ended_on" in vals and "status" not in vals:
            return dict(vals, status="ended" if vals["ended_on"] else "testing")
        return vals
