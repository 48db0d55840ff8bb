import ast
import datetime as dt
import json

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged

from .common import ReturnCommon

#: A time in UTC, and which day it is in England: the first and the last of a month, a
#: leap day, and the nights in which the clocks go back and forward.
MOMENTS = (
    ("2026-04-01 10:00:00", "2026-04-01"),
    ("2026-03-31 10:00:00", "2026-03-31"),
    ("2028-02-29 10:00:00", "2028-02-29"),
    ("2025-10-25 23:30:00", "2025-10-26"),
    ("2026-03-29 00:30:00", "2026-03-29"),
)
#: first and last day, by hand
PERIODS = {
    "2026-04-01": {
        "this_year": ("2026-04-01", "2027-03-31"),
        "last_year": ("2025-04-01", "2026-03-31"),
        "last_12_months": ("2025-04-02", "2026-04-01"),
        "last_90_days": ("2026-01-02", "2026-04-01"),
    },
    "2026-03-31": {
        "this_year": ("2025-04-01", "2026-03-31"),
        "last_year": ("2024-04-01", "2025-03-31"),
        "last_12_months": ("2025-04-01", "2026-03-31"),
        "last_90_days": ("2026-01-01", "2026-03-31"),
    },
    "2028-02-29": {
        "this_year": ("2027-04-01", "2028-03-31"),
        "last_year": ("2026-04-01", "2027-03-31"),
        "last_12_months": ("2027-03-01", "2028-02-29"),
        "last_90_days": ("2027-12-02", "2028-02-29"),
    },
    "2025-10-26": {
        "this_year": ("2025-04-01", "2026-03-31"),
        "last_year": ("2024-04-01", "2025-03-31"),
        "last_12_months": ("2024-10-27", "2025-10-26"),
        "last_90_days": ("2025-07-29", "2025-10-26"),
    },
    "2026-03-29": {
        "this_year": ("2025-04-01", "2026-03-31"),
        "last_year": ("2024-04-01", "2025-03-31"),
        "last_12_months": ("2025-03-30", "2026-03-29"),
        "last_90_days": ("2025-12-30", "2026-03-29"),
    },
}


