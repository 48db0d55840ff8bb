from odoo import api, fields, models
from odoo.exceptions import UserError


class SosTeam(models.Model):
    _name = "sos.team"
    _inherit = ["sos.logged.mixin"]
    _description = "Team"
    _order = "name"
    _log_fields = ("name", "member_ids", "active")

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
        teams._log_creation()
        teams._refresh_readers()
        return teams

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_no_families()
        result = super().write(vals)
        if "member_ids" in vals:
            self._refresh_readers()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_families(self):
        # sudo: a configurator may delete a team and read none of its families
        cases = self.env["sos.case"].sudo().with_context(active_test=False)
        if cases.search_count([("team_id", "in", self.ids)], limit=1) or self.env[
            "sos.allocation"
        ].sudo().search_count([("team_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "This team holds family files, or held them. Archive it instead."
                )
            )

    def _check_no_families(self):
        """No open family is left with a team that is no more: nobody would read it."""
        # sudo: a configurator may archive a team and read none of its families
        count = (
            self.env["sos.case"]
            .sudo()
            .search_count([("team_id", "in", self.ids), ("closed_on", "=", False)])
        )
        if count:
            raise UserError(
                self.env._(
                    "%s open family files belong to this team. Their manager "
                    "transfers them to another team first.",
                    count,
                )
            )

    def _describe_managers(self):
        """“the team North (Jo Moss)”: whom to ask about a family of these teams."""
        words = []
        # sudo: who manages a team is known to everybody
        for team in self.sudo().sorted("name"):
            managers = team.member_ids.filtered(
                lambda user: user.active
                and user.has_group("sos_casework.group_team_manager")
            )
            names = ", ".join(managers.sorted("name").mapped("name"))
            words.append(f"{team.name} ({names})" if names else team.name)
        return self.env._("the team %s", ", ".join(words))

    def _refresh_readers(self):
        """Who is in a team decides who may read its families."""
        # sudo: a configurator may change a team and read none of its families
        allocations = self.env["sos.allocation"].sudo()
        cases = self.env["sos.case"].sudo().search([("team_id", "in", self.ids)])
        cases |= allocations.search([("team_id", "in", self.ids)]).case_id
        cases._refresh_readers()
