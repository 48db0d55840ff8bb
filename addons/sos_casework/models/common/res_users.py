from odoo import api, fields, models


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "sos.logged.mixin"]

    _log_fields = ("group_ids", "sos_team_ids", "active")

    sos_team_ids = fields.Many2many(
        "sos.team", "sos_team_user_rel", "user_id", "team_id", "Teams"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["sos_team_ids"]

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
        return result
