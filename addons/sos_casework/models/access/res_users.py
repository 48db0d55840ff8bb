from odoo import SUPERUSER_ID, models, tools
from odoo.exceptions import AccessDenied


class ResUsers(models.Model):
    """The user's roles, as the access log names them; and superuser is nobody's."""

    _inherit = "res.users"

    def _check_credentials(self, credential, env):
        # every password, key and passkey that leads in is tried here
        if self.env.uid == SUPERUSER_ID:
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    @tools.ormcache("self.id")
    def _sos_get_roles_text(self):
        """The roles of the user in English, as the access log keeps them."""
        # sudo: anybody may look, and few may read groups
        user = self.sudo().with_context(lang="en_US")
        casework = self.env.ref("sos_casework.module_category_casework").sudo()
        system = self.env.ref("base.group_system").sudo()
        roles = user.all_group_ids.filtered(
            lambda g: g.privilege_id.category_id == casework
        )
        names = roles.sorted(lambda g: (g.privilege_id.sequence, g.id)).mapped("name")
        if system in user.all_group_ids:
            names.append(self.env._("Settings"))
        return ", ".join(names)
