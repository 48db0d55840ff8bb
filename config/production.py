"""The settings of a real service that live in its database.

Runs in "odoo shell", which defines env, at the installation and at every upgrade
(install.sh). What an administrator has made stricter since stays as it is.
"""

from odoo.addons.sos_casework.hooks import close_ways_out

env = env  # noqa: F821, PLW0127

#: parameter: the laxest value that will do, and which of two values is the stricter
PARAMETERS = {
    "auth_password_policy.minlength": (12, max),
    # Counted for each address: an office behind one must not lock itself out.
    "base.login_cooldown_after": (10, min),
    "base.login_cooldown_duration": (60, max),
    # A session that nobody used for half a day is over, whatever became of its tab.
    "sessions.max_inactivity_seconds": (12 * 60 * 60, min),
    # As client_max_body_size in nginx.conf.
    "web.max_file_upload_size": (25 * 1024 * 1024, min),
}

#: of everybody who works in the system, in minutes
LOCKS = {"lock_timeout_inactivity": 15, "lock_timeout": 12 * 60}

#: What Odoo installs unasked and what calls, or advertises, services of others.
UNWANTED = {
    "api_doc",
    "base_import_module",
    "base_install_request",
    "iap",
    "iap_mail",
    "mail_bot",
    "mail_bot_hr",
    "partner_autocomplete",
    "project_sms",
    "sms",
    "snailmail",
    "web_unsplash",
}


def set_parameters():
    parameters = env["ir.config_parameter"]
    for name, (value, stricter) in PARAMETERS.items():
        # nothing, and 0, switch these off
        now = int(parameters.get_param(name) or 0)
        parameters.set_param(name, str(stricter(now, value) if now else value))
    parameters.set_param("sos_casework.second_step", "required")


def set_locks():
    everybody = env.ref("base.group_user")
    for name, minutes in LOCKS.items():
        everybody[name] = min(everybody[name] or minutes, minutes)
    # The day's first log-in asks for the second step again; a locked screen does not.
    everybody.lock_timeout_mfa = True


def uninstall():
    """Take out what nobody asked for, unless something else needs it."""
    installed = env["ir.module.module"].search(
        [("name", "in", sorted(UNWANTED)), ("state", "=", "installed")]
    )
    modules = installed.filtered(
        lambda m: {d.name for d in m.downstream_dependencies()} <= UNWANTED
    )
    if modules:
        print("Taken out: " + ", ".join(sorted(modules.mapped("name"))))
        modules.button_immediate_uninstall()


close_ways_out(env)
set_parameters()
set_locks()
env.cr.commit()
uninstall()
print("The settings of a real service are set.")
