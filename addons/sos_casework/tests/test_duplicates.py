import json

from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import SQL

from ..models.people.people_finder import PeopleFinder
from .common import SosCommon

UPN = "R392456718001"
OTHER_UPN = "H801200001001"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosDuplicates(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env(user=cls.worker)["sos.person"]

    def _find(self, first, last, born=None, user=None, **more):
        """{name: hint} of what is found, in the words of the record itself."""
        people = self.people.with_user(user or self.worker)
        date = self.env["sos.person"]._fields["birth_date"].to_date
        more = {
            name: date(value) if name == "expected_on" else value
            for name, value in more.items()
        }
        found = self._find_people(people, first, last, date(born), **more)
        return {person.sudo().name: hint for person, hint in found}

    def _new_person(self, user=None, **values):
        return self.people.with_user(user or self.worker).create(values)

    def _stranger(self):
        """In a family of another team, so that the worker may not read them."""
        person = self._new_person(
            self.outsider,
            first_name="Zadie",
            last_name="Okafor",
            birth_date="2015-03-09",
            upn=UPN,
        )
        self.env["sos.case"].with_user(self.outsider).create(
            {"name": "Okafor", "member_ids": [(0, 0, {"person_id": person.id})]}
        )
        return person

    def test_same_name_and_date(self):
        self.assertEqual(
            self._find("Sam", "Hill", "2017-05-04"), {"Sam Hill": "same_date"}
        )

    def test_spelling_and_order_of_names(self):
        for first, last in (
            ("Samm", "Hill"),
            ("sam", "HILL"),
            ("Hill", "Sam"),
            ("Sam", "Hills"),
            ("Samuel", "Hill"),
        ):
            found = self._find(first, last, "2017-05-04")
            self.assertEqual(found, {"Sam Hill": "same_date"}, (first, last))

    def test_changed_last_name(self):
        self.assertEqual(
            self._find("Sam", "Moorhouse", "2017-05-04"), {"Sam Hill": "same_date"}
        )

    def test_other_name_on_the_same_day(self):
        self.assertEqual(self._find("Priya", "Shah", "2017-05-04"), {})

    def test_day_and_month_swapped(self):
        self.assertEqual(
            self._find("Sam", "Hill", "2017-04-05"), {"Sam Hill": "swapped"}
        )
        self.assertEqual(
            self._find("Robin", "Hill", "2021-10-02")["Robin Hill"], "swapped"
        )

    def test_nearly_the_same_date(self):
        for born in ("2017-05-05", "2017-05-03", "2016-05-04", "2018-05-04"):
            self.assertEqual(
                self._find("Sam", "Hill", born), {"Sam Hill": "near_date"}, born
            )

    def test_same_year_is_a_weaker_hint(self):
        self.assertEqual(
            self._find("Sam", "Hill", "2017-11-30"), {"Sam Hill": "same_year"}
        )
        self.assertEqual(self._find("Sami", "Hillman", "2017-11-30"), {})

    def test_another_year_is_somebody_else_unless_the_name_is_the_same(self):
        self.assertEqual(
            self._find("Sam", "Hill", "2012-11-30"), {"Sam Hill": "other_date"}
        )
        self.assertEqual(self._find("Samm", "Hilt", "2012-11-30"), {})

    def test_without_birth_date(self):
        self.assertEqual(self._find("Alex", "Hill")["Alex Hill"], "no_date")
        found = self._find("Alex", "Hill", "1990-01-01")
        self.assertEqual(found, {"Alex Hill": "no_date"})
        self.assertEqual(self._find("Sam", "Hill")["Sam Hill"], "no_date")
        self.assertNotIn("Alex Hill", self._find("Noah", "Hill", "1990-01-01"))

    def test_the_very_same_name_is_said_to_be_the_same(self):
        def why(first, last, born=None):
            asked = {"first_name": first, "last_name": last, "birth_date": born}
            (known,) = self.people.new(asked).duplicate_list
            return known["why"]

        self.sam.birth_date = False
        self.assertEqual(why("Sam", "Hill"), "the same name, no birth date to compare")
        self.assertEqual(
            why("Samm", "Hill"), "nearly the same name, no birth date to compare"
        )
        self.sam.birth_date = "2017-05-04"
        for born, words in (
            ("2017-05-04", "the same name and the same birth date"),
            ("2017-05-05", "the same name and nearly the same birth date"),
            ("2017-11-30", "the same name, born in the same year"),
            ("2012-11-30", "the same name, another birth date"),
        ):
            self.assertEqual(why("HILL", "Sam", born), words)
        self.assertEqual(
            why("Samm", "Hill", "2017-05-04"), "a similar name and the same birth date"
        )

    def test_the_window_says_the_same_name(self):
        search = self.env["sos.person.search"].with_user(self.worker)
        search = search.create(
            {"first_name": "Sam", "last_name": "Hill", "reason": "A school rang."}
        )
        search.action_search()
        whys = {line.person_id: line.why for line in search.result_ids}
        self.assertEqual(whys[self.sam], "the same name, no birth date to compare")

    def test_same_upn_whatever_the_name(self):
        self.sam.write({"upn": UPN})
        self.robin.write({"former_upn": OTHER_UPN})
        self.assertEqual(self._find("Priya", "Shah", upn=UPN), {"Sam Hill": "upn"})
        self.assertEqual(
            self._find("Priya", "Shah", upn=OTHER_UPN.lower()), {"Robin Hill": "upn"}
        )
        self.assertEqual(
            self._find("Priya", "Shah", former_upn=UPN), {"Sam Hill": "upn"}
        )

    def test_unborn_and_new_born(self):
        self._new_person(last_name="Marsh", expected_on="2026-12-20")
        found = self._find(None, "Marsh", expected_on="2027-01-05")
        self.assertEqual(found, {"Baby Marsh": "expected"})
        found = self._find("Maximiliana", "Marsh", "2026-11-20")
        self.assertEqual(found, {"Baby Marsh": "expected"})
        self.assertEqual(self._find("Maximiliana", "Marsh", "2026-06-01"), {})
        self.assertEqual(self._find(None, "Ferreira", expected_on="2026-12-20"), {})

    def test_born_here_and_expected_there(self):
        baby = self._new_person(last_name="Marsh", expected_on="2026-12-20")
        baby.action_record_birth("2026-11-10", "F", "Iris")
        found = self._find(None, "Marsh", expected_on="2026-12-18")
        self.assertEqual(found, {"Iris Marsh": "expected"})

    def test_a_baby_comes_months_early_and_weeks_late(self):
        """Ninety days early is a baby in an incubator; fifty days late is nobody."""
        self._new_person(last_name="Marsh", expected_on="2026-12-20")
        for born, found in (
            ("2026-09-21", {"Baby Marsh": "expected"}),
            ("2026-08-22", {"Baby Marsh": "expected"}),
            ("2026-08-21", {}),
            ("2027-01-31", {"Baby Marsh": "expected"}),
            ("2027-02-01", {}),
        ):
            with self.subTest(born):
                self.assertEqual(self._find("Maximiliana", "Marsh", born), found)

    def test_born_early_and_late_and_expected_there(self):
        for expected, found in (
            ("2026-11-10", {"Iris Fenn": "expected"}),
            ("2026-09-29", {"Iris Fenn": "expected"}),
            ("2026-09-28", {}),
            ("2027-03-10", {"Iris Fenn": "expected"}),
            ("2027-03-11", {}),
        ):
            with self.subTest(expected), self.env.cr.savepoint() as savepoint:
                baby = self._new_person(last_name="Fenn", expected_on="2026-12-20")
                baby.action_record_birth("2026-11-10", "F", "Iris")
                self.assertEqual(self._find(None, "Fenn", expected_on=expected), found)
                savepoint.rollback()

    def test_the_more_alike_comes_first_within_one_hint(self):
        born = {"birth_date": "2017-05-04"}
        exact = self._new_person(first_name="Samantha", last_name="Hill", **born)
        found = self._find_people(self.people, "Samantha", "Hill", self.sam.birth_date)
        self.assertEqual([hint for _person, hint in found], ["same_date", "same_date"])
        # although the other was entered before
        self.assertEqual([person for person, _hint in found], [exact, self.sam])

    def test_likeliest_first_and_not_too_many(self):
        self._new_person(first_name="Sam", last_name="Hill", birth_date="2017-09-01")
        self._new_person(first_name="Sam", last_name="Hill", birth_date="2017-04-05")
        found = self._find_people(self.people, "Sam", "Hill", self.sam.birth_date)
        self.assertEqual(
            [hint for _person, hint in found], ["same_date", "swapped", "same_year"]
        )
        self.people.create(
            [{"first_name": "Jo", "last_name": "Smith"} for _i in range(20)]
        )
        self.assertEqual(len(self._find_people(self.people, "Jo", "Smith")), 8)

    def test_the_person_themselves_is_left_out(self):
        found = self._find_people(
            self.people, "Sam", "Hill", self.sam.birth_date, exclude=self.sam
        )
        self.assertFalse(found)

    def test_nothing_to_go_by(self):
        self.assertEqual(self._find(None, None), {})
        self.assertEqual(self._find("Sam", None, "2017-05-04"), {})

    def test_names_that_are_no_pattern(self):
        for name in ("%", "_", "'; DROP", "O'Neil %s", "\\"):
            self.assertEqual(self._find(name, name, "1950-01-01"), {}, name)

    def test_archived_is_found(self):
        self.sam.active = False
        self.assertEqual(
            self._find("Sam", "Hill", "2017-05-04"), {"Sam Hill": "same_date"}
        )

    def test_index_serves_the_search(self):
        self.assertTrue(self.env.registry.has_trigram)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        finder = PeopleFinder(self.env, first_name="Sam", last_name="Hill")
        for arm, index in zip(finder._arms, ("letters", "folded"), strict=True):
            plan = self.env.execute_query(SQL("EXPLAIN %s", arm))
            self.assertIn(f"sos_person_name__{index}_index", str(plan))

    def test_unreadable_is_a_reference_and_a_team(self):
        stranger = self._stranger()
        found = self._find_people(
            self.people, "Zadie", "Okafor", stranger.birth_date, upn=UPN
        )
        self.assertEqual([hint for _person, hint in found], ["upn"])
        described = found[0][0]._describe_duplicate("upn")
        self.assertEqual(
            described,
            {
                "reference": stranger.reference,
                "why": "the same UPN",
                "ask": f"the team South ({self.other_manager.name})",
            },
        )
        readable = found[0][0].with_user(self.outsider)._describe_duplicate("upn")
        self.assertEqual(readable["name"], "Zadie Okafor")
        self.assertEqual(readable["id"], stranger.id)

    def test_unreadable_without_family_names_who_entered(self):
        person = self._new_person(self.outsider, first_name="Zadie", last_name="Okafor")
        words = person.with_user(self.worker)._get_whom_to_ask()
        self.assertIn(self.outsider.name, words)
        self.assertNotIn("Okafor", words)

    def test_form_warns_while_typing(self):
        stranger = self._stranger()
        with Form(self.people) as form:
            form.first_name = "Sam"
            form.last_name = "Hill"
            form.birth_date = "2017-05-04"
            (hit,) = form.duplicate_list
            self.assertEqual(hit["name"], "Sam Hill")
            self.assertEqual(hit["id"], self.sam.id)
            form.first_name = "Zadie"
            form.last_name = "Okafor"
            form.birth_date = "2015-03-09"
            (hit,) = form.duplicate_list
            self.assertNotIn("Okafor", json.dumps(hit))
            self.assertNotIn("2015", json.dumps(hit))
            self.assertEqual(hit["reference"], stranger.reference)
            self.assertNotIn("id", hit)
        # it is a warning: the record is made all the same
        self.assertEqual(form.record.name, "Zadie Okafor")
        self.assertFalse(form.record.duplicate_list)

    def test_form_of_an_existing_person_warns_when_changed(self):
        twin = self._new_person(
            first_name="Sammy", last_name="Hill", birth_date="2001-01-01"
        )
        form = Form(twin)
        self.assertFalse(form.duplicate_list)
        form.birth_date = "2017-05-04"
        self.assertEqual([hit["id"] for hit in form.duplicate_list], [self.sam.id])

    def test_who_may_enter_nobody_is_told_nothing(self):
        for user in (self.lead, self.auditor):
            person = self.people.with_user(user).new(
                {"first_name": "Sam", "last_name": "Hill", "birth_date": "2017-05-04"}
            )
            self.assertFalse(person.duplicate_list, user.login)


@tagged("post_install", "-at_install")
class TestSosDuplicatesScreen(SosCommon, HttpCase):
    def test_use_the_one_who_is_here(self):
        """Leaving a form saves it: taking the person who is here must not."""
        stranger = self.env["sos.person"].create(
            {"first_name": "Samm", "last_name": "Hill", "kind": "adult"}
        )
        self.env["sos.case"].create(
            {
                "name": "Hill",
                "team_id": self.other_team.id,
                "member_ids": [(0, 0, {"person_id": stranger.id})],
            }
        )
        before = self.env["sos.person"].search_count([])
        self.start_tour("/odoo/people/new", "sos_duplicates", login="worker")
        self.assertEqual(self.env["sos.person"].search_count([]), before)
