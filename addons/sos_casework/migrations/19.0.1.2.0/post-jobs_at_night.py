"""Nightly jobs ran at the hour of installation. They run at night from now on, where
nobody has chosen an hour."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields

#: the hours of ``data/ir_cron_data.xml`` and ``data/sos_keeping_data.xml``, in UTC
HOURS = {
    "ir_cron_nightly": (0, 20),
    "ir_cron_break_glass": (1, 10),
    "ir_cron_destruction": (1, 40),
    "ir_cron_fingerprints": (2, 10),
    "ir_cron_access_check": (3, 10),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    tomorrow = fields.Datetime.now() + timedelta(days=1)
    for name, (hour, minute) in HOURS.items():
        job = env.ref(f"sos_casework.{name}", raise_if_not_found=False)
        # the jobs' own runs are written by the system
        if job and job.write_uid.id == SUPERUSER_ID:
            job.nextcall = tomorrow.replace(hour=hour, minute=minute, second=0)
