from odoo import fields, models


class SosJournalEntry(models.Model):
    """How a rule went, in the words of the family or the network."""

    _name = "sos.journal.entry"
    _inherit = ["sos.record.mixin"]
    _description = "Safety journal"
    _order = "at desc, id desc"
    _rec_name = "kept"

    rule_id = fields.Many2one("sos.safety.rule", "Rule", required=True, index=True)
    case_id = fields.Many2one(related="rule_id.case_id", store=True, index=True)
    written_by_id = fields.Many2one("sos.person", "Written by", required=True)
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    kept = fields.Selection(
        [("kept", "Kept"), ("partly", "Partly kept"), ("not_kept", "Not kept")],
        required=True,
    )
    text = fields.Text("How it went")
