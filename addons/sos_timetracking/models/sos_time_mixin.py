from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.duration import (
    DAY_MINUTES,
    EndBeforeStart,
    format_minutes,
    parse_minutes,
)


class SosTimeMixin(models.AbstractModel):
    """A record on which time is kept: a form, a family file, or a team."""

    _name = "sos.time.mixin"
    _description = "Record with time on it"

    #: the field of a timesheet line that points here
    _time_field = None

    # Not of everybody: only what the user may see anyway. A worker sees their own
    # time, a manager that of the team's families; a sum over all would tell each how
    # long the colleague needed.
    time_minutes = fields.Integer(
        "Time (minutes)",
        compute="_compute_time_minutes",
        help="The time that you may see: your own, and for managers everybody's.",
    )
    time_text = fields.Char("Time kept", compute="_compute_time_text")

    @api.depends("time_minutes")
    def _compute_time_text(self):
        for record in self:
            record.time_text = format_minutes(record.time_minutes)

    @api.depends_context("uid")
    def _compute_time_minutes(self):
        minutes = self._get_minutes()
        for record in self:
            record.time_minutes = minutes.get(record._origin, 0)

    # ------------------------------------------------------------------- logging

    def log_time(self, minutes, kind_code, date=None, note=None, origin="hand"):
        """Keep time of the current user on this record.

        :param minutes: a whole number, one minute to a day
        :param kind_code: a code of the set ``work_kind`` (recording, direct, …)
        :param date: the day of the work, today if left out; never in the future
        :param note: seen only by readers of the family file and by who wrote it
        :param origin: a value of the line's ``sos_origin``
        :return: the timesheet line
        :raise UserError: what is wrong and what to do
        """
        self.ensure_one()
        self.check_access("read")
        self._check_keeps_time()
        lines = self.env["account.analytic.line"]
        company = self._get_time_company()
        values = {
            **self._prepare_time_values(),
            "unit_amount": self._check_minutes(minutes) / 60,
            "sos_work_kind_id": self._get_work_kind(kind_code).id,
            "date": self._get_time_date(date),
            "employee_id": self._get_time_employee(company).id,
            "sos_origin": origin,
            "sos_note": (note or "").strip() or False,
        }
        return lines.with_company(company).create(values)

    @api.model
    def _check_keeps_time(self):
        """
        :raise AccessError: for who has no time of their own
        """
        if not self.env["account.analytic.line"].has_access("create"):
            raise AccessError(
                self.env._(
                    "Your role keeps no time on families. If you need to, ask your "
                    "administrator for a role that writes in family files."
                )
            )

    @api.model
    def _parse_duration(self, text):
        """Minutes from a length of time as somebody typed it.

        :raise UserError: what is wrong, and how to write it
        """
        try:
            return parse_minutes(str(text or ""))
        except EndBeforeStart as error:
            raise UserError(
                self.env._(
                    "The end, %(end)s, is before the start, %(start)s.",
                    end=error.end,
                    start=error.start,
                )
            ) from error
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%s” is not a length of time up to a day. Write it for example "
                    "as 1h20, 1:20, 80m, 1.5 for an hour and a half, or 9:15-10:35.",
                    text,
                )
            ) from error

    @api.model
    def _check_minutes(self, minutes):
        whole = isinstance(minutes, int) and not isinstance(minutes, bool)
        if not whole or not 0 < minutes <= DAY_MINUTES:
            raise UserError(
                self.env._(
                    "“%s” is not a number of minutes. Give a whole number from 1 to "
                    "1440, which is a day.",
                    minutes,
                )
            )
        return minutes

    @api.model
    def _get_work_kind(self, code):
        kind = self.env["sos.code"]._get("work_kind", code)
        if not kind:
            # sudo: the list of codes is no secret
            known = self.env["sos.code"].sudo().search([("code_set", "=", "work_kind")])
            raise UserError(
                self.env._(
                    "There is no kind of work “%(code)s”. Choose one of: %(known)s.",
                    code=code,
                    known=", ".join(known.mapped("code")),
                )
            )
        return kind

    @api.model
    def _get_time_date(self, date):
        try:
            day = fields.Date.to_date(date)
        except (TypeError, ValueError):
            day = None
        if date and not day:
            raise UserError(self.env._("“%s” is not a date.", date))
        return day or self.env["res.company"]._sos_today()

    @api.model
    def _get_time_employee(self, company):
        # sudo: a caseworker has no right to the list of employees, only to be on it
        employee = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [("user_id", "=", self.env.uid), ("company_id", "=", company.id)],
                limit=1,
            )
        )
        if not employee:
            raise UserError(
                self.env._(
                    "You are not on the list of employees yet, so no time can be kept "
                    "for you. Ask your administrator to open Employees and make an "
                    "entry for you there, with your login as its user."
                )
            )
        return employee

    # ---------------------------------------------------------------------- sums

    def _get_time_domain(self):
        return [(self._time_field, "in", self.ids)]

    def _get_minutes(self):
        """Minutes on each record, of what the user may see: ``{record: minutes}``."""
        return {
            record: sum(kinds.values())
            for record, kinds in self._get_minutes_by_kind().items()
        }

    def _get_minutes_by_kind(self):
        """Minutes on each record and kind of work, of what the user may see:
        ``{record: {code: minutes}}``."""
        lines = self.env["account.analytic.line"]
        minutes = defaultdict(dict)
        if lines.has_access("read"):
            for record, kind, hours in lines._read_group(
                self._get_time_domain(),
                [self._time_field, "sos_work_kind_id"],
                ["unit_amount:sum"],
            ):
                minutes[record][kind.code] = round(hours * 60)
        return minutes

    # ------------------------------------------------------------------- actions

    def action_time_add(self):
        """The small window in which time is added."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_timetracking.sos_time_add_action"
        )
        action["context"] = {
            f"default_{name[4:]}": value
            for name, value in self._prepare_time_values().items()
        }
        return action

    def action_time_lines(self):
        """The time on this record, to look at, to add to and to put right."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_timetracking.account_analytic_line_action_sos_record"
        )
        action["domain"] = self._get_time_domain()
        action["context"] = {
            f"default_{name}": value
            for name, value in self._prepare_time_values().items()
        }
        return action

    def _get_time_company(self):
        """The authority that time on this record belongs to."""
        raise NotImplementedError

    def _prepare_time_values(self):
        """What a timesheet line says about where the time went."""
        raise NotImplementedError
