from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Who opens families' files, and does that for a team.
OPENERS = (
    "sos_casework.group_practitioner",
    "sos_casework.group_team_manager",
    "sos_casework.group_business_support",
)


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "sos.logged.mixin"]

    _log_fields = ("group_ids", "sos_team_ids", "active")

    sos_team_ids = fields.Many2many(
        "sos.team", "sos_team_user_rel", "user_id", "team_id", "Teams"
    )

    sos_lacks_team = fields.Boolean(compute="_compute_sos_lacks_team")

    @api.depends("group_ids", "sos_team_ids")
    def _compute_sos_lacks_team(self):
        openers = self.env["res.groups"]
        for name in OPENERS:
            # sudo: what a role is called is no secret
            openers |= self.env.ref(name).sudo()
        for user in self:
            opens = user.all_group_ids & openers
            user.sos_lacks_team = bool(opens and not user.sos_team_ids)

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["sos_team_ids"]

    @api.constrains("group_ids", "company_ids", "active")
    def _sos_check_roles(self):
        """Who has a role works for the authority.

        :raise ValidationError: naming who does not
        """
        authority_id = self.env["res.company"]._sos_get_authority_id()
        if not authority_id:
            return
        # sudo: whoever may change a user may be told why it is refused
        strangers = self.sudo().search(
            [
                ("id", "in", self.ids),
                ("all_group_ids", "in", self.env["res.groups"]._sos_get_roles().ids),
                ("company_ids", "not in", [authority_id]),
            ]
        )
        if strangers:
            raise ValidationError(
                self.env._(
                    "A role in Casework is for who works for %(authority)s, whose "
                    "families these are. Add it to the companies of these users, or "
                    "take the role from them: %(users)s.",
                    authority=self.env["res.company"].sudo().browse(authority_id).name,
                    users=", ".join(strangers.mapped("name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._log_creation()
        users.sudo().sos_team_ids._refresh_readers()
        return users

    def write(self, vals):
        # who is in which team, and who manages it, decides who reads which family
        watched = {"sos_team_ids", "group_ids", "active"} & vals.keys()
        teams = self.sudo().sos_team_ids if watched else self.env["sos.team"]
        result = super().write(vals)
        if watched:
            (teams | self.sudo().sos_team_ids)._refresh_readers()
        if "active" in vals:
            # sudo: who changes accounts reads no family
            self.env["sos.allocation"].sudo()._follow_accounts(self)
        return result
