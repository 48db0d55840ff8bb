from odoo import models


class SosCase(models.Model):
    _inherit = "sos.case"

    def action_census_check(self):
        """What the next census would say of this family's children."""
        self.ensure_one()
        return self.env["sos.census.check"]._open(self, self.child_ids)
