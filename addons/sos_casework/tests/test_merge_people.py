from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.form.sos_form_output_limits import ReaderLimits
from .common_merge import MergeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestMergePeople(MergeCommon):
    """Two records of one person: Sam was entered a second time, as Samm Hil, in a
    file of her own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._new_person(
            birth_date="2017-05-04", upn="U801456789006", known_as="Sammy"
        )
        cls.case2 = cls._new_case(cls.twin | cls.kit)

    def _merge(self, user=None, kept=None, other=None, **options):
        options = {"reason": "One child.", "accepted": True, **options}
        kept, other = kept or self.sam, other or self.twin
        return kept.with_user(user or self.manager)._merge(
            other.with_user(user or self.manager), **options
        )

    def _undo(self, merge, user=None, reason="Two children."):
        merge.with_user(user or self.manager).action_undo(reason)
        self.env.invalidate_all()

    def _write_about_twin(self):
        """Something of every kind that names a person, in the second file."""
        worker = self.env(user=self.worker)
        case, twin = self.case2.id, self.twin.id
        worker["sos.address"].create({"person_id": twin, "text": "1 High Street"})
        worker["sos.person.flag"].create(
            {"person_id": twin, "text": "A dog.", "review_on": "2026-12-01"}
        )
        danger = worker["sos.danger"].create(
            {
                "case_id": case,
                "text": "We worry.",
                "child_ids": [Command.link(twin)],
                "words_of_id": twin,
            }
        )
        worker["sos.rating"].create(
            {"case_id": case, "danger_id": danger.id, "person_id": twin, "score": 4}
        )
        voice = worker["sos.voice"].create(
            {"case_id": case, "child_id": twin, "tool": "words", "words": "I sing."}
        )
        worker["sos.share.wish"].create(
            {
                "case_id": case,
                "child_id": twin,
                "person_id": self.kit.id,
                "share": False,
            }
        )
        worker["sos.case.note"].create(
            {
                "case_id": case,
                "kind_id": self._code("note_kind", "phone").id,
                "text": "Alex rang.",
                "child_ids": [Command.link(twin)],
            }
        ).action_complete()
        return danger, voice

    def _refer_in(self, case, **facts):
        form = case.with_user(self.worker).open_form(
            "contact",
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
            **facts,
        )
        return self._sign(self._fill(form, decision="assess"))

    # ------------------------------------------------------------------- merging

    def test_everything_follows_and_both_numbers_lead_to_one(self):
        danger, voice = self._write_about_twin()
        contact = self._refer_in(self.case2)
        merge = self._merge(take=["upn", "known_as"])
        self.assertEqual(danger.child_ids, self.sam)
        self.assertEqual(danger.words_of_id, self.sam)
        self.assertEqual(danger.rating_ids.rater_name, "Sam Hill")
        self.assertEqual(voice.child_id, self.sam)
        self.assertEqual(contact.child_ids.filtered("episode_id").child_id, self.sam)
        self.assertEqual(self.sam.episode_ids.case_id, self.case2)
        self.assertEqual(self.case2.child_ids, self.sam)
        self.assertEqual((self.sam.upn, self.sam.known_as), ("U801456789006", "Sammy"))
        self.assertFalse(self.twin.active)
        self.assertEqual(self.twin.merged_into_id, self.sam)
        people = self.env["sos.person"].with_user(self.manager)
        for words in ("Samm Hil", self.twin.reference, "U801456789006", "Sam Hill"):
            found = people.name_search(words)
            self.assertEqual([row[0] for row in found], self.sam.ids, words)
        self.assertEqual(merge.state, "done")
        self.assertIn("Danger statement: 1", merge.moved_text)

    def test_the_log_of_the_kept_one_says_so_and_covers_both(self):
        self.twin.with_user(self.worker).phone = "0191"
        self._merge()
        sam = self.sam.with_user(self.manager)
        logs = self.env["sos.change.log"].with_user(self.manager)
        found = logs.search(sam.action_change_log()["domain"])
        merged = found.filtered(lambda log: log.field == "merged_ids")
        self.assertEqual((merged.old, merged.new), ("", self.twin.reference))
        self.assertEqual(merged.res_id, self.sam.id)
        phone = found.filtered(lambda log: log.field == "phone")
        self.assertEqual((phone.res_id, phone.new), (self.twin.id, "0191"))

    def test_the_readers_of_the_kept_one_read_the_merged_one_and_nobody_else(self):
        self._merge()
        for user in (self.worker, self.manager, self.auditor, self.service_manager):
            self.assertTrue(self.twin.with_user(user).has_access("read"), user.login)
        for user in (self.outsider, self.other_manager, self.lead, self.analyst):
            self.assertFalse(self.twin.with_user(user).has_access("read"), user.login)
        # who entered it reads it by the files it is in, and by nothing else
        self.case.team_id = self.case2.team_id = self.other_team
        self.assertFalse(self.twin.with_user(self.support).has_access("read"))
        self.assertTrue(self.twin.with_user(self.outsider).has_access("read"))

    def test_nothing_new_is_written_into_the_merged_one(self):
        self._merge()
        worker = self.env(user=self.worker)
        words = f"{self.twin.reference} is the same person as {self.sam.reference}"
        with self._refused(UserError, words):
            self.twin.with_user(self.worker).phone = "0191"
        with self._refused(UserError, words):
            self.twin.with_user(self.manager).active = True
        with self._refused(UserError, words):
            worker["sos.address"].create({"person_id": self.twin.id, "text": "Here"})
        with self._refused(UserError, "filled in by the system"):
            self.alex.with_user(self.manager).merged_into_id = self.kit

    def test_the_banner_leads_to_the_kept_one(self):
        self._merge()
        twin = self.twin.with_user(self.worker)
        self.assertEqual(twin.action_open_kept()["res_id"], self.sam.id)
        domain = twin.action_open_merges()["domain"]
        merge = self.env["sos.merge"].with_user(self.worker).search(domain)
        self.assertEqual(merge.reason, "One child.")
        with self._refused(AccessError, "no access"):
            self.twin.with_user(self.outsider).action_open_kept()

    def test_duplicates_are_found_by_the_merged_name(self):
        self._merge()
        people = self.env["sos.person"].with_user(self.worker)
        found = self._find_people(people, "Samm", "Hil", self.twin.birth_date)
        self.assertEqual([person for person, _hint in found], [self.sam])
        described = self.sam.with_user(self.worker)._describe_duplicate("same_date")
        self.assertIn("also known as Samm Hil", described["summary"])
        found = self._find_people(
            people, "Samm", "Hil", self.twin.birth_date, exclude=self.sam
        )
        self.assertFalse(found)

    # -------------------------------------------------------- lines that are double

    def test_a_member_of_the_same_file_is_there_once(self):
        self.case2.with_user(self.worker).write(
            {"member_ids": [Command.create({"person_id": self.sam.id})]}
        )
        member = self.case2.member_ids.filtered(lambda m: m.person_id == self.twin)
        member.since = "2026-01-05"
        self._merge()
        member = self.case2.member_ids.filtered(lambda m: m.person_id == self.sam)
        self.assertEqual(str(member.since), "2026-01-05")
        self.assertEqual(self.case2.child_ids, self.sam)

    def test_a_no_to_sharing_counts_whichever_record_it_was_said_under(self):
        wishes = self.env["sos.share.wish"].with_user(self.worker)
        wishes._set_wish(self.sam, self.kit, True, self.case)
        wishes = self.env["sos.share.wish"].search([])
        wishes.share = True
        self._write_about_twin()
        self._merge()
        wish = self.env["sos.share.wish"].search([("child_id", "=", self.sam.id)])
        self.assertEqual(wish.person_id, self.kit)
        self.assertFalse(wish.share)

    def test_parental_responsibility_counts_whichever_record_it_is_under(self):
        relations = self.env["sos.relationship"]
        mother = self._code("relationship", "mother")
        relations.create(
            {
                "person_id": self.alex.id,
                "type_id": mother.id,
                "other_id": self.twin.id,
                "carer": True,
            }
        )
        line = self.sam.inverse_relation_ids
        line.write({"carer": False, "since": "2020-01-01"})
        self._merge()
        line = self.sam.inverse_relation_ids
        self.assertEqual(line.person_id, self.alex)
        self.assertTrue(line.parental_responsibility and line.carer)
        self.assertFalse(line.since)

    def test_a_relationship_between_the_two_goes_into_the_log(self):
        self.env["sos.relationship"].create(
            {
                "person_id": self.twin.id,
                "type_id": self._code("relationship", "cousin").id,
                "other_id": self.sam.id,
            }
        )
        before = self._dump()
        warnings = self.sam._get_merge_warnings(self.twin)
        self.assertIn("related to each other", "\n".join(warnings))
        merge = self._merge()
        self.assertNotIn(self.sam, self.sam.inverse_relation_ids.person_id)
        self._undo(merge)
        self._assert_same(before, self._dump())

    def test_a_draft_about_both_is_about_one_and_keeps_both_texts(self):
        self.case.with_user(self.worker).write(
            {"member_ids": [Command.create({"person_id": self.twin.id})]}
        )
        form = self._open("assessment", self.sam | self.twin)
        answers = form.answer_ids.filtered("child_id").grouped("child_id")
        code = answers[self.sam][0].code
        form.write_answer(code, "<p>One.</p>", self.sam.id)
        form.write_answer(code, "<p>Two.</p>", self.twin.id)
        merge = self._merge()
        self.assertEqual(form.child_ids.child_id, self.sam)
        body = form.answer_ids.filtered(lambda a: a.code == code and a.child_id).body
        self.assertEqual(str(body), "<p>One.</p><p>Two.</p>")
        self._undo(merge)
        self.assertEqual(form.child_ids.child_id, self.sam | self.twin)
        bodies = form.answer_ids.filtered(lambda a: a.code == code).sorted("id")
        self.assertEqual(bodies.mapped("body"), ["<p>One.</p>", "<p>Two.</p>"])

    def test_two_open_periods_of_need_are_one_from_the_earlier_referral(self):
        with freeze_time("2026-08-10 10:00:00"):
            first = self._refer_in(self.case2)
        self._refer(children=self.sam)
        before = self._dump()
        self.assertEqual(len((self.sam | self.twin).episode_ids), 2)
        merge = self._merge()
        episode = self.sam.episode_ids
        self.assertEqual(episode.case_id, self.case)
        self.assertEqual(str(episode.referred_on), "2026-08-10")
        self.assertEqual(episode.contact_id, first)
        lines = self.env["sos.form.child"].search([("child_id", "=", self.sam.id)])
        self.assertEqual(lines.episode_id, episode)
        clocks = self.env["sos.deadline"].search([("child_id", "=", self.sam.id)])
        self.assertEqual(clocks.episode_id, episode)
        self._undo(merge)
        self._assert_same(before, self._dump())

    def test_two_open_plans_are_one_and_earlier_ones_count(self):
        self._protected()
        episode = self.env["sos.episode"].create(
            {
                "case_id": self.case2.id,
                "child_id": self.twin.id,
                "referred_on": "2026-03-02",
            }
        )
        plans = self.env["sos.plan"]
        category = self._code("abuse_category", "PHY")
        values = {
            "case_id": self.case2.id,
            "child_id": self.twin.id,
            "episode_id": episode.id,
            "kind": "cp",
            "initial_category_id": category.id,
            "latest_category_id": category.id,
        }
        plans.create({**values, "started_on": "2024-03-04", "ended_on": "2024-09-02"})
        plans.create({**values, "started_on": "2026-03-16", "previous_plans": 1})
        before = self._dump()
        merge = self._merge()
        plan = self.sam.plan_ids.filtered(lambda p: not p.ended_on)
        self.assertEqual(str(plan.started_on), "2026-03-16")
        self.assertEqual(plan.initial_category_id, category)
        self.assertEqual(plan.latest_category_id.code, "NEG")
        self.assertEqual(plan.previous_plans, 1)
        self.assertEqual(self.sam.episode_ids, plan.episode_id)
        self._undo(merge)
        self._assert_same(before, self._dump())

    # ------------------------------------------------------------------- refusals

    def test_only_managers_merge_and_with_a_reason(self):
        for user in (self.worker, self.support):
            with self._refused(UserError, "Only a team manager or a service manager"):
                self._merge(user)
            with self._refused(UserError, "Only a team manager or a service manager"):
                self.sam.with_user(user).action_open_merge()
        with self._refused(UserError, "Say why"):
            self._merge(reason=" ")
        self.assertTrue(self.twin.active)
        self._merge(self.service_manager)
        self.assertFalse(self.twin.active)

    def test_a_person_in_another_teams_file_says_whom_to_ask(self):
        case3 = self.env["sos.case"].create(
            {
                "name": "Secret",
                "team_id": self.other_team.id,
                "member_ids": [Command.create({"person_id": self.twin.id})],
            }
        )
        words = f"all that is known of {self.twin.reference}.*Ask "
        with self._refused(UserError, words + "the team South"):
            self._merge()
        wizard = self._dialog().create({"other_id": self.twin.id})
        self.assertRegex(wizard.problem_text, words + "the team South")
        # which team holds a restricted file is told to nobody who may not read it
        case3.restricted = True
        with self._refused(UserError, words + "a service manager"):
            self._merge()
        with self._refused(UserError, words + ".*, who may see the restricted file"):
            self._merge(self.service_manager)
        self.assertTrue(self.twin.active)

    def test_a_person_of_another_team_is_not_named(self):
        stranger = self._new_person(self.outsider, first_name="Zoe")
        self._new_case(stranger, self.outsider, name="Quill")
        with self.assertRaises(UserError) as caught:
            self._merge(other=stranger)
        self.assertIn(stranger.reference, str(caught.exception))
        self.assertNotIn("Zoe", str(caught.exception))
        self.assertNotIn("Quill", str(caught.exception))

    def test_what_must_be_put_right_first(self):
        with self._refused(UserError, "same record"):
            self._merge(other=self.sam)
        with self._refused(UserError, "recorded as a child, the other as an adult"):
            self._merge(other=self.alex)
        self.twin.active = False
        with self._refused(UserError, "is archived"):
            self._merge()
        self.twin.active = True
        self._merge()
        with self._refused(UserError, "was merged already"):
            self._merge(self.env.user)

    def test_a_form_signed_with_both_stays_about_two(self):
        self.case.with_user(self.worker).write(
            {"member_ids": [Command.create({"person_id": self.twin.id})]}
        )
        form = self._refer(children=self.sam | self.twin)
        with self._refused(UserError, f"{form.reference} was signed with both"):
            self._merge()
        draft = self._open("visit", self.sam | self.twin)
        draft.sudo().state = "submitted"
        with self._refused(UserError, f"{draft.reference} waits for authorisation"):
            self._merge()

    def test_twins_are_not_merged_by_mistake(self):
        self.twin.write({"first_name": "Pat", "sex_id": self._code("sex", "M").id})
        with self._refused(UserError, "not twins"):
            self._merge(accepted=False)
        with self._refused(UserError, "sex is recorded differently"):
            self._merge(accepted=False)
        self.assertTrue(self.twin.active)
        self._merge()
        self.assertFalse(self.twin.active)

    def test_a_restricted_file_is_a_warning(self):
        self.assertNotIn(
            "restricted", "\n".join(self.sam._get_merge_warnings(self.twin))
        )
        self.case2.restricted = True
        self.assertIn("restricted", "\n".join(self.sam._get_merge_warnings(self.twin)))

    def test_a_merged_record_of_a_restricted_file_is_as_hidden_as_the_kept_one(self):
        users = (self.service_manager, self.auditor)
        self._merge()
        (self.case | self.case2).restricted = True
        for person in (self.sam, self.twin, self.alex):
            for user in users:
                self.assertFalse(person.with_user(user).has_access("read"))
        logs = self.env["sos.change.log"].with_user(self.auditor)
        self.assertFalse(logs.search([("person_id", "=", self.twin.id)]))
        self.assertFalse(self.env["sos.merge"].with_user(self.auditor).search([]))

    # ----------------------------------------------------------------------- undo

    def test_undo_puts_back_exactly_what_was_there(self):
        self._write_about_twin()
        self._refer(children=self.sam)
        self._refer_in(self.case2)
        self.case2.with_user(self.manager).write(
            {"allocation_ids": [Command.create({"user_id": self.worker.id})]}
        )
        before = self._dump()
        merge = self._merge(take=["first_name", "upn", "known_as"])
        self.assertNotEqual(before, self._dump())
        self._undo(merge)
        self._assert_same(before, self._dump())
        self.assertEqual(merge.state, "undone")
        self.assertEqual(merge.undone_by_id, self.manager)
        with self._refused(UserError, "undone already"):
            self._undo(merge)

    def test_what_was_written_since_goes_to_whom_it_was_about(self):
        merge = self._merge()
        worker = self.env(user=self.worker)
        form = self.case2.with_user(self.worker).open_form("visit", self.sam.ids)
        line = worker["sos.map.line"].create(
            {
                "case_id": self.case2.id,
                "kind": "strength",
                "text": "Sings.",
                "child_ids": [Command.link(self.sam.id)],
            }
        )
        here = worker["sos.map.line"].create(
            {
                "case_id": self.case.id,
                "kind": "strength",
                "text": "Runs.",
                "child_ids": [Command.link(self.sam.id)],
            }
        )
        self.sam.with_user(self.worker).phone = "0191"
        self._undo(merge)
        self.assertEqual(form.child_ids.child_id, self.twin)
        self.assertEqual(form.answer_ids.child_id, self.twin)
        self.assertEqual(line.child_ids, self.twin)
        self.assertEqual(here.child_ids, self.sam)
        self.assertEqual(self.sam.phone, "0191")

    def test_what_was_taken_over_and_changed_since_stays_changed(self):
        names = self.sam.known_as, self.sam.first_name
        merge = self._merge(take=["first_name", "known_as"])
        self.assertEqual((self.sam.known_as, self.sam.first_name), ("Sammy", "Samm"))
        self.sam.with_user(self.worker).known_as = "Samira"
        self._undo(merge)
        self.assertEqual(self.sam.known_as, "Samira", "somebody has written it since")
        self.assertEqual(self.sam.first_name, names[1], "nobody has")
        self.assertEqual(self.twin.known_as, "Sammy")

    def test_a_form_that_hangs_on_what_would_go_back_is_named(self):
        self._refer_in(self.case2)
        merge = self._merge()
        form = self._open("assessment", self.sam)
        self.assertEqual(form.child_ids.episode_id, self.sam.episode_ids)
        with self._refused(UserError, f"{form.reference}.*Then undo this"):
            self._undo(merge)
        self.env.invalidate_all()
        form.with_user(self.worker).action_cancel("Opened by mistake.")
        self._undo(merge)
        self.assertFalse(self.sam.episode_ids)
        self.assertTrue(self.twin.episode_ids)

    def test_merges_are_undone_in_the_opposite_order(self):
        third = self._new_person(first_name="Sama", birth_date="2017-05-04")
        self._new_case(third)
        before = self._dump()
        first = self._merge()
        second = self._merge(kept=third, other=self.sam)
        self.assertEqual(self.twin.merged_into_id, third)
        self.assertIn(self.twin.reference, third.also_known)
        with self._refused(UserError, "merged or split after this"):
            self._undo(first)
        self._undo(second)
        self._undo(first)
        self._assert_same(before, self._dump())

    def test_a_later_merge_of_their_files_is_undone_first(self):
        self._write_about_twin()
        before = self._dump()
        people = self._merge()
        cases = (self.case | self.case2).with_user(self.manager)
        families = cases[0]._merge(cases[1], "One family.")
        with self._refused(UserError, "merged or split after this"):
            self._undo(people)
        self._undo(families)
        self._undo(people)
        self._assert_same(before, self._dump())

    def test_who_undoes(self):
        merge = self._merge()
        with self._refused(UserError, "Only a team manager"):
            self._undo(merge, self.worker)
        with self._refused(AccessError, "no access"):
            self._undo(merge, self.other_manager)
        with self._refused(UserError, "Say why"):
            self._undo(merge, reason="")
        self.assertEqual(merge.state, "done")

    def test_who_reads_the_merge(self):
        merge = self._merge()
        for user in (self.worker, self.manager, self.auditor, self.service_manager):
            self.assertEqual(self.env["sos.merge"].with_user(user).search([]), merge)
        for user in (self.outsider, self.other_manager, self.chair, self.lead):
            self.assertFalse(self.env["sos.merge"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            merge.with_user(self.manager).read(["moved"])
        with self._refused(UserError, "filled in by the system"):
            merge.with_user(self.manager).write({"reason": "Other."})
        with self.assertRaises(AccessError):
            self.env["sos.merge"].with_user(self.manager).create(
                {"kind": "people", "reason": "x", "done_by_id": self.manager.id}
            )
        with self.assertRaises(AccessError):
            merge.with_user(self.manager).unlink()

    # ---------------------------------------------------------------- the dialog

    def _dialog(self, user=None):
        wizards = self.env["sos.person.merge"].with_user(user or self.manager)
        action = self.sam.with_user(user or self.manager).action_open_merge()
        return wizards.with_context(**action["context"])

    def test_dialog_suggests_and_shows_what_differs(self):
        wizard = self._dialog().new({})
        self.assertEqual(
            [row["reference"] for row in wizard.candidate_list], [self.twin.reference]
        )
        wizard = self._dialog().create({"other_id": self.twin.id, "reason": "One."})
        wizard._onchange_other_id()
        lines = {line.field: line for line in wizard.line_ids}
        self.assertEqual(
            (lines["first_name"].kept_text, lines["first_name"].merged_text),
            ("Sam", "Samm"),
        )
        self.assertFalse(lines["first_name"].take)
        self.assertTrue(lines["upn"].take)
        self.assertFalse({"id", "create_date", "write_date"} & set(lines))
        self.assertIn("first names", wizard.warning_text)
        with self._refused(UserError, "twins"):
            wizard.action_merge()
        wizard.accepted = True
        self.assertEqual(wizard.action_merge()["type"], "ir.actions.act_window_close")
        self.assertEqual(self.twin.merged_into_id, self.sam)
        self.assertEqual(self.sam.upn, "U801456789006")
        self.assertEqual(self.sam.first_name, "Sam")

    def test_dialog_keeps_the_other_one(self):
        wizard = self._dialog().create(
            {
                "other_id": self.twin.id,
                "keep": "other",
                "reason": "One.",
            }
        )
        wizard._onchange_other_id()
        wizard.accepted = True
        self.assertEqual(wizard.action_merge()["res_id"], self.twin.id)
        self.assertEqual(self.sam.merged_into_id, self.twin)

    def test_dialog_says_what_is_in_the_way(self):
        wizard = self._dialog().create({"other_id": self.alex.id})
        wizard._onchange_other_id()
        self.assertIn("the other as an adult", wizard.problem_text)
        self.assertFalse(wizard.line_ids)
        with self._refused(UserError, "Choose the other record"):
            self._dialog().create({}).action_merge()

    def test_undo_dialog(self):
        merge = self._merge().with_user(self.manager)
        action = merge.action_open_undo()
        undo = self.env["sos.merge.undo"].with_user(self.manager)
        undo = undo.with_context(**action["context"]).create({"reason": "Two."})
        self.assertEqual(undo.record_name, f"Sam Hill ({self.sam.reference})")
        undo.action_undo()
        self.assertTrue(self.twin.active)


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestMergedLimits(MergeCommon):
    """What was signed before a merge names the ids of that day. Limits set under
    either record hold for it: before, after, and when the merge is undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        cls.again = cls._new_person(
            cls.support, kind="adult", first_name="Alexis", last_name="Hill"
        )
        cls.case.with_user(cls.support).write(
            {"member_ids": [Command.create({"person_id": cls.again.id})]}
        )
        cls.form = self._open("visit", cls.sam)
        cls.voice = cls.env["sos.voice"].create(
            {
                "case_id": cls.case.id,
                "child_id": cls.sam.id,
                "tool": "words",
                "words": "I hide in the shed when they shout.",
            }
        )
        cls.form.write({"held_on": "2026-09-07"})
        cls.form.child_ids.write({"seen": "yes", "seen_alone": "yes"})
        self._sign(self._fill(cls.form))

    def _merge(self, kept, other):
        kept = kept.with_user(self.manager)
        options = {"reason": "One person.", "accepted": True}
        merge = kept._merge(other.with_user(self.manager), **options)
        return merge

    def _limits(self, reader, form=None):
        form = form or self.form
        content = form.document_id._load()
        return ReaderLimits(form, "family", reader, content, form.document_id)

    def _piece(self, children, speaker=None):
        return {
            "type": "line",
            "line": None,
            "children": children.ids,
            "speaker": speaker and speaker.id,
            "persons": [],
            "confidential": False,
        }

    def test_responsibility_under_the_merged_record_counts(self):
        twin = self._new_person(birth_date="2017-05-04")
        self.case.with_user(self.support).write(
            {"member_ids": [Command.create({"person_id": twin.id})]}
        )
        piece = self._piece(twin)
        self.assertTrue(self._limits(self.alex).get_reason(piece))
        merge = self._merge(self.sam, twin)
        # the document names the merged child, who is Sam: Alex may have it
        self.assertFalse(self._limits(self.alex).get_reason(piece))
        # Kit has no responsibility for Sam, under whichever number
        self.assertTrue(self._limits(self.kit).get_reason(piece))
        merge.action_undo("Two.")
        self.env.invalidate_all()
        self.assertTrue(self._limits(self.alex).get_reason(piece))

    def test_a_wish_about_either_record_of_the_reader_holds(self):
        self.env["sos.share.wish"]._set_wish(self.sam, self.again, False, self.case)
        piece = self._piece(self.sam, self.sam)
        self.assertFalse(self._limits(self.alex).get_reason(piece))
        self._merge(self.alex, self.again)
        self.assertIn("does not want", self._limits(self.alex).get_reason(piece))

    def test_between_merge_and_undo_a_document_may_mean_either(self):
        twin = self._new_person(first_name="Pat", birth_date="2017-05-04")
        self._new_case(twin)
        with freeze_time("2026-09-08 10:00:00"):
            merge = self._merge(self.sam, twin)
        with freeze_time("2026-09-09 10:00:00"):
            form = self._open("visit", self.sam)
            form.write({"held_on": "2026-09-09"})
            form.child_ids.write({"seen": "yes", "seen_alone": "yes"})
            self._sign(self._fill(form))
            piece = self._piece(self.sam)
            self.assertFalse(self._limits(self.alex, form).get_reason(piece))
        with freeze_time("2026-09-10 10:00:00"):
            merge.action_undo("Two children.")
            self.env.invalidate_all()
            # Alex has no responsibility for Pat, of whom this may tell
            self.assertIn("Pat", self._limits(self.alex, form).get_reason(piece))
            # what was signed before is not in doubt
            self.assertFalse(self._limits(self.alex).get_reason(piece))

    def test_a_form_that_waits_is_signed_after_a_merge(self):
        self._refer(children=self.sam)
        form = self._open("assessment", self.sam)
        form = self._fill(form, decision="close")
        form.with_user(self.worker).action_submit()
        before = form.document_id.content
        kept = self._new_person(birth_date="2017-05-04")
        self._new_case(kept)
        self._merge(kept, self.sam)
        form.with_user(self.manager).query_reason = "Nothing was found."
        form.with_user(self.manager).action_authorise()
        self.assertEqual(form.state, "authorised")
        self.assertEqual(form.child_ids.child_id, kept)
        self.assertIn(f'"id":{self.sam.id}', before)
        self.assertIn(f'"id":{self.sam.id}', form.document_id.content)
