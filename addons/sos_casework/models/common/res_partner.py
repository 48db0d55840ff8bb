from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    sos_agency_kind_id = fields.Many2one(
        "sos.code",
        "Kind of agency",
        domain=[("code_set", "=", "agency_kind")],
        help="Set for partner agencies: police, schools, health and so on.",
    )
