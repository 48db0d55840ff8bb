"""The cases of tests/cases, played as their users would have worked, come out as was
worked out by hand from the rules (NAME.expected.yaml)."""

import json
import tempfile
from datetime import date
from pathlib import Path

import player
import yaml
from player.schema import EVENTS

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

CASES = Path(__file__).parent / "cases"
ENDS = ("met", "ended", "cancelled")


class PlayedCase(TransactionCase):
    """One family, played once for all tests of the class."""

    name = None
    as_at = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.played = player.play(cls.env, CASES / f"{cls.name}.yaml", as_at=cls.as_at)
        cls.case, cls.refs = cls.played.case, cls.played.refs
        expected = CASES / f"{cls.name}.expected.yaml"
        cls.expected = yaml.safe_load(expected.read_text()) if expected.exists() else {}

    # ------------------------------------------------------------------- clocks

    def _describe(self, clock):
        """A clock as an expectation writes it."""
        return {
            "what": clock.step_id.code,
            "child": clock.child_id,
            "started": clock.started_on,
            "due": clock.due_on,
            **{end: clock[f"{end}_on"] or None for end in ENDS},
        }

    def _find_clocks(self, row):
        """The clocks that a row of the expectation is about."""
        clocks = self.case.deadline_ids
        if "form" in row:
            form = self.refs[row["form"]]
            clocks = clocks.filtered(
                lambda c: c.form_id == form and c.step_id.form_type_id == form.type_id
            )
            children = form.child_ids.child_id
        else:
            clocks = clocks.filtered(lambda c: c.step_id.code == row["what"])
            children = self.env["sos.person"]
        if "children" in row:
            children = self._people(row["children"])
            clocks = clocks.filtered(lambda c: c.child_id in children)
        return clocks, children

    def _people(self, names):
        return self.env["sos.person"].browse([self.refs[name].id for name in names])

    def _matches(self, clock, row):
        have = self._describe(clock)
        if have["due"] != row["due"] or have["started"] != row.get(
            "started", have["started"]
        ):
            return False
        # "met: null" is open: neither met nor ended nor cancelled
        return all(have[end] == row.get(end) for end in ENDS)

    def check_deadlines(self):
        self.assertTrue(self.expected["deadlines"])
        for row in self.expected["deadlines"]:
            with self.subTest(row=row):
                clocks, children = self._find_clocks(row)
                matching = clocks.filtered(lambda c, row=row: self._matches(c, row))
                self.assertTrue(children)
                self.assertEqual(
                    matching.child_id,
                    children,
                    [self._describe(clock) for clock in clocks],
                )
                self.assertEqual(
                    len(matching), len(children), "one clock for each child"
                )
                if "form" in row:
                    self.assertEqual(matching, clocks, "no other clock of this form")

    # ---------------------------------------------------------------- reminders

    def count_reminders(self, kind):
        """step → number of reminders of a kind (due: the worker's, overdue: the
        manager's)."""
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "sos.deadline"),
                ("res_id", "in", self.case.deadline_ids.ids),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref(f"sos_casework.mail_activity_type_{kind}").id,
                ),
            ]
        )
        counts = {}
        for activity in activities:
            clock = self.case.deadline_ids.browse(activity.res_id)
            step = clock.step_id.code
            counts[step] = counts.get(step, 0) + 1
        return counts, activities

    def check_reminders(self, worker, manager):
        listed = set().union(*self.expected["reminders"].values())
        for who, kind, user in (
            ("worker", "due", worker),
            ("manager", "overdue", manager),
        ):
            counts, activities = self.count_reminders(kind)
            counts = {step: n for step, n in counts.items() if step in listed}
            self.assertEqual(counts, self.expected["reminders"][who], who)
            self.assertLessEqual(activities.user_id, self.refs[user])

    # ------------------------------------------------------ time, scales, outputs

    def count_minutes(self, *domain):
        lines = self.env["account.analytic.line"].search(list(domain))
        return round(sum(lines.mapped("unit_amount")) * 60)

    def check_time(self):
        for name, minutes in self.expected["time_minutes"].items():
            form = self.refs[name]
            self.assertEqual(
                self.count_minutes(("sos_form_id", "=", form.id)), minutes, name
            )

    def check_scales(self, danger):
        ratings = self.refs[danger].rating_ids.sorted("rated_at")
        for name, scores in self.expected[f"scale_of_{danger}"].items():
            rater = self.refs[name]
            mine = ratings.filtered(
                lambda r, who=rater: who in (r.person_id, r.user_id, r.partner_id)
            )
            self.assertEqual(mine.mapped("score"), scores, name)

    def check_outputs(self):
        self.assertTrue(self.expected["outputs"])
        for row in self.expected["outputs"]:
            with self.subTest(form=row["form"], to=row["to"]):
                text = self._read_output(row)
                for words in row.get("contains", ()):
                    self.assertIn(words, text)
                for words in row.get("lacks", ()):
                    self.assertNotIn(words, text)

    def _read_output(self, row):
        """The copy that a reader gets when their worker makes it, as plain data."""
        form = self.refs[row["form"]].with_user(self.case.lead_id)
        reader = self.refs[row["to"]].with_env(form.env)
        output = form._get_output(row["audience"], reader)
        return json.dumps(output, ensure_ascii=False)


