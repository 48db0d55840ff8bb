from odoo.addons.sos_casework.hooks import close_ways_out


def post_init_hook(env):
    """Timesheets bring digests and text messages along."""
    close_ways_out(env)
