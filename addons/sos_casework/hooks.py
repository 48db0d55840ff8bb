def post_init_hook(env):
    """Odoo deletes overdue reminders after three years by itself; clocks decide when
    a reminder of this system ends."""
    env["ir.config_parameter"].sudo().set_param(
        "mail.activity.gc.delete_overdue_years", "100"
    )
