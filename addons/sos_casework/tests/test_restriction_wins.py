from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin

MARK = "Zqsecretqz"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosRestrictionWins(SosCommon, RefusalsMixin):
    """Somebody of a restricted file stays its readers', whatever other file they are
    put into, and by whichever way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.child = cls._new_child("Zadie")
        cls.secret = cls._new_secret(cls.child)

    @classmethod
    def _new_child(cls, first_name, user=None, **more):
        people = cls.env["sos.person"].with_user(user or cls.other_manager)
        person = people.create(
            {
                "first_name": first_name,
                "last_name": MARK,
                "birth_date": "2015-03-09",
                "phone": f"0777 {MARK}",
                **more,
            }
        )
        return person.with_env(cls.env)

    @classmethod
    def _new_secret(cls, *people):
        """Restricted to the manager of South and to business support of North."""
        case = cls.env["sos.case"].with_user(cls.other_manager)
        case = case.create({"name": "Secret"}).with_env(cls.env)
        cls._join(case, *people)
        case.with_user(cls.other_manager).write(
            {
                "restricted": True,
                "named_reader_ids": [
                    Command.set((cls.other_manager | cls.support).ids)
                ],
            }
        )
        return case

    @classmethod
    def _join(cls, case, *people, user=None):
        members = cls.env["sos.case.member"].with_user(user or cls.other_manager)
        return members.create(
            [{"case_id": case.id, "person_id": person.id} for person in people]
        )

    def _reads(self, user, person=None):
        person = (person or self.child).with_user(user)
        found = bool(person.search([("id", "=", person.id)]))
        self.assertEqual(found, person.has_access("read"))
        return found

    def _assert_secret(self):
        self.assertEqual(self.child.reader_ids, self.other_manager | self.support)
        for user in (self.worker, self.manager, self.service_manager, self.auditor):
            self.assertFalse(self._reads(user), user.login)

    # ------------------------------------------------------------ bringing in

    def test_only_a_manager_of_the_restricted_file_brings_them_into_another(self):
        values = {"case_id": self.case.id, "person_id": self.child.id}
        line = [Command.create({"person_id": self.child.id})]
        network = {"case_id": self.case.id, "person_id": self.child.id}
        support = self.env(user=self.support)
        referral = support["sos.referral"].create(
            {
                "case_id": self.case.id,
                "source_id": self._code("referral_source", "2A").id,
                "need_id": self._code("primary_need", "N1").id,
                "account": "Somebody rang.",
                "child_line_ids": [Command.create({"person_id": self.child.id})],
            }
        )
        ways = {
            "a line": lambda: support["sos.case.member"].create(values),
            "the family": lambda: (
                self.case.with_user(self.support).write({"member_ids": line})
            ),
            "a new family": lambda: support["sos.case"].create(
                {"name": "New", "member_ids": line}
            ),
            "the person": lambda: (
                self.child.with_user(self.support).write(
                    {"member_ids": [Command.create({"case_id": self.case.id})]}
                )
            ),
            "the network": lambda: support["sos.network.member"].create(network),
            "a contact": referral.action_record,
        }
        for name, way in ways.items():
            with self.subTest(name), self._refused(UserError, "Only a manager who"):
                way()
        loaded = support["sos.case.member"].load(
            ["case_id/.id", "person_id/.id"], [[self.case.id, self.child.id]]
        )
        self.assertFalse(loaded["ids"])
        self.assertIn("imported by managers", str(loaded["messages"]))
        self._assert_secret()

    def test_the_manager_who_does_gives_nobody_the_person(self):
        """The lines of the family are its own; the person stays who reads them."""
        self._bring_in()
        self._assert_secret()
        member = self.case.member_ids.filtered(lambda m: m.person_id == self.child)
        self.assertTrue(member.with_user(self.worker).has_access("read"))
        with self._refused(AccessError, "."):
            self.child.with_user(self.worker).last_name = "Known"

    def _bring_in(self, *people):
        """The manager of the restricted file, who works with the other family too."""
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.other_manager.id, "role": "lead"}
        )
        self._join(self.case, *(people or (self.child,)))

    def test_somebody_of_an_open_file_is_hidden_by_a_manager_only(self):
        """Who is put into a restricted file is lost to the readers of the other."""
        with self._refused(UserError, "Only a manager who"):
            self._join(self.secret, self.sam, user=self.support)
        self.assertTrue(self._reads(self.worker, self.sam))
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.other_manager.id}
        )
        self._join(self.secret, self.sam)
        self.assertFalse(self._reads(self.worker, self.sam))
        self.assertTrue(self._reads(self.support, self.sam))

    def test_somebody_new_joins_a_restricted_file_as_before(self):
        new = self._new_child("Noor", self.support)
        self._join(self.secret, new, user=self.support)
        self.assertEqual(new.reader_ids, self.other_manager | self.support)

    def test_whom_restricting_a_file_hides(self):
        other = self.env["sos.case"].create(
            {"name": "Moor", "team_id": self.other_team.id}
        )
        self.env["sos.case.member"].create(
            {"case_id": other.id, "person_id": self.kit.id}
        )
        self.assertTrue(self._reads(self.outsider, self.kit))
        self.case.with_user(self.manager).restricted = True
        self.assertFalse(self._reads(self.outsider, self.kit))
        self.assertFalse(self._reads(self.service_manager, self.kit))
        self.assertTrue(self._reads(self.manager, self.kit))
        self.case.with_user(self.manager).restricted = False
        self.assertTrue(self._reads(self.outsider, self.kit))

    def test_merging_two_records_keeps_the_restriction(self):
        twice = self._new_child("Zadie", self.manager)
        self._join(self.case, twice, user=self.manager)
        self.assertTrue(self._reads(self.worker, twice))
        self.case.with_user(self.manager).team_id = self.other_team
        twice.with_user(self.other_manager)._merge(
            self.child.with_user(self.other_manager), "The same child.", (), True
        )
        for person in (twice, self.child):
            self.assertEqual(person.reader_ids, self.other_manager | self.support)
            self.assertFalse(self._reads(self.service_manager, person))

    # --------------------------------------------------------------- in error

    def test_in_error_ends_reading_and_may_be_put_right(self):
        self._bring_in(self._new_child("Noor"))
        noor = self.case.member_ids[-1:].person_id
        self.assertTrue(self._reads(self.worker, noor))
        member = self.case.member_ids.filtered(lambda m: m.person_id == noor)
        with self._refused(UserError, "Only a team manager"):
            member.with_user(self.worker).action_entered_in_error()
        with self._refused(UserError, "filled in by the system"):
            member.with_user(self.manager).active = False
        member.with_user(self.manager).action_entered_in_error()
        self.assertFalse(self._reads(self.worker, noor))
        self.assertFalse(noor in self.case.member_ids.person_id)
        self.assertTrue(self._reads(self.other_manager, noor))
        self._join(self.case, noor)
        self.assertTrue(self._reads(self.worker, noor))

    def test_a_restricted_file_lets_go_of_who_was_put_there_in_error(self):
        self._bring_in()
        member = self.secret.member_ids
        member.with_user(self.other_manager).action_entered_in_error()
        self.assertTrue(self._reads(self.worker))

    def test_no_place_among_the_children_tells_a_birth_date(self):
        """Children of known days around somebody, in the family that they are in too,
        would find theirs out in a few steps."""
        self._bring_in()
        other = self._new_child("Ann", self.manager, birth_date="2016-01-01")
        self._join(self.case, other, user=self.manager)
        form = self.case.with_user(self.other_manager).sudo().open_form("visit")
        places = {}
        for day in ("2014-01-01", "2019-01-01"):
            self.child.with_user(self.other_manager).birth_date = day
            for user in (self.worker, self.support):
                self.env.invalidate_all()
                lines = form.with_user(user).child_ids
                lines |= lines.search([("form_id", "=", form.id)])
                grouped = lines._read_group(
                    [("form_id", "=", form.id)], ["child_id"], order="child_id"
                )
                places[user, day] = (
                    lines.child_id.ids.index(self.child.id),
                    lines.search([("form_id", "=", form.id)]).child_id.ids,
                    [child.id for (child,) in grouped],
                    self.case.with_user(user).children_text.count("no access"),
                    form.with_user(user).answer_ids._in_order().child_id.ids,
                    [c["id"] for c in form.with_user(user)._gather()[0]["children"]],
                )
        day, later = "2014-01-01", "2019-01-01"
        self.assertEqual(places[self.worker, day], places[self.worker, later])
        self.assertEqual(places[self.worker, day][1][-1], self.child.id)
        self.assertNotEqual(places[self.support, day], places[self.support, later])

    def test_who_has_left_the_family_stays_in_its_file(self):
        member = self.case.member_ids.filtered(lambda m: m.person_id == self.kit)
        member.with_user(self.worker).until = "2020-03-01"
        self.assertTrue(self._reads(self.worker, self.kit))

    def test_a_child_of_the_work_is_not_an_error(self):
        self._refer()
        member = self.case.member_ids.filtered(lambda m: m.person_id == self.sam)
        with self._refused(UserError, "Cancel or correct that first"):
            member.with_user(self.manager).action_entered_in_error()

    # --------------------------------------------------------- the other file

    def test_the_family_of_the_other_file_stays_on_the_screens(self):
        """Sam's father's family is restricted: who works with Sam sees a number where
        the name was, no more, and everything else of their own family."""
        self._name_sam()
        self._protected()
        self._hide_sam()
        worker = self.env(user=self.worker)
        case = self.case.with_env(worker)
        number = f"{self.sam.reference} (no access)"
        self.assertIn(number, case.children_text)
        self.assertIn("Robin", case.children_text)
        line = case.member_ids.filtered(lambda m: m.person_id == self.sam)
        self.assertEqual(line.display_name, number)
        self.assertFalse(line.birth_date or line.age_text)
        for form in case.form_ids.filtered("document_id"):
            self.assertIn("Samira", str(form._get_content()[0]))
        draft = self._open("visit", self.sam | self.robin, user=self.support)
        seen = draft.with_user(self.worker)._gather()[0]
        self.assertIn(number, str(seen))
        self._assert_no_mark(seen)
        self.assertIn(MARK, str(draft.with_user(self.support)._gather()[0]))
        self._read_everything(worker)

    def _name_sam(self):
        self.sam.write(
            {
                "first_name": "Samira",
                "known_as": "Samira",
                "last_name": MARK,
                "birth_date": "2015-03-09",
                "phone": MARK,
            }
        )
        self.env["sos.address"].create({"person_id": self.sam.id, "text": MARK})
        self.env["sos.person.flag"].create(
            {"person_id": self.sam.id, "text": MARK, "review_on": "2026-12-01"}
        )

    def _hide_sam(self):
        self.env["sos.case"].create(
            {
                "name": "Secret",
                "team_id": self.other_team.id,
                "restricted": True,
                "named_reader_ids": (self.other_manager | self.support).ids,
                "member_ids": [Command.create({"person_id": self.sam.id})],
            }
        )
        # the worker's next request knows nothing of this one
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._reads(self.worker, self.sam))

    def _assert_no_mark(self, answer):
        for mark in (MARK, "Samira", "2015-03-09"):
            self.assertNotIn(mark, str(answer))

    def _read_everything(self, env):
        """Every field of every record of the family, as its screens read them."""
        for name in sorted(self.env.registry):
            model = env[name]
            if model._abstract or model._transient or "case_id" not in model._fields:
                continue
            if not name.startswith("sos.") or not model.has_access("read"):
                continue
            spec = {
                field: self._get_spec(model._fields[field])
                for field in model.fields_get(attributes=["type"])
            }
            self.env.flush_all()
            env.invalidate_all()
            for record in model.search([("case_id", "=", self.case.id)]):
                with self.subTest(record):
                    answer = record.web_read(spec)
                    # what was signed, and what was changed in this file, stays
                    if not name.startswith(("sos.form.document", "sos.change.log")):
                        answer = [{**answer[0], "document_html": ""}]
                        self._assert_no_mark(answer)

    def _get_spec(self, field):
        # which children may be chosen is worked out; the screens ask for the numbers
        chosen = field.type == "many2many" and not field.store
        named = field.relational and not chosen
        return {"fields": {"display_name": {}}} if named else {}

    def test_screens_open_for_a_family_with_somebody_restricted(self):
        self._name_sam()
        self._protected()
        draft = self._open("visit", self.sam | self.robin)
        self._hide_sam()
        for record in (self.case, draft, *self.case.form_ids[:2]):
            with self.subTest(record):
                Form(record.with_user(self.worker))
        # and go on being written
        form = Form(self.case.with_user(self.worker))
        form.name = "Hill and Moor"
        form.save()
        self.assertEqual(self.case.name, "Hill and Moor")
        with Form(draft.with_user(self.worker)) as form:
            form.held_on = "2026-09-06"
        # without saying so, nobody writes about a child whom they may not read
        opened = self.case.with_user(self.worker).open_form("visit")
        self.assertEqual(opened.child_ids.child_id, self.robin)
