from odoo import api, models


class ResGroups(models.Model):
    """Roles are given in the user or in the group: both are logged, and followed by
    who may read what."""

    _name = "res.groups"
    _inherit = ["res.groups", "sos.logged.mixin"]

    _log_fields = ("user_ids", "implied_ids")

    def write(self, vals):
        watched = "user_ids" in vals
        before = self.sudo().user_ids if watched else self.env["res.users"]
        result = super().write(vals)
        if watched:
            after = self.sudo().user_ids
            ((before - after) | (after - before)).sos_team_ids._refresh_readers()
        return result

    @api.constrains("user_ids", "implied_ids")
    def _check_sos_roles(self):
        roles = self._sos_get_roles()
        giving = self.filtered(lambda g: (g | g.all_implied_ids) & roles)
        giving._get_active_users()._sos_check_roles()

    @api.model
    def _sos_get_roles(self):
        """Everything in Casework that somebody can be given."""
        # sudo: asked for whoever changes a user
        groups = self.sudo()
        names = ("module_category_casework", "group_reader")
        # while the addon is being installed there may be none yet
        category, reader = (
            groups.env.ref(f"sos_casework.{name}", raise_if_not_found=False)
            for name in names
        )
        if not category:
            return groups.browse()
        roles = groups.search([("privilege_id.category_id", "=", category.id)])
        return roles | (reader or groups.browse())

    def _get_active_users(self):
        """Who has the role and works here now. Asked for by number: sorting them by
        name, as ``all_user_ids`` does, reads through every contact of the system."""
        # sudo: who has a role is no secret, whoever may open users
        users = self.env["res.users"].sudo()
        return users.search([("all_group_ids", "in", self.ids)], order="id")