@tagged("post_install", "-at_install")
class TestAshdown(PlayedCase):
    name = "ashdown"
    as_at = date(2026, 3, 31)

    def test_every_clock(self):
        self.check_deadlines()

    def test_no_clock_runs_beside_the_expected_ones(self):
        # supervision is not in the expectation: it runs for each child from the day
        # of the first lead worker
        steps = {row.get("what") for row in self.expected["deadlines"]}
        still = self.case.deadline_ids.filtered(lambda c: c.state == "open")
        told = self.case.deadline_ids.browse()
        for row in self.expected["deadlines"]:
            clocks, _children = self._find_clocks(row)
            told |= clocks.filtered(lambda c, row=row: self._matches(c, row))
        others = still - told
        self.assertEqual(set(others.mapped("step_id.code")), {"supervision"})
        self.assertNotIn("supervision", steps)
        self.assertEqual(set(others.mapped("started_on")), {date(2025, 9, 4)})

    def test_reminders(self):
        self.check_reminders("sw", "tm")

    def test_reminders_name_nobody(self):
        for kind in ("due", "overdue"):
            _counts, activities = self.count_reminders(kind)
            text = " ".join(
                f"{a.summary or ''} {a.note or ''} {a.res_name or ''}"
                for a in activities
            )
            for person in self.case.member_ids.person_id:
                if person.first_name:
                    self.assertNotIn(person.first_name, text.replace("Due", ""))

    def test_time(self):
        self.check_time()

    def test_scales(self):
        self.check_scales("d1")

    def test_outputs(self):
        self.check_outputs()

    def test_copy_that_was_given(self):
        [row] = [r for r in self.expected["outputs"] if r["to"] == "leanne"]
        given = self.refs["report1"].given_ids
        self.assertEqual(given.person_id, self.refs["leanne"])
        self.assertEqual(given.feedback, "helpful")
        self.assertTrue(given.talked_through)
        for words in row["contains"]:
            self.assertIn(words, given.content)

    def test_each_state_and_signature(self):
        signed = {
            "authorised": "contact1 assess1 strategy1 enquiry1 report1 icpc1 cinplan1 "
            "review1 strategy2 enquiry2 review2",
            "complete": "core1 core2 core3",
        }
        for state, names in signed.items():
            for name in names.split():
                form = self.refs[name]
                self.assertEqual(form.state, state, name)
                self.assertTrue(form.document_id._is_intact())
                self.assertNotEqual(form.authorised_by_id, form.submitted_by_id)
        self.assertEqual(self.refs["review2"].authorised_by_id, self.refs["chair"])

    def test_events_happened_on_their_day_by_their_user(self):
        contact = self.refs["contact1"]
        # 10:20 in England's summer is 9:20 UTC
        self.assertEqual(str(contact.received_at), "2025-09-03 09:20:00")
        self.assertEqual(str(contact.authorised_at), "2025-09-04 08:50:00")
        self.assertEqual(contact.submitted_by_id, self.refs["bs"])
        self.assertEqual(contact.create_uid, self.refs["bs"])
        note = self.case.note_ids
        self.assertEqual(note.author_id, self.refs["sw"])
        self.assertEqual(str(note.at), "2025-09-15 12:30:00")
        self.assertEqual(self.case.team_id, self.refs["north"])

    def test_what_was_refused_left_nothing(self):
        # sw_south's note, chair's decision without category, the weekend
        self.assertEqual(len(self.case.note_ids), 1)
        self.assertEqual(self.refs["icpc1"].held_on, date(2025, 10, 6))
        self.assertFalse(self.refs["strategy1"].given_ids)
        logged = self.env["sos.change.log"].search(
            [("case_id", "=", self.case.id), ("new", "ilike", "2025-10-04")]
        )
        self.assertFalse(logged)

    def test_the_baby_is_the_same_person(self):
        baby = self.refs["baby"]
        self.assertEqual(baby.name, "Isla Ashdown")
        self.assertEqual(baby.birth_date, date(2025, 12, 18))
        self.assertEqual(baby.expected_on, date(2025, 12, 22))
        self.assertEqual(len(self.refs["assess1"].child_ids), 3)

    def test_a_second_time_is_refused(self):
        count = self.env["sos.case"].search_count([])
        with self.assertRaisesRegex(player.CaseError, "played already"):
            player.play(self.env, CASES / "ashdown.yaml")
        self.assertEqual(self.env["sos.case"].search_count([]), count)

    def test_clock_stands_at_the_as_at_day(self):
        overdue = self.case.deadline_ids.filtered(lambda c: c.state == "open")
        with self.played.clock():
            late = overdue.filtered("overdue").mapped("step_id.code")
        self.assertEqual(set(late), {"visit", "core_group", "cin_plan", "supervision"})


