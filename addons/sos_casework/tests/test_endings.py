from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestEndings(SosCommon):
    """A file that closes, and a child who dies: what goes on ends, or is named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sos.allocation"].with_user(cls.manager).create(
            {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"}
        )

    def _close(self):
        form = self._fill(self._open("assessment"), query_reason="None found.")
        self._decide(form, "close")
        self._sign(form)
        self.assertTrue(self.case.closed_on)

    def _get_running(self, child=None):
        clocks = self.case.deadline_ids.filtered(
            lambda clock: clock.state == "open"
            and (not child or clock.child_id == child)
        )
        return set(clocks.step_id.mapped("code"))

    # ------------------------------------------------------------------ the file

    def test_what_goes_on_ends_with_the_file(self):
        self._refer("assess")
        begun = self._fill(self._open("supervision", user=self.manager), self.manager)
        empty = self._open("visit")
        self._close()
        self.assertFalse(self._get_running())
        self.assertEqual(empty.state, "cancelled")
        self.assertIn("file was closed", empty.cancel_reason)
        self.assertEqual(begun.state, "draft")
        workers = self.case.allocation_ids.filtered("user_id")
        self.assertEqual(set(workers.mapped("until")), {self._today()})
        with freeze_time("2026-09-08 10:00:00"):
            self.env["sos.deadline"]._nightly()
            self.assertFalse(self.case.lead_id)
            # the team goes on reading what it did
            self.assertIn(self.worker, self.case.reader_ids)

    def test_who_closes_a_file_is_told_what_is_still_being_written(self):
        self._refer("assess")
        begun = self._fill(self._open("supervision", user=self.manager), self.manager)
        form = self._fill(self._open("assessment"), query_reason="None found.")
        self.assertFalse(form.unfinished_text)
        self._decide(form, "close")
        form.invalidate_recordset(["unfinished_text"])
        self.assertIn(begun.reference, form.unfinished_text)
        self.assertNotIn(form.reference, form.unfinished_text)
        begun.with_user(self.manager).action_cancel("Written by mistake.")
        form.invalidate_recordset(["unfinished_text"])
        self.assertFalse(form.unfinished_text)

    def test_a_file_stays_open_for_a_contact_that_is_not_decided(self):
        self._refer("assess")
        contact = self._open(
            "contact",
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        form = self._fill(self._open("assessment"), query_reason="None found.")
        self._decide(form, "close")
        self._sign(form)
        self.assertFalse(self.case.closed_on)
        self.assertEqual(self._get_running(), {"contact", "supervision"})
        self._sign(self._fill(contact, decision="nfa"))
        self.assertTrue(self.case.closed_on)
        self.assertFalse(self._get_running())

    def test_a_contact_about_a_closed_file_opens_it(self):
        self._refer("assess")
        self._close()
        with freeze_time("2026-11-02 10:00:00"):
            contact = self._open(
                "contact",
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            )
            self.assertFalse(self.case.closed_on)
            self.assertEqual(self._get_running(), {"contact"})
            self._sign(self._fill(contact, decision="nfa"))
            self.assertTrue(self.case.closed_on)

    # ------------------------------------------------------------------ a child

    def _die(self, day="2026-09-07"):
        self.sam.with_user(self.worker).death_on = day

    def test_nothing_is_due_for_a_child_who_died_but_the_end_of_the_work(self):
        self._protected()
        with freeze_time("2026-09-15 10:00:00"):
            self._die("2026-09-14")
            self.assertEqual(self._get_running(self.sam), {"after_death"})
            self.assertIn("visit", self._get_running(self.robin))
            paused = self.case.deadline_ids.filtered(
                lambda clock: clock.child_id == self.sam and clock.state == "paused"
            )
            self.assertEqual(set(paused.mapped("pause_reason")), {"The child died."})
            self.assertFalse(paused.activity_ids)
            clock = self.case.deadline_ids.filtered(
                lambda clock: clock.step_id.code == "after_death"
            )
            self.assertEqual(str(clock.due_on), "2026-09-29")
            self.assertEqual(clock.activity_ids.user_id, self.worker | self.manager)
            self.assertNotIn("Sam", str(clock.activity_ids.mapped("summary")))

    def test_whoever_meets_the_child_reads_that_they_died(self):
        """In the family's heading and on the child's card; and a document says how old
        they were on its day."""
        self._protected()
        words = self.case.with_user(self.worker)
        self.assertRegex(words.children_text, r"^Sam \(\d+\), ")
        age = self.sam.age_text
        with freeze_time("2026-09-15 10:00:00"):
            self._die("2026-09-14")
            self.env.invalidate_all()
            self.assertTrue(
                words.children_text.startswith(f"Sam (died aged {age}), Robin")
            )
            self.assertEqual(self.sam.age_text, f"died aged {age}")
            self.assertEqual(
                self.env["sos.deadline"]
                .search([("child_id", "=", self.sam.id), ("state", "=", "paused")])
                .mapped("time_left")[0],
                "paused",
            )
        self.assertEqual(self.sam._get_age_text(fields.Date.to_date("2026-09-13")), age)

    def test_a_new_form_is_about_who_lives(self):
        """Unless its type is for after a death, or somebody says so."""
        self._protected()
        with freeze_time("2026-09-15 10:00:00"):
            self._die("2026-09-14")
            types = self.env["sos.form.type"]
            window = self.env["sos.form.open"].with_user(self.worker)
            window = Form(window.with_context(default_case_id=self.case.id))
            for code, children in (
                ("visit", self.robin),
                ("closure", self.sam | self.robin),
                ("visit", self.robin),
            ):
                window.type_id = types._get(code)
                self.assertEqual(window.child_ids[:], children, code)
            case = self.case.with_user(self.worker)
            self.assertEqual(case.open_form("visit").child_ids.child_id, self.robin)
            late = case.open_form("visit", self.sam.ids)
            self.assertIn(self.sam, late.child_ids.child_id)

    def test_a_death_that_was_entered_in_error(self):
        self._protected()
        before = self._get_running(self.sam)
        due = {c: c.due_on for c in self.case.deadline_ids}
        with freeze_time("2026-09-15 10:00:00"):
            self._die("2026-09-14")
        with freeze_time("2026-09-18 10:00:00"):
            self._die(False)
        self.assertEqual(self._get_running(self.sam), before)
        self.assertEqual({c: c.due_on for c in due}, due)

    def test_what_happens_after_a_death_is_closure_and_review(self):
        self._protected()
        with freeze_time("2026-09-15 10:00:00"):
            self._die("2026-09-14")
        with freeze_time("2026-09-21 10:00:00"):
            visit = self._fill(self._open("visit", self.sam), held_on="2026-09-16")
            visit.child_ids.seen = "yes"
            with self.assertRaisesRegex(UserError, "had died"):
                visit.action_submit()
            # the last visit, written down late
            visit.held_on = "2026-09-11"
            visit.action_submit()
            closure = self._open("closure", self.sam)
            self._decide(self._fill(closure), "close", closure="RC2")
            self._sign(closure)
        need = self.sam.episode_ids
        self.assertEqual(str(need.closed_on), "2026-09-21")
        self.assertEqual(need.closure_reason_id.code, "RC2")
        # rule 8920: no plan outlives its child
        self.assertEqual(str(need.plan_ids.ended_on), "2026-09-14")
        self.assertFalse(self._get_running(self.sam))
        self.assertFalse(self.case.closed_on)
