from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import SosCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    b"AABJRU5ErkJggg=="
)


class PracticeCommon(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(user=cls.worker)
        cls.env_worker = env
        cls.danger = env["sos.danger"].create(
            {
                "case_id": cls.case.id,
                "text": "Alex and Nana are worried that Kit might hit Sam or Robin.",
            }
        )
        # a family of the same team: the worker may read it, and it is another one
        cls.neighbour = env["sos.person"].create(
            {"kind": "child", "first_name": "Bo", "last_name": "Next"}
        )
        cls.next_case = env["sos.case"].create(
            {
                "name": "Next",
                "member_ids": [Command.create({"person_id": cls.neighbour.id})],
            }
        )
        cls.next_danger = env["sos.danger"].create(
            {"case_id": cls.next_case.id, "text": "We are worried about Bo."}
        )
        # a family of another team
        other = cls.env(user=cls.outsider)
        cls.other_child = other["sos.person"].create(
            {"kind": "child", "first_name": "Noor", "last_name": "Vale"}
        )
        cls.other_case = other["sos.case"].create(
            {
                "name": "Vale",
                "member_ids": [Command.create({"person_id": cls.other_child.id})],
            }
        )
        cls.other_danger = other["sos.danger"].create(
            {"case_id": cls.other_case.id, "text": "We are worried about Noor."}
        )

    @classmethod
    def _line(cls, model, user=None, **vals):
        env = cls.env(user=user or cls.worker)
        return env[model].create({"case_id": cls.case.id, **vals})

    @classmethod
    def _rate(cls, score, person=None, user=None, partner=None, **vals):
        vals.setdefault("danger_id", cls.danger.id)
        return cls._line(
            "sos.rating",
            score=score,
            person_id=person and person.id,
            user_id=user and user.id,
            partner_id=partner and partner.id,
            **vals,
        )

    @contextmanager
    def _refused(self, words, error=ValidationError):
        """Refused with these words, and what was written before it is undone."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def _plan(self, **vals):
        vals.setdefault("rule_ids", [Command.create({"text": "Nana sleeps here."})])
        return self._line("sos.safety.plan", **vals)


@tagged("post_install", "-at_install")
class TestPracticeFamily(PracticeCommon):
    """Everybody and everything a line names is of the line's own family."""

    def test_child_of_another_family_is_refused(self):
        for how in (
            Command.link(self.neighbour.id),
            Command.set(self.neighbour.ids),
        ):
            with self._refused("Children"):
                self._line(
                    "sos.map.line", kind="strength", text="Sings.", child_ids=[how]
                )
        with self._refused("Children"):
            self.danger.write({"child_ids": [Command.link(self.neighbour.id)]})

    def test_refusal_does_not_name_the_other_child(self):
        with self.assertRaises(ValidationError) as caught:
            self.danger.write({"child_ids": [Command.link(self.neighbour.id)]})
        self.assertNotIn("Bo ", str(caught.exception))

    def test_adult_is_not_one_of_the_children(self):
        with self._refused("not a child of this family"):
            self.danger.write({"child_ids": [Command.set(self.alex.ids)]})

    def test_children_of_the_family_are_accepted(self):
        self.danger.write({"child_ids": [Command.set((self.sam | self.robin).ids)]})
        self.assertEqual(self.danger.child_ids, self.sam | self.robin)

    def test_people_are_of_the_family_in_every_field(self):
        plan = self._plan()
        stranger = self.neighbour.id
        rule = plan.rule_ids
        attempts = [
            ("sos.danger", {"text": "x", "words_of_id": stranger}, "In the words of"),
            (
                "sos.map.line",
                {"kind": "next_step", "text": "x", "who_id": stranger},
                "Whose",
            ),
            ("sos.rating", {"score": 3, "person_id": stranger}, "Family or network"),
            (
                "sos.network.member",
                {"person_id": self.alex.id, "told_by_id": stranger},
                "Told by",
            ),
            (
                "sos.network.member",
                {"person_id": self.alex.id, "found_by_id": stranger},
                "Found by",
            ),
            (
                "sos.network.member",
                {
                    "person_id": self.alex.id,
                    "child_can_tell_ids": [Command.link(stranger)],
                },
                "Can be told by",
            ),
            (
                "sos.safety.rule",
                {"plan_id": plan.id, "text": "x", "backup_id": stranger},
                "Who steps in",
            ),
            (
                "sos.journal.entry",
                {
                    "rule_id": rule.id,
                    "kept": "kept",
                    "written_by_id": stranger,
                },
                "Written by",
            ),
            (
                "sos.voice",
                {
                    "child_id": self.sam.id,
                    "tool": "words",
                    "present_ids": [Command.link(stranger)],
                },
                "Who was there",
            ),
            ("sos.voice", {"child_id": stranger, "tool": "words"}, "Child"),
            (
                "sos.share.wish",
                {"child_id": self.sam.id, "person_id": stranger},
                "Who",
            ),
            (
                "sos.words.pictures",
                {"title": "Us", "read_to_ids": [Command.link(stranger)]},
                "Read to",
            ),
            (
                "sos.opinion",
                {
                    "danger_id": self.danger.id,
                    "person_id": stranger,
                    "opinion": "agrees",
                },
                "Who",
            ),
        ]
        for model, vals, label in attempts:
            with self.subTest(model=model, label=label):
                with self._refused(f"“{label}” names"):
                    self._line(model, **vals)

    def test_lines_of_another_family_are_refused(self):
        next_plan = self.env["sos.safety.plan"].create(
            {
                "case_id": self.next_case.id,
                "rule_ids": [Command.create({"text": "Theirs."})],
            }
        )
        next_rule = next_plan.rule_ids
        story = self.env["sos.words.pictures"].create({"case_id": self.next_case.id})
        attempts = [
            ("sos.rating", {"score": 3, "user_id": self.worker.id}, "danger_id"),
            ("sos.bottom.line", {"text": "x"}, "danger_id"),
            ("sos.map.line", {"kind": "strength", "text": "x"}, "danger_id"),
            (
                "sos.opinion",
                {"person_id": self.alex.id, "opinion": "agrees"},
                "danger_id",
            ),
        ]
        for model, vals, field in attempts:
            with self.subTest(model=model):
                with self._refused("another family"):
                    self._line(model, **vals, **{field: self.next_danger.id})
        with self._refused("another family"):
            self._line("sos.safety.rule", text="x", plan_id=next_plan.id)
        with self._refused("another family"):
            self._line(
                "sos.journal.entry",
                rule_id=next_rule.id,
                written_by_id=self.alex.id,
                kept="kept",
            )
        with self._refused("another family"):
            self._line("sos.words.pictures.panel", story_id=story.id, text="x")

    def test_line_takes_its_family_from_what_it_belongs_to(self):
        rule = self._plan().rule_ids
        self.assertEqual(rule.case_id, self.case)
        entry = self.env_worker["sos.journal.entry"].create(
            {"rule_id": rule.id, "written_by_id": self.alex.id, "kept": "kept"}
        )
        opinion = self.env_worker["sos.opinion"].create(
            {"rule_id": rule.id, "person_id": self.alex.id, "opinion": "agrees"}
        )
        self.assertEqual(entry.case_id | opinion.case_id, self.case)

    def test_line_stays_with_its_family(self):
        own = self.env["sos.case"].with_user(self.worker).create({"name": "Second"})
        with self._refused("stays where it is", UserError):
            self.danger.case_id = own
        self.danger.write({"case_id": self.case.id, "sequence": 3})
        self.assertEqual(self.danger.sequence, 3)

    def test_views_wishes_and_network_stay_with_their_person(self):
        """Another person's view or wish is a row of its own, not this one renamed."""
        for record in (
            self._line(
                "sos.opinion",
                danger_id=self.danger.id,
                person_id=self.alex.id,
                opinion="agrees",
            ),
            self._line("sos.share.wish", child_id=self.sam.id, person_id=self.alex.id),
            self._line("sos.network.member", person_id=self.alex.id),
        ):
            with self._refused("stays where it is", UserError):
                record.person_id = self.kit
            record.write({"person_id": self.alex.id})


@tagged("post_install", "-at_install")
class TestPracticeLines(PracticeCommon):
    def test_recorded_by_and_on_cannot_be_forged(self):
        with freeze_time("2026-03-04"):
            line = self._line(
                "sos.map.line",
                kind="strength",
                text="Sings.",
                recorded_on="2020-01-01",
                recorded_by_id=self.manager.id,
                column="worries",
            )
        self.assertEqual(line.recorded_by_id, self.worker)
        self.assertEqual(line.recorded_on, fields.Date.to_date("2026-03-04"))
        self.assertEqual(line.column, "working_well")
        for name, value in (
            ("recorded_on", "2020-01-01"),
            ("recorded_by_id", self.manager.id),
            ("column", "worries"),
        ):
            with self._refused("filled in by the system", UserError):
                line.write({name: value})

    def test_who_writes_a_line_has_recorded_it(self):
        """Whatever a call says, of a line that is kept as of one that is not."""
        forged = {"text": "Four people know.", "recorded_by_id": self.manager.id}
        forged["danger_id"] = self.danger.id
        with self._refused("Children"):
            stranger = [Command.link(self.neighbour.id)]
            self._line("sos.bottom.line", child_ids=stranger, **forged)
        line = self._line("sos.bottom.line", **forged)
        self.assertEqual(line.recorded_by_id, self.worker)

    def test_line_is_ended_and_taken_up_again(self):
        with freeze_time("2026-03-04"):
            self.danger.action_end()
        self.assertEqual(self.danger.ended_on, fields.Date.to_date("2026-03-04"))
        with freeze_time("2026-04-05"):
            self.danger.action_end()  # a second click does not move the day
        self.assertEqual(self.danger.ended_on, fields.Date.to_date("2026-03-04"))
        self.danger.action_reopen()
        self.assertFalse(self.danger.ended_on)

    def test_what_has_happened_is_not_in_the_future(self):
        tomorrow = self.env["res.company"]._sos_today() + timedelta(days=1)
        for model, vals in (
            (
                "sos.map.line",
                {"kind": "past_harm", "text": "x", "happened_on": tomorrow},
            ),
            ("sos.map.line", {"kind": "next_step", "text": "x", "done_on": tomorrow}),
            ("sos.timeline.step", {"step": "x", "done_on": tomorrow}),
            ("sos.network.member", {"person_id": self.kit.id, "knows_since": tomorrow}),
            (
                "sos.voice",
                {"child_id": self.sam.id, "tool": "words", "on_date": tomorrow},
            ),
            (
                "sos.rating",
                {"user_id": self.worker.id, "score": 1, "rated_at": tomorrow},
            ),
        ):
            with self.subTest(model=model):
                with self._refused("in the future"):
                    self._line(model, **vals)

    def test_kind_decides_the_column(self):
        columns = {
            "past_harm": "worries",
            "complicating": "worries",
            "strength": "working_well",
            "family_goal": "needs",
            "next_step": "needs",
            "unknown": "needs",
        }
        for kind, column in columns.items():
            line = self._line("sos.map.line", kind=kind, text="x")
            self.assertEqual(line.column, column, kind)
        line.kind = "complicating"
        self.assertEqual(line.column, "worries")

    def test_a_line_added_in_a_column_gets_a_kind_of_it(self):
        lines = self.env_worker["sos.map.line"]
        for column in ("worries", "working_well", "needs"):
            context = {"default_column": column, "default_case_id": self.case.id}
            form = Form(
                lines.with_context(**context),
                "sos_casework.sos_map_line_view_form_quick",
            )
            form.text = "Something"
            self.assertEqual(form.save().column, column)

    def test_existing_safety_needs_a_danger_and_a_day(self):
        for vals in (
            {},
            {"danger_id": self.danger.id},
            {"happened_on": "2026-03-04"},
        ):
            with self._refused("choose the danger statement"):
                self._line("sos.map.line", kind="existing_safety", text="x", **vals)
        line = self._line(
            "sos.map.line",
            kind="existing_safety",
            text="Nana came.",
            danger_id=self.danger.id,
            happened_on="2026-03-04",
        )
        with self.assertRaises(ValidationError):
            line.happened_on = False

    def test_strength_is_promoted_once_it_has_a_danger_and_a_day(self):
        line = self._line("sos.map.line", kind="strength", text="Nana came at once.")
        action = line.action_promote()
        self.assertEqual(line.kind, "strength")
        self.assertEqual(action["res_id"], line.id)
        form = Form(line, view=self.env["ir.ui.view"].browse(action["views"][0][0]))
        form.danger_id = self.danger
        with self.assertRaisesRegex(AssertionError, "happened_on is a required"):
            form.save()
        form.happened_on = "2026-03-04"
        form.save().action_promote()
        self.assertEqual(line.kind, "existing_safety")
        self.assertEqual(line.column, "working_well")
        with self._refused("Only a strength"):
            line.action_promote()

    def test_bottom_line_is_met_with_evidence_only(self):
        line = self._line(
            "sos.bottom.line", text="Four people know.", danger_id=self.danger.id
        )
        for evidence in (False, "  "):
            with self._refused("how we know"):
                line.write({"met": True, "evidence": evidence})
        line.write({"met": True, "evidence": "Met them all on 3 March."})
        with self.assertRaises(ValidationError):
            line.evidence = False

    def test_timeline_step_is_late_until_it_is_done(self):
        with freeze_time("2026-03-04"):
            past, today, open_end = self.env_worker["sos.timeline.step"].create(
                [
                    {"case_id": self.case.id, "step": "Met", "due_on": "2026-03-03"},
                    {"case_id": self.case.id, "step": "Tell", "due_on": "2026-03-04"},
                    {"case_id": self.case.id, "step": "Close"},
                ]
            )
            steps = past | today | open_end
            self.assertEqual(steps.filtered("late"), past)
            mine = [("case_id", "=", self.case.id)]
            late, in_time = (
                steps.search([*mine, ("late", "=", value)]) for value in (True, False)
            )
            self.assertEqual(late, past)
            self.assertEqual(in_time, today | open_end)
            past.action_done()
            self.assertFalse(past.late)
            self.assertFalse(steps.search([*mine, ("late", "=", True)]))


@tagged("post_install", "-at_install")
class TestPracticeNetworkAndPlan(PracticeCommon):
    def test_network_member_knows_from_a_day_on(self):
        member = self._line("sos.network.member", person_id=self.alex.id)
        search = self.env_worker["sos.network.member"].search
        mine = ("case_id", "=", self.case.id)
        self.assertFalse(member.knows)
        self.assertEqual(search([mine, ("knows", "=", False)]), member)
        member.knows_since = "2026-03-04"
        self.assertTrue(member.knows)
        self.assertEqual(search([mine, ("knows", "=", True)]), member)

    @mute_logger("odoo.sql_db")
    def test_nobody_is_in_the_network_twice(self):
        self._line("sos.network.member", person_id=self.alex.id)
        with self.assertRaises(IntegrityError):
            self._line("sos.network.member", person_id=self.alex.id)
            self.env.flush_all()

    def test_somebody_new_in_the_network_joins_the_family_file(self):
        friend = self.env_worker["sos.person"].create(
            {"kind": "adult", "first_name": "Jo", "last_name": "Friend"}
        )
        self._line("sos.network.member", person_id=friend.id)
        member = self.case.member_ids.filtered(lambda m: m.person_id == friend)
        self.assertEqual(member.role, "network")

    def test_somebody_who_is_typed_where_they_are_named_joins_the_network(self):
        """Who steps in is often somebody whom nobody has entered yet."""
        people = self.env_worker["sos.person"].with_context(default_kind="adult")
        typed = [people.name_create(name)[0] for name in ("Jean Hill", "Bob Hill")]
        plan = self.env_worker["sos.safety.plan"].create({"case_id": self.case.id})
        rule = self.env_worker["sos.safety.rule"].create(
            {"plan_id": plan.id, "text": "Nana has the key.", "who_id": typed[0]}
        )
        rule.backup_id = typed[1]
        joined = self.case.member_ids.filtered(lambda m: m.person_id.id in typed)
        self.assertEqual(joined.mapped("role"), ["network", "network"])
        # who is in another family's file does not come here by being named
        with self.assertRaisesRegex(ValidationError, "not in this family file"):
            rule.backup_id = self.neighbour

    def test_two_interim_plans_for_the_same_child_are_a_hint(self):
        first = self._plan(child_ids=[Command.set(self.sam.ids)])
        other_child = self._plan(child_ids=[Command.set(self.robin.ids)])
        long_term = self._plan(kind="long_term")
        rival = "Another interim plan"
        for plan in first | other_child | long_term:
            self.assertNotIn(rival, plan.hint)
        second = self._plan()  # about all the children
        self.assertIn(rival, second.hint)
        self.assertIn(rival, first.hint)
        first.action_end()
        other_child.action_end()
        self.assertNotIn(rival, second.hint)
        self.assertFalse(first.hint)

    def test_plan_hints_name_what_its_rules_lack(self):
        plan = self._plan(rule_ids=[])
        self.assertEqual(plan.hint, "No rules yet.")
        plan.rule_ids = [
            Command.create(
                {
                    "text": "Nana sleeps here on Fridays.",
                    "who_id": self.alex.id,
                    "backup_id": self.kit.id,
                }
            )
        ]
        self.assertEqual(plan.hint, "Rules not yet in the child's words: 1.")
        plan.rule_ids.child_text = "Nana has a sleepover."
        self.assertFalse(plan.hint)

    def test_rule_status_and_end_go_together(self):
        rule = self._plan().rule_ids
        with freeze_time("2026-03-04"):
            rule.status = "ended"
        self.assertEqual(rule.ended_on, fields.Date.to_date("2026-03-04"))
        rule.status = "kept"
        self.assertFalse(rule.ended_on)
        rule.action_end()
        self.assertEqual(rule.status, "ended")
        rule.action_reopen()
        self.assertEqual(rule.status, "testing")

    def test_journal_is_fixed_and_shows_on_its_rule(self):
        rule = self._plan().rule_ids
        entries = [
            self._line(
                "sos.journal.entry",
                rule_id=rule.id,
                written_by_id=self.alex.id,
                kept=kept,
                at=at,
                text="As agreed.",
            )
            for kept, at in (
                ("partly", "2026-03-04 18:00:00"),
                ("kept", "2026-03-03 18:00:00"),
            )
        ]
        self.assertEqual(rule.journal_text, "Partly kept, 04/03/2026")
        with self._refused("stays as it was written", UserError):
            entries[0].text = "It went well."
        self.assertEqual(entries[0].text, "As agreed.")


@tagged("post_install", "-at_install")
class TestPracticeVoice(PracticeCommon):
    def _voice(self, **vals):
        vals = {"child_id": self.sam.id, "tool": "words", **vals}
        return self._line("sos.voice", **vals)

    def test_age_is_the_age_of_that_day_and_stays(self):
        voice = self._voice(
            on_date="2026-05-03",  # the day before Sam's ninth birthday
            age_text="40 years",
            taken_by_id=self.manager.id,
        )
        self.assertEqual(voice.age_text, "8 years")
        self.assertEqual(voice.taken_by_id, self.worker)
        self.sam.birth_date = "2016-05-04"
        self.env.flush_all()
        self.assertEqual(voice.age_text, "8 years")
        with self._refused("filled in by the system", UserError):
            voice.age_text = "40 years"

    def test_changed_words_and_drawings_are_logged(self):
        voice = self._voice(words="I hide.")
        voice.words = "I hide under the bed."
        voice.image = PIXEL
        voice.image = False
        log = self._log(voice)
        self.assertEqual(
            [(row.field, row.user_id) for row in log],
            [("words", self.worker), ("image", self.worker), ("image", self.worker)],
        )
        self.assertEqual(log[0].old, "I hide.")
        self.assertRegex(log[1].new, r"^picture [0-9a-f]{12}$")
        self.assertEqual(log[1].new, log[2].old)

    def _log(self, record):
        return self.env["sos.change.log"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )

    def test_one_wish_for_each_child_and_person(self):
        wishes = self.env_worker["sos.share.wish"]
        wish = wishes._set_wish(self.sam, self.alex, True)
        self.assertEqual(wish.case_id, self.case)
        again = wishes._set_wish(self.sam, self.alex, False)
        self.assertEqual(again, wish)
        self.assertFalse(wish.share)
        log = self._log(wish)
        self.assertEqual((log.old, log.new), ("yes", "no"))
        wishes._set_wish(self.sam, self.alex, False)
        self.assertEqual(self._log(wish), log, "no change, nothing to log")
        other = wishes._set_wish(self.robin, self.alex, True)
        self.assertNotEqual(other, wish)
        self.assertEqual(self._voice().wish_ids, wish)

    def test_a_wish_is_about_somebody_else(self):
        with self._refused("their own words"):
            self._line(
                "sos.share.wish",
                child_id=self.sam.id,
                person_id=self.sam.id,
                share=True,
            )

    def test_wishes_are_opened_for_the_child(self):
        action = self._voice().action_wishes()
        self.assertEqual(action["domain"], [("child_id", "=", self.sam.id)])

    def test_story_has_a_title_and_its_panels(self):
        story = self._line(
            "sos.words.pictures",
            panel_ids=[Command.create({"text": "You laugh a lot.", "image": PIXEL})],
        )
        self.assertTrue(story.title)
        self.assertEqual(story.panel_ids.case_id, self.case)
        story.panel_ids.text = "You laugh a lot, and we love it."
        self.assertEqual(self._log(story.panel_ids).old, "You laugh a lot.")
