from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SosTeam(models.Model):
    _name = "sos.team"
    _inherit = ["sos.configuration.mixin", "sos.authority.mixin"]
    _description = "Team"
    _order = "name"
    _known_by = ()
    # who is in it from the beginning is who reads its families
    _log_fields = ("member_ids",)

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    member_ids = fields.Many2many(
        "res.users", "sos_team_user_rel", "team_id", "user_id", "Members"
    )

    lacks_manager = fields.Boolean(compute="_compute_lacks_manager")
    is_mine = fields.Boolean(
        "One of my teams",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="For who oversees the work, and whose own team holds no family: every "
        "team.",
    )

    @api.depends("member_ids.group_ids", "member_ids.active")
    def _compute_lacks_manager(self):
        for team in self:
            team.lacks_manager = not team._get_managers()

    @api.depends_context("uid")
    @api.depends("member_ids")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_mine_domain())
        for team in self:
            team.is_mine = team in mine

    @api.model
    def _search_is_mine(self, operator, value):
        return self._get_mine_domain() if operator == "in" else NotImplemented

    @api.model
    def _get_mine_domain(self):
        oversees = (
            "sos_casework.group_service_manager,sos_casework.group_quality_auditor"
        )
        mine = Domain("member_ids", "in", self.env.uid)
        if not self.env.user.has_groups(oversees):
            return mine
        # sudo: whether a team holds families is no secret
        cases = self.env["sos.case"].sudo()
        own = [("team_id", "in", self.env.user.sos_team_ids.ids)]
        holds = cases.search_count([*own, ("closed_on", "=", False)], limit=1)
        return mine if holds else Domain.TRUE

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

    def _check_may_go(self):
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

    def _get_managers(self):
        # sudo: who manages a team is known to everybody
        return self.sudo().member_ids.filtered(
            lambda user: user.active
            and user.has_group("sos_casework.group_team_manager")
        )

    def _describe_managers(self):
        """“the team North (Jo Moss)”: whom to ask about a family of these teams."""
        words = []
        # sudo: who manages a team is known to everybody
        for team in self.sudo().sorted("name"):
            managers = team._get_managers()
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
