from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimePrivacy(TimeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.case.with_user(cls.worker).open_form("assessment")
        cls.line = cls.form.log_time(60, "recording", note="Called Alex Hill")
        cls.approver = new_test_user(
            cls.env,
            login="approver",
            groups="base.group_user,hr_timesheet.group_timesheet_manager,"
            "project.group_project_manager",
        )
        cls.env["hr.employee"].create({"name": "A", "user_id": cls.approver.id})

    def _seen_by(self, user):
        lines = self.lines.with_user(user)
        return lines.search([("id", "=", self.line.id)])

    def test_who_sees_a_line(self):
        seen = {
            self.worker: True,
            self.manager: True,
            self.service_manager: True,
            self.support: False,
            self.outsider: False,
            self.other_manager: False,
            self.approver: False,
        }
        for user, expected in seen.items():
            with self.subTest(user=user.login):
                self.assertEqual(bool(self._seen_by(user)), expected)
                line = self.line.with_user(user)
                line.invalidate_recordset()
                if expected:
                    self.assertEqual(line.sos_note, "Called Alex Hill")
                else:
                    with self.assertRaises(AccessError):
                        line.read(["sos_note"])

    def test_who_is_blocked_since_sees_their_own_line_no_more(self):
        """The hours of the day count all the same: nobody works 25 of them."""
        self.env["sos.access.block"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "reason": "Cousin."}
        )
        self.assertFalse(self._seen_by(self.worker))
        with self.assertRaises(AccessError):
            self.line.with_user(self.worker).read(["name", "sos_note"])
        week = self.env["sos.time.week"].with_user(self.worker).get_week()
        self.assertFalse(week["rows"])
        self.assertTrue(self._seen_by(self.manager))
        other = self.env["sos.case"].with_user(self.worker).create({"name": "Vale"})
        with self.assertRaisesRegex(ValidationError, "more than 24 hours"):
            other.log_time(1410, "travel")

    def test_roles_without_time(self):
        for user in (self.auditor, self.analyst, self.configurator, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._seen_by(user)

    def test_sums_follow_the_same_rule(self):
        for user, minutes in {
            self.worker: 60,
            self.manager: 60,
            self.support: 0,
        }.items():
            with self.subTest(user=user.login):
                self.assertEqual(self.form.with_user(user).time_minutes, minutes)
        groups = self.lines.with_user(self.approver)._read_group(
            [("sos_case_id", "!=", False)], ["sos_case_id"], ["__count"]
        )
        self.assertFalse(groups)

    def test_restriction_ends_the_managers_sight(self):
        self.case.write({"restricted": True, "named_reader_ids": self.support.ids})
        self.assertFalse(self._seen_by(self.manager))
        self.assertFalse(self._seen_by(self.service_manager))

    def test_own_line_stays_without_the_name(self):
        """Who loses the family keeps their own time, and reads no name in it."""
        self.case.write({"restricted": True, "named_reader_ids": self.manager.ids})
        line = self._seen_by(self.worker)
        self.assertTrue(line)
        self.env.invalidate_all()
        values = line.read(["sos_case_id", "sos_form_id", "name", "display_name"])[0]
        self.assertEqual(values["sos_case_id"][1], f"{self.case.reference} (no access)")
        self.assertEqual(values["sos_form_id"][1], f"{self.form.reference} (no access)")
        self.assertNotIn("Hill", str(values))
        lines = self.lines.with_user(self.worker)
        self.assertFalse(lines.search([("sos_case_id.name", "ilike", "hill")]))
        self.assertFalse(lines.search([("sos_case_id", "ilike", "hill")]))
        groups = lines.formatted_read_group(
            [("sos_case_id", "!=", False)], ["sos_case_id"], ["unit_amount:sum"]
        )
        self.assertNotIn("Hill", str(groups))
        line.unit_amount = 0.5
        with self.assertRaises(AccessError):
            line.sos_form_id = False
        self.assertEqual(line.sudo().sos_form_id, self.form)

    def test_nobody_changes_another_persons_line(self):
        for user in (self.manager, self.support, self.service_manager, self.outsider):
            line = self.line.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    line.unit_amount = 2
                with self.assertRaises(AccessError):
                    line.unlink()

    def test_nobody_keeps_time_for_another_person(self):
        with self.assertRaises(AccessError):
            self.lines.with_user(self.support).create(
                {
                    "sos_form_id": self.form.id,
                    "sos_work_kind_id": self._code("work_kind", "recording").id,
                    "unit_amount": 1,
                    "employee_id": self.worker.employee_id.id,
                }
            )

    def test_approver_meets_no_family_in_odoos_own_reports(self):
        """Odoo's own analysis shows all time to approvers: number and kind of the
        form, never a name."""
        report = self.env["timesheets.analysis.report"].with_user(self.approver)
        self.env.flush_all()
        rows = report.search([("id", "=", self.line.id)])
        self.assertTrue(rows)
        self.assertNotIn("Hill", str(rows.read()))
        self.assertIn(self.form.reference, rows.name)

    def test_writers_keep_time_and_approve_none(self):
        writers = (
            self.worker
            | self.manager
            | self.support
            | self.chair
            | self.service_manager
        )
        readers = self.lead | self.auditor | self.analyst | self.configurator
        for user in writers | readers:
            with self.subTest(user=user.login):
                self.assertEqual(
                    user.has_group("hr_timesheet.group_hr_timesheet_user"),
                    user in writers,
                )
                self.assertFalse(
                    user.has_group("hr_timesheet.group_hr_timesheet_approver")
                )
