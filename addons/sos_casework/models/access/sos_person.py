from odoo import models


class SosPerson(models.Model):
    _inherit = "sos.person"

    def action_who_looked(self):
        """Open the access log of this person."""
        self.ensure_one()
        return self.env["sos.access.log"]._get_action(
            self, "person_id", "shown_person_id"
        )
