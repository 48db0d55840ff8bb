from odoo import fields, models


class SosFormGive(models.TransientModel):
    """Gives a form's document to somebody, and keeps that it was given."""

    _name = "sos.form.give"
    _description = "Give a document"

    form_id = fields.Many2one("sos.form", required=True, readonly=True)
    case_id = fields.Many2one(related="form_id.case_id")
    audience = fields.Selection(
        [("family", "Family"), ("child", "Child"), ("professionals", "Professionals")],
        required=True,
        default="family",
    )
    person_id = fields.Many2one("sos.person", "To")
    partner_id = fields.Many2one("res.partner", "To the agency")
    how_id = fields.Many2one(
        "sos.code", "How", required=True, domain=[("code_set", "=", "given_how")]
    )
    talked_through = fields.Boolean("I talked it through with them")
