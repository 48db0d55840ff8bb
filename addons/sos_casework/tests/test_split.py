from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common_merge import MergeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSplit(MergeCommon):
    """Robin goes to live with his father Kit: a file of their own."""

    def _split(self, user=None, children=None, **options):
        case = self.case.with_user(user or self.manager)
        options = {
            "name": "Moor",
            "reason": "Two households.",
            "adults": self.kit,
            "both": self.alex,
            **options,
        }
        merge = case._split(children=children or self.robin, **options)
        return merge.with_env(self.env)

    def _undo(self, merge, user=None, reason="One household."):
        merge.with_user(user or self.manager).action_undo(reason)
        self.env.invalidate_all()

    def _create(self, model, **vals):
        return (
            self.env[model]
            .with_user(self.worker)
            .create({"case_id": self.case.id, **vals})
        )

    def _fill_case(self):
        """Lines about Robin, about Sam, about both; plans, clocks, forms."""
        self._protected()
        robin, sam = [Command.link(self.robin.id)], [Command.link(self.sam.id)]
        lines = {}
        for key, children in (("robin", robin), ("sam", sam), ("both", [])):
            danger = self._create(
                "sos.danger", text="We worry.", goal="Safe.", child_ids=children
            )
            self._create(
                "sos.rating", danger_id=danger.id, person_id=self.kit.id, score=4
            )
            self._create(
                "sos.bottom.line", danger_id=danger.id, text="Two people know."
            )
            self._create(
                "sos.opinion",
                danger_id=danger.id,
                person_id=self.kit.id,
                opinion="agrees",
            )
            lines[key] = danger
        self._create(
            "sos.map.line",
            kind="existing_safety",
            text="Kit took him out.",
            child_ids=robin,
            danger_id=lines["both"].id,
            happened_on="2026-08-01",
        )
        self._create("sos.voice", child_id=self.robin.id, tool="words", words="I run.")
        self._create("sos.voice", child_id=self.sam.id, tool="words", words="I sing.")
        self._create(
            "sos.safety.plan",
            child_ids=robin,
            rule_ids=[Command.create({"case_id": self.case.id, "text": "Nana."})],
        )
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "since": "2026-09-01"}
        )
        return lines

    def _end_mixed_drafts(self):
        drafts = self.case.form_ids.filtered(lambda f: f.state == "draft")
        for form in drafts:
            form.with_user(self.worker).action_cancel("Begun anew for each.")
        return drafts

    # ------------------------------------------------------------------ splitting

    def test_what_is_about_the_child_only_goes(self):
        lines = self._fill_case()
        self._end_mixed_drafts()
        visit = self._open("visit", self.robin)
        merge = self._split()
        new = merge.merged_case_id
        self.assertEqual(new.child_ids, self.robin)
        self.assertEqual(self.case.child_ids, self.sam)
        self.assertIn(self.kit, new.member_ids.person_id)
        self.assertNotIn(self.kit, self.case.member_ids.person_id)
        self.assertIn(
            self.alex, new.member_ids.person_id & self.case.member_ids.person_id
        )
        self.assertEqual((new.team_id, new.lead_id), (self.team, self.worker))
        danger = lines["robin"]
        self.assertEqual(danger.case_id, new)
        self.assertEqual(danger.rating_ids.case_id, new)
        self.assertEqual(danger.bottom_line_ids.case_id, new)
        self.assertEqual(danger.opinion_ids.case_id, new)
        self.assertEqual((lines["sam"] | lines["both"]).case_id, self.case)
        self.assertEqual(lines["both"].rating_ids.case_id, self.case)
        # hangs on a danger statement about both
        self.assertEqual(self.case.map_line_ids.child_ids, self.robin)
        self.assertEqual(new.voice_ids.child_id, self.robin)
        self.assertEqual(self.case.voice_ids.child_id, self.sam)
        self.assertEqual(new.safety_plan_ids.rule_ids.case_id, new)
        self.assertEqual(self.robin.episode_ids.case_id, new)
        self.assertEqual(self.robin.plan_ids.case_id, new)
        self.assertEqual(self.robin.plan_ids.episode_id, self.robin.episode_ids)
        self.assertEqual(self.sam.plan_ids.case_id, self.case)
        self.assertEqual(visit.case_id, new)
        self.assertEqual(visit.answer_ids.case_id, new)
        clocks = self.env["sos.deadline"].search(
            [("state", "=", "open"), ("child_id", "=", self.robin.id)]
        )
        self.assertTrue(clocks)
        self.assertEqual(clocks.case_id, new)

    def test_signed_forms_stay_and_the_files_know_each_other(self):
        self._fill_case()
        self._end_mixed_drafts()
        signed = self.case.form_ids.filtered(lambda f: f.state == "authorised")
        new = self._split().merged_case_id
        self.assertTrue(signed)
        self.assertEqual(signed.case_id, self.case)
        self.assertFalse(new.form_ids & signed)
        self.assertEqual(new.split_from_id, self.case)
        self.assertIn(new.reference, self.case.with_user(self.worker).split_text)
        domain = new.with_user(self.worker).action_open_related()["domain"]
        self.assertEqual(self.env["sos.case"].search(domain), self.case)
        # by number only, for who may not read the other one
        new.team_id = self.other_team
        new.allocation_ids.until = "2026-09-06"
        self.assertEqual(
            self.case.with_user(self.manager).split_text, f"{new.reference} (no access)"
        )
        self.assertEqual(
            new.with_user(self.other_manager).split_from_id.display_name,
            f"{self.case.reference} (no access)",
        )
        self.assertFalse(signed.with_user(self.other_manager)._filtered_access("read"))

    def test_a_restriction_goes_with_them(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": [Command.link(self.manager.id)]}
        )
        new = self._split().merged_case_id
        self.assertTrue(new.restricted)
        self.assertEqual(new.reader_ids, self.manager)
        self.assertFalse(new.with_user(self.worker).has_access("read"))

    def test_the_log_says_so(self):
        new = self._split().merged_case_id
        log = self.env["sos.change.log"].search([("field", "=", "split_ids")])
        self.assertEqual((log.res_id, log.new), (self.case.id, new.reference))

    def test_an_allocation_for_them_goes(self):
        own = self.env["sos.allocation"].create(
            {
                "case_id": self.case.id,
                "user_id": self.outsider.id,
                "child_ids": [Command.link(self.robin.id)],
                "since": "2026-09-01",
            }
        )
        new = self._split().merged_case_id
        self.assertEqual(own.case_id, new)
        self.assertTrue(new.with_user(self.outsider).has_access("read"))
        self.assertFalse(self.case.with_user(self.outsider).has_access("read"))

    # ------------------------------------------------------------------- refusals

    def test_a_draft_about_children_on_both_sides_is_in_the_way(self):
        draft = self._open("visit")
        with self._refused(UserError, f"{draft.reference} .*children on both sides"):
            self._split()
        self.assertEqual(self.case.child_ids, self.sam | self.robin)
        draft.with_user(self.worker).action_cancel("Begun anew for each.")
        self._split()
        self.assertEqual(self.case.child_ids, self.sam)

    def test_who_splits_and_what_is_needed(self):
        for user in (self.worker, self.support):
            with self._refused(UserError, "Only a team manager or a service manager"):
                self._split(user)
            with self._refused(UserError, "Only a team manager or a service manager"):
                self.case.with_user(user).action_open_split()
        with self._refused(AccessError, "no access"):
            self._split(self.other_manager)
        with self._refused(UserError, "Say why"):
            self._split(reason="")
        with self._refused(UserError, "Give the new file a name"):
            self._split(name=" ")
        with self._refused(UserError, "At least one stays"):
            self._split(children=self.sam | self.robin)
        with self._refused(UserError, "Choose the children"):
            self._split(children=self.alex)
        self.assertFalse(self.case.split_ids)

    def test_merged_file_is_not_split(self):
        kept = self._new_case([])
        kept.with_user(self.manager)._merge(
            self.case.with_user(self.manager), "One family."
        )
        with self._refused(UserError, f"Write it in {kept.reference}"):
            self._split()
        self.assertFalse(self.case.split_ids)

    # ----------------------------------------------------------------------- undo

    def test_undo_puts_everything_back(self):
        self._fill_case()
        self._end_mixed_drafts()
        self._open("visit", self.robin)
        before = self._dump()
        merge = self._split()
        new = merge.merged_case_id
        self._undo(merge)
        after = self._dump()
        # the new file itself stays, empty, and leads to the first one
        self.assertEqual(new.merged_into_id, self.case)
        self.assertFalse(new.active or new.member_ids or new.allocation_ids)
        for table in ("sos_case", "sos_case_reader_rel"):
            key = "id" if table == "sos_case" else "case_id"
            after[table] = [row for row in after[table] if row[key] != new.id]
        for row in after["sos_case"]:
            if row["id"] == self.case.id:
                self.assertIn(new.reference, row.pop("also_known"))
                # and is found by its number
                self.assertIn(new.reference.lower(), row["letters"])
        for row in before["sos_case"] + after["sos_case"]:
            row.pop("letters")
        self._assert_same(before, after)

    def test_what_was_written_in_the_new_file_comes_back_too(self):
        merge = self._split()
        new = merge.merged_case_id
        line = self._create(
            "sos.map.line", case_id=new.id, kind="strength", text="Runs."
        )
        form = new.with_user(self.worker).open_form("visit", self.robin.ids)
        new.with_user(self.manager).restricted = True
        self._undo(merge)
        self.assertEqual(line.sudo().case_id, self.case)
        self.assertEqual(form.sudo().case_id, self.case)
        self.assertTrue(self.case.restricted)
        self.assertEqual(self.case.child_ids, self.sam | self.robin)

    def test_who_undoes(self):
        merge = self._split()
        with self._refused(UserError, "Only a team manager"):
            self._undo(merge, self.worker)
        with self._refused(UserError, "Say why"):
            self._undo(merge, reason="")
        self.assertEqual(merge.state, "done")

    # ---------------------------------------------------------------- the dialog

    def test_dialog_says_what_goes_and_what_stays(self):
        self._fill_case()
        self._end_mixed_drafts()
        action = self.case.with_user(self.manager).action_open_split()
        wizards = self.env["sos.case.split"].with_user(self.manager)
        wizard = wizards.with_context(**action["context"]).create(
            {"name": "Moor", "reason": "Two households."}
        )
        places = {line.person_id: line for line in wizard.line_ids}
        self.assertEqual(places[self.robin].place, "stays")
        self.assertEqual(places[self.kit].place, "both")
        with self._refused(UserError, "Choose the children"):
            wizard.action_split()
        places[self.robin].place = "goes"
        places[self.kit].place = "goes"
        self.assertIn("Danger statement: 1", wizard.goes_text)
        self.assertIn("Plan: 1", wizard.goes_text)
        self.assertIn("Danger statement: 2", wizard.stays_text)
        self.assertIn("Line of the map: 1", wizard.stays_text)
        self.assertIn("Forms that are signed: 4", wizard.stays_text)
        with self._refused(ValidationError, "one of the two files"):
            places[self.robin].place = "both"
        places[self.robin].place = "goes"
        action = wizard.action_split()
        self.assertEqual(self.env["sos.case"].browse(action["res_id"]).name, "Moor")
        self.assertNotIn(self.kit, self.case.member_ids.person_id)
        self.assertIn(self.alex, self.case.member_ids.person_id)
