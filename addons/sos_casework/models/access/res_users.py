from odoo import fields, models, tools


class ResUsers(models.Model):
    """What a user is blocked from, for the record rules alone: few, and mostly none,
    so that a rule is a short list of numbers and costs nothing however many families
    there are. ``clear_cache`` goes with every change, since Odoo keeps the rules of a
    user. And the user's roles as the access log names them."""

    _inherit = "res.users"

    sos_blocked_case_ids = fields.Many2many(
        "sos.case",
        "sos_case_blocked_rel",
        "user_id",
        "case_id",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
    )
    sos_blocked_person_ids = fields.Many2many(
        "sos.person",
        "sos_person_blocked_rel",
        "user_id",
        "person_id",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
    )

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
