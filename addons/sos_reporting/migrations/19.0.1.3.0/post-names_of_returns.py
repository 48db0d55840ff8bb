"""A return's name says its number and when it was made."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    returns = env["sos.return"].search([])
    env.add_to_compute(returns._fields["name"], returns)
    returns.flush_recordset(["name"])
