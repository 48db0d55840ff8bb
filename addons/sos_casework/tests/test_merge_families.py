from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_merge import MergeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestMergeFamilies(MergeCommon):
    """Two files of one family: Kit's daughter Ash came with a file of her own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ash = cls._new_person(first_name="Ash", birth_date="2015-03-03")
        cls.case2 = cls._new_case(cls.ash | cls.kit, name="Moor")

    def _merge(self, user=None, **options):
        kept = self.case.with_user(user or self.manager)
        other = self.case2.with_user(user or self.manager)
        return kept._merge(other, **{"reason": "One family.", **options})

    def _undo(self, merge, user=None, reason="Two families."):
        merge.with_user(user or self.manager).action_undo(reason)
        self.env.invalidate_all()

    def _line(self, case, user=None, **vals):
        values = {"case_id": case.id, "kind": "strength", "text": "Sings."}
        return (
            self.env["sos.map.line"]
            .with_user(user or self.worker)
            .create({**values, **vals})
        )

    def _danger(self, case, **vals):
        return (
            self.env["sos.danger"]
            .with_user(self.worker)
            .create({"case_id": case.id, "text": "We worry.", "goal": "Safe.", **vals})
        )

    def _refer_in(self, case):
        form = case.with_user(self.worker).open_form(
            "contact",
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        return self._sign(self._fill(form, decision="assess"))

    def _fill_both(self):
        for case in (self.case, self.case2):
            self._refer_in(case)
            danger = self._danger(case)
            self._line(case)
            self.env["sos.rating"].with_user(self.worker).create(
                {
                    "case_id": case.id,
                    "danger_id": danger.id,
                    "person_id": self.kit.id,
                    "score": 4,
                }
            )
            self.env["sos.network.member"].with_user(self.worker).create(
                {"case_id": case.id, "person_id": self.kit.id}
            )
            self.env["sos.allocation"].with_user(self.manager).create(
                {"case_id": case.id, "user_id": self.worker.id, "since": "2026-09-01"}
            )

    # ------------------------------------------------------------------- merging

    def test_everything_stands_side_by_side(self):
        self._fill_both()
        contact = self.case2.form_ids.filtered(lambda f: f.state == "authorised")
        clocks = self.case2.deadline_ids
        due = clocks.mapped("due_on")
        merge = self._merge()
        self.assertEqual(len(self.case.map_line_ids), 2)
        self.assertEqual(len(self.case.danger_ids), 2)
        self.assertEqual(contact.case_id, self.case)
        self.assertEqual(contact.document_id.case_id, self.case)
        self.assertEqual(contact.child_ids.case_id, self.case)
        self.assertTrue(contact.document_id._is_intact())
        self.assertEqual(self.case.child_ids, self.sam | self.robin | self.ash)
        kit = self.case.member_ids.filtered(lambda m: m.person_id == self.kit)
        self.assertEqual(len(kit), 1)
        self.assertEqual(len(self.case.network_ids), 1)
        self.assertEqual(clocks.case_id, self.case)
        self.assertEqual(clocks.mapped("due_on"), due)
        self.assertFalse(self.case2.active)
        self.assertFalse(self.case2.member_ids or self.case2.form_ids)
        self.assertIn("Form: 2", merge.moved_text)

    def test_reminders_are_of_the_kept_file(self):
        self._fill_both()
        self._merge()
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "sos.deadline")]
        )
        self.assertTrue(activities)
        for activity in activities:
            self.assertIn(self.case.reference, activity.summary)
        self.assertEqual(activities.user_id, self.worker)

    def test_the_workers_of_the_other_file_leave(self):
        self.env["sos.allocation"].with_user(self.manager).create(
            {
                "case_id": self.case2.id,
                "user_id": self.outsider.id,
                "since": "2026-09-01",
            }
        )
        self.assertTrue(self.case2.with_user(self.outsider).has_access("read"))
        effects = "\n".join(self.case._get_merge_effects(self.case2))
        self.assertIn("allocations", effects)
        self.assertIn("outsider", effects)
        merge = self._merge()
        allocation = self.case.allocation_ids
        self.assertEqual(str(allocation.until), "2026-09-06")
        for case in (self.case, self.case2):
            self.assertFalse(case.with_user(self.outsider).has_access("read"))
        self._undo(merge)
        self.assertTrue(self.case2.with_user(self.outsider).has_access("read"))

    def test_restricted_if_either_was(self):
        self.case2.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": [Command.link(self.manager.id)]}
        )
        self.assertIn(
            "Who may read it: manager",
            "\n".join(self.case._get_merge_effects(self.case2)),
        )
        merge = self._merge()
        self.assertTrue(self.case.restricted)
        self.assertEqual(self.case.reader_ids, self.manager)
        self.assertFalse(self.case.with_user(self.worker).has_access("read"))
        for user in (self.worker, self.auditor, self.service_manager):
            self.assertFalse(self.case2.with_user(user).has_access("read"))
        self._undo(merge)
        self.assertFalse(self.case.restricted)
        self.assertTrue(self.case.with_user(self.worker).has_access("read"))
        self.assertTrue(self.case2.restricted)

    def test_the_merged_file_follows_a_later_restriction(self):
        self._merge()
        self.assertTrue(self.case2.with_user(self.auditor).has_access("read"))
        self.case.with_user(self.manager).restricted = True
        self.assertFalse(self.case2.with_user(self.auditor).has_access("read"))
        self.assertFalse(self.case2.with_user(self.worker).has_access("read"))
        self.assertTrue(self.case2.with_user(self.manager).has_access("read"))

    def test_an_open_file_is_open(self):
        self.case.sudo().closed_on = "2026-08-03"
        merge = self._merge()
        self.assertFalse(self.case.closed_on)
        self._undo(merge)
        self.assertEqual(str(self.case.closed_on), "2026-08-03")

    def test_both_numbers_lead_to_one(self):
        self._merge()
        cases = self.env["sos.case"].with_user(self.worker)
        for words in ("Moor", self.case2.reference, "Hill", self.case.reference):
            found = cases.name_search(words)
            self.assertEqual([row[0] for row in found], self.case.ids, words)
        action = self.case2.with_user(self.worker).action_open_kept()
        self.assertEqual(action["res_id"], self.case.id)
        logs = self.env["sos.change.log"].with_user(self.worker)
        found = logs.search(
            self.case.with_user(self.worker).action_change_log()["domain"]
        )
        merged = found.filtered(lambda log: log.field == "merged_ids")
        self.assertEqual((merged.old, merged.new), ("", self.case2.reference))

    def test_nothing_new_is_written_into_the_merged_file(self):
        self._merge()
        words = f"{self.case2.reference} goes on as {self.case.reference}"
        with self._refused(UserError, words):
            self._line(self.case2)
        with self._refused(UserError, words):
            self.case2.with_user(self.worker).name = "Other"
        with self._refused(UserError, words):
            self.env["sos.allocation"].with_user(self.manager).create(
                {"case_id": self.case2.id, "user_id": self.worker.id}
            )
        with self._refused(UserError, "filled in by the system"):
            self.case.with_user(self.manager).active = False

    # ------------------------------------------------------------------- refusals

    def test_only_managers_who_write_both(self):
        for user in (self.worker, self.support):
            with self._refused(UserError, "Only a team manager or a service manager"):
                self._merge(user)
        with self._refused(UserError, "Say why"):
            self._merge(reason="")
        self.case2.team_id = self.other_team
        with self._refused(AccessError, "no access"):
            self._merge()
        with self._refused(AccessError, "no access"):
            self._merge(self.other_manager)
        self.case2.restricted = True
        with self._refused(AccessError, "no access"):
            self._merge(self.service_manager)
        self.assertTrue(self.case2.active)
        self.case2.restricted = False
        self._merge(self.service_manager)
        self.assertFalse(self.case2.active)

    def test_what_stands_in_the_way(self):
        with self._refused(UserError, "same file"):
            self.case._merge(self.case, "One.")
        self._merge()
        with self._refused(UserError, "was merged already"):
            self._merge(self.env.user)

    # ----------------------------------------------------------------------- undo

    def test_undo_puts_back_exactly_what_was_there(self):
        self._fill_both()
        before = self._dump()
        merge = self._merge()
        self.assertNotEqual(before, self._dump())
        self._undo(merge)
        self._assert_same(before, self._dump())
        self.assertEqual(merge.state, "undone")

    def test_what_was_written_since_about_their_child_goes_back(self):
        self._fill_both()
        danger = self.case2.danger_ids
        merge = self._merge()
        rating = (
            self.env["sos.rating"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "danger_id": danger.id,
                    "person_id": self.kit.id,
                    "score": 6,
                }
            )
        )
        theirs = self._line(self.case, child_ids=[Command.link(self.ash.id)])
        ours = self._line(self.case, child_ids=[Command.link(self.sam.id)])
        all_of_them = self._line(self.case)
        visit = self.case.with_user(self.worker).open_form("visit", self.ash.ids)
        self._undo(merge)
        self.assertEqual(rating.case_id, self.case2)
        self.assertEqual(theirs.case_id, self.case2)
        self.assertEqual(visit.case_id, self.case2)
        self.assertEqual((ours | all_of_them).case_id, self.case)

    def test_what_belongs_to_both_is_named(self):
        self._fill_both()
        danger = self.case2.danger_ids
        merge = self._merge()
        draft = self.case.with_user(self.worker).open_form(
            "visit", (self.ash | self.sam).ids
        )
        with self._refused(UserError, f"children of both files: {draft.reference}"):
            self._undo(merge)
        self.env.invalidate_all()
        draft.with_user(self.worker).action_cancel("Opened by mistake.")
        line = self._line(self.case, danger_id=danger.id)
        with self._refused(UserError, "point at each other .*line of the map"):
            self._undo(merge)
        self.env.invalidate_all()
        self.assertEqual(danger.case_id, self.case)
        line.danger_id = False
        self._undo(merge)
        self.assertEqual(danger.case_id, self.case2)

    def test_what_has_gone_elsewhere_stops_the_undo(self):
        """As by a change past Odoo: all goes back, or nothing."""
        self._fill_both()
        danger = self.case2.danger_ids
        merge = self._merge()
        third = self._new_case([])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sos_danger SET case_id = %s WHERE id = %s",
            [third.id, danger.id],
        )
        self.env.invalidate_all()
        with self._refused(UserError, "danger.* has gone elsewhere since.*Nothing was"):
            self._undo(merge)
        self.env.invalidate_all()
        self.assertEqual(merge.state, "done")
        self.assertEqual(self.case2.merged_into_id, self.case)

    def test_who_undoes(self):
        merge = self._merge()
        with self._refused(UserError, "Only a team manager"):
            self._undo(merge, self.worker)
        with self._refused(AccessError, "no access"):
            self._undo(merge, self.other_manager)
        with self._refused(UserError, "Say why"):
            self._undo(merge, reason="")
        self.assertEqual(merge.state, "done")

    # ---------------------------------------------------------------- the dialog

    def test_dialog(self):
        action = self.case.with_user(self.manager).action_open_merge()
        wizards = self.env["sos.case.merge"].with_user(self.manager)
        wizard = wizards.with_context(**action["context"]).create({"reason": "One."})
        with self._refused(UserError, "Choose the other file"):
            wizard.action_merge()
        wizard.write({"other_id": self.case2.id, "keep": "other"})
        self.assertFalse(wizard.problem_text)
        self.assertEqual(wizard.action_merge()["res_id"], self.case2.id)
        self.assertEqual(self.case.merged_into_id, self.case2)
        # its screen offers nothing that would be refused
        self.assertFalse(self.case.with_user(self.manager).may_write)
        self.assertTrue(self.case2.with_user(self.manager).may_write)
        with self._refused(UserError, "Only a team manager"):
            self.case2.with_user(self.worker).action_open_merge()
