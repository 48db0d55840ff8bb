from odoo import models


class SosCase(models.Model):
    _inherit = "sos.case"

    def action_who_looked(self):
        """Open the access log of this family."""
        self.ensure_one()
        return self.env["sos.access.log"]._get_action(self, "case_id", "shown_case_id")
