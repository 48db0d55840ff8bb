from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin

DAY = "2026-11-23"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestImpossibleValues(SosCommon, RefusalsMixin):
    """What cannot be is said where it is typed, in a sentence, and not stored."""

    def _person(self, **values):
        people = self.env["sos.person"].with_user(self.worker)
        return people.create({"first_name": "Mia", "last_name": "Brown", **values})

    def test_people(self):
        for words, values in (
            ("0 or more", {"previous_plans": -1}),
            ("Check the year", {"kind": "child", "birth_date": "1926-02-01"}),
            ("year 1826", {"kind": "adult", "birth_date": "1826-02-01"}),
            ("year 218", {"birth_date": "0218-02-11"}),
            ("no authority", {"upn": "A123456789012"}),  # pragma: allowlist secret
        ):
            with self.subTest(values), self._refused(ValidationError, words):
                self._person(**values)
        grandmother = self._person(kind="adult", birth_date="1926-02-01")
        with self._refused(ValidationError, "year 192. Check the year"):
            grandmother.birth_date = "0192-02-01"
        self.assertEqual(str(grandmother.birth_date), "1926-02-01")
        with self._refused(ValidationError, "choose “Adult”"):
            grandmother.kind = "child"

    def test_ages_are_never_negative(self):
        child = self._person(birth_date="2020-06-01")
        self.assertEqual(child._get_age_on(child.birth_date.replace(year=2018)), 0)
        self.assertEqual(child._get_age_text(child.birth_date.replace(year=2018)), "")

    def test_nothing_has_happened_in_the_future(self):
        worker = self.env(user=self.worker)
        case = self.case.id
        phone = self.env["sos.code"]._get("note_kind", "phone").id
        note = {"case_id": case, "kind_id": phone, "text": "Mum rang."}
        voice = {"case_id": case, "child_id": self.sam.id, "words": "Hm."}
        for model, values in (
            ("sos.case.note", {**note, "at": "2036-11-01 10:00:00"}),
            ("sos.voice", {**voice, "tool": "words", "on_date": "2026-12-01"}),
        ):
            with self.subTest(model), self._refused(ValidationError, "in the future"):
                worker[model].create(values)
        kept = worker["sos.case.note"].create({**note, "at": "2026-11-22 10:00:00"})
        with self._refused(ValidationError, "in the future"):
            kept.at = "2027-01-01 10:00:00"

    def test_nothing_ends_before_it_begins(self):
        """Whatever a decision sets off."""
        need = self.env["sos.episode"].create(
            {"child_id": self.sam.id, "case_id": self.case.id, "referred_on": DAY}
        )
        reason = self.env["sos.code"]._get("closure_reason", "RC7").id
        plan = self.env["sos.plan"].create(
            {
                "kind": "cp",
                "case_id": self.case.id,
                "episode_id": need.id,
                "child_id": self.sam.id,
                "started_on": DAY,
            }
        )
        for words, record, values in (
            ("needs a date and a reason", need, {"closed_on": DAY}),
            ("needs a date and a reason", need, {"closure_reason_id": reason}),
            (
                "before the referral",
                need,
                {"closed_on": "2026-11-22", "closure_reason_id": reason},
            ),
            ("ends before it starts", plan, {"ended_on": "2026-11-22"}),
        ):
            with self.subTest(values), self._refused(ValidationError, words):
                record.write(values)
        self.assertFalse(need.closed_on or need.closure_reason_id or plan.ended_on)

    def test_a_child_says_nothing_before_birth(self):
        voices = self.env(user=self.worker)["sos.voice"]
        values = {"case_id": self.case.id, "child_id": self.sam.id, "tool": "words"}
        with self._refused(ValidationError, "not born yet"):
            voices.create({**values, "words": "Hm.", "on_date": "2016-01-01"})
