"""Files whose contacts led to nothing had stayed open: they close on the day of the
last decision, as a new one does."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["sos.form.child"].search(
        [
            ("confirmed_on", "!=", False),
            ("case_id.closed_on", "=", False),
            ("case_id.merged_into_id", "=", False),
        ]
    )
    for case, decided in lines.grouped("case_id").items():
        day = max(decided.mapped("confirmed_on"))
        case._close_if_nothing_began(day, env["sos.form"])
