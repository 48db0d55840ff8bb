from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.duration import format_minutes, format_short

#: what time is kept on, by the first word of a row's key
WORK_MODELS = {"form": "sos.form", "case": "sos.case", "team": "sos.team"}
#: the largest id that PostgreSQL knows
MOST_ID = 2**31 - 1
#: how much a search for work shows of each kind
FOUND = 8
#: how far back work is offered before anything was typed
RECENT_DAYS = 28


class SosTimeWeek(models.AbstractModel):
    """A person's own week: days across, work down. It stores nothing: a cell is the
    person's timesheet lines of one work and kind on one day, and a row that has no
    time yet is known to the client only.

    A row's key is “form:12:recording”: what it is, its id, the code of the kind of
    work. Days are ISO texts. How cells change is in ``sos_time_week_entry``.
    """

    _name = "sos.time.week"
    _description = "My week"

    @api.model
    def get_week(self, day=None, works=()):
        """The week in which a day is, and nobody's time but the user's.

        :param day: today, if left out
        :param works: keys of rows to show although nothing is kept on them yet; those
            that the user may not (any more) keep time on are left out
        :return: ``{today, start, title, notice, kinds, days, rows, proposals}``
        :raise AccessError: for roles that keep no time
        """
        self.env["sos.time.mixin"]._check_keeps_time()
        today = self.env["res.company"]._sos_today()
        days = self._get_days(self._get_day(day))
        lines = self._get_lines(days)
        proposals = self._get_week_proposals(days)
        employee = self._get_employee()
        notice = None
        if not employee:
            notice = self.env._(
                "You are not on the list of employees yet, so no time can be kept for "
                "you. Ask your administrator to make an entry for you in Employees."
            )
        return {
            "today": str(today),
            "start": str(days[0]),
            "title": self._get_title(days),
            "notice": notice,
            "kinds": [
                {"code": kind.code, "name": kind.name}
                for kind in self.env["sos.code"]._get_valid("work_kind")
            ],
            "days": self._get_day_values(days, today, employee),
            "rows": self._get_rows(lines, proposals, works),
            "proposals": [
                {
                    "id": row.id,
                    "key": self._get_proposal_key(row),
                    "day": str(row.day),
                    "minutes": row.minutes,
                    "text": format_short(row.minutes),
                }
                for row in proposals
            ],
        }

    @api.model
    def find_work(self, text=""):
        """What the user may keep time on: forms and families by number or name, and
        the user's teams. Without a text, what time was kept on lately.

        :return: ``[{key, label, about}]``, keys without a kind: “form:12”
        """
        self.env["sos.time.mixin"]._check_keeps_time()
        text = str(text or "").strip()
        if text:
            cases, forms = self._search_work(text)
        else:
            cases, forms = self._get_recent_work()
        teams = self.env.user.sos_team_ids.filtered(
            lambda team: text.lower() in team.name.lower()
        )
        found = [
            {"key": f"case:{case.id}", "label": case.display_name, "about": ""}
            for case in cases
        ]
        found += [
            {
                "key": f"form:{form.id}",
                "label": form.display_name,
                "about": form.case_id.display_name,
            }
            for form in forms
        ]
        found += [
            {"key": f"team:{team.id}", "label": self._get_team_label(team), "about": ""}
            for team in teams
        ]
        return found

    @api.model
    def _search_work(self, text):
        cases, forms = self.env["sos.case"], self.env["sos.form"]
        # who looks for a family by its name is in the log, as everywhere else
        with cases._logged("searched", query=text) as look:
            cases = cases.search(
                [("display_name", "ilike", text), ("merged_into_id", "=", False)],
                limit=FOUND,
            )
            forms = forms.search(
                Domain("state", "!=", "cancelled")
                & (
                    Domain("reference", "ilike", text)
                    | Domain("case_id", "in", cases.ids)
                ),
                limit=FOUND,
            )
            look.add(cases)
            look.add(forms)
        return cases, forms

    @api.model
    def _get_recent_work(self):
        since = self.env["res.company"]._sos_today() - timedelta(days=RECENT_DAYS)
        groups = self.env["account.analytic.line"]._read_group(
            [*self._get_own_domain(), ("date", ">=", since)],
            ["sos_case_id", "sos_form_id"],
            order="date:max DESC",
            limit=FOUND,
        )
        cases, forms = self.env["sos.case"], self.env["sos.form"]
        for case, form in groups:
            forms |= form
            if not form:
                cases |= case
        return cases._filtered_access("read"), forms._filtered_access("read")

    # --------------------------------------------------------------------- days

    @api.model
    def _get_day(self, day):
        found = self.env["sos.time.mixin"]._get_time_date(day)
        if not 2000 <= found.year < 2200:
            raise UserError(self.env._("“%s” is not a date.", day))
        return found

    @api.model
    def _get_days(self, day):
        monday = day - timedelta(days=day.weekday())
        return [monday + timedelta(days=n) for n in range(7)]

    @api.model
    def _get_title(self, days):
        first, last = days[0], days[-1]
        start = first.strftime("%d %B" if first.month != last.month else "%d")
        if first.year != last.year:
            start = first.strftime("%d %B %Y")
        return f"{start.lstrip('0')} – {last.strftime('%d %B %Y').lstrip('0')}"

    @api.model
    def _get_day_values(self, days, today, employee):
        # sudo: who keeps time needs no right to the company's settings
        authority = self.env["res.company"].sudo()._sos_get_authority()
        locked = authority.sos_time_locked_until
        hours = self._get_working_hours(days, employee)
        return [
            {
                "date": str(day),
                "name": day.strftime("%a"),
                "number": f"{day.day} {day.strftime('%b')}",
                "weekend": day.weekday() >= 5,
                "future": day > today,
                "locked": bool(locked and day <= locked),
                "expected": hours.get(day) and round(hours[day] * 60),
            }
            for day in days
        ]

    @api.model
    def _get_employee(self):
        # sudo: a caseworker has no right to the list of employees, only to be on it
        employees = self.env["hr.employee"].sudo()
        authority = self.env["res.company"]._sos_get_authority()
        return employees.search(
            [("user_id", "=", self.env.uid), ("company_id", "=", authority.id)],
            limit=1,
        )

    @api.model
    def _get_working_hours(self, days, employee):
        """Hours that the person works on each day: ``{day: hours}``, none for who has
        no fixed hours, and none on bank holidays."""
        if not employee.resource_calendar_id:
            return {}
        company = self.env["res.company"]
        worked = employee._list_work_time_per_day(
            company._sos_day_start(days[0]),
            company._sos_day_start(days[-1] + timedelta(days=1)),
        )
        off = company._sos_get_authority()._sos_days_off()
        return {day: hours for day, hours in worked[employee.id] if day not in off}

    # --------------------------------------------------------------------- rows

    @api.model
    def _get_own_domain(self):
        return [("user_id", "=", self.env.uid), ("sos_team_id", "!=", False)]

    @api.model
    def _get_lines(self, days):
        return self.env["account.analytic.line"].search(
            [
                *self._get_own_domain(),
                ("date", ">=", days[0]),
                ("date", "<=", days[-1]),
            ],
            order="date, id",
        )

    @api.model
    def _get_week_proposals(self, days):
        rows = self.env["sos.screen.time"]
        return rows.search(
            [
                *rows._get_proposed_domain(),
                ("day", ">=", days[0]),
                ("day", "<=", days[-1]),
            ]
        )

    @api.model
    def _get_proposal_key(self, row):
        return f"form:{row.form_id.id}:recording"

    @api.model
    def _get_line_key(self, line):
        if line.sos_form_id:
            work = f"form:{line.sos_form_id.id}"
        elif line.sos_case_id:
            work = f"case:{line.sos_case_id.id}"
        else:
            work = f"team:{line.sos_team_id.id}"
        return f"{work}:{line.sos_work_kind_id.code}"

    @api.model
    def _get_rows(self, lines, proposals, works):
        """The rows, by family, team last; a cell for each day that has time."""
        cells = defaultdict(lambda: defaultdict(lines.browse))
        for line in lines:
            cells[self._get_line_key(line)][line.date] |= line
        proposed = {self._get_proposal_key(row) for row in proposals}
        asked = works if isinstance(works, (list, tuple)) else ()
        # rows without time of their own yet
        for key in (*proposed, *filter(self._split_key, asked)):
            cells.setdefault(key, {})
        labels = self._get_labels(cells)
        rows = [
            {
                "key": key,
                **labels[key],
                "cells": {
                    str(day): self._get_cell_values(in_cell)
                    for day, in_cell in days.items()
                },
            }
            for key, days in cells.items()
            # what the user may not read any more is shown where they kept time
            if labels[key]["open"] or days or key in proposed
        ]
        return sorted(rows, key=lambda row: row["order"])

    @api.model
    def _get_cell_values(self, lines):
        # thirds of an hour add up to whole minutes
        minutes = round(sum(lines.mapped("unit_amount")) * 60)
        return {
            "minutes": minutes,
            "text": format_short(minutes),
            "long": format_minutes(minutes),
            "lines": len(lines),
            "notes": [note for note in lines.mapped("sos_note") if note],
        }

    @api.model
    def _split_key(self, key):
        """:return: the model, the id and the kind of a row; None for what is no key"""
        parts = key.split(":") if isinstance(key, str) else ()
        if len(parts) != 3 or parts[0] not in WORK_MODELS or not parts[1].isdecimal():
            return None
        if int(parts[1]) > MOST_ID:
            return None
        return WORK_MODELS[parts[0]], int(parts[1]), parts[2]

    @api.model
    def _get_labels(self, keys):
        """What is said of each row: ``{key: {label, about, kind, open, order}}``. Of
        what the user may not read no name is said, and no time can be added there."""
        ids = defaultdict(set)
        for key in keys:
            model, res_id, _kind = self._split_key(key)
            ids[model].add(res_id)
        works, readable = {}, set()
        for model, numbers in ids.items():
            records = self.env[model].browse(numbers).exists()
            works.update(((model, record.id), record) for record in records)
            readable |= {(model, i) for i in records._filtered_access("read").ids}
        readable -= {
            ("sos.team", i)
            for i in ids["sos.team"] - set(self.env.user.sos_team_ids.ids)
        }
        kinds = {
            kind.code: kind
            for kind in self.env["sos.code"]
            .sudo()
            .search([("code_set", "=", "work_kind")])
        }
        labels = {}
        for key in keys:
            model, res_id, code = self._split_key(key)
            kind, record = kinds.get(code), works.get((model, res_id))
            is_open = bool(kind and (model, res_id) in readable)
            label, about = self._get_work_label(record) if record else ("", "")
            labels[key] = {
                "label": label,
                "about": about,
                "kind": kind.name if kind else code,
                "open": is_open,
                "order": [
                    model == "sos.team",
                    about or label,
                    label,
                    kind.sequence if kind else 0,
                    key,
                ],
            }
        return labels

    @api.model
    def _get_work_label(self, record):
        if record._name == "sos.form":
            # sudo only to reach the family: its name is said to its readers
            case = record.sudo().case_id.sudo(False)
            return record.display_name, case.display_name
        if record._name == "sos.team":
            return self._get_team_label(record.sudo()), ""
        return record.display_name, ""

    @api.model
    def _get_team_label(self, team):
        return self.env._("Work for the team %s", team.name)
