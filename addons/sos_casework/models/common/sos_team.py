from odoo import api, fields, models


class SosTeam(models.Model):
    _name = "sos.team"
    _description = "Team"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", "Authority", required=True, default=lambda s: s.env.company
    )
    member_ids = fields.Many2many(
        "res.users", "sos_team_user_rel", "team_id", "user_id", "Members"
    )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._refresh_readers()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "member_ids" in vals:
            self._refresh_readers()
        return result

    def _refresh_readers(self):
        """Who is in a team decides who may read its families."""
        # sudo: a configurator may change a team and read none of its families
        allocations = self.env["sos.allocation"].sudo()
        cases = self.env["sos.case"].sudo().search([("team_id", "in", self.ids)])
        cases |= allocations.search([("team_id", "in", self.ids)]).case_id
        cases._refresh_readers()
