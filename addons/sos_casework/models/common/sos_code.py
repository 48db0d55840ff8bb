from odoo import api, fields, models


class SosCode(models.Model):
    """One value of a code set. Code compares ``code``, never the label; the sets
    and their sources are listed in docs/architecture.md."""

    _name = "sos.code"
    _description = "Code"
    _order = "code_set, sequence, code"
    _rec_names_search = ["name", "code"]

    code_set = fields.Char("Set", required=True, index=True)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    annex_a = fields.Char(
        "Annex A value", help="The words that Ofsted's Annex A uses for this code."
    )
    sequence = fields.Integer(default=10)
    valid_from = fields.Integer(
        help="First census year in which the code may be used. Empty: always."
    )
    valid_until = fields.Integer(
        help="Last census year in which the code may be used. Empty: still in use."
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code_set, code)", "This code is in the set already."
    )

    @api.model
    def _get(self, code_set, code):
        """The record of a code, or an empty recordset when there is none."""
        return self.sudo().search(
            [("code_set", "=", code_set), ("code", "=", code)], limit=1
        )
