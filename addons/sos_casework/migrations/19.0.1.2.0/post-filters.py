"""Who may keep a filter or an embedded action for everybody is a configurator; those
that others have kept for everybody become their own."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    keepers = env.ref("sos_casework.group_configurator").all_user_ids.ids
    kept = [("create_uid", "not in", [SUPERUSER_ID, *keepers])]
    filters = env["ir.filters"].search([("model_id", "=like", "sos.%"), *kept])
    for one in filters.filtered(lambda f: f.user_ids != f.create_uid):
        one.user_ids = one.create_uid
    actions = env["ir.embedded.actions"].search(
        ["|", ("parent_res_model", "=like", "sos.%")]
        + [("parent_action_id.res_model", "=like", "sos.%"), *kept]
    )
    for one in actions:
        one.user_id = one.create_uid
