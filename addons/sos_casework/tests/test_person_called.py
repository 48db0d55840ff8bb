from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosPersonCalled(SosCommon):
    """What people are called, and what stands beside it where two could be taken for
    each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env(user=cls.worker)["sos.person"]

    def _new(self, first, last="Hill", role="child", case=None, **values):
        kind = "child" if role == "child" else "adult"
        person = self.env["sos.person"].create(
            {"first_name": first, "last_name": last, "kind": kind, **values}
        )
        if case is not False:
            (case or self.case).member_ids = [
                Command.create({"person_id": person.id, "role": role})
            ]
        return person

    def _names(self, *people, user=None):
        """What a user reads as their names, with an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.worker
        return [person.with_user(user).display_name for person in people]

    def _called(self, *people, user=None):
        self._names(*people, user=user)
        user = user or self.worker
        return [person.with_user(user)._get_called() for person in people]

    # ----------------------------------------------------------------- the nameless

    def test_who_has_no_first_name_is_called_after_their_age(self):
        for name, values in (
            ("Baby Reed", {"expected_on": "2026-12-20"}),
            ("Baby Reed", {"birth_date": "2024-11-24"}),
            ("Child Reed", {"birth_date": "2024-11-23"}),
            ("Child Reed", {"birth_date": "2018-05-04"}),
            ("Child Reed", {}),
            ("Baby Reed", {"birth_date": "2018-05-04", "death_on": "2018-06-01"}),
            ("Reed", {"kind": "adult"}),
        ):
            with self.subTest(values):
                values = {"kind": "child", "last_name": "Reed", **values}
                person = self.env["sos.person"].create(values)
                self.assertEqual(person.name, name)
                self.assertEqual(person._get_called(), name)

    def test_a_baby_without_a_first_name_becomes_a_child(self):
        baby = self._new(False, birth_date="2024-12-01")
        deadlines = self.env["sos.deadline"]
        deadlines._nightly()
        self.assertEqual(baby.name, "Baby Hill")
        with freeze_time("2026-12-01 02:00:00"):
            deadlines._nightly()
            self.assertEqual(baby.name, "Child Hill")

    def test_a_text_names_a_child_without_a_first_name_by_their_age(self):
        words = self.env["sos.plain.words"]
        child = self._new(False, birth_date="2018-05-04")
        self.assertEqual(words._get_names(child), ["child"])
        child.birth_date = "2026-05-04"
        self.assertEqual(words._get_names(child), ["baby"])

    # ----------------------------------------------------------------- told apart

    def test_nothing_stands_beside_a_name_that_is_one_of_its_own(self):
        mia = self._new("Mia", birth_date="2018-02-11")
        other = self._new("Mia", birth_date="2012-02-11", case=False)
        self.assertEqual(self._names(mia, self.sam), ["Mia Hill", "Sam Hill"])
        self.assertEqual(self._called(mia, self.sam), ["Mia", "Sam"])
        # somebody of another family is told apart in lists, by age and number
        listed = dict(
            (row["id"], row["__formatted_display_name"])
            for row in self.env["sos.person"].web_name_search(
                "Mia Hill", {"display_name": {}}
            )
        )
        for person in (mia, other):
            self.assertEqual(
                listed[person.id],
                f"Mia Hill\t--{person.summary} ({person.reference})--",
            )

    def test_children_of_one_first_name(self):
        one = self._new("Mia", birth_date="2018-02-11")
        two = self._new("Mia", "Ashdown", birth_date="2018-02-11")
        self.assertEqual(self._names(one, two), ["Mia Hill", "Mia Ashdown"])
        self.assertEqual(self._called(one, two), ["Mia Hill", "Mia Ashdown"])
        texts = self.case.with_user(self.worker).children_text
        self.assertIn("Mia Hill (8), Mia Ashdown (8)", texts)

    def test_siblings_of_one_name(self):
        one = self._new("Mia", birth_date="2018-02-11")
        two = self._new("Maria", known_as="Mia", birth_date="2015-02-11")
        self.assertEqual(self._names(one, two), ["Mia Hill", "Maria Hill"])
        self.assertEqual(
            self._called(one, two),
            ["Mia (born 11 February 2018)", "Mia (born 11 February 2015)"],
        )

    def test_twins_without_names(self):
        values = {"birth_date": "2026-11-01"}
        one, two = self._new(False, **values), self._new(False, **values)
        marked = [f"Baby Hill ({one.reference})", f"Baby Hill ({two.reference})"]
        self.assertEqual(self._names(one, two), marked)
        self.assertEqual(self._called(one, two), marked)
        one.sex_id, two.sex_id = self._code("sex", "F"), self._code("sex", "M")
        self.assertEqual(
            self._names(one, two), ["Baby Hill (female)", "Baby Hill (male)"]
        )

    def test_grandfather_and_father_of_one_name(self):
        old = self._new("John", role="adult", birth_date="1950-01-02")
        young = self._new("John", role="adult")
        types = {"old": "grandparent", "young": "father"}
        for person, code in ((old, types["old"]), (young, types["young"])):
            self.env["sos.relationship"].create(
                {
                    "person_id": person.id,
                    "type_id": self._code("relationship", code).id,
                    "other_id": self.sam.id,
                }
            )
        marked = ["John Hill (grandparent)", "John Hill (father)"]
        self.assertEqual(self._names(old, young), marked)
        self.assertEqual(
            self._called(old, young), ["John (grandparent)", "John (father)"]
        )

    def test_beside_a_name_nothing_is_said_of_who_may_not_be_read(self):
        mia = self._new("Mia", birth_date="2018-02-11")
        hidden = self._new("Mia", birth_date="2015-02-11")
        secret = self.env["sos.case"].create(
            {"name": "Secret", "team_id": self.team.id}
        )
        secret.member_ids = [Command.create({"person_id": hidden.id, "role": "child"})]
        secret.write({"restricted": True, "restricted_reason": "A colleague."})
        names = self._names(mia, hidden)
        self.assertEqual(names, ["Mia Hill", f"{hidden.reference} (no access)"])
        self.assertEqual(self._called(mia), ["Mia"])

    def test_forms_and_cards_tell_apart(self):
        one = self._new("Mia", birth_date="2018-02-11")
        two = self._new("Mia", birth_date="2015-02-11")
        form = self._open("contact", one | two)
        self.env.invalidate_all()
        form = form.with_user(self.worker)
        born = {"Mia (born 11 February 2018)", "Mia (born 11 February 2015)"}
        self.assertEqual(set(form.children_text.split(", ")), born)
        problems = " ".join(form._get_submission_problems())
        self.assertIn("Mia Hill (born 11 February 2018) has no decision", problems)
        children = form._gather()[0]["children"]
        self.assertEqual({child["first_name"] for child in children}, born)

    def test_names_of_many_cost_as_few_queries_as_one(self):
        def add():
            for _turn in range(3):
                self._new("Mia", birth_date="2018-02-11")

        def count():
            self._names(self.sam)
            people = self.people.browse(self.case.member_ids.person_id.ids)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            people.mapped("display_name")
            people.mapped("called")
            return self.env.cr.sql_log_count - before

        add()
        count()  # what is cached of rules and users
        few = count()
        add()
        self.assertEqual(count(), few)
