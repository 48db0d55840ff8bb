#: Services of others that Odoo's own addons call, by the parameter that holds the
#: address of each. The parameters count whenever such an addon is installed.
SERVICES = (
    "enrich.endpoint",
    "html_editor.media_library_endpoint",
    "html_editor.olg_api_endpoint",
    "iap.endpoint",
    "iap.partner_autocomplete.endpoint",
    "sms.endpoint",
    "snailmail.endpoint",
)
#: No address at all: a call ends before it leaves the machine.
NOWHERE = "switched-off://"

PARAMETERS = {
    # Odoo deletes overdue reminders after three years by itself; clocks decide when
    # a reminder of this system ends.
    "mail.activity.gc.delete_overdue_years": "100",
    # Nobody makes an account for themselves.
    "auth_signup.invitation_scope": "b2b",
    # An address in a message is not fetched.
    "mail.link_preview_throttle": "0",
    # Nobody gets figures by mail who did not ask for them.
    "digest.default_digest_emails": "",
}

#: Jobs that send something to others by themselves.
JOBS = (
    "digest.ir_cron_digest_scheduler_action",
    "mail.ir_cron_module_update_notification",
    "mail.ir_cron_web_push_notification",
    "sms.ir_cron_sms_scheduler_action",
    "snailmail.snailmail_print",
)


def close_ways_out(env):
    """Switch off what would send something out of the system unasked.

    Can be run again at any time, for what was installed since.
    """
    parameters = env["ir.config_parameter"].sudo()
    for name, value in PARAMETERS.items():
        parameters.set_param(name, value)
    for name in SERVICES:
        parameters.set_param(name, NOWHERE)
    for name in JOBS:
        job = env.ref(name, raise_if_not_found=False)
        if job:
            job.active = False
    if "digest.digest" in env:
        digests = env["digest.digest"].search([("state", "=", "activated")])
        digests.action_deactivate()


def post_init_hook(env):
    close_ways_out(env)
