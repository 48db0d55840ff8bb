from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..tools.names import fold, fold_name, fold_number, fold_phone
from .common import SosCommon
from .refusals import RefusalsMixin

#: what stands in the record, and what somebody types who has another keyboard
TYPED = (
    ("Şükrü", "Çelik", ("Sukru Celik", "celik sukru", "SUKRU", "Çelik")),
    ("Zoë", "Müller", ("Zoe Muller", "muller, zoe")),
    ("Łukasz", "Wiśniewski", ("Lukasz Wisniewski", "wisniew")),
    ("José", "Nuñez", ("Jose Nunez",)),
    ("Øyvind", "Sæther", ("Oyvind Saether",)),
    ("محمد", "الأحمد", ("محمد الاحمد", "الاحمد")),
    ("Mary-Jane", "O’Neil", ("Mary Jane ONeil", "maryjane o'neil", "O Neil mary")),
    (False, "Suharto", ("Suharto",)),
)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosPersonNames(SosCommon, RefusalsMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env(user=cls.worker)["sos.person"]

    def _new(self, first, last, **values):
        values = {"birth_date": "2014-09-09", **values}
        return self.people.create({"first_name": first, "last_name": last, **values})

    def _names(self, person):
        return {(name.kind, name.text) for name in person.name_ids}

    def _search_window(self, user=None, **values):
        search = self.env["sos.person.search"].with_user(user or self.worker)
        search = search.create({"reason": "A school rang.", **values})
        search.action_search()
        return search.result_ids

    # ------------------------------------------------------------------- folding

    def test_folding(self):
        for one, other in (
            ("Straße", "strasse"),
            ("İLKER", "ilker"),
            ("Nguyễn", "NGUYEN"),
            ("فاطمة", "فاطمه"),
            ("مُحَمَّد", "محمد"),
            ("O’Neil-Hill", "o'neil hill"),
            ("  Zoë  ", "zoe"),
        ):
            with self.subTest(one):
                self.assertEqual(fold(one), fold(other))
        self.assertEqual(fold(None), "")
        self.assertNotEqual(fold("Sam Hill"), fold("Sam Hall"))
        self.assertEqual(fold_name("Baby", "Hill"), "hill")
        self.assertEqual(fold_name(None, "Unknown"), "unknown")
        self.assertEqual(fold_number(" h8012 0000 1001 "), "H801200001001")
        for phone in ("+44 (0)191 555 0101", "0044 191 5550101", "(0191) 555-0101"):
            self.assertEqual(fold_phone(phone), "01915550101")

    # ------------------------------------------------------------------- finding

    def test_found_as_a_keyboard_has_it(self):
        for first, last, ways in TYPED:
            person = self._new(first, last)
            for typed in ways:
                with self.subTest(typed):
                    found = self.people.search([("display_name", "ilike", typed)])
                    self.assertIn(person, found)
                    listed = dict(self.people.name_search(typed))
                    self.assertIn(person.id, listed)
            self.assertNotIn(
                person, self.people.search([("display_name", "ilike", "Nobody")])
            )

    def test_a_duplicate_is_noticed_as_a_keyboard_has_it(self):
        for first, last, ways in TYPED[:-1]:
            person = self._new(first, last)
            words = ways[0].split()
            with self.subTest(ways[0]):
                found = dict(
                    self._find_people(
                        self.people, " ".join(words[:-1]), words[-1], person.birth_date
                    )
                )
                self.assertEqual(found[person], "same_date")

    def test_the_window_finds_as_a_keyboard_has_it(self):
        person = self._new("Şükrü", "Çelik")
        for user in (self.worker, self.outsider):
            found = self._search_window(user, last_name="Celik", first_name="Sukru")
            self.assertIn(person.reference, found.mapped("reference"))

    def test_a_family_is_found_as_a_keyboard_has_it(self):
        case = self.env["sos.case"].create(
            {"name": "Çelik-Öz", "team_id": self.team.id}
        )
        cases = self.env["sos.case"]
        for typed in ("celik oz", "OZ", "Çelik", case.reference):
            with self.subTest(typed):
                self.assertIn(case, cases.search([("display_name", "ilike", typed)]))
        self.assertNotIn(case, cases.search([("display_name", "ilike", "celic")]))
        self.assertFalse(cases.search([("display_name", "ilike", "%%")]))

    # --------------------------------------------------------------- rows of names

    def test_a_name_of_before_stays(self):
        person = self._new("Mia", "Brown", known_as="Mimi")
        self.assertEqual(
            self._names(person), {("now", "Mia Brown"), ("called", "Mimi Brown")}
        )
        with freeze_time("2026-12-01 10:00:00"):
            person.last_name = "Ashdown"
            self.assertEqual(
                self._names(person),
                {
                    ("now", "Mia Ashdown"),
                    ("called", "Mimi Ashdown"),
                    ("before", "Mia Brown"),
                },
            )
            before = person.other_name_ids
            self.assertEqual(str(before.until), "2026-12-01")
        for typed in ("mia brown", "mimi ashdown", "Mia Ashdown"):
            self.assertIn(
                person, self.people.search([("display_name", "ilike", typed)])
            )
        found = dict(self._find_people(self.people, "Mia", "Brown", person.birth_date))
        self.assertEqual(found[person], "same_date")

    def test_what_was_mistyped_today_is_no_name_of_before(self):
        person = self._new("Mai", "Brown")
        person.first_name = "Mia"
        self.assertEqual(self._names(person), {("now", "Mia Brown")})
        with freeze_time("2026-12-01 10:00:00"):
            person.first_name = "Mía"
        # the same name for whoever looks
        self.assertEqual(self._names(person), {("now", "Mía Brown")})

    def test_a_manager_takes_out_what_was_mistyped(self):
        person = self._new("Mai", "Brown")
        self.case.member_ids = [(0, 0, {"person_id": person.id, "role": "child"})]
        with freeze_time("2026-12-01 10:00:00"):
            person.first_name = "Mia"
            mistyped = person.other_name_ids
            self.assertEqual(mistyped.text, "Mai Brown")
            with self._refused(UserError, "Only a team manager"):
                mistyped.out_reason = "A slip of the keys."
            with self._refused(UserError, "Only a team manager"):
                mistyped.create(
                    {"person_id": person.id, "last_name": "Bron", "out_reason": "x"}
                )
            form = Form(person.with_user(self.manager))
            with form.other_name_ids.edit(0) as line:
                line.out_reason = "A slip of the keys."
            form.save()
        person.invalidate_recordset()
        self.assertFalse(person.other_name_ids)
        self.assertFalse(self.people.search([("display_name", "ilike", "mai brown")]))
        logged = self.env["sos.change.log"].search(
            [("res_model", "=", mistyped._name), ("res_id", "=", mistyped.id)]
        )
        self.assertIn("A slip of the keys.", logged.mapped("new"))
        with self._refused(ValidationError, "a first or a last name"):
            mistyped.with_user(self.manager).write(
                {"first_name": False, "last_name": False}
            )

    def test_a_first_name_that_is_added_is_no_other_name(self):
        baby = self._new(False, "Marsh")
        with freeze_time("2026-12-01 10:00:00"):
            baby.first_name = "Iris"
        self.assertEqual(self._names(baby), {("now", "Iris Marsh")})

    def test_other_names_are_typed_in(self):
        person = self._new("Mia", "Brown")
        form = Form(person)
        with form.other_name_ids.new() as line:
            line.last_name = "Okonkwo"
            line.since = "2014-09-09"
        form.save()
        self.assertEqual(person.other_name_ids.kind, "before")
        self.assertIn(
            person, self.people.search([("display_name", "ilike", "okonkwo")])
        )
        names = person.name_ids
        own = names.filtered(lambda name: name.kind == "now")
        for attempt in (
            lambda: own.write({"last_name": "Else"}),
            lambda: person.other_name_ids.write({"kind": "now"}),
            lambda: names.create(
                {"person_id": person.id, "kind": "called", "first_name": "X"}
            ),
        ):
            with self._refused(ValidationError, "on the person's page"):
                attempt()
        with self._refused(ValidationError, "a first or a last name"):
            names.create({"person_id": person.id, "kind": "other", "first_name": "–"})
        with self._refused(ValidationError, "ends before it begins"):
            person.other_name_ids.until = "2014-01-01"
        with self._refused(UserError, "stays where it is"):
            person.other_name_ids.person_id = self._new("Jo", "Ashdown")

    def test_who_may_not_read_a_person_reads_no_name_of_theirs(self):
        person = self._new("Mia", "Brown")
        self.case.member_ids = [(0, 0, {"person_id": person.id, "role": "child"})]
        rows = person.name_ids.with_user(self.outsider)
        self.assertFalse(rows.search([("person_id", "=", person.id)]))
        self.assertFalse(rows.has_access("read"))

    def test_somebody_is_made_by_typing_a_name(self):
        kelly_id, label = self.people.name_create("Kelly Ann Poole")
        kelly = self.people.browse(kelly_id)
        self.assertEqual(label, "Kelly Ann Poole")
        self.assertEqual(
            (kelly.first_name, kelly.last_name, kelly.kind),
            ("Kelly Ann", "Poole", "adult"),
        )
        with self._refused(UserError, f"{kelly.reference}.*is here already"):
            self.people.name_create("kelly ann POOLE")
        analyst = self._new_user("counts", "performance_analyst")
        for user, name in ((analyst, "Kelly Ann Poole"), (self.auditor, "Sam Hill")):
            with self.subTest(user.login), self._refused(AccessError, "."):
                self.people.with_user(user).name_create(name)
        child_id, _label = self.people.with_context(default_kind="child").name_create(
            "Suharto"
        )
        child = self.people.browse(child_id)
        self.assertEqual((child.last_name, child.kind), ("Suharto", "child"))
        # in the network of a family, without leaving the page
        member = self.env["sos.network.member"].with_user(self.worker)
        member.create({"case_id": self.case.id, "person_id": kelly_id})
        self.assertIn(kelly, self.case.member_ids.person_id)

    def test_who_is_typed_is_not_typed_again(self):
        """“Create and edit” opens with what was typed, as the place means it."""
        for typed, context, expected in (
            ("Kelly Ann Poole", {}, ("Kelly Ann", "Poole", "adult")),
            ("Poole", {}, (False, "Poole", "adult")),
            ("Kayla", {"default_last_name": "Hill"}, ("Kayla", "Hill", "adult")),
            (
                "Kayla Poole",
                {"default_last_name": "Hill", "default_kind": "child"},
                ("Kayla", "Poole", "child"),
            ),
        ):
            with self.subTest(typed, context=context):
                people = self.people.with_context(default_name=typed, **context)
                form = Form(people)
                self.assertEqual((form.first_name, form.last_name, form.kind), expected)
        self.assertEqual(Form(self.people).kind, "child")

    def test_a_child_is_made_in_the_family_by_typing_a_name(self):
        # the client passes what stands in the view's context
        member = self.env["sos.case.member"].new({"case_id": self.case.id})
        self.assertEqual(member.family_name, "Hill")
        people = self.people.with_context(
            default_kind="child", default_last_name="Hill"
        )
        kayla = self.people.browse(people.name_create("Kayla")[0])
        self.assertEqual((kayla.name, kayla.kind), ("Kayla Hill", "child"))

    def test_somebody_new_at_a_meeting_joins_the_family(self):
        strategy = self._open("strategy")
        kelly = self.people.browse(self.people.name_create("Kelly Poole")[0])
        jo = self.people.browse(self.people.name_create("Jo Poole")[0])
        line = self.env["sos.form.attendance"].with_user(self.worker)
        line = line.create({"form_id": strategy.id, "person_id": kelly.id})
        member = self.case.member_ids.filtered(lambda m: m.person_id == kelly)
        self.assertEqual(member.role, "network")
        self.assertEqual(line.with_user(self.manager).who, "Kelly Poole")
        line.person_id = jo
        self.assertIn(jo, self.case.member_ids.person_id)

    # ------------------------------------------------ a day of birth that is not sure

    def test_another_day_hides_nobody(self):
        person = self._new("Mia", "Ashdown", birth_date="2018-02-11")
        hint = dict(self._find("Mia", "Ashdown", "2019-03-11"))[person]
        self.assertEqual(hint, "other_date")
        values = {"last_name": "Ashdown", "first_name": "Mia"}
        for more in ({}, {"birth_date": "2019-03-11"}, {"birth_date": "2018-02-11"}):
            found = self._search_window(**values, **more)
            self.assertIn(person.reference, found.mapped("reference"))
        known = self.people.new({**values, "birth_date": "2019-03-11"}).duplicate_list
        self.assertEqual([one["id"] for one in known], [person.id])

    def _find(self, first, last, born):
        day = self.people._fields["birth_date"].to_date(born)
        return self._find_people(self.people, first, last, day)

    def test_how_sure_the_day_is(self):
        person = self._new("Mia", "Ashdown", birth_date="2018-01-01", birth_sure="year")
        self.assertEqual(
            dict(self._find("Mia", "Ashdon", "2016-05-05"))[person], "unsure"
        )
        self.assertEqual(
            person.summary, "about 8 years, born in 2018, the day is not known"
        )
        person.birth_sure = "disputed"
        self.assertIn("(disputed)", person.summary)
        person.birth_sure = "estimated"
        self.assertEqual(
            person.summary, "about 8 years, born 1 January 2018 (estimated)"
        )

    def test_a_wrong_part_with_another_day_is_no_duplicate(self):
        self._new("Mia", "Ashdown", birth_date="2018-02-11")
        self.assertFalse(self._find("Mia", "Ashby", "2012-07-01"))

    # ------------------------------------------------------ telephone and address

    def test_known_by_telephone_and_address(self):
        person = self._new("Mia", "Ashdown", phone="+44 7700 900123")
        self.env["sos.address"].create(
            {"person_id": person.id, "text": "12, Cedar Road", "postcode": "ne29 0ab"}
        )
        for values in (
            {"phone": "07700900123"},
            {"address": "12 cedar road"},
            {"address": "Cedar Road NE290AB"},
        ):
            for user in (self.worker, self.outsider):
                with self.subTest(values, user=user.login):
                    found = self._search_window(user, **values)
                    self.assertIn(person.reference, found.mapped("reference"))
        self.assertIn(
            person, self.people.search([("display_name", "ilike", "07700 900123")])
        )
        self.assertIn(
            person, self.people.search([("address_ids", "ilike", "NE29 0AB")])
        )
        for values in ({"phone": "0770"}, {"address": "12"}, {"address": "Cedar Road"}):
            with self._refused(UserError, "a telephone number or an address"):
                self._search_window(**values)

    def test_where_somebody_hides_tells_nobody(self):
        person = self._new("Mia", "Ashdown")
        self.case.member_ids = [(0, 0, {"person_id": person.id, "role": "child"})]
        self.env["sos.address"].create(
            {"person_id": person.id, "text": "4 Quiet Lane", "confidential": True}
        )
        self.assertTrue(self._search_window(self.worker, address="4 Quiet Lane"))
        self.assertFalse(self._search_window(self.outsider, address="4 Quiet Lane"))
