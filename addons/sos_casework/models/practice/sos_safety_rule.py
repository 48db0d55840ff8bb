from odoo import fields, models


class SosSafetyRule(models.Model):
    """A rule that the family and the network live by: who does what, and when."""

    _name = "sos.safety.rule"
    _inherit = ["sos.practice.mixin"]
    _description = "Rule of the safety plan"
    _order = "plan_id, sequence, id"
    _rec_name = "text"
    _log_fields = (
        "text",
        "child_text",
        "who_id",
        "backup_id",
        "when",
        "trigger",
        "danger_id",
        "status",
    )

    plan_id = fields.Many2one("sos.safety.plan", required=True, index=True)
    text = fields.Text("The rule", required=True)
    child_text = fields.Text("For the child")
    who_id = fields.Many2one("sos.person", "Who does it")
    backup_id = fields.Many2one("sos.person", "Who steps in")
    when = fields.Char()
    trigger = fields.Char("Red flag", help="What sets the rule off.")
    danger_id = fields.Many2one(
        "sos.danger", "Danger statement", domain="[('case_id', '=', case_id)]"
    )
    proposed_by_id = fields.Many2one("sos.person", "Proposed by")
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
    opinion_ids = fields.One2many("sos.opinion", "rule_id", "Who agrees")
