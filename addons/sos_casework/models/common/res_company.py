from datetime import datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

LONDON = pytz.timezone("Europe/London")


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "sos.logged.mixin"]

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

    sos_is_authority = fields.Boolean(
        "Its families are in this database",
        readonly=True,
        copy=False,
        help="The authority: the first company with a team, a family or a DfE number. "
        "Another authority needs a database of its own.",
    )

    _sos_one_authority = models.UniqueIndex(
        "(sos_is_authority) WHERE sos_is_authority",
        "There is an authority in this database already.",
    )
    _sos_emergency_hours = models.Constraint(
        "CHECK(sos_emergency_hours >= 1"
        " AND sos_emergency_hours_max >= sos_emergency_hours)",
        "A file is opened in an emergency for at least one hour, and for no longer "
        "than the hours at most.",
    )

    # ---------------------------------------------------------- the authority

    @api.model
    @tools.ormcache()
    def _sos_get_authority_id(self):
        # sudo: whose families are here is no secret
        return self.sudo().search([("sos_is_authority", "=", True)]).id

    @api.model
    def _sos_get_authority(self):
        """Whose families are in this database; while there are none, the user's own
        company, which then becomes it."""
        return self.browse(self._sos_get_authority_id()) or self.env.company

    def _sos_make_authority(self):
        """What only an authority has (a team, a family, a DfE number) makes a company
        the authority.

        :raise ValidationError: when another one is
        """
        known = self.browse(self._sos_get_authority_id())
        for company in self:
            if not known:
                # sudo: a configurator who makes the first team may change no company
                company.sudo().sos_is_authority = True
                known = company
            elif company != known:
                raise ValidationError(
                    self.env._(
                        "This database holds the families of %(authority)s. One "
                        "authority a database: %(company)s needs a database of its "
                        "own.",
                        authority=known.sudo().name,
                        company=company.sudo().name,
                    )
                )

    @api.constrains("sos_la_code")
    def _check_sos_la_code(self):
        self.filtered("sos_la_code")._sos_make_authority()

    @api.constrains("sos_is_authority")
    def _check_sos_is_authority(self):
        self.env.registry.clear_cache()
        authority = self.browse(self._sos_get_authority_id())
        # sudo: that there are some, whoever reads them
        for model in ("sos.team", "sos.case"):
            records = self.env[model].sudo().with_context(active_test=False)
            if records.search_count([("company_id", "!=", authority.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "Teams and families of another company are in this database: "
                        "it stays the authority."
                    )
                )
        self.env["res.groups"]._sos_get_roles()._get_active_users()._sos_check_roles()

    # ------------------------------------------------------------------ days

    @api.model
    def _is_logged(self, name):
        """All of this system's settings are kept, whichever addon has them."""
        return name.startswith("sos_") and self._is_typed_in(name)

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
