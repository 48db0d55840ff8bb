from odoo import fields, models


class SosFormGiven(models.Model):
    """A document that was given to somebody: what, to whom, when, how."""

    _name = "sos.form.given"
    _inherit = ["sos.record.mixin"]
    _description = "Document given"
    _order = "given_at desc, id desc"
    _rec_name = "form_id"

    form_id = fields.Many2one("sos.form", required=True, index=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    document_id = fields.Many2one("sos.form.document", required=True, readonly=True)
    audience = fields.Selection(
        [("family", "Family"), ("child", "Child"), ("professionals", "Professionals")],
        required=True,
        readonly=True,
    )
    person_id = fields.Many2one("sos.person", "To (family)", readonly=True)
    partner_id = fields.Many2one("res.partner", "To (agency)", readonly=True)
    how_id = fields.Many2one(
        "sos.code", "How", required=True, domain=[("code_set", "=", "given_how")]
    )
    talked_through = fields.Boolean("Talked through")
    given_at = fields.Datetime("When", required=True, readonly=True)
    given_by_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    content = fields.Text(readonly=True, help="What the copy held, as canonical JSON.")
    sha256 = fields.Char("Fingerprint", readonly=True)
    feedback = fields.Selection(
        [
            ("helpful", "Helpful"),
            ("unhelpful", "Unhelpful"),
            ("confusing", "Confusing"),
        ],
        "What the reader said",
    )
    feedback_text = fields.Text("In their words")
