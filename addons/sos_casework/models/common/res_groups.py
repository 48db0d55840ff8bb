from odoo import models


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

    def _get_active_users(self):
        """Who has the role and works here now. Asked for by number: sorting them by
        name, as ``all_user_ids`` does, reads through every contact of the system."""
        # sudo: who has a role is no secret, whoever may open users
        users = self.env["res.users"].sudo()
        return users.search([("all_group_ids", "in", self.ids)], order="id")