@tagged("post_install", "-at_install")
class TestBrook(PlayedCase):
    name = "brook"

    def test_every_clock(self):
        self.check_deadlines()

    def test_reminders(self):
        self.check_reminders("sw2", "tm")

    def test_time(self):
        self.check_time()
        of_the_case = self.count_minutes(
            ("sos_case_id", "=", self.case.id), ("sos_form_id", "=", False)
        )
        self.assertEqual(of_the_case, self.expected["time_minutes_of_the_case"])

    def test_scales(self):
        self.check_scales("d1")
        self.check_scales("d2")

    def test_outputs(self):
        self.check_outputs()

    def test_no_copy_without_a_right_to_it(self):
        """Dawn is a neighbour: nothing of the children's forms is hers."""
        row = {"form": "assess1", "audience": "family", "to": "dawn"}
        with self.assertRaisesRegex(UserError, "parental responsibility"):
            self._read_output(row)

    def test_one_file_for_three_children_and_two_referrals(self):
        states = {}
        for name in ("ollie", "edie", "jade"):
            episodes = self.refs[name].episode_ids.sorted("referred_on")
            states[name] = episodes.mapped("state")
        # the first call ended with early help, the second opened a period of need
        self.assertEqual(states["ollie"], ["nfa", "open"])
        self.assertEqual(states["edie"], ["nfa", "open"])
        self.assertEqual(states["jade"], ["open"])
        contacts = self.refs["contact1"] | self.refs["contact2"] | self.refs["contact3"]
        self.assertEqual(len(contacts), 3)

    def test_a_rule_is_changed_and_not_made_again(self):
        rule = self.refs["r7"]
        self.assertEqual(rule.status, "changed")
        self.assertIn("By four o'clock", rule.text)
        texts = self.env["sos.change.log"].search(
            [("res_model", "=", rule._name), ("res_id", "=", rule.id)]
        )
        self.assertIn("text", texts.mapped("field"))
        self.assertEqual(len(self.refs["plan2"].rule_ids), 5)
        self.assertEqual(len(self.refs["plan1"].rule_ids), 3)

    def test_bottom_line_has_evidence(self):
        self.assertTrue(self.refs["b2"].met)
        self.assertIn("Rosa", self.refs["b2"].evidence)
        self.assertFalse(self.refs["b1"].met)

    def test_wishes(self):
        wishes = self.env["sos.share.wish"].search(
            [("case_id", "=", self.case.id), ("child_id", "=", self.refs["jade"].id)]
        )
        self.assertEqual(
            {wish.person_id: wish.share for wish in wishes},
            {self.refs["hannah"]: True, self.refs["lee"]: False},
        )

    def test_where_things_stand(self):
        self.assertEqual(self.refs["cinplan2"].state, "submitted")
        self.assertEqual(self.refs["assess2"].state, "draft")
        self.assertEqual(self.refs["super2"].state, "complete")
        visits = self.case.form_ids.filtered(lambda f: f.type_code == "visit")
        self.assertEqual(len(visits), 5)
        self.assertEqual(set(visits.mapped("state")), {"complete"})


