from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.sos_casework.models.people.sos_person_identifiers import (
    get_upn_problem,
)

from .common import SosCommon
from .refusals import RefusalsMixin

UPN = "R392456718001"
OTHER_UPN = "H801200001001"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosPerson(RefusalsMixin, SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env(user=cls.worker)["sos.person"]

    def _new_person(self, user=None, **values):
        values = {"last_name": "Reed", "first_name": "Ash", **values}
        return self.people.with_user(user or self.worker).create(values)

    def _unborn(self, **values):
        return self._new_person(first_name=False, expected_on="2026-12-20", **values)

    def _join(self, person, case=None):
        """The person becomes one of the family."""
        self.env["sos.case.member"].create(
            {"case_id": (case or self.case).id, "person_id": person.id}
        )
        return person

    def _other_family(self, **values):
        """A person of another team's family, whom the worker may not read."""
        person = self._new_person(self.outsider, **values)
        self.env["sos.case"].with_user(self.outsider).create(
            {"name": "Reed", "member_ids": [(0, 0, {"person_id": person.id})]}
        )
        return person

    # --------------------------------------------------------------------- UPN

    def test_upn_examples(self):
        for upn in (UPN, OTHER_UPN, "U801456789006"):
            self.assertIsNone(get_upn_problem(upn), upn)
        # its check letter fits, and there is no authority 123
        self.assertEqual(get_upn_problem("A123456789012"), "authority")
        self.assertEqual(get_upn_problem("R39245671800"), "length")
        self.assertEqual(get_upn_problem("R3924567180011"), "length")
        self.assertEqual(get_upn_problem("R39245671800I"), "form")
        self.assertEqual(get_upn_problem("R39245671800O"), "form")
        self.assertEqual(get_upn_problem("R39245671800S"), "form")
        self.assertEqual(get_upn_problem("1392456718001"), "form")
        self.assertEqual(get_upn_problem("R3924567A8001"), "form")
        self.assertEqual(get_upn_problem("R39245671800\u0661"), "form")
        self.assertEqual(get_upn_problem("S392456718001"), "letter")

    def test_upn_changed_digit_is_noticed(self):
        """Any one digit that is off by one gives another check letter."""
        for place in range(1, 13):
            digit = str((int(UPN[place]) + 1) % 10)
            wrong = UPN[:place] + digit + UPN[place + 1 :]
            self.assertIn(get_upn_problem(wrong), ("letter", "authority"), wrong)

    def test_upn_temporary_ends_in_a_letter(self):
        """A temporary number ends in a letter, which counts from 0 for A to 22 for Z
        without I, O and S."""
        body = "39245671800"
        letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
        total = sum(int(d) * n for n, d in enumerate(body, start=2))
        for value, last in enumerate(letters):
            first = letters[(total + value * 13) % 23]
            self.assertIsNone(get_upn_problem(first + body + last))

    def test_upn_as_written_on_paper(self):
        person = self._new_person(upn=" r39 245 671 8001 ")
        self.assertEqual(person.upn, UPN)
        person.upn = ""
        self.assertFalse(person.upn)

    def test_upn_wrong_is_refused(self):
        with self._refused(ValidationError, "13 characters"):
            self.sam.with_user(self.worker).upn = "R39245671"
        with self._refused(ValidationError, "check each digit"):
            self.sam.with_user(self.worker).former_upn = "R392456718002"

    def test_upn_of_somebody_readable(self):
        self.sam.with_user(self.worker).upn = UPN
        with self._refused(ValidationError, f"Sam Hill.*{self.sam.reference}"):
            self.robin.with_user(self.worker).upn = UPN
        with self._refused(ValidationError, "Sam Hill"):
            self._new_person(upn=UPN)

    def test_upn_of_somebody_unreadable_shows_no_name(self):
        other = self._other_family(first_name="Zadie", upn=UPN)
        with self.assertRaises(ValidationError) as caught:
            self.sam.with_user(self.worker).upn = UPN
        message = str(caught.exception)
        # a number alone says no more than that it is taken
        self.assertIn("Find a person", message)
        self.assertNotIn(other.reference, message)
        self.assertNotIn("South", message)
        self.assertNotIn("Zadie", message)
        self.assertNotIn("Reed", message)

    def test_upn_stays_with_the_same_person_and_after_archiving(self):
        self.sam.with_user(self.worker).upn = UPN
        self.sam.with_user(self.worker).write({"upn": UPN, "phone": "0191"})
        self.sam.active = False
        self.robin.with_user(self.worker).upn = UPN
        with self._refused(ValidationError, "Robin Hill"):
            self.sam.active = True

    def test_upn_and_reason_exclude_each_other(self):
        reason = self._code("upn_unknown", "UN2").id
        with self._refused(ValidationError, "reason for having none"):
            self._new_person(upn=UPN, upn_unknown_id=reason)
        person = self._new_person(upn_unknown_id=reason)
        with self._refused(ValidationError, "reason for having none"):
            person.upn = UPN
        with Form(person) as form:
            form.upn = UPN.lower()
            self.assertFalse(form.upn_unknown_id)
        self.assertEqual(person.upn, UPN)

    def test_former_upn_differs(self):
        with self._refused(ValidationError, "the same as the UPN now"):
            self._new_person(upn=UPN, former_upn=UPN)
        person = self._new_person(upn=UPN, former_upn=OTHER_UPN)
        self.assertEqual(person.former_upn, OTHER_UPN)

    # ------------------------------------------------------- sex, disability, dates

    def test_no_disability_beside_a_disability(self):
        none = self._code("disability", "NONE")
        hearing = self._code("disability", "HEAR")
        with self._refused(ValidationError, "8790"):
            self.sam.disability_ids = none | hearing
        self.sam.disability_ids = none
        self.sam.disability_ids = hearing | self._code("disability", "VIS")
        self.assertEqual(len(self.sam.disability_ids), 2)

    def test_unborn_has_no_sex_yet(self):
        baby = self._unborn()
        self.assertEqual(baby.sex_id.code, "U")
        with self._refused(ValidationError, "record the birth"):
            baby.sex_id = self._code("sex", "F")
        with self._refused(ValidationError, "record the birth"):
            self._unborn(sex_id=self._code("sex", "M").id)

    def test_unknown_sex_of_a_born_child_is_a_hint(self):
        self.sam.with_user(self.worker).sex_id = self._code("sex", "U")
        self.assertIn("8750", self.sam.census_hints)
        self.sam.sex_id = self._code("sex", "F")
        self.assertNotIn("8750", self.sam.census_hints)

    def test_form_of_an_unborn_sets_the_sex(self):
        with Form(self.people) as form:
            form.last_name = "Reed"
            form.sex_id = self._code("sex", "F")
            form.expected_on = "2027-01-10"
            self.assertEqual(form.sex_id.code, "U")
        self.assertEqual(form.record.name, "Baby Reed")

    def test_dates_refused(self):
        with self._refused(ValidationError, "expected date instead"):
            self.sam.birth_date = "2026-11-24"
        with self._refused(ValidationError, "before the birth date"):
            self.sam.death_on = "2017-05-03"
        with self._refused(ValidationError, "in the future"):
            self.sam.death_on = "2026-11-24"
        self.sam.birth_date = "2026-11-23"
        self.assertEqual(self.sam.age_text, "0 days")

    def test_census_hints(self):
        person = self._new_person(birth_date="2021-08-31")
        hints = person.census_hints
        for rule in ("4180", "4220", "8770Q"):
            self.assertIn(rule, hints)
        person.upn_unknown_id = self._code("upn_unknown", "UN1")
        self.assertIn("no longer a reason", person.census_hints)
        person.upn_unknown_id = self._code("upn_unknown", "UN2")
        self.assertNotIn("8770Q", person.census_hints)
        younger = self._new_person(birth_date="2021-09-01")
        self.assertNotIn("8770Q", younger.census_hints)
        self.assertIn("8525Q", self._new_person().census_hints)
        self.assertFalse(self._new_person(kind="adult").census_hints)

    def test_census_hints_of_a_child_in_need(self):
        self.assertNotIn("8540", self.sam.census_hints)
        self._refer()
        self.assertIn("8540", self.sam.census_hints)
        self.sam.disability_ids = self._code("disability", "NONE")
        self.assertNotIn("8540", self.sam.census_hints)
        episode = self.sam.episode_ids
        born = self.sam.birth_date
        self.assertNotIn("8606", self.sam.census_hints)
        episode.referred_on = born - (date(2026, 10, 8) - date(2026, 1, 1))
        self.assertNotIn("8606", self.sam.census_hints)
        episode.referred_on = born - (date(2026, 10, 9) - date(2026, 1, 1))
        self.assertIn("8606", self.sam.census_hints)

    def test_census_hints_after_a_death(self):
        self._refer()
        self.sam.death_on = "2026-11-01"
        self.assertIn("8555Q", self.sam.census_hints)
        self.sam.death_on = False
        self.sam.episode_ids._close(date(2026, 11, 23), "RC2")
        self.assertIn("8585Q", self.sam.census_hints)
        self.sam.death_on = "2026-11-23"
        self.assertNotIn("8585Q", self.sam.census_hints)

    def test_census_hints_of_an_unborn(self):
        baby = self._unborn()
        self.assertNotIn("8530Q", baby.census_hints)
        baby.expected_on = "2026-11-22"
        self.assertIn("has passed", baby.census_hints)
        baby.expected_on = "2027-08-24"
        self.assertIn("nine months", baby.census_hints)
        baby.disability_ids = self._code("disability", "NONE")
        self.assertIn("left out", baby.census_hints)

    def test_words_for_age(self):
        cases = {
            "2026-11-22": "1 day",
            "2026-11-13": "10 days",
            "2026-11-02": "3 weeks",
            "2026-10-20": "1 month",
            "2025-10-01": "13 months",
            "2024-11-23": "2 years",
        }
        for born, words in cases.items():
            self.sam.birth_date = born
            self.assertEqual(self.sam.age_text, words, born)
        self.assertEqual(self.sam.summary, "2 years, born 23 November 2024")
        self.sam.death_on = "2026-11-20"
        self.assertEqual(
            self.sam.summary,
            "born 23 November 2024, died 20 November 2026 aged 23 months",
        )
        self.assertEqual(self.sam.age_text, "died aged 23 months")
        self.sam.birth_sure = "estimated"
        self.assertEqual(self.sam.age_text, "died aged about 23 months")
        self.sam.birth_date = False
        self.assertEqual(self.sam.age_text, "died")
        self.assertEqual(self._unborn().age_text, "not born yet")
        self.assertEqual(
            self._unborn().summary, "not born yet, expected 20 December 2026"
        )
        self.assertIn("died before birth", self._unborn(death_on="2026-11-01").summary)
        self.assertEqual(self.alex.summary, "birth date not known")

    def test_names_of_the_nameless(self):
        self.assertEqual(self._unborn().name, "Baby Reed")
        adult = self._new_person(first_name=False, kind="adult")
        self.assertEqual(adult.name, "Reed")

    # ------------------------------------------------------------------- the birth

    def test_birth_loses_nothing(self):
        baby = self._join(self._unborn())
        form = self._open(
            "contact",
            self.sam | baby,
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        self._sign(self._fill(form, decision="assess"))
        strategy = self._fill(
            self._open("strategy", baby), decision="assess", held_on="2026-11-23"
        )
        lines = form.child_ids | strategy.child_ids
        mine = lines.filtered(lambda line: line.child_id == baby)
        danger = self.env["sos.danger"].create(
            {
                "case_id": self.case.id,
                "text": "Nobody is there at night.",
                "goal": "Somebody is.",
                "child_ids": baby.ids,
            }
        )
        episode, reference = baby.episode_ids, baby.reference
        self.assertTrue(episode)
        wizard = (
            self.env["sos.person.birth"]
            .with_user(self.worker)
            .create(
                {
                    "person_id": baby.id,
                    "birth_date": "2026-11-20",
                    "sex_id": self._code("sex", "F").id,
                    "first_name": "Lily",
                }
            )
        )
        wizard.action_record()
        self.assertRecordValues(
            baby,
            [
                {
                    "name": "Lily Reed",
                    "birth_date": date(2026, 11, 20),
                    "expected_on": date(2026, 12, 20),
                    "is_unborn": False,
                    "reference": reference,
                }
            ],
        )
        self.assertEqual(baby.sex_id.code, "F")
        self.assertEqual(baby.episode_ids, episode)
        self.assertEqual(mine.child_id, baby)
        self.assertEqual(len(mine), 2)
        self.assertEqual(danger.child_ids, baby)
        logs = self.env["sos.change.log"].search(
            [("res_model", "=", "sos.person"), ("res_id", "=", baby.id)]
        )
        self.assertEqual(
            set(logs.mapped("field")), {"birth_date", "sex_id", "first_name"}
        )
        self.assertEqual(logs.person_id, baby)
        self.assertEqual(logs.user_id, self.worker)
        seen = (
            self.env["sos.change.log"]
            .with_user(self.worker)
            .search([("id", "in", logs.ids)])
        )
        self.assertEqual(len(seen), 3, "the worker reads what changed")

    def test_birth_proposes_what_is_known(self):
        baby = self._new_person(first_name="Lily", expected_on="2026-12-20")
        action = baby.action_open_birth()
        wizard = Form(
            self.env["sos.person.birth"]
            .with_user(self.worker)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.first_name, "Lily")
        self.assertEqual(str(wizard.birth_date), "2026-11-23")
        self.assertFalse(wizard.far_from_expected)
        wizard.birth_date = "2026-06-01"
        self.assertTrue(wizard.far_from_expected)

    def test_birth_refused(self):
        with self._refused(ValidationError, "born already"):
            self.sam.action_record_birth("2026-11-01", "F")
        with self._refused(ValidationError, "never entered as a baby"):
            self.alex.action_record_birth("2026-11-01", "F")
        lost = self._unborn(death_on="2026-11-01")
        with self._refused(ValidationError, "baby died"):
            lost.action_record_birth("2026-11-01", "F")
        baby = self._join(self._unborn())
        with self._refused(ValidationError, "no sex with this code"):
            baby.action_record_birth("2026-11-01", "X")
        with self._refused(ValidationError, "in the future"):
            baby.action_record_birth("2026-11-30", "F")
        with self.assertRaises(AccessError):
            baby.with_user(self.outsider).action_record_birth("2026-11-01", "F")
        with self.assertRaises(AccessError):
            baby.with_user(self.lead).action_record_birth("2026-11-01", "F")

    def test_number_and_enterer_stay(self):
        sam = self.sam.with_user(self.worker)
        with self._refused(UserError, "stay as they are"):
            sam.reference = "P1"
        with self._refused(UserError, "stay as they are"):
            sam.entered_by_id = self.worker
        person = self._new_person(reference="P1", entered_by_id=self.manager.id)
        self.assertNotEqual(person.reference, "P1")
        self.assertEqual(person.entered_by_id, self.worker)
        self.assertRegex(person.reference, r"^[0-9A-Za-z]{1,20}$")

    # ------------------------------------------------------------------- warnings

    def _flag(self, person=None, **values):
        values = {
            "person_id": (person or self.alex).id,
            "text": "Two large dogs.",
            "since": "2026-10-01",
            "review_on": "2026-12-01",
            **values,
        }
        return self.env["sos.person.flag"].with_user(self.worker).create(values)

    def test_warning_shows_while_it_holds(self):
        self.assertFalse(self.alex.has_flag)
        self._flag()
        later = self._flag(text="Ring first.", since="2026-11-01")
        self.assertTrue(self.alex.has_flag)
        self.assertEqual(self.alex.flag_text, "Two large dogs.\nRing first.")
        with self._refused(ValidationError, "Say why"):
            later.ended_on = "2026-11-23"
        with self._refused(ValidationError, "Say why"):
            later.write({"ended_on": "2026-11-23", "end_reason": "  "})
        later.write({"ended_on": "2026-11-23", "end_reason": "They moved."})
        self.assertEqual(self.alex.flag_text, "Two large dogs.")

    def test_warning_dates(self):
        flag = self._flag()
        with self._refused(ValidationError, "ends before it begins"):
            flag.write({"ended_on": "2026-09-30", "end_reason": "Wrong person."})
        with self._refused(ValidationError, "day on which it ends"):
            flag.end_reason = "They moved."
        with self._refused(ValidationError, "before it begins"):
            self._flag(review_on="2026-09-30")
        with self._refused(UserError, "deleted"):
            flag.sudo().unlink()

    def test_warning_to_look_at_again(self):
        self._flag(review_on="2026-11-22")
        today = self._flag(self.kit, review_on="2026-11-23")
        ended = self._flag(
            self.sam, review_on="2026-11-01", ended_on="2026-11-10", end_reason="Moved."
        )
        people = self.env["sos.person"].with_user(self.worker)
        overdue = people.search([("has_overdue_flag", "=", True)])
        self.assertEqual(overdue, self.alex)
        self.assertTrue(self.alex.has_overdue_flag)
        self.assertFalse(self.kit.has_overdue_flag)
        flags = self.env["sos.person.flag"].with_user(self.worker)
        self.assertEqual(flags.search([("is_overdue", "=", True)]).person_id, self.alex)
        current = people.search([("has_flag", "=", True)])
        self.assertEqual(current, self.alex | self.kit)
        others = people.search([("has_flag", "=", False)])
        self.assertIn(self.sam, others)
        self.assertNotIn(self.kit, others)
        self.assertEqual(flags.search([("is_current", "=", False)]), ended)
        self.assertTrue(today.is_current)

    def test_warning_is_for_the_readers(self):
        flag = self._flag()
        with self.assertRaises(AccessError):
            flag.with_user(self.outsider).read(["text"])
        self.assertFalse(
            self.env["sos.person.flag"].with_user(self.outsider).search([])
        )
        with self.assertRaises(AccessError):
            self.env["sos.person.flag"].with_user(self.outsider).create(
                {"person_id": self.alex.id, "text": "X", "review_on": "2026-12-01"}
            )

    # ------------------------------------------------------------------ addresses

    def _address(self, text, **values):
        return (
            self.env["sos.address"]
            .with_user(self.worker)
            .create({"person_id": self.alex.id, "text": text, **values})
        )

    def test_current_address(self):
        self.assertFalse(self.alex._get_current_address())
        self.assertFalse(self.alex.current_address)
        old = self._address("1 High Street", until="2026-03-31")
        now = self._address("2 Low Road", postcode="NE1 1AA", since="2026-04-01")
        self._address("3 New Way", since="2026-12-01")
        self.assertEqual(self.alex._get_current_address(), now)
        self.assertEqual(self.alex._get_current_address(date(2026, 3, 31)), old)
        self.assertEqual(self.alex.current_address, "2 Low Road, NE1 1AA")
        self.assertFalse(self.alex.address_confidential)
        now.confidential = True
        self.assertTrue(self.alex.address_confidential)
        with self._refused(ValidationError, "ends before it begins"):
            now.until = "2026-03-31"

    def test_newest_of_several_addresses(self):
        self._address("1 High Street")
        newer = self._address("Refuge", since="2026-11-01", confidential=True)
        self.assertEqual(self.alex._get_current_address(), newer)

    # -------------------------------------------------------------- relationships

    def _relate(self, person, kind, other, **values):
        return (
            self.env["sos.relationship"]
            .with_user(self.worker)
            .create(
                {
                    "person_id": person.id,
                    "type_id": self._code("relationship", kind).id,
                    "other_id": other.id,
                    **values,
                }
            )
        )

    def test_relationship_from_both_ends(self):
        self._relate(self.sam, "half_sibling", self.robin)
        lines = self.robin.with_user(self.worker).relatives_text.split("\n")
        self.assertIn(
            "Mother: Alex Hill, parental responsibility, looks after them", lines
        )
        self.assertIn("Father: Kit Moor, parental responsibility", lines)
        self.assertIn("Half-brother or half-sister: Sam Hill", lines)
        lines = self.sam.with_user(self.worker).relatives_text.split("\n")
        self.assertIn("Half-brother or half-sister: Robin Hill", lines)
        lines = self.kit.with_user(self.worker).relatives_text.split("\n")
        self.assertEqual(lines, ["Father of Robin Hill"])

    def test_relationship_twice_is_refused(self):
        with self._refused(ValidationError, "recorded already"):
            self._relate(self.alex, "mother", self.sam)
        self._relate(self.sam, "sibling", self.robin, until="2025-12-31")
        with self._refused(ValidationError, "recorded already"):
            self._relate(self.robin, "sibling", self.sam, since="2025-12-31")
        again = self._relate(self.robin, "sibling", self.sam, since="2026-01-01")
        with self._refused(ValidationError, "recorded already"):
            again.since = False
        self._relate(self.sam, "half_sibling", self.robin)

    def test_relationship_impossible(self):
        with self._refused(ValidationError, "themselves"):
            self._relate(self.sam, "sibling", self.sam)
        with self._refused(ValidationError, "ends before it begins"):
            self._relate(
                self.kit, "friend", self.alex, since="2026-02-01", until="2026-01-01"
            )

    def test_relationship_to_somebody_unreadable(self):
        stranger = self._other_family(first_name="Zadie")
        with self.assertRaises(AccessError):
            self._relate(self.alex, "friend", stranger)
        with self.assertRaises(AccessError):
            self._relate(stranger, "friend", self.alex)
        relation = self.env["sos.relationship"].create(
            {
                "person_id": self.alex.id,
                "type_id": self._code("relationship", "friend").id,
                "other_id": stranger.id,
            }
        )
        with self.assertRaises(AccessError):
            relation.with_user(self.worker).person_id = self.kit
        relation.invalidate_recordset()
        self.assertEqual(relation.person_id, self.alex)
        words = self.alex.with_user(self.worker).relatives_text
        self.assertIn(f"Friend: {stranger.reference} (no access)", words)
        self.assertNotIn("Zadie", words)

    def test_nothing_moves_to_somebody_else(self):
        stranger = self._other_family()
        flag, address = self._flag(), self._address("1 High Street")
        for line in (flag, address):
            for other in (stranger, self.kit):
                with self._refused(UserError, "stays where it is"):
                    line.person_id = other
        relation = self._relate(self.kit, "friend", self.alex)
        for name in ("person_id", "other_id"):
            with self.assertRaises(AccessError):
                relation.write({name: stranger.id})
        relation.person_id = self.sam
        self.assertEqual(relation.person_id, self.sam)

    def test_relationship_of_an_unreadable_person_is_not_read(self):
        stranger = self._other_family(first_name="Zadie")
        self.env["sos.relationship"].create(
            {
                "person_id": stranger.id,
                "type_id": self._code("relationship", "aunt_uncle").id,
                "other_id": self.sam.id,
            }
        )
        self.assertIn("Zadie", self.sam.relatives_text)
        self.assertNotIn("unt", self.sam.with_user(self.worker).relatives_text)

    def test_responsible_people(self):
        self.assertEqual(self.sam._get_responsible_people(), self.alex)
        self.assertEqual(self.robin._get_responsible_people(), self.alex | self.kit)
        relation = self.kit.relation_ids
        relation.until = "2026-10-31"
        self.assertEqual(self.robin._get_responsible_people(), self.alex)
        both = self.robin._get_responsible_people(date(2026, 10, 31))
        self.assertEqual(both, self.alex | self.kit)
        self.alex.death_on = "2026-11-20"
        self.assertFalse(self.sam._get_responsible_people())
        self._relate(self.kit, "friend", self.sam, carer=True)
        self.assertEqual(self.sam._get_responsible_people(), self.kit)

    # ------------------------------------------------------------- search, access

    def test_search_by_name_number_upn_and_date(self):
        self.sam.write({"upn": UPN, "known_as": "Pip"})
        people = self.env["sos.person"].with_user(self.worker)
        for words in ("Sam Hi", "Pip", self.sam.reference, UPN):
            found = [row[0] for row in people.name_search(words)]
            self.assertIn(self.sam.id, found, words)
        self.assertEqual(people.search([("birth_date", "=", "2017-05-04")]), self.sam)

    def test_search_unborn(self):
        baby = self._unborn()
        people = self.env["sos.person"].with_user(self.worker)
        domain = Domain("id", "in", (baby | self.sam | self.alex).ids)
        unborn = people.search(domain & Domain("is_unborn", "=", True))
        self.assertEqual(unborn, baby)
        born = people.search(domain & Domain("is_unborn", "=", False))
        self.assertEqual(born, (self.sam | self.alex))
        baby.action_record_birth("2026-11-23", "M")
        self.assertNotIn(baby, people.search([("is_unborn", "=", True)]))

    def test_outsider_meets_nobody(self):
        people = self.env["sos.person"].with_user(self.outsider)
        sam = self.sam.with_user(self.outsider)
        self.assertFalse(people.search([("last_name", "=", "Hill")]))
        self.assertEqual(people.search_count([("last_name", "=", "Hill")]), 0)
        self.assertFalse(people.name_search("Sam"))
        self.assertFalse(people.name_search(self.sam.reference))
        self.assertFalse(people._read_group([("last_name", "=", "Hill")], ["kind"]))
        with self.assertRaises(AccessError):
            sam.read(["first_name"])
        with self.assertRaises(AccessError):
            sam.write({"first_name": "Max"})
        with self.assertRaises(AccessError):
            sam.action_open_birth()
        self.assertEqual(sam.display_name, f"{self.sam.reference} (no access)")
        reader = self.sam.with_user(self.worker)
        self.assertEqual(reader.read(["first_name"])[0]["first_name"], "Sam")

    def test_nobody_deletes(self):
        with self.assertRaises(AccessError):
            self.sam.with_user(self.worker).unlink()
        with self.assertRaises(UserError):
            self.sam.unlink()

    def test_configurator_and_analyst_read_nobody(self):
        for user in (self.configurator, self.analyst):
            with self.assertRaises(AccessError):
                self.env["sos.person"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.sam.with_user(user).read(["name"])

    def test_person_without_family_is_for_who_entered_them(self):
        person = self._new_person()
        self.assertTrue(person.with_user(self.worker).has_access("read"))
        everybody_else = (
            self.manager
            | self.support
            | self.outsider
            | self.service_manager
            | self.auditor
            | self.lead
        )
        for user in everybody_else:
            self.assertFalse(person.with_user(user).has_access("read"), user.login)
            self.assertNotIn(person, self.env["sos.person"].with_user(user).search([]))
        self._join(person)
        for user in (self.manager, self.support, self.service_manager, self.auditor):
            self.assertTrue(person.with_user(user).has_access("read"), user.login)
        self.assertFalse(person.with_user(self.outsider).has_access("read"))

    def test_entered_and_handed_to_another_family_is_gone(self):
        person = self._new_person()
        south = self.env["sos.case"].create(
            {"name": "Reed", "team_id": self.other_team.id}
        )
        self._join(person, south)
        self.assertFalse(person.with_user(self.worker).has_access("read"))
        self.assertTrue(person.with_user(self.outsider).has_access("read"))

    def test_change_log_of_a_person(self):
        sam = self.sam.with_user(self.worker)
        sam.write({"known_as": "Pip", "phone": "0191 1"})
        action = sam.action_change_log()
        logs = self.env[action["res_model"]].with_user(self.worker)
        found = logs.search(action["domain"])
        self.assertEqual(set(found.mapped("field")), {"known_as", "phone"})
        self.assertFalse(logs.with_user(self.outsider).search(action["domain"]))
