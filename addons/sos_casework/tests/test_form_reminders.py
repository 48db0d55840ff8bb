from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosFormReminders(SosCommon, RefusalsMixin):
    """Somebody is told: sent back reaches the writer, submitted who signs, allocated
    the worker; without a name."""

    def _told(self, record):
        """``{user: what}`` of the reminders on a record."""
        return {
            activity.user_id: activity.activity_type_id.name
            for activity in record.sudo().activity_ids
        }

    def _submitted(self):
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.with_user(self.worker).action_submit()
        return form

    def test_submitted_reaches_who_signs_and_sent_back_the_writer(self):
        form = self._submitted()
        self.assertEqual(self._told(form), {self.manager: "To be signed"})
        form.with_user(self.manager).action_send_back("Say more of Robin.")
        self.assertEqual(self._told(form), {self.worker: "Sent back"})
        form.with_user(self.worker).action_submit()
        self.assertEqual(self._told(form), {self.manager: "To be signed"})
        form.with_user(self.manager).query_reason = "None was found."
        form.with_user(self.manager).action_authorise()
        self.assertFalse(self._told(form))

    def test_cancelled_reminds_nobody(self):
        form = self._submitted()
        form.with_user(self.worker).action_cancel("Opened by mistake.")
        self.assertFalse(self._told(form))

    def test_nobody_is_asked_to_sign_their_own(self):
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.with_user(self.manager).action_submit()
        self.assertNotIn(self.manager, self._told(form))

    def test_conference_is_signed_by_its_chair(self):
        self._protected()
        with freeze_time("2026-10-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            review.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            review = self._fill(review, self.support, "continue")
            review.with_user(self.support).action_submit()
        self.assertEqual(self._told(review), {self.chair: "To be signed"})

    def test_reminder_moves_with_who_signs(self):
        form = self._submitted()
        other = self._new_user("second", "team_manager")
        self.team.write({"member_ids": [Command.link(other.id)]})
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": other.id, "role": "manager"}
        )
        self.env["sos.deadline"]._nightly()
        self.assertEqual(self._told(form), {other: "To be signed"})
        first = form.sudo().activity_ids
        self.env["sos.deadline"]._nightly()
        self.assertEqual(form.sudo().activity_ids, first)

    def test_reminders_name_nobody_and_go_by_themselves(self):
        form = self._submitted()
        activity = form.sudo().activity_ids
        self.assertEqual(
            activity.summary, f"Child and Family Assessment – {form.reference}"
        )
        for text in (activity.summary, activity.res_name, activity.display_name):
            self.assertNotIn("Hill", text)
        with self._refused(UserError, "when the work is done"):
            activity.with_user(self.manager).action_done()

    def test_who_is_blocked_is_told_of_nothing(self):
        """Neither of what is sent back nor of being allocated; the manager is told."""
        allocations = self.env["sos.allocation"].with_user(self.manager)
        lead = {"case_id": self.case.id, "user_id": self.support.id}
        allocations.create(lead)
        form = self._submitted()
        blocks = self.env["sos.access.block"].with_user(self.manager)
        for user in (self.support, self.worker):
            blocks.create(
                {"case_id": self.case.id, "user_id": user.id, "reason": "A relative."}
            )
        form.invalidate_recordset()
        form.with_user(self.manager).action_send_back("Say more of Robin.")
        self.assertEqual(self._told(form), {self.manager: "Sent back"})
        again = allocations.create({**lead, "user_id": self.worker.id})
        self.assertFalse(self._told(again))
        later = allocations.create({**lead, "since": "2026-09-09"})
        self.assertFalse(self._told(later))

    def test_bell_counts_what_is_mine(self):
        form = self._submitted()
        groups = self.env["res.users"].with_user(self.manager)._get_activity_groups()
        counted = {group["model"]: group["total_count"] for group in groups}
        self.assertEqual(counted["sos.form"], 1)
        mine = [("activity_user_id", "=", self.manager.id)]
        self.assertEqual(form.with_user(self.manager).search(mine), form)

    def test_allocated_reaches_the_worker(self):
        allocations = self.env["sos.allocation"].with_user(self.manager)
        new = allocations.create({"case_id": self.case.id, "user_id": self.worker.id})
        self.assertEqual(self._told(new), {self.worker: "Allocated to you"})
        activity = new.sudo().activity_ids
        self.assertEqual(activity.summary, f"Lead worker – {self.case.reference}")
        for text in (activity.summary, activity.res_name, activity.display_name):
            self.assertNotIn("Hill", text)
        opened = new.with_user(self.worker).action_open_case()
        self.assertEqual(opened["res_id"], self.case.id)
        activity.with_user(self.worker).action_done()
        self.assertFalse(self._told(new))

    def test_allocation_that_ends_or_is_my_own_tells_nobody(self):
        allocations = self.env["sos.allocation"].with_user(self.manager)
        own = allocations.create(
            {"case_id": self.case.id, "user_id": self.manager.id, "role": "manager"}
        )
        self.assertFalse(self._told(own))
        values = {"case_id": self.case.id, "since": "2026-09-01"}
        past = allocations.create(
            {**values, "user_id": self.worker.id, "until": "2026-09-04"}
        )
        self.assertFalse(self._told(past))
        new = allocations.create({**values, "user_id": self.worker.id})
        new.write({"user_id": self.support.id})
        self.assertEqual(self._told(new), {self.support: "Allocated to you"})
        new.write({"until": "2026-09-07"})
        self.assertFalse(self._told(new))