@tagged("post_install", "-at_install")
class TestFenwick(PlayedCase):
    """The rest of the format: what the two families above had no need of."""

    name = "fenwick"

    def test_every_event_of_the_format_is_played(self):
        played = {"try"}
        for path in CASES.glob("*.yaml"):
            if not path.name.endswith(".expected.yaml"):
                played |= {event.name for event in player.load(path).events}
        self.assertEqual(set(EVENTS) - played, set())

    def test_restricted_family(self):
        readers = [self.refs[name] for name in ("sw", "tm", "bs", "chair")]
        self.assertTrue(self.case.restricted)
        self.assertEqual(set(self.case.reader_ids), set(readers))
        log = self.env["sos.change.log"].search(
            [("case_id", "=", self.case.id), ("field", "=", "restricted")]
        )
        self.assertEqual(log.user_id, self.refs["tm"], "a manager's doing")
        with self.assertRaises(AccessError):
            self.case.with_user(self.refs["sw2"]).read(["name"])

    def test_day_without_a_time_and_received_on_another_day(self):
        contact = self.refs["contact1"]
        # 9:00 on the Friday before, in winter the same in UTC
        self.assertEqual(str(contact.received_at), "2026-01-30 09:00:00")
        self.assertEqual(str(contact.authorised_at), "2026-02-02 11:00:00")
        self.assertEqual(contact.need_id.code, "N1")
        self.assertEqual(contact.query_reason, "Looked at twice.")

    def test_text_is_not_read_as_html(self):
        text = self.refs["contact1"]._get_answer_text("account")
        self.assertIn("a bruise < 2 cm long & would not say", text)

    def test_decision_in_effect_before_the_signature(self):
        line = self.refs["strategy1"].child_ids
        self.assertEqual(line.confirmed_by_id, self.refs["tm"])
        self.assertEqual(str(line.confirmed_at), "2026-02-02 13:45:00")
        self.assertEqual(self.refs["strategy1"].authorised_at.hour, 14)
        self.assertEqual(line.enquiry_id.started_on, date(2026, 2, 2))

    def test_changed_and_not_made_again(self):
        self.assertEqual(len(self.case.danger_ids), 1)
        danger = self.refs["d1"]
        self.assertEqual(danger.goal, "Kim and Val will keep Ada safe.")
        self.assertEqual(
            {o.person_id: o.opinion for o in danger.opinion_ids},
            {self.refs["kim"]: "partly", self.refs["val"]: "agrees"},
        )
        self.assertEqual(len(self.case.map_line_ids), 2)
        self.assertEqual(len(self.case.safety_plan_ids), 1)
        self.assertEqual(self.refs["plan1"].kind, "long_term")
        self.assertEqual(self.refs["r1"].status, "kept")
        self.assertEqual(len(self.case.timeline_ids), 2)
        self.assertEqual(self.refs["t1"].done_on, date(2026, 2, 5))
        self.assertEqual(len(self.case.network_ids), 1)
        self.assertEqual(self.case.network_ids.role, "has Ada on Fridays")
        self.assertEqual(self.case.network_ids.told_by_id, self.refs["kim"])
        self.assertEqual(len(self.refs["strategy1"].attendance_ids), 2)
        police = self.refs["strategy1"].attendance_ids.filtered("view")
        self.assertEqual((police.view, police.scale), ("Threshold met", 4))

    def test_pictures(self):
        drawing = self.case.voice_ids.filtered("image")
        self.assertEqual(drawing.tool, "safety_house")
        self.assertTrue(self.case.words_pictures_ids.panel_ids.image)

    def test_zero_is_a_rating(self):
        overall = self.case.rating_ids.filtered(lambda r: not r.danger_id)
        self.assertEqual(overall.mapped("score"), [0])
        self.assertEqual(overall.partner_id, self.refs["health"])

    def test_meeting_facts(self):
        conference = self.refs["icpc1"]
        self.assertEqual(conference.quorate, "yes")
        self.assertEqual(conference.participation_id.code, "PN2")
        self.assertEqual(conference.booked_on, date(2026, 2, 16))
        self.assertEqual(conference.chair_id, self.refs["chair"])
        self.assertEqual(conference.child_ids.against_reason, "The dog has a new home.")

    def test_closed(self):
        episode = self.refs["ada"].episode_ids
        self.assertEqual(episode.closure_reason_id.code, "RC7")
        self.assertEqual(episode.closed_on, date(2026, 3, 31))
        self.assertEqual(self.case.closed_on, date(2026, 3, 31))
        self.assertFalse(self.case.deadline_ids.filtered(lambda c: c.state == "open"))
        counts, _activities = self.count_reminders("due")
        self.assertFalse(counts)
        for name in ("assess1", "report1"):
            self.assertEqual(self.refs[name].state, "cancelled")
        self.assertEqual(self.refs["nub"].name, "Nat Fenwick")

    def test_allocation_to_a_team_ends(self):
        south = self.case.allocation_ids.filtered("team_id")
        self.assertEqual(south.until, date(2026, 2, 10))
        self.assertEqual(self.case.team_id, self.refs["north"])


