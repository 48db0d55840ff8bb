"""The settings of a real service that live in its database.

Runs in "odoo shell", which defines env, at the installation and at every upgrade
(install.sh). Each thing is set once: what an administrator sets afterwards stays.
"""

env = env  # noqa: F821, PLW0127

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


def close():
    """Close the database where sos_hardening is installed, and say what that set."""
    settings = env["sos.hardening.setting"]
    settings._close()
    settings._set_log_in()
    for setting in settings.search([]):
        line = (
            f"{setting.name}: {setting.value} (before: {setting.former or 'not set'})"
        )
        if setting.changed_since:
            line += f"; set to {setting.now or 'nothing'} since, which stays"
        print(line)


def set_up_england():
    if env["res.lang"]._sos_set_up_england():
        print(
            "English (UK), Europe/London and pounds are set: for the company, for who "
            "is new, and for users whose language was Odoo's own."
        )


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


set_up_england()
if "sos.hardening.setting" in env:
    close()
    env.cr.commit()
    uninstall()
else:
    env.cr.commit()
print("The settings of a real service are set.")
