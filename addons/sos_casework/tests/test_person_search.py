from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin

UPN = "H801200001001"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosPersonSearch(SosCommon, RefusalsMixin):
    def _search(self, user=None, **values):
        values = {"reason": "A school rang.", **values}
        search = self.env["sos.person.search"].with_user(user or self.outsider)
        search = search.create(values)
        search.action_search()
        return search

    def _sam(self, user=None):
        return self._search(user, last_name="Hill", first_name="Sam").result_ids

    def test_readable_person_is_a_link(self):
        result = self._sam(self.worker)
        self.assertEqual(result.person_id, self.sam)
        self.assertIn("Sam Hill, 9 years", result.text)
        self.assertEqual(result.action_open_person()["res_id"], self.sam.id)
        self.assertFalse(result.ask)

    def test_others_are_known_and_no_more(self):
        result = self._sam()
        self.assertEqual(result.reference, self.sam.reference)
        self.assertEqual(result.ask, f"the team North ({self.manager.name})")
        self.assertFalse(result.person_id or result.text)
        self.assertEqual(result.case_reference, self.case.reference)
        action = result.action_open_emergency()
        self.assertEqual(action["context"], {"default_reference": self.case.reference})
        seen = str(result.read())
        for name in ("Sam", "Hill", "2017"):
            self.assertNotIn(name, seen)

    def test_finds_by_parts_dates_and_numbers(self):
        self.sam.upn = UPN
        self.sam.known_as = "Spider"
        for values in (
            {"last_name": "hil", "first_name": "SA"},
            {"last_name": "Hill", "first_name": "Spid"},
            {"last_name": "Hi", "birth_date": "2017-05-04"},
            {"last_name": "Hill", "first_name": "Samm", "birth_date": "2017-04-05"},
            {"number": UPN.lower()},
            {"number": f" {self.sam.reference.lower()} "},
        ):
            with self.subTest(values):
                references = self._search(**values).result_ids.mapped("reference")
                self.assertIn(self.sam.reference, references)

    def test_nobody_leafs_through(self):
        for values in (
            {"last_name": "Hill"},
            {"last_name": "H", "first_name": "Sam"},
            {"last_name": "%%", "first_name": "__"},
            {"last_name": "Hill", "first_name": "%"},
            {"last_name": "h%l", "first_name": "s_m"},
            {"first_name": "Sam", "birth_date": "2017-05-04"},
            {"birth_date": "2017-05-04"},
            {},
        ):
            with self.subTest(values), self._refused(UserError, "at least two letters"):
                self._search(**values)
        for reason in (False, " ", "because"):
            with self._refused(UserError, "why you are looking"):
                self._search(last_name="Hill", first_name="Sam", reason=reason)

    def test_eight_at_most(self):
        for number in range(10):
            self.env["sos.person"].create(
                {"last_name": "Hill", "first_name": f"Samuel{number}"}
            )
        search = self._search(last_name="Hill", first_name="Sam")
        self.assertEqual(len(search.result_ids), 8)
        self.assertTrue(search.more)

    def test_searching_again_starts_anew(self):
        search = self._search(last_name="Hill", first_name="Sam")
        search.write({"first_name": "Nobody", "last_name": "Atall"})
        search.action_search()
        self.assertTrue(search.searched)
        self.assertFalse(search.result_ids)

    def test_is_logged_with_query_and_reason(self):
        self._sam()
        line = self.env["sos.access.log"].search([("operation", "=", "searched")])[0]
        self.assertEqual(line.user_id, self.outsider)
        self.assertEqual(line.res_ids, self.sam.ids)
        for words in ("Hill", "Sam", "A school rang."):
            self.assertIn(words, line.detail)

    def test_fruitless_search_is_logged_too(self):
        self._search(last_name="Nobody", first_name="Atall")
        line = self.env["sos.access.log"].search([("operation", "=", "searched")])[0]
        self.assertFalse(line.res_ids)
        self.assertIn("Atall", line.detail)

    def test_restricted_family_is_asked_of_a_service_manager(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        result = self._sam()
        self.assertIn("a service manager", result.ask)
        self.assertIn(self.service_manager.name, result.ask)
        self.assertNotIn("North", result.ask)
        self.assertFalse(result.case_reference)
        # and these learn who reads it
        self.assertIn(self.manager.name, self._sam(self.service_manager).ask)

    def test_person_in_an_open_and_a_restricted_file(self):
        self.env["sos.case"].create(
            {
                "name": "Secret",
                "team_id": self.other_team.id,
                "restricted": True,
                "named_reader_ids": self.other_manager.ids,
                "member_ids": [Command.create({"person_id": self.sam.id})],
            }
        )
        # a restricted file wins
        result = self._sam()
        self.assertIn("a service manager", result.ask)
        self.assertFalse(result.case_reference)

    def test_blocked_user_is_told_what_a_stranger_is(self):
        stranger = self._sam().read(["reference", "ask", "case_reference", "text"])[0]
        self.env["sos.access.block"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "reason": "Cousin."}
        )
        blocked = self._sam(self.worker)
        told = blocked.read(["reference", "ask", "case_reference", "text"])[0]
        self.assertEqual({**told, "id": 0}, {**stranger, "id": 0})
        self.assertFalse(blocked.person_id)

    def test_who_may_not_search(self):
        for user in (self.analyst, self.configurator):
            with self.subTest(user.login), self._refused(AccessError, "."):
                self._sam(user)

    def test_results_are_ones_own(self):
        search = self._search(self.worker, last_name="Hill", first_name="Sam")
        for record in (search, search.result_ids):
            with self._refused(AccessError, "."):
                record.with_user(self.manager).read()
        with self._refused(AccessError, "."):
            search.result_ids.write({"ask": "me"})
        with self._refused(AccessError, "."):
            search.with_user(self.worker).write(
                {"result_ids": [Command.create({"person_id": self.sam.id})]}
            )


@tagged("post_install", "-at_install")
class TestSosPersonSearchScreen(SosCommon, HttpCase):
    def test_find_open_and_close(self):
        self.start_tour("/odoo/find-person", "sos_person_search", login="outsider")
        access = self.case.emergency_ids
        self.assertEqual(access.user_id, self.outsider)
        self.assertEqual(access.ended_by_id, self.outsider)
        self.assertFalse(self.case.with_user(self.outsider).has_access("read"))
