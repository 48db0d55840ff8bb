"""Until this version, installing switched off what calls others for the whole
database; sos_hardening does that now. What is known of the time before is given back:
the rows that nobody else writes, and the jobs as Odoo ships them. Digests and the
sign-up stay as they are, since who switched them off is not known.

A real service (config/production.py asks for a second step) is closed again in the same
run. "post", so that this comes before sos_hardening is installed and looks."""

from odoo import SUPERUSER_ID, api

SERVICES = (
    "enrich.endpoint",
    "html_editor.media_library_endpoint",
    "html_editor.olg_api_endpoint",
    "iap.endpoint",
    "iap.partner_autocomplete.endpoint",
    "sms.endpoint",
    "snailmail.endpoint",
)
#: parameter: what was written; where Odoo brings the row itself, what it says there
WRITTEN = dict.fromkeys(SERVICES, "switched-off://") | {
    "mail.link_preview_throttle": "0",
    "mail.activity.gc.delete_overdue_years": "100",
    "digest.default_digest_emails": "",
}
OWN = {"mail.activity.gc.delete_overdue_years": "3"}
JOBS = (
    "digest.ir_cron_digest_scheduler_action",
    "mail.ir_cron_module_update_notification",
    "mail.ir_cron_web_push_notification",
    "sms.ir_cron_sms_scheduler_action",
    "snailmail.snailmail_print",
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    parameters = env["ir.config_parameter"]
    for key, value in WRITTEN.items():
        row = parameters.search([("key", "=", key)])
        if row.value != value:
            continue
        if key in OWN:
            row.value = OWN[key]
        elif not row.get_external_id()[row.id]:
            # without this, an app that brings the row could not be installed
            row.unlink()
    for name in JOBS:
        job = env.ref(name, raise_if_not_found=False)
        if job:
            job.active = True
    if parameters.get_param("sos_casework.second_step"):
        closing = env["ir.module.module"].search([("name", "=", "sos_hardening")])
        closing.filtered(lambda m: m.state == "uninstalled").button_install()
