from datetime import date, datetime, timedelta
from itertools import count

from odoo import Command
from odoo.tests import freeze_time

from .common import TimeCommon

#: The paper's table: form type, average before and after in minutes, cases.
PAPER = (
    ("strategy", 4 * 60 + 4, 2 * 60 + 29, 19, 29),
    ("assessment", 7 * 60 + 32, 3 * 60 + 54, 113, 73),
    ("section47", 3 * 60 + 30, 24, 30, 24),
    ("initial_conference", 4 * 60 + 17, 4 * 60 + 1, 16, 38),
    ("core_group", 5 * 60 + 49, 55, 19, 27),
)
NOT_MEASURED = ("conference_report", "review_conference")
BEFORE, AFTER = date(2026, 1, 12), date(2026, 5, 11)


class StudyCommon(TimeCommon):
    """Seven people who keep time, and forms with time on them: handed in, of any
    number, without what a form needs beside its state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls.env["hr.employee"].create(
            [
                {"name": f"Worker {number}", "user_id": cls._new_staff(number).id}
                for number in range(7)
            ]
        )
        cls.turn = count()
        cls.types = {
            form_type.code: form_type
            for form_type in cls.env["sos.form.type"].search([])
        }

    @classmethod
    def _new_staff(cls, number):
        return cls._new_user(f"staff{number}", "practitioner", cls.team)

    def _make_forms(self, code, number, day, state="authorised", version=None):
        """Forms handed in at noon of a day, by SQL: a study may have hundreds."""
        form_type = self.types[code]
        version = version or form_type.live_version_id
        self.env.cr.execute(
            """
            INSERT INTO sos_form (reference, case_id, type_id, version_id, state,
                submitted_at)
            SELECT 'T' || nextval('sos_form_id_seq'), %s, %s, %s, %s, %s
            FROM generate_series(1, %s) RETURNING id
            """,
            [
                self.case.id,
                form_type.id,
                version.id,
                state,
                datetime(day.year, day.month, day.day, 12),
                number,
            ],
        )
        return self.env["sos.form"].browse([row[0] for row in self.env.cr.fetchall()])

    def _prepare_line(self, form, minutes, day, person=0, **values):
        return {
            "sos_form_id": form.id,
            "unit_amount": minutes / 60,
            "date": day,
            "employee_id": self.staff[person].id,
            "sos_work_kind_id": self._code("work_kind", "recording").id,
            **values,
        }

    def _keep(self, form, minutes, day, person=0, **values):
        line = self._prepare_line(form, minutes, day, person, **values)
        return self.lines.sudo().create(line)

    def _make_cases(self, code, average, cases, day, keep=None):
        """Cases of many lengths with just this average, each kept by two people.

        :param keep: how the time comes in: one of the three below
        """
        forms = self._make_forms(code, cases, day)
        pieces = []
        for number, form in enumerate(forms):
            # as much above the average as the one before was below
            off = (number // 2 % 8 + 1) * (1 if number % 2 else -1)
            if number == cases - 1 and cases % 2:
                off = 0
            first = average // 3
            for minutes in (first, average + off - first):
                # in turns, so that nobody has more than a day in a day
                person = next(self.turn)
                on = day - timedelta(days=person // 7 % 60)
                pieces.append((form, minutes, on, person % 7))
        (keep or self._keep_by_hand)(pieces)
        return forms

    def _keep_by_hand(self, pieces):
        self.lines.sudo().create([self._prepare_line(*piece) for piece in pieces])

    def _keep_by_screen(self, pieces):
        """Measured (what a beat is credited is tested elsewhere), and accepted."""
        for form, minutes, day, person in pieces:
            user = self.staff[person].user_id
            screen = self.env["sos.screen.time"].with_user(user)
            with freeze_time(f"{day} 18:00:00"):
                screen._add_seconds(form, minutes * 60)
                screen.action_accept_all()

    def _keep_by_timer(self, pieces):
        for form, minutes, day, person in pieces:
            timer = self.env["sos.timer"].with_user(self.staff[person].user_id)
            with freeze_time(f"{day} 09:00:00") as clock:
                timer.start(form._name, form.id)
                clock.tick(timedelta(minutes=minutes))
                timer.stop()

    def _make_paper(self, keep=None):
        for code, before, after, cases_before, cases_after in PAPER:
            day = BEFORE + timedelta(days=60)
            self._make_cases(code, before, cases_before, day, keep)
            day = AFTER + timedelta(days=60)
            self._make_cases(code, after, cases_after, day, keep)

    def _get_origins(self):
        lines = self.lines.search([("employee_id", "in", self.staff.ids)])
        return set(lines.mapped("sos_origin"))

    def _study(self, *codes, start=True, **values):
        study = (
            self.env["sos.time.study"]
            .with_user(self.lead)
            .create(
                {
                    "name": "Old and new forms",
                    "before_from": BEFORE,
                    "before_until": BEFORE + timedelta(days=90),
                    "after_from": AFTER,
                    "after_until": AFTER + timedelta(days=90),
                    "type_ids": [
                        Command.create({"form_type_id": self.types[code].id})
                        for code in codes
                    ],
                    **values,
                }
            )
        )
        if start:
            study.action_start()
        return study

    def _paper_study(self, **values):
        return self._study(*(row[0] for row in PAPER), *NOT_MEASURED, **values)

    def _row(self, study, user=None, number=0):
        """A row as it is read: average before, after, saved, %, cases."""
        result = study.with_user(user or self.lead)._get_result()
        row = result["rows"][number]
        times = [
            result["time"](cell["average"]) if cell["shown"] else cell["words"]
            for cell in row["cells"]
        ]
        saving = row["saving"]
        cases = "/".join(str(cell["cases"]) for cell in row["cells"])
        return (
            *times,
            result["time"](saving["saved"]) if saving else "",
            result["percent"](saving["percent"]) if saving else "",
            cases,
        )