@tagged("post_install", "-at_install")
class TestSeveralInOneDatabase(TransactionCase):
    def test_users_agencies_and_reminders_are_shared(self):
        """The later family first: its reminders are not undone by the earlier one."""
        brook = player.play(self.env, CASES / "brook.yaml", as_at="2027-01-20")
        kinds = self.env.ref("sos_casework.mail_activity_type_overdue")
        reminders = [
            ("res_model", "=", "sos.deadline"),
            ("res_id", "in", brook.case.deadline_ids.ids),
            ("activity_type_id", "in", kinds.ids),
        ]
        before = self.env["mail.activity"].search(reminders).mapped("date_deadline")
        self.assertEqual(len(before), 3, "assessment, plan and supervision are overdue")
        ashdown = player.play(self.env, CASES / "ashdown.yaml")
        after = self.env["mail.activity"].search(reminders).mapped("date_deadline")
        self.assertEqual(before, after)
        for name in ("sw", "tm", "police", "north"):
            self.assertEqual(brook.refs[name], ashdown.refs[name])
        self.assertNotEqual(brook.case, ashdown.case)

    def test_a_file_may_name_the_users_of_an_earlier_one(self):
        player.play(self.env, CASES / "fenwick.yaml")
        content = yaml.safe_load((CASES / "wrong" / "no_right.yaml").read_text())
        for key in ("agency", "teams", "users", "agencies"):
            del content[key]
        content["events"] = content["events"][:2]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(content, file)
            file.flush()
            played = player.play(self.env, file.name)
        self.assertEqual(played.case.lead_id.login, "sw")
        self.assertEqual(played.case.team_id.name, "North locality team")


@tagged("post_install", "-at_install")
class TestDale(PlayedCase):
    """What was wrong in signed forms was put right, with all that followed from it."""

    name = "dale"
    as_at = date(2025, 10, 31)

    def test_every_clock(self):
        self.check_deadlines()

    def test_reminders(self):
        self.check_reminders("sw", "tm")

    def test_outputs(self):
        self.check_outputs()

    def test_corrections(self):
        corrections = self.case.form_ids.correction_ids
        self.assertEqual(len(corrections), 7)
        self.assertEqual(set(corrections.mapped("state")), {"done"})
        for correction in corrections:
            self.assertNotEqual(correction.asked_by_id, correction.decided_by_id)
        for form in corrections.form_id:
            self.assertTrue(form.document_id._is_intact())

    def test_bo_has_never_had_a_protection_plan(self):
        plans = self.env["sos.plan"].with_context(active_test=False)
        mine = plans.search([("child_id", "=", self.refs["bo"].id)], order="kind")
        self.assertEqual(mine.mapped("kind"), ["cin", "cp"])
        self.assertEqual(mine.mapped("active"), [True, False])
        self.assertEqual(mine[1].correction_id.what, "Decision")
