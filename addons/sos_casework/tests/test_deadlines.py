from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

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

    def test_a_family_that_is_referred_again_is_supervised_again(self):
        self._refer("assess")
        form = self._fill(self._open("assessment"), query_reason="None found.")
        self._decide(form, "close")
        self._sign(form)
        self.assertTrue(self.case.closed_on)
        self.assertFalse(
            self.case.deadline_ids.filtered(lambda clock: clock.state == "open")
        )
        with freeze_time("2026-11-02 10:00:00"):
            self._refer("assess")
            self.env["sos.allocation"].with_user(self.manager).create(
                {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
            )
        self.assertEqual(
            self._states("supervision", self.sam)[-1], ("2026-12-02", "open")
        )

    def test_the_bell_opens_what_it_counts(self):
        self._refer("assess")
        clocks = self.env["sos.deadline"].with_user(self.worker)
        arch = etree.fromstring(clocks.get_view(view_type="search")["arch"])
        opened = {}
        for name in (
            *("filter_activities_my", "activities_overdue"),
            *("activities_today", "activities_upcoming_all"),
        ):
            (node,) = arch.xpath(f"//filter[@name='{name}']")
            domain = safe_eval(node.get("domain"), {"uid": self.worker.id})
            opened[name] = set(clocks.search(domain).mapped("step_id.code"))
        mine = {"assessment", "supervision"}
        self.assertEqual(opened["filter_activities_my"], mine)
        self.assertEqual(opened["activities_upcoming_all"], mine)
        self.assertFalse(opened["activities_overdue"] | opened["activities_today"])
        with freeze_time("2026-10-20 10:00:00"):
            late = clocks.search([("my_activity_date_deadline", "<", "today")])
            self.assertIn("supervision", late.mapped("step_id.code"))

    def test_reminders_send_no_mail_and_make_no_followers(self):
        before = self.env["mail.message"].search_count([])
        self._refer("assess")
        self.assertEqual(self.env["mail.message"].search_count([]), before)
        self.assertFalse(
            self.env["mail.followers"].search([("res_model", "=like", "sos.%")])
        )

    def test_reminders_are_not_too_old(self):
        """Odoo deletes what has been overdue for years, of its own records only."""
        self._refer("assess")
        activities = self.env["mail.activity"]
        ours = activities.search([("res_model", "=", "sos.deadline")])
        others = activities.create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.worker.partner_id.id,
                "user_id": self.worker.id,
            }
        )
        self.assertTrue(ours)
        (ours | others).date_deadline = "2001-01-01"
        self.env["ir.config_parameter"].set_param(
            "mail.activity.gc.delete_overdue_years", "3"
        )
        activities._gc_delete_old_overdue_activities()
        self.assertEqual((ours | others).exists(), ours)

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

    def test_a_visit_before_the_plan_does_not_meet_its_clock(self):
        """Typed in late: the child was seen before there was a plan to visit for."""
        self._protected()
        with freeze_time("2026-09-14 10:00:00"):
            with self.assertRaisesRegex(UserError, "no open period of need"):
                self._visit(day="2026-09-04", children=self.sam)
            self.sam.episode_ids.referred_on = "2026-09-01"
            self._visit(day="2026-09-04", children=self.sam)
            self.assertEqual(self._states("visit", self.sam), [("2026-09-21", "open")])
            # on the day on which it starts it counts
            self._visit(day="2026-09-07", children=self.sam)
        self.assertEqual(self._states("visit", self.sam)[0], ("2026-09-21", "met"))

    def test_overdue_is_the_day_after(self):
        self._protected()
        clock = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == "visit" and d.child_id == self.sam
        )
        self.assertEqual(str(clock.due_on), "2026-09-21")
        for day, overdue in (("2026-09-21", False), ("2026-09-22", True)):
            with self.subTest(day), freeze_time(f"{day} 10:00:00"):
                clock.invalidate_recordset(["overdue"])
                self.assertEqual(clock.overdue, overdue)
                found = clock.search([("overdue", "=", True), ("id", "=", clock.id)])
                self.assertEqual(bool(found), overdue)

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
        with self.assertRaisesRegex(UserError, "team manager"):
            clock.with_user(self.worker).action_resume()
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

    def test_supervision_follows_the_day_of_the_first_lead_worker(self):
        lead = self.case.allocation_ids.filtered(lambda a: a.user_id == self.worker)
        lead.with_user(self.manager).since = "2026-09-02"
        self.assertEqual(
            self._states("supervision", self.sam), [("2026-10-02", "open")]
        )
        # somebody had the family before them, and is entered late
        self.env["sos.allocation"].with_user(self.manager).create(
            {
                "case_id": self.case.id,
                "user_id": self.outsider.id,
                "role": "lead",
                "since": "2026-08-28",
            }
        )
        self.assertEqual(
            self._states("supervision", self.sam), [("2026-09-28", "open")]
        )

    def test_a_day_off_moves_what_runs_and_not_what_is_met(self):
        self._refer("strategy")
        self._strategy()
        enquiry = self.case.episode_ids.enquiry_ids[0]
        steps = ("contact", "assessment", "initial_conference")
        before = {step: self._states(step, self.sam)[0] for step in steps}
        self.assertEqual(
            before,
            {
                "contact": ("2026-09-08", "met"),
                "assessment": ("2026-11-09", "open"),
                "initial_conference": ("2026-09-28", "open"),
            },
        )
        self.assertEqual(str(enquiry.target_on), "2026-09-28")
        keeper = self._new_user("keeper", "configurator")
        days = self.env["sos.day.off"].with_user(keeper)
        values = [{"date": "2026-09-08", "name": "Closed"}]
        closed = days.create([*values, {"date": "2026-09-28", "name": "Closed"}])
        after = {step: self._states(step, self.sam)[0] for step in steps}
        self.assertEqual(
            after,
            {
                "contact": ("2026-09-08", "met"),
                "assessment": ("2026-11-11", "open"),
                "initial_conference": ("2026-09-30", "open"),
            },
        )
        self.assertEqual(str(enquiry.target_on), "2026-09-30")
        reminders = self.case.deadline_ids.filtered(
            lambda clock: clock.step_id.code == "initial_conference"
        ).activity_ids
        self.assertEqual({str(r.date_deadline) for r in reminders}, {"2026-09-30"})
        closed[1].date = "2026-11-11"
        self.assertEqual(
            self._states("initial_conference", self.sam)[0][0], "2026-09-29"
        )
        self.assertEqual(self._states("assessment", self.sam)[0][0], "2026-11-10")
        closed.unlink()
        after = {step: self._states(step, self.sam)[0] for step in steps}
        self.assertEqual(after, before)

    def test_a_day_off_does_not_take_away_the_days_of_a_pause(self):
        self._refer("assess")
        clock = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == "assessment" and d.child_id == self.sam
        )
        clock.with_user(self.manager).action_pause("The family is abroad.")
        with freeze_time("2026-09-17 10:00:00"):
            clock.with_user(self.manager).action_resume()
        self.env["sos.day.off"].create({"date": "2026-10-01", "name": "Closed"})
        self.assertEqual(str(clock.due_on), "2026-11-20")

    def test_a_contact_of_another_day_is_due_on_another_day(self):
        form = self._open("contact")
        self.assertEqual(self._states("contact", self.sam), [("2026-09-08", "open")])
        form.received_at = "2026-09-03 09:00:00"
        self.assertEqual(self._states("contact", self.sam), [("2026-09-04", "open")])
        self.assertEqual(
            self._reminders("contact"),
            [("contact", "manager", False), ("contact", "worker", True)],
        )

    def test_a_day_before_the_clock_does_not_keep_it_met(self):
        self._protected()
        with freeze_time("2026-09-17 10:00:00"):
            form = self._open("core_group")
            form.write({"held_on": "2026-09-17"})
            self.assertEqual(
                self._states("core_group", self.sam),
                [("2026-09-21", "met"), ("2026-10-29", "open")],
            )
            for day in ("2025-09-17", False):
                with self.subTest(day):
                    form.write({"held_on": day})
                    self.assertEqual(
                        self._states("core_group", self.sam)[0], ("2026-09-21", "open")
                    )
                    self.assertFalse(
                        self.case.deadline_ids.filtered(
                            lambda clock: clock.step_id.code == "core_group"
                            and clock.state in ("open", "paused")
                        )
                        - self.case.deadline_ids.filtered(
                            lambda clock: str(clock.due_on) == "2026-09-21"
                        )
                    )
                    form.write({"held_on": "2026-09-16"})
                    self.assertEqual(
                        self._states("core_group", self.sam)[0], ("2026-09-21", "met")
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
