from odoo import fields, models


class SosJournalEntry(models.Model):
    """How a rule went, in the words of the family or the network."""

    _name = "sos.journal.entry"
    _inherit = ["sos.family.line.mixin"]
    _description = "Safety journal"
    _order = "at desc, id desc"
    _rec_name = "kept"
    _person_fields = ("written_by_id",)
    _same_case_fields = ("rule_id",)
    _case_from_fields = ("rule_id",)
    _past_fields = ("at",)
    _fixed = True

    rule_id = fields.Many2one(
        "sos.safety.rule",
        "Rule",
        required=True,
        index=True,
        domain="[('case_id', '=', case_id)]",
    )
    written_by_id = fields.Many2one(
        "sos.person",
        "Written by",
        required=True,
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    kept = fields.Selection(
        [("kept", "Kept"), ("partly", "Partly kept"), ("not_kept", "Not kept")],
        required=True,
    )
    text = fields.Text("How it went")

    def _get_fixed_message(self):
        return self.env._(
            "A journal entry stays as it was written. Add a new one for what is "
            "missing."
        )

    def _get_display_label(self):
        day = self.env["res.company"]._sos_local_date(self.at)
        return f"{super()._get_display_label()}, {day.strftime('%d/%m/%Y')}"
