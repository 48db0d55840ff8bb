from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..models.people.duplicate_question import LIMIT_PARAMETER, DuplicateQuestion
from ..tools.names import fold_name
from .common import SosCommon

UPN = "R392456718001"
BORN = fields.Date.to_date("2015-03-09")


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosDuplicateQuestions(SosCommon):
    """Looking for duplicates is a search: of people whom the user may not read, only
    the very same is answered; it is logged, counted, and ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env(user=cls.worker)["sos.person"]
        cls.stranger = cls._new_stranger("Zoë", "O'Farrell", BORN, upn=UPN)

    @classmethod
    def _new_stranger(cls, first, last, born, **more):
        people = cls.env["sos.person"].with_user(cls.other_manager)
        values = {"first_name": first, "last_name": last, "birth_date": born, **more}
        person = people.create(values).with_env(cls.env)
        case = cls.env["sos.case"].with_user(cls.other_manager)
        case = case.create(
            {"name": last, "member_ids": [(0, 0, {"person_id": person.id})]}
        )
        case.restricted = True
        return person

    def _ask(self, first, last, born=None, user=None, **more):
        env = self.env(user=user or self.worker)
        question = DuplicateQuestion(
            env, first_name=first, last_name=last, birth_date=born, **more
        )
        return question.answer()

    def _lines(self, user=None):
        return self.env["sos.access.log"].search(
            [
                ("user_id", "=", (user or self.worker).id),
                ("operation", "=", "searched"),
            ],
            order="id",
        )

    def test_only_the_very_same_is_answered_of_strangers(self):
        """Today a day of birth is found in 23 questions, by what the hints say."""
        expected = fields.Date.to_date("2015-03-10")
        for asked in (
            ("Zoë", "O'Farrell"),
            ("Zoe", "O'Farrel", BORN),
            ("Zo", "O'Farrell", BORN),
            (None, "O'Farrell", BORN),
            ("Zoë", "O'Farrell", BORN + timedelta(days=1)),
            ("Zoë", "O'Farrell", BORN.replace(year=2014)),
            ("Zoë", "O'Farrell", BORN.replace(day=3, month=9)),
            ("Zoë", "O'Farrell", BORN.replace(month=12)),
        ):
            with self.subTest(asked):
                self.assertEqual(self._ask(*asked), [])
        self.assertEqual(self._ask("Zoë", "O'Farrell", expected_on=expected), [])
        self.assertEqual(self._ask("Ann", "Other", upn=UPN), [])
        self.assertEqual(self._ask(None, None, upn=UPN), [])

    def test_the_very_same_in_one_kind_of_hint(self):
        """Folded; by the day or by the number, in the same words."""
        answers = [
            self._ask("ZOE", " o’farrell", BORN),
            self._ask("zoë", "O Farrell", upn=UPN.lower()),
            self._ask("Zoë", "O'Farrell", BORN, former_upn=UPN),
        ]
        for answer in answers:
            self.assertEqual(
                answer,
                [
                    {
                        "reference": self.stranger.reference,
                        "why": "the same name, and the same date or number",
                        "ask": f"a service manager ({self.service_manager.name})",
                    }
                ],
            )

    def test_ones_own_people_are_hinted_at_as_before(self):
        (hit,) = self._ask("Samm", "Hill", self.sam.birth_date + timedelta(days=1))
        self.assertEqual(hit["id"], self.sam.id)
        self.assertIn("nearly the same birth date", hit["why"])

    def test_names_are_folded(self):
        for one, other in (
            ("Zoë O'Neil-Hill", "ZOE  ONEIL HILL"),
            ("Łukasz", "łukasz"),
            ("Straße", "STRASSE"),
        ):
            self.assertEqual(fold_name(one), fold_name(other))
        self.assertNotEqual(fold_name("Sam Hill"), fold_name("Sam Hall"))
        self.assertEqual(fold_name(None), "")

    # ----------------------------------------------------------------- the log

    def test_each_question_is_a_line(self):
        self._ask("Zoë", "O'Farrell", BORN)
        self._ask("Nobody", "Atall", BORN)
        self._ask("Samm", "Hill")
        first, second, third = self._lines()
        self.assertEqual(first.res_ids, self.stranger.ids)
        self.assertEqual(
            first.query, "First name: Zoë; Last name: O'Farrell; Born: 2015-03-09"
        )
        self.assertFalse(second.res_ids)
        self.assertIn("Atall", second.query)
        self.assertEqual(third.res_ids, self.sam.ids)
        # managers read lines, and no names in them
        self.assertNotIn("Farrell", first.detail)

    def test_typing_on_is_no_second_line(self):
        for _again in range(3):
            self._ask("Zoë", "O'Farrell", BORN)
        self.assertEqual(len(self._lines()), 1)
        with freeze_time("2026-11-23 10:20:00"):
            # another request
            self.env.cr.precommit.data.pop("sos.access.log")
            self._ask("Zoë", "O'Farrell", BORN)
        self.assertEqual(len(self._lines()), 2)

    def test_every_way_of_asking_is_logged(self):
        with Form(self.people) as form:
            form.first_name, form.last_name = "Zoë", "O'Farrell"
            form.birth_date = BORN
            (hit,) = form.duplicate_list
            self.assertEqual(hit["reference"], self.stranger.reference)
            self.assertIn(self.stranger.id, self._lines()[-1].res_ids)
        with Form(self.env["sos.referral"].with_user(self.support)) as form:
            with form.child_line_ids.new() as line:
                line.first_name, line.last_name = "Zoë", "O'Farrell"
                line.birth_date = BORN
            self.assertIn(self.stranger.reference, form.duplicate_html)
            self.assertIn("O'Farrell", self._lines(self.support)[-1].query)
            form.family_name = "O'Farrell"
            form.source_id = self._code("referral_source", "2A")
            form.need_id = self._code("primary_need", "N1")
            form.account = "Somebody rang."
        window = self.env["sos.person.merge"].with_user(self.manager)
        window = window.create({"person_id": self.sam.id})
        window.read(["candidate_list"])
        self.assertIn("Hill", self._lines(self.manager)[-1].query)

    def test_a_number_alone_says_no_more_than_that_it_is_taken(self):
        with self.assertRaises(ValidationError) as caught:
            self.people.create({"last_name": "Other", "upn": UPN})
        words = str(caught.exception)
        self.assertIn("Find a person", words)
        self.assertNotIn(self.stranger.reference, words)
        self.assertNotIn(self.other_team.name, words)

    # -------------------------------------------------------------- the limit

    def test_too_many_questions_are_answered_no_more(self):
        self.env["ir.config_parameter"].set_param(LIMIT_PARAMETER, "3")
        for number in range(3):
            self._ask("Nobody", f"Atall{number}", BORN)
        self.assertEqual(self._ask("Zoë", "O'Farrell", BORN), [])
        # what is theirs to read goes on being found
        (hit,) = self._ask("Sam", "Hill", self.sam.birth_date)
        self.assertEqual(hit["id"], self.sam.id)
        self._ask("Nobody", "Else", BORN)
        notice = self.env["sos.oversight"].search([("kind", "=", "questions")])
        self.assertEqual(len(notice), 1)
        self.assertEqual(notice.user_id, self.worker)
        self.assertEqual(notice.activity_ids.user_id, self.auditor)
        self.assertNotIn("Farrell", notice.name)
        # the line says what was asked in vain, too
        self.assertIn("O'Farrell", " ".join(self._lines().mapped("query")))
        # in the next hour, and for everybody else
        self.assertTrue(self._ask("Zoë", "O'Farrell", BORN, user=self.support))
        with freeze_time("2026-11-23 11:01:00"):
            self.assertTrue(self._ask("Zoë", "O'Farrell", BORN))

    def test_the_window_with_a_reason_always_answers_the_very_same_name(self):
        self.env["ir.config_parameter"].set_param(LIMIT_PARAMETER, "1")
        self._ask("Nobody", "Atall", BORN)
        for number in range(10):
            self._new_stranger(f"Zoe{number}", "O'Farrellson", None)
        search = self.env["sos.person.search"].with_user(self.worker)
        search = search.create(
            {"first_name": "zoe", "last_name": "o’farrell", "reason": "A school rang."}
        )
        search.action_search()
        self.assertEqual(search.result_ids[0].reference, self.stranger.reference)
