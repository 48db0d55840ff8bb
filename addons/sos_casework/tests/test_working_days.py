from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SosCommon

#: GOV.UK's bank holidays in England, as public knowledge, for years that differ.
ENGLAND = {
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@tagged("post_install", "-at_install")
class TestSosWorkingDays(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company

    def _add(self, start, number, company=None):
        day = (company or self.company)._sos_add_working_days(
            date.fromisoformat(start), number
        )
        return day.isoformat()

    def test_england_s_bank_holidays(self):
        for year, days in ENGLAND.items():
            expected = {date.fromisoformat(f"{year}-{day}") for day in days.split()}
            shipped = {day for day in self.company._sos_days_off() if day.year == year}
            # a holiday on a Saturday or Sunday may be listed beside its Monday
            self.assertEqual({d for d in shipped if d.weekday() < 5}, expected)

    def test_start_is_not_counted(self):
        self.assertEqual(self._add("2026-11-23", 1), "2026-11-24")
        self.assertEqual(self._add("2026-11-23", 5), "2026-11-30")
        self.assertEqual(self._add("2026-11-23", 0), "2026-11-23")

    def test_weekend_start(self):
        for start in ("2026-11-20", "2026-11-21", "2026-11-22"):
            self.assertEqual(self._add(start, 1), "2026-11-23")

    def test_christmas(self):
        self.assertEqual(self._add("2026-12-24", 1), "2026-12-29")
        self.assertEqual(self._add("2026-12-18", 10), "2027-01-06")

    def test_easter(self):
        self.assertEqual(self._add("2026-04-02", 1), "2026-04-07")

    def test_assessment_of_45_days(self):
        """9 weeks, longer by the two bank holidays within them."""
        self.assertEqual(self._add("2026-06-01", 45), "2026-08-03")
        self.assertEqual(self._add("2026-03-09", 45), "2026-05-14")

    def test_backwards(self):
        self.assertEqual(self._add("2026-11-30", -5), "2026-11-23")
        self.assertEqual(self._add("2026-12-29", -1), "2026-12-24")
        self.assertEqual(self._add("2026-11-22", -1), "2026-11-20")

    def test_there_and_back(self):
        start = date(2026, 11, 23)
        for number in range(1, 120):
            there = self.company._sos_add_working_days(start, number)
            self.assertTrue(self.company._sos_is_working_day(there))
            self.assertEqual(
                self.company._sos_add_working_days(there, -number), start, number
            )

    def test_every_day_between_is_counted_once(self):
        """Against a count day by day, for each start of a year and both directions."""
        off = self.company._sos_days_off()
        for n in range(365):
            start = date(2026, 1, 1) + timedelta(days=n)
            end = self.company._sos_add_working_days(start, 10)
            between = [
                start + timedelta(days=i) for i in range(1, (end - start).days + 1)
            ]
            working = [d for d in between if d.weekday() < 5 and d not in off]
            self.assertEqual(len(working), 10, start)
            self.assertEqual(working[-1], end)

    def test_other_units(self):
        day = date(2026, 8, 31)
        self.assertEqual(self.company._sos_add(day, 6, "months"), date(2027, 2, 28))
        self.assertEqual(self.company._sos_add(day, 6, "weeks"), date(2026, 10, 12))
        self.assertEqual(self.company._sos_add(day, 3, "days"), date(2026, 9, 3))
        self.assertEqual(
            self.company._sos_add(day, 1, "working_days"), date(2026, 9, 1)
        )

    def test_is_working_day(self):
        self.assertTrue(self.company._sos_is_working_day(date(2026, 11, 23)))
        self.assertFalse(self.company._sos_is_working_day(date(2026, 11, 22)))
        self.assertFalse(self.company._sos_is_working_day(date(2026, 12, 25)))

    # ------------------------------------------------------------- days that change

    def test_added_changed_and_removed_day(self):
        self.assertEqual(self._add("2026-11-23", 1), "2026-11-24")
        days = self.env["sos.day.off"].with_user(self.configurator)
        day = days.create({"date": "2026-11-24", "name": "Moving offices"})
        self.assertEqual(self._add("2026-11-23", 1), "2026-11-25")
        day.date = "2026-11-25"
        self.assertEqual(self._add("2026-11-23", 1), "2026-11-24")
        self.assertEqual(self._add("2026-11-23", 2), "2026-11-26")
        day.unlink()
        self.assertEqual(self._add("2026-11-23", 2), "2026-11-25")

    def test_day_of_one_authority(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["sos.day.off"].create(
            {"date": "2026-11-24", "name": "Closed", "company_id": other.id}
        )
        self.assertEqual(self._add("2026-11-23", 1), "2026-11-24")
        self.assertEqual(self._add("2026-11-23", 1, other), "2026-11-25")
        self.assertEqual(self._add("2026-12-24", 1, other), "2026-12-29")

    def test_same_day_twice_is_refused(self):
        values = {"date": "2026-11-24", "name": "Closed"}
        self.env["sos.day.off"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            with self.env.cr.savepoint():
                self.env["sos.day.off"].create(values)
        self.assertIn("sos_day_off_date_unique", str(caught.exception))

    def test_only_the_configurator_changes_days(self):
        for user in (self.worker, self.manager, self.service_manager):
            with self.assertRaises(AccessError):
                self.env["sos.day.off"].with_user(user).create(
                    {"date": "2026-11-24", "name": "Closed"}
                )

    def test_import_of_a_list(self):
        days = self.env["sos.day.off"].with_user(self.configurator)
        result = days.load(
            ["date", "name"],
            [["2031-01-01", "New Year"], ["2031-04-11", "Good Friday"]],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self._add("2031-04-10", 1), "2031-04-14")

    def test_any_user_counts(self):
        company = self.company.with_user(self.worker)
        self.env.registry.clear_cache()
        self.assertEqual(self._add("2026-12-24", 1, company), "2026-12-29")

    def test_150000_clocks_ask_the_database_once(self):
        self.env.registry.clear_cache()
        start = date(2026, 11, 23)
        self.company._sos_add_working_days(start, 1)
        with self.assertQueryCount(0):
            for number in range(150_000):
                self.company._sos_add_working_days(start, number % 16)

    # ------------------------------------------------------------------ local time

    def test_late_in_a_summer_evening_is_tomorrow(self):
        local = self.company._sos_local_date
        self.assertEqual(local(datetime(2026, 7, 1, 22, 59)), date(2026, 7, 1))
        self.assertEqual(local(datetime(2026, 7, 1, 23, 0)), date(2026, 7, 2))
        self.assertEqual(local(datetime(2026, 7, 1, 23, 30)), date(2026, 7, 2))
        self.assertEqual(local(datetime(2026, 12, 1, 23, 30)), date(2026, 12, 1))
        with freeze_time("2026-07-01 23:30:00"):
            self.assertEqual(self.company._sos_today(), date(2026, 7, 2))
        with freeze_time("2026-12-01 23:30:00"):
            self.assertEqual(self.company._sos_today(), date(2026, 12, 1))

    def test_today_is_england_s_for_every_user(self):
        self.worker.tz = "Pacific/Auckland"
        with freeze_time("2026-07-01 20:00:00"):
            company = self.company.with_user(self.worker).with_context(
                tz="Pacific/Auckland"
            )
            self.assertEqual(company._sos_today(), date(2026, 7, 1))

    def test_day_start(self):
        start = self.company._sos_day_start
        self.assertEqual(start(date(2026, 7, 2)), datetime(2026, 7, 1, 23, 0))
        self.assertEqual(start(date(2026, 12, 2)), datetime(2026, 12, 2, 0, 0))
        # the clocks go forward on 29 March and back on 25 October 2026, at one o'clock
        self.assertEqual(start(date(2026, 3, 29)), datetime(2026, 3, 29, 0, 0))
        self.assertEqual(start(date(2026, 3, 30)), datetime(2026, 3, 29, 23, 0))
        self.assertEqual(start(date(2026, 10, 25)), datetime(2026, 10, 24, 23, 0))
        self.assertEqual(start(date(2026, 10, 26)), datetime(2026, 10, 26, 0, 0))

    def test_every_day_begins_on_its_own_date(self):
        for n in range(400):
            day = date(2026, 1, 1) + timedelta(days=n)
            start = self.company._sos_day_start(day)
            self.assertEqual(self.company._sos_local_date(start), day)
            before = start - timedelta(seconds=1)
            self.assertEqual(
                self.company._sos_local_date(before), day - timedelta(days=1)
            )
