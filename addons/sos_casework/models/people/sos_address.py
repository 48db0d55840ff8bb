from odoo import fields, models


class SosAddress(models.Model):
    _name = "sos.address"
    _inherit = ["sos.record.mixin"]
    _description = "Address"
    _order = "until desc, since desc, id desc"
    _rec_name = "text"
    _log_fields = ("text", "postcode", "since", "until", "confidential")

    person_id = fields.Many2one("sos.person", required=True, index=True)
    text = fields.Char("Address", required=True)
    postcode = fields.Char()
    since = fields.Date()
    until = fields.Date()
    confidential = fields.Boolean(
        help="Never printed for the family, and shown with a warning."
    )

    def _get_log_case(self):
        return self.person_id.member_ids.case_id
