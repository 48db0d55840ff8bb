"""Children without a first name are called after their age, not “Baby” for good."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sos.person"]._follow_stages()
    env.flush_all()
