"""The time that was kept on the forms of the last months, where the addon for it is
installed: few enough lines for Odoo to make them itself."""

import random
from collections import Counter
from datetime import timedelta

#: Days before the day of the data of which time is kept.
DAYS = 90
#: Minutes that nobody works more of in a day.
DAY_MINUTES = 8 * 60
#: Minutes of writing, from and to, by kind of form; of any other form the last ones.
RECORDING = {
    "contact": (20, 60),
    "assessment": (120, 300),
    "conference_report": (90, 200),
    "visit": (10, 40),
    "supervision": (15, 40),
}
OTHER = (30, 120)


class Times:
    """Lines of everybody's time; nobody keeps more than a day has."""

    def __init__(self, env, world, seed):
        self._env, self._world, self._seed = env, world, seed
        self._first = world.as_at - timedelta(days=DAYS)
        self._days = Counter()

    def keep(self, forms):
        """:param forms: rows of forms that the database has now"""
        values = [
            line
            for form in forms
            if self._world.employees.get(form.get("submitted_by_id"))
            for line in self._iter_lines(form)
        ]
        self._env["account.analytic.line"].create(values)

    def _iter_lines(self, form):
        rng = random.Random(f"time/{self._seed}/{form['id']}")
        code = self._world.type_codes[form["type_id"]]
        written = form["submitted_at"].date()
        low, high = RECORDING.get(code, OTHER)
        yield from self._line(form, "recording", written, rng.randint(low, high))
        if held := form.get("held_on"):
            kind = "direct" if code == "visit" else "meeting"
            yield from self._line(form, kind, held, rng.randint(40, 90))
            if code == "visit":
                yield from self._line(form, "travel", held, rng.randint(10, 60))

    def _line(self, form, kind, day, minutes):
        employee = self._world.employees[form["submitted_by_id"]]
        if day < self._first or self._days[employee, day] + minutes > DAY_MINUTES:
            return
        self._days[employee, day] += minutes
        yield {
            "sos_form_id": form["id"],
            "sos_work_kind_id": self._world.codes["work_kind"][kind],
            "employee_id": employee,
            "date": day,
            "unit_amount": minutes / 60,
        }
