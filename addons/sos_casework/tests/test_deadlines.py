from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosDeadlines(SosCommon):
    """Clocks: met, repeated, ended, paused; their reminders and their escalation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sos.allocation"].with_user(cls.manager).create(
            [
                {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"},
                {"case_id": cls.case.id, "user_id": cls.manager.id, "role": "manager"},
            ]
        )

    def _reminders(self, step=None):
        found = self.env["mail.activity"].search([("res_model", "=", "sos.deadline")])
        due = self.env.ref("sos_casework.mail_activity_type_due")
        return sorted(
            (
                clock.step_id.code,
                activity.user_id.login,
                activity.activity_type_id == due,
            )
            for activity in found
            for clock in self.env["sos.deadline"].browse(activity.res_id)
            if not step or clock.step_id.code == step
        )

    def _visit(self, statutory=True, seen="yes", children=None, day=None):
        form = self._open("visit", children, held_on=day or self._today())
        form.write({"statutory": statutory})
        form.child_ids.write({"seen": seen, "reason_not": "Out."})
        return self._sign(self._fill(form))

    def test_one_reminder_for_a_group_without_names(self):
        self._refer("assess")
        self.assertEqual(
            self._reminders(),
            [("assessment", "worker", True), ("supervision", "worker", True)],
        )
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "sos.deadline")]
        )
        for activity in activities:
            self.assertIn(self.case.reference, activity.summary)
            self.assertFalse(activity.note)
            for name in ("Sam", "Robin", "Hill"):
                self.assertNotIn(name, f"{activity.summary} {activity.res_name}")

    def test_reminders_send_no_mail_and_make_no_followers(self):
        before = self.env["mail.message"].search_count([])
        self._refer("assess")
        self.assertEqual(self.env["mail.message"].search_count([]), before)
        self.assertFalse(
            self.env["mail.followers"].search([("res_model", "=like", "sos.%")])
        )

    def test_reminder_closes_with_its_clock(self):
        self._refer("assess")
        self._sign(
            self._fill(self._open("assessment"), decision="cin", query_reason="x")
        )
        self.assertEqual(
            self._reminders(),
            [("cin_plan", "worker", True), ("supervision", "worker", True)],
        )

    def test_reminder_moves_with_the_allocation(self):
        self._refer("assess")
        colleague = self._new_user("colleague", "practitioner", self.team)
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": colleague.id, "role": "lead"}
        )
        self.assertEqual(
            self._reminders("assessment"), [("assessment", "colleague", 1)]
        )
        self.assertEqual(self.case.lead_id, colleague)

    def test_overdue_reaches_the_manager_once(self):
        self._refer("assess")
        nightly = self.env["sos.deadline"]._nightly
        with freeze_time("2026-11-09 10:00:00"):
            nightly()
        self.assertEqual(
            self._reminders("assessment"), [("assessment", "worker", True)]
        )
        with freeze_time("2026-11-10 10:00:00"):
            nightly()
            once = self._reminders()
            nightly()
            self.assertEqual(self._reminders(), once)
        self.assertEqual(
            self._reminders("assessment"),
            [("assessment", "manager", False), ("assessment", "worker", True)],
        )

    def test_reminder_marked_done_comes_back(self):
        """A reminder that somebody ticks off does not stop the clock."""
        self._refer("assess")
        activity = self.env["mail.activity"].search(
            [("res_model", "=", "sos.deadline"), ("summary", "like", "Assessment")]
        )
        activity.with_user(self.worker).action_feedback("Done, I think.")
        self.assertFalse(self._reminders("assessment"))
        self.env["sos.deadline"]._nightly()
        self.assertEqual(
            self._reminders("assessment"), [("assessment", "worker", True)]
        )

    def test_core_group_starts_the_next_one(self):
        self._protected()
        with freeze_time("2026-09-17 10:00:00"):
            form = self._open("core_group")
            form.write({"held_on": "2026-09-17"})
            self.assertEqual(
                self._states("core_group", self.sam),
                [("2026-09-21", "met"), ("2026-10-29", "open")],
            )
            # a held day that is put right moves the clock that follows
            form.write({"held_on": "2026-09-16"})
            self.assertEqual(
                self._states("core_group", self.sam),
                [("2026-09-21", "met"), ("2026-10-28", "open")],
            )
            form.action_cancel("It did not happen.")
            self.assertEqual(
                self._states("core_group", self.sam),
                [("2026-09-21", "open"), ("2026-10-28", "cancelled")],
            )

    def test_only_a_statutory_visit_that_saw_the_child(self):
        self._protected()
        with freeze_time("2026-09-14 10:00:00"):
            self._visit(statutory=False)
            self._visit(seen="no")
            self.assertEqual(self._states("visit", self.sam), [("2026-09-21", "open")])
            self._visit(children=self.sam)
        self.assertEqual(
            self._states("visit", self.sam),
            [("2026-09-21", "met"), ("2026-09-28", "open")],
        )
        self.assertEqual(self._states("visit", self.robin), [("2026-09-21", "open")])

    def test_overdue_clock_stays_the_only_one(self):
        self._protected()
        with freeze_time("2026-12-01 10:00:00"), self.enter_registry_test_mode():
            self.env.ref("sos_casework.ir_cron_nightly").method_direct_trigger()
        self.assertEqual(self._states("visit", self.sam), [("2026-09-21", "open")])

    def test_children_taken_apart_have_their_own_reminders(self):
        self._protected()
        self.assertEqual(self._reminders("visit"), [("visit", "worker", True)])
        with freeze_time("2026-09-14 10:00:00"):
            self._visit(children=self.sam)
        self.assertEqual(
            self._reminders("visit"),
            [("visit", "worker", True), ("visit", "worker", True)],
        )

    def test_clock_is_not_written_by_hand(self):
        self._refer("assess")
        clock = self.case.deadline_ids[0].with_user(self.worker)
        for vals in ({"met_on": "2026-09-07"}, {"due_on": "2030-01-01"}):
            with self.assertRaisesRegex(UserError, "by the work itself"):
                clock.write(vals)
        clock.write({"late_reason": "The family was away."})
        with self.assertRaisesRegex(UserError, "started by decisions"):
            clock.create(
                {
                    "case_id": self.case.id,
                    "child_id": self.sam.id,
                    "step_id": clock.step_id.id,
                    "started_on": "2026-09-07",
                    "due_on": "2026-09-08",
                }
            )

    def test_pause_has_a_reason_and_adds_its_days(self):
        self._refer("assess")
        clock = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == "assessment" and d.child_id == self.sam
        )
        with self.assertRaisesRegex(UserError, "team manager"):
            clock.with_user(self.worker).action_pause("Away.")
        with self.assertRaisesRegex(UserError, "reason is needed"):
            clock.with_user(self.manager).action_pause(" ")
        clock.with_user(self.manager).action_pause("The family is abroad.")
        self.assertEqual(clock.state, "paused")
        with freeze_time("2026-09-17 10:00:00"):
            clock.with_user(self.manager).action_resume()
        self.assertEqual((clock.state, str(clock.due_on)), ("open", "2026-11-19"))

    def test_supervision_runs_from_the_first_lead_worker(self):
        self.assertEqual(
            self._states("supervision", self.sam), [("2026-10-07", "open")]
        )
        with freeze_time("2026-09-20 10:00:00"):
            form = self._open("supervision", user=self.manager)
            self._fill(form, self.manager).action_submit()
        self.assertEqual(
            self._states("supervision", self.sam),
            [("2026-10-07", "met"), ("2026-10-20", "open")],
        )

    def test_second_assessment_is_not_late_at_once(self):
        self._refer("strategy")
        self._sign(
            self._fill(self._open("assessment"), decision="cin", query_reason="x")
        )
        with freeze_time("2027-01-11 10:00:00"):
            form = self._open("strategy")
            self._fill(form, decision="assess", held_on="2027-01-11")
            self._sign(form)
            self.assertEqual(
                self._states("assessment", self.sam)[-1], ("2027-03-15", "open")
            )
