from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestMeeting(SosCommon):
    """A meeting without a service that its type names, or without the social worker's
    report, asks for a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.police, cls.health, cls.school = (
            cls._new_agency(kind) for kind in ("police", "health", "school")
        )

    def _discuss(self, *attendance):
        form = self._open("strategy", held_on=self._today())
        form.write({"attendance_ids": [Command.create(one) for one in attendance]})
        self._fill(form, decision="nfa").query_reason = False
        return form

    def test_services_that_a_discussion_needs_are_data(self):
        types = self.env["sos.form.type"]
        self.assertEqual(
            set(types._get("strategy").service_ids.mapped("code")), {"police", "health"}
        )
        self.assertFalse(types._get("core_group").service_ids)
        self.assertTrue(types._get("initial_conference").needs_report)

    def test_a_service_that_was_not_there_asks_for_a_reason(self):
        self._refer("strategy")
        form = self._discuss({"partner_id": self.school.id})
        for service in ("Police", "Health"):
            self.assertIn(f"Nobody came from “{service}”", form.todo_html)
        self.assertTrue(form.asks_query_reason)
        with self.assertRaisesRegex(UserError, "Reason for what looks unusual"):
            form.action_submit()
        form.query_reason = "Both rang in afterwards."
        self.assertFalse(form.todo_html)
        self._sign(form)
        self.assertEqual(form.state, "authorised")

    def test_as_long_as_nobody_is_entered_that_is_all_that_is_said(self):
        self._refer("strategy")
        form = self._open("strategy", held_on=self._today())
        self.assertIn("“Who took part” is empty", form.todo_html)
        self.assertNotIn("Nobody came", form.todo_html)
        self.assertFalse(form.asks_query_reason)

    def test_apologies_count_with_a_report(self):
        self._refer("strategy")
        police = {"partner_id": self.police.id}
        form = self._discuss(police, {"partner_id": self.health.id, "apologies": True})
        with self.assertRaisesRegex(UserError, "Nobody came from “Health”"):
            form.action_submit()
        form.attendance_ids[1].report = True
        self._sign(form)
        self.assertEqual(form.state, "authorised")

    def test_the_reason_does_not_go_away_before_the_signature(self):
        self._refer("strategy")
        form = self._discuss({"partner_id": self.police.id})
        form.query_reason = "Health sent nobody."
        form.action_submit()
        signed = form.with_user(self.manager)
        signed.query_reason = False
        self.assertIn("Health", signed.sign_html)
        with self.assertRaisesRegex(UserError, "Nobody came from “Health”"):
            signed.action_authorise()

    def test_another_authority_asks_for_other_services(self):
        self.env["sos.form.type"]._get("strategy").service_ids = self._code(
            "agency_kind", "school"
        )
        self._refer("strategy")
        self._sign(self._discuss({"partner_id": self.school.id}))

    def test_conference_without_a_signed_report_asks_for_a_reason(self):
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        form = self._conference(sign=False)
        form.query_reason = False
        for child in ("Sam", "Robin"):
            self.assertIn(f"report about {child} is not signed", form.todo_html)
        with self.assertRaisesRegex(UserError, "Reason for what looks unusual"):
            form.with_user(self.support).action_submit()
        report = self._fill(self._open("conference_report"), decision="recommend_plan")
        report.action_submit()
        self.assertIn("report about Sam", form.todo_html)
        report.with_user(self.manager).action_authorise()
        form.invalidate_recordset()
        self.assertFalse(form.todo_html)
        self._sign(form, self.chair)
        self.assertEqual(form.state, "authorised")

    def test_a_report_counts_for_one_conference(self):
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        self._sign(
            self._fill(self._open("conference_report"), decision="recommend_no_plan")
        )
        with freeze_time("2026-09-08 10:00:00"):
            self._conference("nfa")
        with freeze_time("2026-09-09 10:00:00"):
            self._strategy()
            self._enquiry()
            form = self._conference("nfa", sign=False)
            form.query_reason = False
            self.assertIn("report about Sam is not signed", form.todo_html)
