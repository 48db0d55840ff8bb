from odoo import models


class SosTeam(models.Model):
    """Work that is about no family: a team meeting, training, the duty phone."""

    _name = "sos.team"
    _inherit = ["sos.team", "sos.time.mixin"]

    _time_field = "sos_team_id"

    def _get_time_domain(self):
        return [*super()._get_time_domain(), ("sos_case_id", "=", False)]

    def _get_time_company(self):
        return self.company_id

    def _prepare_time_values(self):
        return {"sos_case_id": False, "sos_form_id": False, "sos_team_id": self.id}
