from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_practice import PracticeCommon


@tagged("post_install", "-at_install")
class TestDangerScale(PracticeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.env["sos.code"]._get("agency_kind", "police")
        cls.police = cls.env["res.partner"].create(
            {"name": "Police", "sos_agency_kind_id": kind.id}
        )

    def test_without_ratings_there_is_no_scale(self):
        self.assertFalse(self.danger.latest_text)
        self.assertFalse(self.danger.movement_text)
        self.assertFalse(self.danger.spread_text)

    def test_latest_spread_and_movement(self):
        self._rate(2, partner=self.police, rated_at="2026-01-05 10:00:00")
        self._rate(3, user=self.worker, rated_at="2026-01-05 10:00:00")
        self.assertEqual(self.danger.latest_text, "3 (05/01/2026)")
        self.assertEqual(self.danger.spread_text, "2 to 3")
        self.assertFalse(self.danger.movement_text, "nobody has rated twice")

        # the police have not rated again: their 2 still counts for the spread
        self._rate(7, person=self.alex, rated_at="2026-02-05 10:00:00")
        self._rate(4, user=self.worker, rated_at="2026-02-05 10:00:00")
        self.assertEqual(self.danger.latest_score, 4)
        self.assertEqual((self.danger.lowest, self.danger.highest), (2, 7))
        self.assertEqual(self.danger.spread, 5)
        self.assertEqual(self.danger.movement_text, "+1")

        self._rate(5, person=self.alex, rated_at="2026-03-05 10:00:00")
        self._rate(3, user=self.worker, rated_at="2026-03-05 10:00:00")
        self.assertEqual(self.danger.movement, -1.5)
        self.assertEqual(self.danger.movement_text, "−1.5")
        self.assertEqual(self.danger.spread_text, "2 to 5")

    def test_same_again_is_no_movement_and_not_nothing(self):
        self._rate(0, user=self.worker, rated_at="2026-01-05 10:00:00")
        self._rate(0, user=self.worker, rated_at="2026-02-05 10:00:00")
        self.assertEqual(self.danger.latest_text, "0 (05/02/2026)")
        self.assertEqual(self.danger.movement_text, "the same")
        self.assertEqual(self.danger.spread_text, "0")

    def test_a_rating_corrected_on_the_same_day_is_no_movement(self):
        self._rate(1, user=self.worker, rated_at="2026-01-05 10:00:00")
        self._rate(6, user=self.worker, rated_at="2026-01-05 10:05:00")
        self.assertEqual(self.danger.latest_score, 6)
        self.assertEqual(self.danger.spread, 0)
        self.assertFalse(self.danger.movement_text)

    def test_day_of_a_rating_is_the_day_in_england(self):
        self._rate(4, user=self.worker, rated_at="2026-07-05 23:30:00")
        self.assertEqual(self.danger.latest_text, "4 (06/07/2026)")

    def test_ratings_never_change(self):
        rating = self._rate(4, person=self.alex, reason="Kit sleeps elsewhere.")
        for user in (self.worker, self.manager, self.service_manager):
            with self._refused("stays as it was given", UserError):
                rating.with_user(user).score = 9
        self.assertEqual(rating.score, 4)
        self._rate(5, person=self.alex)
        self.assertEqual(self.danger.rating_ids.mapped("score"), [4, 5])
        # whose it is follows from who gave it, whatever a call says
        rating = self._rate(4, person=self.alex, rater_name="Kit", rater_kind="child")
        self.assertEqual((rating.rater_name, rating.rater_kind), ("Alex Hill", "adult"))

    def test_rating_without_danger_is_the_overall_scale(self):
        overall = self._rate(4, person=self.sam, danger_id=False)
        self.assertEqual(overall.case_id, self.case)
        self.assertFalse(self.danger.rating_ids)

    def test_who_rated(self):
        ratings = (
            self._rate(4, person=self.sam)
            | self._rate(4, person=self.alex)
            | self._rate(4, user=self.worker)
            | self._rate(4, partner=self.police, blind=True)
        )
        self.assertEqual(
            ratings.mapped("rater_name"),
            ["Sam Hill", "Alex Hill", self.worker.name, "Police"],
        )
        self.assertEqual(
            ratings.mapped("rater_kind"), ["child", "adult", "worker", "agency"]
        )
        self.assertEqual(ratings.mapped("blind"), [False, False, False, True])
        self.assertEqual(ratings[0].display_name, "4 (Sam Hill)")
        # as they were called that day: a name that is changed where it is hidden is
        # not told by what they said once
        self.alex.first_name = "Alexis"
        self.assertEqual(ratings[1].rater_name, "Alex Hill")

    @mute_logger("odoo.sql_db")
    def test_impossible_ratings_are_refused(self):
        for vals in (
            {"score": 11, "person": self.alex},
            {"score": -1, "person": self.alex},  # nobody has chosen a number
            {"score": 4},
            {"score": 4, "person": self.alex, "user": self.worker},
        ):
            with self.subTest(**vals):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self._rate(**vals)
                    self.env.flush_all()

    def test_ratings_are_added_in_the_danger_form(self):
        form = Form(self.danger)
        with form.rating_ids.new() as rating:
            rating.person_id = self.alex
            rating.score = 6
        form.save()
        self.assertEqual(self.danger.rating_ids.case_id, self.case)
        self.assertEqual(self.danger.latest_score, 6)

    def test_ratings_over_time_are_opened_for_this_statement(self):
        action = self.danger.action_ratings()
        self.assertEqual(action["domain"], [("danger_id", "=", self.danger.id)])
        self.assertEqual(action["res_model"], "sos.rating")


@tagged("post_install", "-at_install")
class TestDangerHints(PracticeCommon):
    GOOD = {
        "text": "We are worried that when Kit drinks he might hit Sam or Robin.",
        "goal": "Kit and Alex will see that Sam and Robin are with a calm grown-up.",
    }

    def _hint(self, **vals):
        self.danger.write({**self.GOOD, **vals})
        return self.danger.hint or ""

    def test_a_strong_statement_has_no_hint(self):
        self._rate(4, person=self.alex)
        self.assertEqual(self._hint(), "")

    def test_goal_and_rating_make_a_pair(self):
        search = self.env_worker["sos.danger"].search
        mine = ("case_id", "=", self.case.id)
        self.assertFalse(self.danger.is_paired)
        self.assertIn("No safety goal yet", self._hint(goal="   "))
        self.assertFalse(self.danger.is_paired)
        self.danger.goal = self.GOOD["goal"]
        self.assertIn("Nobody has rated it", self.danger.hint)
        self.assertFalse(self.danger.is_paired)
        self.assertEqual(search([mine, ("is_paired", "=", False)]), self.danger)
        self._rate(4, person=self.alex)
        self.assertTrue(self.danger.is_paired)
        self.assertEqual(search([mine, ("is_paired", "=", True)]), self.danger)
        self.assertFalse(search([mine, ("is_paired", "=", False)]))

    def test_children_are_named(self):
        text = "We are worried that Kit might hit Sam."
        self.assertIn("Not named in it: Robin", self._hint(text=text))
        only_sam = [Command.set(self.sam.ids)]
        self.assertNotIn("Not named", self._hint(text=text, child_ids=only_sam))
        self.sam.known_as = "Sammy"
        self.assertNotIn("Not named", self._hint(text="Kit might hit Sammy."))
        self.assertIn("Not named in it: Sammy", self._hint(text="He might hit her."))

    def test_unborn_child_is_named_as_the_baby(self):
        baby = self.env["sos.person"].create(
            {"kind": "child", "last_name": "Hill", "expected_on": "2027-01-05"}
        )
        self.env["sos.case.member"].create(
            {"case_id": self.case.id, "person_id": baby.id}
        )
        about = [Command.set(baby.ids)]
        self.assertIn("Not named", self._hint(child_ids=about))
        hint = self._hint(text="The baby could be shaken.", child_ids=about)
        self.assertNotIn("Not named", hint)

    def test_long_sentences(self):
        words = "Sam and Robin " + "very " * 27 + "sad."
        self.assertIn("31 words", self._hint(text=words))
        self.assertIn("31 words", self._hint(goal=f"Short. {words}"))
        halves = words.replace("very very", "very. Very", 1)
        self.assertNotIn(" words:", self._hint(text=halves))

    def test_jargon_in_statement_and_goal(self):
        hint = self._hint(text="Sam and Robin suffer neglectful care and DV.")
        self.assertIn("“neglectful”", hint)
        self.assertIn("“DV”", hint)
        self.assertIn("“engage”", self._hint(goal="Alex will engage."))
        for harmless in ("Sam and Robin saw a DVD.", "Sam and Robin: CPR class."):
            self.assertNotIn("our word", self._hint(text=harmless))

    def test_jargon_is_a_list_that_grows_in_the_browser(self):
        self.assertNotIn("our word", self._hint(text="Sam and Robin: step-up."))
        self.env["sos.code"].with_user(self.configurator).create(
            {"code_set": "jargon", "code": "step-up", "name": "more help"}
        )
        self.danger.invalidate_recordset(["hint"])
        self.assertIn("Perhaps: more help", self.danger.hint)

    def test_the_familys_own_words_are_no_jargon(self):
        hint = self._hint(text="I neglected Sam and Robin.", words_of_id=self.alex.id)
        self.assertNotIn("our word", hint)

    def test_goal_that_only_says_what_will_not_happen(self):
        for goal in (
            "Kit will not hit Sam.",
            "Kit to stop drinking.",
            "Nobody shouts any more and Kit no longer drinks.",
            "Kit won't be at home alone.",
        ):
            self.assertIn("what will not happen", self._hint(goal=goal), goal)
        for goal in (
            self.GOOD["goal"],
            "Kit will not drink and will ring Nana when he wants to.",
        ):
            self.assertNotIn("what will not happen", self._hint(goal=goal), goal)

    def test_ended_statement_has_no_hints(self):
        self.danger.action_end()
        self.assertFalse(self.danger.hint)

    def test_map_lines_have_hints_on_their_words(self):
        line = self._line(
            "sos.map.line",
            kind="past_harm",
            text="There was domestic violence.",
            child_ids=[Command.set(self.sam.ids)],
        )
        self.assertIn("“domestic violence”", line.hint)
        self.assertIn("Not named in it: Sam", line.hint)
        line.words_of_id = self.alex
        self.assertFalse(line.hint)


@tagged("post_install", "-at_install")
class TestDangerList(PracticeCommon):
    def _count(self, number):
        """Queries of the danger list with as many rows, as the screen asks for it."""
        dangers = self.env_worker["sos.danger"]
        lines = dangers.create(
            [
                {
                    "case_id": self.case.id,
                    "text": f"Number {index}: Kit might hit Sam.",
                    "goal": "Kit will sing.",
                    "child_ids": [Command.set(self.sam.ids)],
                    "rating_ids": [
                        Command.create(
                            {"person_id": person.id, "score": 3, "rated_at": day}
                        )
                        for person in (self.alex, self.kit)
                        for day in ("2026-01-05 10:00:00", "2026-02-05 10:00:00")
                    ],
                }
                for index in range(number)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        name = {"fields": {"display_name": {}}}
        specification = {
            "text": {},
            "goal": {},
            "hint": {},
            "is_paired": {},
            "latest_text": {},
            "latest_rating_id": name,
            "movement_text": {},
            "spread_text": {},
            "child_ids": name,
            "case_id": name,
            "recorded_by_id": name,
        }
        before = self.cr.sql_log_count
        rows = dangers.web_search_read([("id", "in", lines.ids)], specification)
        count = self.cr.sql_log_count - before
        self.assertEqual(len(rows["records"]), number)
        self.assertEqual(rows["records"][0]["latest_text"], "3 (05/02/2026)")
        return count

    def test_the_list_does_not_ask_again_for_every_row(self):
        self._count(2)  # what is cached once for all is not counted
        self.assertEqual(self._count(20), self._count(2))
