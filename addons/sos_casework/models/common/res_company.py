from datetime import datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools

LONDON = pytz.timezone("Europe/London")


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "sos.logged.mixin"]

    _log_fields = ("sos_emergency_hours", "sos_emergency_hours_max")

    sos_la_code = fields.Char(
        "DfE number", size=3, help="The authority's three-digit number at the DfE."
    )

    sos_emergency_hours = fields.Integer(
        "Emergency access: hours",
        default=4,
        required=True,
        help="For how long a family file is opened in an emergency, unless the user "
        "says otherwise.",
    )
    sos_emergency_hours_max = fields.Integer(
        "Emergency access: hours at most", default=24, required=True
    )

    _sos_emergency_hours = models.Constraint(
        "CHECK(sos_emergency_hours >= 1"
        " AND sos_emergency_hours_max >= sos_emergency_hours)",
        "A file is opened in an emergency for at least one hour, and for no longer "
        "than the hours at most.",
    )

    @api.model
    def _sos_local_date(self, at):
        """The day in England of a naive UTC datetime."""
        return LONDON.fromutc(at).date()

    @api.model
    def _sos_today(self):
        """Today in England, whatever the server's and the user's time zone."""
        return self._sos_local_date(fields.Datetime.now())

    @api.model
    def _sos_local_to_utc(self, local):
        """A naive datetime of England as a naive UTC datetime."""
        aware = LONDON.localize(local)
        return aware.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _sos_day_start(self, day):
        """The naive UTC datetime at which a day begins in England."""
        return self._sos_local_to_utc(datetime.combine(day, datetime.min.time()))

    @tools.ormcache("self.id")
    def _sos_days_off(self):
        # sudo: the list is no secret, and clocks run for users of every role
        days = self.env["sos.day.off"].sudo()
        return frozenset(
            days.search([("company_id", "in", [False, self.id])]).mapped("date")
        )

    def _sos_is_working_day(self, day):
        return day.weekday() < 5 and day not in self._sos_days_off()

    def _sos_add_working_days(self, start, number):
        """The day ``number`` working days after ``start`` (before, if negative).

        Monday to Friday less days off; ``start`` itself is not counted.
        """
        self.ensure_one()
        off = self._sos_days_off()
        step = timedelta(days=1 if number >= 0 else -1)
        day, left = start, abs(number)
        while left:
            day += step
            if day.weekday() < 5 and day not in off:
                left -= 1
        return day

    def _sos_add(self, start, number, unit):
        """``start`` moved by ``number`` working_days, days, weeks or months."""
        if unit == "working_days":
            return self._sos_add_working_days(start, number)
        return start + relativedelta(**{unit: number})