@tagged("post_install", "-at_install")
class TestMeasureDays(ReturnCommon):
    """The same words mean the same days and the same rows in measures, dashboards,
    lists and exports, on every day of the month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.tz = "Europe/London"

    def _at(self, moment):
        day, hour = moment.split()
        return self._on(day, hour)

    def _get_dashboard(self, name):
        record = self.env.ref(f"sos_reporting.spreadsheet_dashboard_{name}")
        content = record.with_user(self.manager)._get_serialized_readonly_dashboard()
        return json.loads(content)["snapshot"]

    def _get_offered(self, model):
        """:return: the periods that the lists of a model offer: by the name of their
        filter, the domain"""
        view = self.env[model].with_user(self.manager).get_view(view_type="search")
        return {
            (node.getparent().get("date"), node.get("name")): Domain(
                ast.literal_eval(node.get("domain"))
            )
            for node in etree.fromstring(view["arch"]).xpath("//filter[@date]/filter")
        }

    def test_periods_of_dashboards(self):
        for moment, today in MOMENTS:
            with self._at(moment), self.subTest(today):
                for name in ("service", "manager_week"):
                    (period,) = (
                        one
                        for one in self._get_dashboard(name)["globalFilters"]
                        if one["type"] == "date"
                    )
                    self.assertEqual(
                        [(one["from"], one["to"]) for one in period["periods"]],
                        list(PERIODS[today].values()),
                    )
                    begins = {
                        "service": "Last 12 months",
                        "manager_week": "Last 90 days",
                    }
                    self.assertEqual(period["defaultValue"]["name"], begins[name])
                    self.assertIn(period["defaultValue"], period["periods"])

    def test_same_words_same_rows(self):
        """A year ago to the day is not in the last twelve months, the day after is, and
        so is today."""
        measures = self.env["sos.measure"].with_user(self.manager).search([])
        for moment, today in MOMENTS:
            first = dt.date.fromisoformat(PERIODS[today]["last_12_months"][0])
            for when in (
                f"{first - dt.timedelta(1)} 11:00:00",
                f"{first} 11:00:00",
                moment,
            ):
                self._refer_at(when, self._new_child("Ash", birth_date="2020-05-04"))
            with self._at(moment):
                self.env.invalidate_all()
                pivots = {
                    pivot["name"]: pivot
                    for name in ("service", "manager_week", "practice")
                    for pivot in self._get_dashboard(name)["pivots"].values()
                }
                for measure in measures:
                    with self.subTest(measure.code, today=today):
                        self._check_measure(measure, PERIODS[today], pivots)
                self._check_late(measures._get_value("late_now"))
                first, last = PERIODS[today]["last_12_months"]
                referred = [("referred_on", ">=", first), ("referred_on", "<=", last)]
                episodes = self.env["sos.episode"].with_user(self.manager)
                counted = measures.filtered(lambda m: m.code == "referrals").value
                self.assertEqual(counted, episodes.search_count(referred))
                self.assertGreaterEqual(counted, 2)

    def _check_late(self, late):
        """Clocks, steps and the whiteboard are late on the same day; the whiteboard
        shows open families, and the rest is on the manager's list of closed ones."""
        env = self.env(user=self.manager)
        overdue = [("overdue", "=", True)]
        self.assertEqual(env["sos.deadline"].search_count(overdue), late)
        ((open_ones,),) = env["sos.whiteboard"]._read_group([], [], ["late_count:sum"])
        closed = [("result", "=", "overdue"), ("case_id.closed_on", "!=", False)]
        rest = env["sos.measure.step"].search_count(closed)
        self.assertEqual((open_ones or 0) + rest, late)

    def _refer_at(self, moment, child):
        with self._at(moment):
            return self._refer("nfa", child)

    def _check_measure(self, measure, periods, pivots):
        rows = self.env[measure.model].with_user(self.manager)
        domain, day = measure._get_rows_domain(), measure._get_day()
        first, last = periods["last_12_months"]
        within = (
            Domain(day, ">=", first) & Domain(day, "<=", last) if day else Domain.TRUE
        )
        found = rows.search(domain & within)
        # the list of measures
        self.assertEqual(
            measure.value or 0,
            rows._read_group(domain & within, [], [measure.aggregate])[0][0] or 0,
        )
        # the list of its rows, filtered by what the search offers under these words
        offered = self._get_offered(measure.model)
        if day:
            listed = rows.search(domain & offered[day, "last_12_months"])
            self.assertEqual(listed, found)
            self.assertEqual(
                len(listed.export_data(["case_id", "team_id"])["datas"]), len(found)
            )
        # the dashboard
        if pivot := pivots.get(f"measure {measure.code}"):
            shown = Domain(pivot["domain"])
            chain = pivot["fieldMatching"].get("period", {}).get("chain")
            if chain:
                shown &= Domain(chain, ">=", first) & Domain(chain, "<=", last)
            (group,) = rows.formatted_read_group(list(shown), [], [measure.aggregate])
            self.assertEqual(group[measure.aggregate] or 0, measure.value or 0)

    def test_lists_begin_with_this_year(self):
        view = self.env["sos.measure.episode"].get_view(view_type="search")
        for node in etree.fromstring(view["arch"]).xpath("//filter[@date]"):
            self.assertEqual(node.get("default_period"), "custom_this_year")

    def test_lists_offer_the_days_of_dashboards(self):
        models = {m.model for m in self.env["sos.measure"].search([])}
        for moment, today in MOMENTS:
            with self._at(moment):
                for model in models:
                    rows = self.env[model].with_user(self.manager)
                    for (day, name), domain in self._get_offered(model).items():
                        first, last = PERIODS[today][name]
                        with self.subTest(model, day=day, period=name, today=today):
                            found = domain.optimize_full(rows)
                            by_hand = Domain(day, ">=", first) & Domain(day, "<=", last)
                            self.assertEqual(found, by_hand.optimize_full(rows))
