from odoo import models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        # Odoo's own words name the record and its company in debug mode. A name is
        # case content: who may not read a family learns nothing of it.
        if records._name.startswith("sos."):
            return AccessError(
                self.env._(
                    "You have no access to this record. If you need it for your "
                    "work, ask the team that holds the family."
                )
            )
        return super()._make_access_error(operation, records)
