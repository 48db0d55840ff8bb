from odoo import api, fields, models


class SosAuthorityMixin(models.AbstractModel):
    """Belongs to the authority: the one company whose families are in the database."""

    _name = "sos.authority.mixin"
    _description = "Belongs to the authority"

    company_id = fields.Many2one(
        "res.company",
        "Authority",
        required=True,
        default=lambda self: self.env["res.company"]._sos_get_authority(),
    )

    @api.constrains("company_id")
    def _check_company_is_authority(self):
        self.company_id._sos_make_authority()
