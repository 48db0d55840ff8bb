from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin

REASON = "The police found a child alone at night."


class BreakGlassCommon(SosCommon, RefusalsMixin):
    def _open_file(self, user=None, reason=REASON, **values):
        dialog = self.env["sos.break.glass.open"].with_user(user or self.outsider)
        values = {"reference": self.case.reference, "reason": reason, **values}
        action = dialog.create(values).action_open()
        self.assertEqual(action.get("res_model"), "sos.case")
        return self.case.emergency_ids.sorted("id")[-1]

    def _reads(self, user, record=None):
        record = (record or self.case).with_user(user)
        found = record.search([("id", "=", record.id)])
        self.assertEqual(bool(found), record.has_access("read"))
        return bool(found)

    def _get_reminders(self, access):
        return self.env["mail.activity"].search(
            [("res_model", "=", "sos.break.glass"), ("res_id", "=", access.id)]
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosBreakGlass(BreakGlassCommon):
    def test_opens_the_file_and_its_people_for_a_while(self):
        self.assertFalse(self._reads(self.outsider))
        access = self._open_file(hours=2)
        self.assertTrue(self._reads(self.outsider))
        self.assertTrue(self._reads(self.outsider, self.sam))
        self.assertEqual(str(access.until), "2026-09-07 12:00:00")
        self.assertEqual(access.reason, REASON)
        # somebody who writes in family files may record what they did
        self.case.with_user(self.outsider).note_ids.create(
            {
                "case_id": self.case.id,
                "kind_id": self._code("note_kind", "phone").id,
                "text": "Took Sam to Nana.",
            }
        )

    def test_ends_on_time_without_any_job(self):
        access = self._open_file()
        self.assertEqual(access.until - access.opened_at, timedelta(hours=4))
        with freeze_time("2026-09-07 13:59:59"):
            self.assertTrue(self._reads(self.outsider))
        with freeze_time("2026-09-07 14:00:00"):
            self.assertFalse(self._reads(self.outsider))
            self.assertFalse(self._reads(self.outsider, self.sam))
            with self._refused(AccessError, "no access"):
                self.case.with_user(self.outsider).read(["name"])
        self.assertEqual(str(access.ended_at), "2026-09-07 14:00:00")
        self.assertFalse(access.ended_by_id)

    def test_job_ends_it_for_those_who_do_nothing(self):
        access = self._open_file()
        job = self.env.ref("sos_casework.ir_cron_break_glass")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertIn(access.until, triggers.mapped("call_at"))
        with freeze_time("2026-09-07 14:00:01"):
            for _night in range(2):
                access._cron_run()
        self.assertNotIn(self.outsider, self.case.reader_ids)
        self.assertEqual(str(access.ended_at), "2026-09-07 14:00:00")

    def test_readers_are_worked_out_by_time(self):
        self._open_file()
        with freeze_time("2026-09-07 15:00:00"):
            self.case._refresh_readers()
            self.assertNotIn(self.outsider, self.case.reader_ids)

    def test_closed_by_hand(self):
        access = self._open_file()
        with self._refused(AccessError, "."):
            access.with_user(self.worker).action_end()
        self.case.with_user(self.outsider).action_end_emergency()
        self.assertFalse(self._reads(self.outsider))
        self.assertEqual(access.ended_by_id, self.outsider)
        access = self._open_file()
        access.with_user(self.manager).action_end()
        self.assertFalse(self._reads(self.outsider))

    def test_reason_is_a_sentence(self):
        for reason in (" ", "urgent", "aaaa aaaa", "x" * 60):
            with self.subTest(reason), self._refused(UserError, "Say in a sentence"):
                self._open_file(reason=reason)
        self.assertFalse(self._reads(self.outsider))

    def test_hours_have_a_limit(self):
        self.env.company.sos_emergency_hours_max = 12
        for hours in (-1, 0, 13):
            with self.subTest(hours), self._refused(UserError, "between 1 and 12"):
                self._open_file(hours=hours)

    def test_who_reads_anyway_is_told_so(self):
        for user in (self.worker, self.service_manager, self.auditor):
            dialog = (
                self.env["sos.break.glass.open"]
                .with_user(user)
                .create({"reference": self.case.reference.lower(), "reason": REASON})
            )
            action = dialog.action_open()
            self.assertIn("may see this family anyway", action["params"]["message"])
            self.assertEqual(action["params"]["next"]["res_id"], self.case.id)
        self.assertFalse(self.case.emergency_ids)

    def test_number_that_does_not_exist(self):
        with self._refused(UserError, "no family file with the number F9"):
            self._open_file(reference="F9")

    def test_who_reads_no_files_opens_none(self):
        for user in (self.analyst, self.configurator):
            with self.subTest(user.login), self._refused(AccessError, "."):
                self._open_file(user)
            with self.subTest(user.login), self._refused(AccessError, "."):
                self.env["sos.break.glass"].with_user(user)._open(
                    self.case.with_user(user), REASON, 1
                )

    def test_is_not_made_or_changed_by_hand(self):
        model = self.env["sos.break.glass"].with_user(self.outsider)
        values = {
            "case_id": self.case.id,
            "user_id": self.outsider.id,
            "reason": REASON,
            "opened_at": fields.Datetime.now(),
            "until": "2030-01-01",
        }
        with self._refused(AccessError, "."):
            model.create(values)
        access = self._open_file()
        for user in (self.outsider, self.manager):
            words = "Nobody reviews their own|filled in by the system"
            with self._refused(UserError, words):
                access.with_user(user).write({"until": "2030-01-01"})
            with self._refused(AccessError, "."):
                access.with_user(user).unlink()

    def test_is_logged(self):
        self._open_file()
        line = self.env["sos.access.log"].search([("operation", "=", "emergency")])
        self.assertEqual(line.user_id, self.outsider)
        self.assertEqual(line.case_id, self.case)
        self.assertEqual(line.detail, REASON)


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosBreakGlassLimits(BreakGlassCommon):
    """A few hours stay a few hours."""

    def test_manager_of_another_team_decides_nothing(self):
        self._open_file(self.other_manager)
        case = self.case.with_user(self.other_manager)
        words = "decided by the managers of the team"
        allocation = {"case_id": case.id, "user_id": self.other_manager.id}
        with self._refused(UserError, words):
            self.env["sos.allocation"].with_user(self.other_manager).create(allocation)
        with self._refused(UserError, words):
            case.write({"team_id": self.other_team.id})
        with self._refused(UserError, words):
            case.write({"restricted": True})
        block = {"case_id": case.id, "user_id": self.worker.id, "reason": "x"}
        with self._refused(UserError, words):
            self.env["sos.access.block"].with_user(self.other_manager).create(block)
        theirs = self.env["sos.allocation"].create(
            {"case_id": case.id, "user_id": self.worker.id}
        )
        with self._refused(UserError, words):
            theirs.with_user(self.other_manager).until = "2026-09-07"
        waiting = (
            self.env["sos.access.block"]
            .with_user(self.manager)
            .create({**block, "user_id": self.auditor.id})
        )
        for press in ("action_confirm", "action_lift"):
            with self._refused(UserError, words):
                getattr(waiting.with_user(self.other_manager), press)()
        access = self._open_file()
        with self._refused(UserError, words):
            access.with_user(self.other_manager).action_end()
        self.assertFalse(theirs.until)
        self.assertEqual(waiting.state, "waiting")
        self.assertTrue(self._reads(self.outsider))

    def test_nobody_merges_or_splits_it(self):
        """What goes on in one's own file is read for good."""
        self._open_file(self.other_manager)
        theirs = self.env(user=self.other_manager)
        own = theirs["sos.case"].create({"name": "Own"})
        twin = theirs["sos.person"].create({"first_name": "Sam", "last_name": "Hill"})
        theirs["sos.case.member"].create({"case_id": own.id, "person_id": twin.id})
        case, sam = self.case.with_env(theirs), self.sam.with_env(theirs)
        words = "decided by the managers of the team"
        for attempt in (
            lambda: own._merge(case, "One family."),
            lambda: case._merge(own, "One family."),
            lambda: case._split("Sam", sam, "Two households."),
            lambda: twin._merge(sam, "One child.", accepted=True),
            lambda: sam._merge(twin, "One child.", accepted=True),
        ):
            with self._refused(UserError, words):
                attempt()
        self.assertFalse(self.case.merged_into_id or self.case.split_ids)
        self.assertFalse(self.sam.merged_into_id or self.sam.merged_ids)
        merge = self.case.with_user(self.manager)._split(
            "Moor", self.robin, "Two households."
        )
        with self._refused(UserError, words):
            merge.with_user(self.other_manager).action_undo("One household.")
        self.assertEqual(merge.state, "done")

    def test_nobody_takes_a_person_along(self):
        """A person in one's own file would be readable for good."""
        own = self.env["sos.case"].create(
            {"name": "Own", "team_id": self.other_team.id}
        )
        self._open_file()
        member = {"case_id": own.id, "person_id": self.sam.id}
        with self._refused(UserError, "in an emergency"):
            self.env["sos.case.member"].with_user(self.outsider).create(member)

    def test_nobody_makes_themself_the_chair(self):
        self.chair.sos_team_ids = self.other_team
        self._open_file(self.chair)
        with self._refused(UserError, "in an emergency"):
            form = self._open("initial_conference", user=self.chair)
            form.write({"chair_id": self.chair.id})

    def test_becoming_a_reader_ends_it(self):
        access = self._open_file()
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.outsider.id, "role": "co_worker"}
        )
        self.assertTrue(access.ended_at)
        with freeze_time("2026-09-07 20:00:00"):
            self.assertTrue(self._reads(self.outsider))

    def test_block_ends_the_sight_of_it(self):
        self._open_file()
        self.env["sos.access.block"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.outsider.id, "reason": "Cousin."}
        )
        self.assertFalse(self._reads(self.outsider))
        self.assertFalse(self._reads(self.outsider, self.sam))
        self.assertFalse(self._reads(self.outsider, self.case.emergency_ids))


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosBreakGlassReview(BreakGlassCommon):
    def test_managers_of_the_team_are_reminded_without_a_name(self):
        access = self._open_file()
        reminder = self._get_reminders(access)
        self.assertEqual(reminder.user_id, self.manager)
        words = f"{reminder.summary} {reminder.note or ''} {reminder.res_name}"
        self.assertIn(self.case.reference, words)
        for name in ("Hill", "Sam", "police"):
            self.assertNotIn(name, words)
        self.assertFalse(
            self.env["mail.mail"].sudo().search([("model", "=", "sos.break.glass")])
        )
        self.assertFalse(
            self.env["mail.followers"].search([("res_model", "=", "sos.break.glass")])
        )

    def test_reminder_goes_with_the_review_and_not_before(self):
        access = self._open_file()
        reminder = self._get_reminders(access).with_user(self.manager)
        with self._refused(UserError, "goes by itself"):
            reminder.action_done()
        with self._refused(UserError, "goes by itself"):
            reminder.unlink()
        access.with_user(self.manager).action_justified()
        self.assertFalse(self._get_reminders(access))
        access._cron_run()
        self.assertFalse(self._get_reminders(access))

    def test_readers_see_it_until_it_is_reviewed(self):
        access = self._open_file()
        case = self.case.with_user(self.worker)
        self.assertIn(self.outsider.name, case.emergency_text)
        self.assertIn("7 Sep 2026 11:00 to 7 Sep 2026 15:00", case.emergency_text)
        self.assertFalse(case.my_emergency_until)
        theirs = self.case.with_user(self.outsider)
        self.assertEqual(theirs.my_emergency_until, access.until)
        with freeze_time("2026-09-09 10:00:00"):
            access._cron_run()
            self.env.invalidate_all()
            self.assertIn(REASON, case.emergency_text)
            access.with_user(self.manager).action_justified()
            self.env.invalidate_all()
            self.assertFalse(case.emergency_text)

    def test_not_justified_needs_words_and_closes_the_file(self):
        access = self._open_file().with_user(self.manager)
        with self._refused(UserError, "Write down why"):
            access.action_not_justified()
        access.note = "He knows the family. Spoken to on Tuesday."
        access.action_not_justified()
        self.assertEqual(access.verdict, "not_justified")
        self.assertEqual(access.reviewed_by_id, self.manager)
        self.assertFalse(self._reads(self.outsider))
        with self._refused(UserError, "reviewed already"):
            access.action_justified()
        with self._refused(UserError, "reviewed already"):
            access.note = "It was fine."

    def test_nobody_reviews_their_own(self):
        access = self._open_file(self.other_manager)
        with self._refused(UserError, "their own"):
            access.with_user(self.other_manager).action_justified()
        with self._refused(UserError, "their own"):
            access.with_user(self.other_manager).note = "All was well."
        self.assertFalse(access.with_user(self.other_manager).may_review)
        self.assertTrue(access.with_user(self.manager).may_review)

    def test_who_else_may_not_review(self):
        access = self._open_file()
        other = self._open_file(self.other_manager)
        for user in (self.worker, self.support, self.auditor):
            with self.subTest(user.login), self._refused(AccessError, "."):
                access.with_user(user).action_justified()
        # two who opened the same file do not sign for each other
        with self._refused(UserError, "in an emergency"):
            access.with_user(self.other_manager).action_justified()
        other.with_user(self.service_manager).action_justified()

    def test_without_a_manager_the_service_is_asked(self):
        self.manager.active = False
        access = self._open_file()
        self.assertIn(self.service_manager, self._get_reminders(access).user_id)

    def test_manager_who_comes_later_is_reminded(self):
        access = self._open_file()
        new = self._new_user("newcomer", "team_manager", self.team)
        access._cron_run()
        self.assertEqual(self._get_reminders(access).user_id, self.manager | new)

    def test_blocked_manager_is_reminded_no_more(self):
        new = self._new_user("newcomer", "team_manager", self.team)
        access = self._open_file()
        self.assertEqual(self._get_reminders(access).user_id, self.manager | new)
        self.case.with_user(new).action_block_myself()
        self.assertEqual(self._get_reminders(access).user_id, self.manager)

    def test_restricted_goes_to_its_named_managers(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": (self.manager | self.worker).ids}
        )
        access = self._open_file()
        self.assertEqual(self._get_reminders(access).user_id, self.manager)
        self.assertFalse(self._reads(self.support, access))

    def test_restricted_without_a_manager_goes_to_the_service(self):
        """Who reads of it this entry, and nothing of the family."""
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.worker.ids}
        )
        access = self._open_file()
        reviewer = self._get_reminders(access).user_id
        self.assertIn(self.service_manager, reviewer)
        self.assertNotIn(self.manager, reviewer)
        entry = access.with_user(self.service_manager)
        self.assertEqual(
            entry.read(["case_id"])[0]["case_id"][1],
            f"{self.case.reference} (no access)",
        )
        entry.action_justified()
        self.assertFalse(self._reads(self.service_manager))
        self.assertTrue(self._reads(self.auditor, access))
        self.assertFalse(self._reads(self.other_manager, access))
