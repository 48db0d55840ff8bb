from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestLogTime(TimeCommon):
    def test_log_on_form(self):
        form = self._form_for_time()
        line = form.log_time(80, "recording", date="2026-11-02", note="Two drafts")
        self.assertRecordValues(
            line.sudo(),
            [
                {
                    "sos_case_id": self.case.id,
                    "sos_form_id": form.id,
                    "sos_form_type_id": form.type_id.id,
                    "sos_form_version_id": form.version_id.id,
                    "sos_work_kind_id": self._code("work_kind", "recording").id,
                    "sos_note": "Two drafts",
                    "date": date(2026, 11, 2),
                    "user_id": self.worker.id,
                    "employee_id": self.worker.employee_id.id,
                    "project_id": self.env.company.sos_timesheet_project_id.id,
                    "name": f"Child and Family Assessment {form.reference}",
                }
            ],
        )
        self.assertAlmostEqual(line.unit_amount, 80 / 60)
        self.assertEqual(form.time_minutes, 80)
        self.assertEqual(form.time_text, "1 h 20 min")

    def test_log_on_case(self):
        case = self.case.with_user(self.worker)
        line = case.log_time(45, "travel")
        self.assertFalse(line.sos_form_id)
        self.assertEqual(line.name, f"Family file {case.reference}")
        self.assertEqual(case.time_minutes, 45)

    @freeze_time("2026-06-30 23:30:00")
    def test_default_day_is_the_day_in_england(self):
        line = self._form_for_time().log_time(5, "recording")
        self.assertEqual(line.date, date(2026, 7, 1))

    def test_sums_per_form_and_kind(self):
        form, visit = self._form_for_time(), self._form_for_time("visit")
        # thirds of an hour must add up to whole minutes
        for _time in range(3):
            form.log_time(20, "recording")
        form.log_time(35, "direct")
        visit.log_time(50, "direct")
        self.case.with_user(self.worker).log_time(15, "travel")
        self.assertEqual(
            (form | visit)._get_minutes_by_kind(),
            {form: {"recording": 60, "direct": 35}, visit: {"direct": 50}},
        )
        self.assertEqual((form | visit)._get_minutes(), {form: 95, visit: 50})
        self.assertEqual(self.case.with_user(self.worker).time_minutes, 160)
        by_type = self.lines.with_user(self.worker)._read_group(
            [("sos_case_id", "=", self.case.id), ("sos_form_id", "!=", False)],
            ["sos_form_type_id"],
            ["unit_amount:sum"],
        )
        self.assertEqual(
            {form_type.code: round(hours * 60) for form_type, hours in by_type},
            {"assessment": 95, "visit": 50},
        )

    def test_time_can_be_added_after_the_form_is_signed(self):
        form = self._refer().with_user(self.worker)
        self.assertEqual(form.state, "authorised")
        form.log_time(10, "recording")
        self.assertEqual(form.time_minutes, 10)

    def test_refuse_bad_minutes(self):
        form = self._form_for_time()
        for minutes in (0, -5, 1441, 1.5, 30.0, "30", None, True):
            with self.subTest(minutes=minutes), self.assertRaises(UserError):
                form.log_time(minutes, "recording")
        self.assertFalse(form.time_minutes)

    def test_refuse_unknown_kind(self):
        form = self._form_for_time()
        for code in ("sleeping", "Recording", "", None, "WBRI"):
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(UserError, "recording, direct, meeting"),
            ):
                form.log_time(10, code)

    def test_refuse_future_and_no_date(self):
        form = self._form_for_time()
        tomorrow = self.env["res.company"]._sos_add(
            self.env["res.company"]._sos_today(), 1, "days"
        )
        with self.assertRaisesRegex(ValidationError, "in the future"):
            form.log_time(10, "recording", date=tomorrow)
        with self.assertRaisesRegex(UserError, "not a date"):
            form.log_time(10, "recording", date="yesterday")

    def test_refuse_more_than_a_day(self):
        form = self._form_for_time()
        form.log_time(14 * 60, "recording", date="2026-11-02")
        form.log_time(10 * 60, "direct", date="2026-11-02")
        with self.assertRaisesRegex(ValidationError, "24 hours on 02/11/2026"):
            form.log_time(1, "travel", date="2026-11-02")
        # another day, and another person's day, are not full
        form.log_time(60, "travel", date="2026-11-03")
        form.with_user(self.manager).log_time(60, "meeting", date="2026-11-02")

    def test_refuse_without_employee(self):
        self.worker.employee_id.active = False
        with self.assertRaisesRegex(UserError, "list of employees"):
            self._form_for_time().log_time(10, "recording")

    def test_refuse_without_project(self):
        self.env.company.sos_timesheet_project_id.active = False
        with self.assertRaisesRegex(UserError, "no project"):
            self._form_for_time().log_time(10, "recording")

    def test_refuse_other_family(self):
        form = self._form_for_time()
        outsider = self.outsider
        with self.assertRaises(AccessError):
            form.with_user(outsider).log_time(10, "recording")
        with self.assertRaises(AccessError):
            self.case.with_user(outsider).log_time(10, "recording")
        # nor past the method, by writing the line oneself
        values = {
            "unit_amount": 1,
            "sos_work_kind_id": self._code("work_kind", "recording").id,
        }
        lines = self.lines.with_user(outsider)
        with self.assertRaises(AccessError):
            lines.create({**values, "sos_case_id": self.case.id})
        with self.assertRaises(AccessError):
            lines.create({**values, "sos_form_id": form.id})

    def test_refuse_role_that_only_reads(self):
        form = self._form_for_time()
        for user in (self.auditor, self.configurator, self.analyst):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                form.with_user(user).log_time(10, "recording")
        # who reads the form, but keeps no time, sees no sum and no error
        self.assertEqual(form.with_user(self.auditor).time_minutes, 0)

    def test_line_of_ones_own_can_be_corrected_within_limits(self):
        form = self._form_for_time()
        line = form.log_time(80, "recording")
        line.write({"unit_amount": 0.5, "sos_note": "Too much"})
        self.assertEqual(form.time_minutes, 30)
        for values in (
            {"unit_amount": 0},
            {"unit_amount": 25},
            {"date": "2027-01-01"},
            {"sos_work_kind_id": False},
            {"sos_work_kind_id": self._code("sex", "F").id},
            {"name": "Sam Hill"},
            {"project_id": self.env.company.internal_project_id.id},
            {"sos_case_id": False},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                line.write(values)
        line.unlink()
        self.assertEqual(form.time_minutes, 0)

    def test_line_moves_to_another_form_of_the_family_only(self):
        line = self._form_for_time().log_time(80, "recording")
        visit = self._form_for_time("visit")
        line.sos_form_id = visit
        self.assertEqual(line.name, f"Visit {visit.reference}")
        self.assertEqual(visit.time_minutes, 80)
        self.assertEqual(line.sos_form_type_id, visit.type_id)
        other = self._other_family_form()
        with self.assertRaises(UserError):
            line.sos_form_id = other

    def test_form_of_another_family_is_refused_for_a_case(self):
        other = self._other_family_form()
        with self.assertRaisesRegex(ValidationError, "another family"):
            self.lines.with_user(self.worker).create(
                {
                    "sos_case_id": self.case.id,
                    "sos_form_id": other.id,
                    "sos_work_kind_id": self._code("work_kind", "recording").id,
                    "unit_amount": 1,
                }
            )

    def _other_family_form(self):
        """A form of a second family that the worker may read."""
        case = self._new_family().with_user(self.worker)
        return case.open_form("visit")

    def test_ordinary_timesheet_is_left_alone(self):
        project = self.env.company.internal_project_id
        line = self.lines.with_user(self.worker).create(
            {"project_id": project.id, "unit_amount": 2, "name": "Training"}
        )
        line.name = "Training day"
        self.assertEqual(line.name, "Training day")
        with self.assertRaises(UserError):
            line.sos_case_id = self.case
