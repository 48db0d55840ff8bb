from odoo import SUPERUSER_ID, api

from odoo.addons.sos_casework.hooks import close_ways_out


def migrate(cr, version):
    """What an installation of this version switches off."""
    close_ways_out(api.Environment(cr, SUPERUSER_ID, {}))
