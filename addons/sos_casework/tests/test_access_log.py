import base64
import json
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .client import as_client
from .common import SosCommon
from .refusals import RefusalsMixin

PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


class AccessLogCommon(SosCommon):
    def _lines(self, domain=()):
        """The lines since the test began, oldest first."""
        since = [("id", ">", self.last)]
        return self.env["sos.access.log"].search(since + list(domain), order="id")

    def setUp(self):
        super().setUp()
        self._begin()

    def _begin(self):
        """As if a new request began: what was looked at before is another look."""
        self.env.cr.precommit.data.pop("sos.access.log", None)
        self.last = self.env["sos.access.log"].search([], limit=1).id or 0

    def _voice(self):
        voice = self.env["sos.voice"].with_user(self.worker)
        voice = voice.create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "drawing",
                "image": PNG,
            }
        )
        self._begin()
        return voice


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccessLog(AccessLogCommon, RefusalsMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls._open(
            cls,
            "contact",
            source_id=cls._code("referral_source", "2A").id,
            need_id=cls._code("primary_need", "N1").id,
        )
        cls.restricted = cls._new_family()
        cls.restricted.write({"restricted": True})

    # ------------------------------------------------------- what leaves is a line

    def test_opening_a_form_is_one_line_with_its_family(self):
        spec = {
            "reference": {},
            "case_id": {"fields": {"display_name": {}}},
            "child_ids": {"fields": {"child_id": {"fields": {"display_name": {}}}}},
            "answer_ids": {"fields": {"title": {}}},
        }
        self.form.with_user(self.worker).web_read(spec)
        line = self._lines()
        self.assertRecordValues(
            line,
            [
                {
                    "user_id": self.worker.id,
                    "roles": "Practitioner",
                    "operation": "opened",
                    "res_model": "sos.form",
                    "kind": "Form",
                    "case_id": self.case.id,
                    "person_id": False,
                    "query": False,
                }
            ],
        )
        self.assertEqual(line.res_ids, self.form.ids)
        self.assertEqual(line.shown["sos.case"], self.case.ids)
        self.assertCountEqual(line.shown["sos.person"], (self.sam | self.robin).ids)

    def test_a_list_is_one_line_with_its_query_and_its_records(self):
        people = self.env["sos.person"].with_user(self.worker)
        people.web_search_read([("last_name", "=", "Hill")], {"name": {}})
        line = self._lines()
        self.assertEqual(line.operation, "listed")
        self.assertEqual(line.query, "[('last_name', '=', 'Hill')]")
        family = self.sam | self.robin | self.alex
        self.assertTrue(set(family.ids) <= set(line.res_ids))

    def test_a_list_of_one_family_says_which(self):
        notes = self.env["sos.form.answer"].with_user(self.worker)
        rows = notes.search_read([("case_id", "=", self.case.id)], ["title"])
        self.assertGreater(len(rows), 1)
        self.assertEqual(self._lines().case_id, self.case)
        self._begin()
        cases = self.env["sos.case"].with_user(self.support)
        self.assertGreater(len(cases.search_read([], ["name"])), 1)
        self.assertFalse(self._lines().case_id)

    def test_every_record_that_is_logged_says_whose_it_is(self):
        """By a column of its own, which the line is worked out from. The others hold
        numbers, or figures of the whole authority."""
        log, mixin = self.env["sos.access.log"], self.registry["sos.access.mixin"]
        of_nobody = {"sos.oversight", "sos.oversight.trace", "sos.return"}
        of_nobody |= {"sos.return.issue", "sos.return.row"}
        without = {
            name
            for name, model in self.registry.items()
            if issubclass(model, mixin)
            and not model._abstract
            and not model._transient
            and not log._get_owner_fields(self.env[name])
        }
        self.assertLessEqual(without, of_nobody)

    def test_a_search_that_finds_nothing_is_a_line_too(self):
        people = self.env["sos.person"].with_user(self.worker)
        people.web_search_read([("name", "ilike", "Nobody")], {"name": {}})
        self.assertIn("Nobody", self._lines().query)
        self.assertFalse(self._lines().res_ids)

    def test_a_long_query_is_cut(self):
        people = self.env["sos.person"].with_user(self.worker)
        people.search_read([("name", "ilike", "x" * 5000)], ["name"])
        self.assertEqual(len(self._lines().query), 2000)

    def test_every_way_out_is_logged(self):
        """Which way is added to Odoo's later shows in the second half: every public
        method of Odoo that takes a domain is in this list or known to show nothing."""
        sam, people = (
            r.with_user(self.worker) for r in (self.sam, self.env["sos.person"])
        )
        name = {"name": {}}
        domain = [("id", "=", self.sam.id)]
        ways = {
            "read": (lambda: sam.read(["name"]), "opened"),
            "web_read": (lambda: sam.web_read(name), "opened"),
            "web_save": (lambda: sam.web_save({}, name), "opened"),
            "web_save_multi": (lambda: sam.web_save_multi([{}], name), "opened"),
            "copy_data": (lambda: sam.copy_data(), "opened"),
            "get_metadata": (lambda: sam.get_metadata(), "opened"),
            "search_read": (lambda: people.search_read(domain, ["name"]), "listed"),
            "web_search_read": (lambda: people.web_search_read(domain, name), "listed"),
            "name_search": (lambda: people.name_search("Sam", domain), "searched"),
            "web_name_search": (
                lambda: people.web_name_search("Sam", {"display_name": {}}, domain),
                "searched",
            ),
            "web_read_group": (
                lambda: people.web_read_group(domain, ["kind"], ["__count"]),
                "listed",
            ),
            "formatted_read_group": (
                lambda: people.formatted_read_group(domain, ["kind"], ["__count"]),
                "listed",
            ),
            "formatted_read_grouping_sets": (
                lambda: people.formatted_read_grouping_sets(
                    domain, [["kind"]], ["__count"]
                ),
                "listed",
            ),
            "read_progress_bar": (
                lambda: people.read_progress_bar(
                    domain, "sex_id", {"field": "kind", "colors": {"child": "x"}}
                ),
                "listed",
            ),
            "search_panel_select_range": (
                lambda: people.search_panel_select_range("sex_id"),
                "listed",
            ),
            "search_panel_select_multi_range": (
                lambda: people.search_panel_select_multi_range("sex_id"),
                "listed",
            ),
        }
        for way, (call, operation) in ways.items():
            with self.subTest(way):
                self._begin()
                call()
                self.assertEqual(self._lines().mapped("operation"), [operation])
        with self.subTest("export_data"):
            self._begin()
            exporter = self._exporter()
            self.sam.with_user(exporter).export_data(["name", "birth_date"])
            self.assertEqual(self._lines().operation, "exported")
            self.assertEqual(self._lines().detail, "name, birth_date")
        with self.subTest("read_group"), self.assertWarns(DeprecationWarning):
            self._begin()
            people.read_group(domain, ["kind"], ["kind"])
            self.assertEqual(self._lines().operation, "listed")

    def _exporter(self):
        self.worker.group_ids |= self.env.ref("base.group_allow_export")
        return self.worker

    def test_reading_calls_get_a_cursor_that_writes(self):
        """Odoo calls its own reading methods with one that does not."""
        for model in ("sos.case", "sos.form.answer", "sos.change.log"):
            for name in ("read", "web_read", "search_read", "web_search_read"):
                method = getattr(self.env.registry[model], name)
                self.assertFalse(method._readonly, f"{model}.{name}")

    def test_records_in_others_are_named_when_they_are_another_familys(self):
        """Whoever asks for one person may ask for all their families with it."""
        other = self.case.with_user(self.support).copy_data()[0]
        other = (
            self.env["sos.case"]
            .with_user(self.support)
            .create(
                {
                    "name": other["name"],
                    "member_ids": [Command.create({"person_id": self.sam.id})],
                }
            )
        )
        self._begin()
        self.sam.with_user(self.worker).web_read(
            {"member_ids": {"fields": {"case_id": {"fields": {"name": {}}}}}}
        )
        line = self._lines()
        self.assertEqual(line.person_id, self.sam)
        self.assertCountEqual(line.shown["sos.case"], (self.case | other).ids)
        found = self.env["sos.access.log"].search([("shown_case_id", "=", other.id)])
        self.assertIn(line, found)

    def test_python_and_the_system_itself_make_no_line(self):
        worker = self.env(user=self.worker)
        case = worker["sos.case"].search([("id", "=", self.case.id)])
        self.assertTrue(case.name and case.member_ids.person_id.mapped("name"))
        case.has_access("write")
        case._filtered_access("read")
        self.case.read(["name"])
        self.env["sos.case"].search_read([], ["name"])
        self.assertFalse(self._lines())

    def test_the_client_cannot_switch_it_off(self):
        """Nothing that comes with a call, as a context does, is looked at."""
        context = dict.fromkeys(
            ("sos.access.look", "sos_logged", "no_log", "tracking_disable"), True
        )
        self.sam.with_user(self.worker).with_context(**context).read(["name"])
        self.assertTrue(self._lines())

    def test_what_cannot_be_logged_is_not_shown(self):
        log = type(self.env["sos.access.log"])
        with patch.object(log, "_get_insert", lambda *args: SQL("SELECT 1/0")):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
                self.sam.with_user(self.worker).read(["name"])

    def test_choosing_a_person_in_a_form_is_no_look_at_them(self):
        with Form(self.env["sos.network.member"].with_user(self.worker)) as member:
            member.case_id = self.case
            member.person_id = self.kit
        # that there is this person was seen, and nothing of them
        lines = self._lines([("res_model", "=", "sos.person")])
        self.assertFalse(lines.filtered(lambda line: line.operation != "named"))

    def test_an_onchange_that_reads_a_record_is_a_look(self):
        address = self.env["sos.address"].with_user(self.worker)
        address.with_context(default_person_id=self.alex.id).onchange(
            {}, [], {"person_id": {"fields": {"phone": {}, "name": {}}}}
        )
        self.assertEqual(self._lines().mapped("person_id"), self.alex)

    def test_saving_again_is_the_same_look(self):
        sam = self.sam.with_user(self.worker)
        for minute, expected in ((0, 1), (3, 1), (9, 1), (11, 2)):
            with freeze_time(f"2026-09-07 11:{minute:02}:00"):
                self.env.cr.precommit.data.pop("sos.access.log", None)
                sam.web_save({"known_as": f"Sammy {minute}"}, {"name": {}})
                self.assertEqual(len(self._lines()), expected, minute)
        # opening again is a look again
        self.env.cr.precommit.data.pop("sos.access.log", None)
        sam.web_read({"name": {}})
        self.assertEqual(len(self._lines()), 3)

    def test_two_people_saved_one_after_the_other_are_two_looks(self):
        """One look is one record by one person in one way, not merely one moment."""
        for person in (self.sam, self.robin, self.sam):
            self.env.cr.precommit.data.pop("sos.access.log", None)
            person.with_user(self.worker).web_save({"known_as": "X"}, {"name": {}})
        self.assertEqual(self._lines().mapped("person_id"), self.sam | self.robin)
        self.assertEqual(len(self._lines()), 2)
        self.env.cr.precommit.data.pop("sos.access.log", None)
        self.sam.with_user(self.manager).web_save({"known_as": "Y"}, {"name": {}})
        self.assertEqual(self._lines()[2:].user_id, self.manager)

    def test_the_roles_are_those_of_the_moment(self):
        self.sam.with_user(self.worker).read(["name"])
        self.worker.group_ids |= self.env.ref("sos_casework.group_team_manager")
        self.robin.with_user(self.worker).read(["name"])
        self.assertEqual(
            self._lines().mapped("roles"),
            ["Practitioner", "Practitioner, Team manager"],
        )

    def test_the_change_log_holds_content_and_is_logged(self):
        self.case.with_user(self.manager).write({"name": "Hills"})
        self._begin()
        changes = self.env["sos.change.log"].with_user(self.manager)
        changes.web_search_read([("case_id", "=", self.case.id)], {"new": {}})
        line = self._lines()
        self.assertEqual((line.operation, line.case_id), ("listed", self.case))

    def test_printing(self):
        form = self._sign(self._fill(self.form, decision="assess"))
        self._begin()
        report = "sos_casework.report_form_professionals"
        reports = self.env["ir.actions.report"].with_user(self.worker)
        reports._render_qweb_pdf(report, form.ids)
        line = self._lines([("operation", "=", "printed")])
        self.assertEqual((line.case_id, line.res_ids), (self.case, form.ids))
        self._begin()
        # a button of the server prints as superuser for somebody
        reports.sudo()._render_qweb_html(report, form.ids)
        line = self._lines([("operation", "=", "printed")])
        self.assertEqual(line.user_id, self.worker)

    def test_the_copy_in_a_dialog_is_a_look_at_the_form(self):
        form = self._sign(self._fill(self.form, decision="assess"))
        wizard = self.env["sos.form.give"].with_user(self.worker)
        wizard = wizard.create({"form_id": form.id, "person_id": self.alex.id})
        self._begin()
        wizard.web_read({"about": {}, "preview_html": {}})
        line = self._lines()
        self.assertEqual((line.res_model, line.res_ids), ("sos.form", form.ids))
        self.assertEqual(line.case_id, self.case)

    def test_the_content_of_a_file_is_logged_and_its_name_alone_is_not(self):
        voice = self._voice()
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sos.voice"),
                ("res_id", "=", voice.id),
                ("res_field", "!=", False),
            ],
            limit=1,
        )
        file = file.with_user(self.worker)
        file.read(["mimetype"])
        self.assertFalse(self._lines())
        file.read(["datas"])
        line = self._lines()
        self.assertEqual((line.operation, line.res_model), ("downloaded", "sos.voice"))
        self.assertEqual((line.res_ids, line.case_id), (voice.ids, self.case))

    # ------------------------------------------------------------ nothing changes

    def test_nobody_writes_it_through_odoo(self):
        self.sam.with_user(self.worker).read(["name"])
        line = self._lines()
        log = self.env["sos.access.log"]
        values = {"operation": "opened", "user_id": self.worker.id, "at": line.at}
        for user in (self.auditor, self.manager, self.env.ref("base.user_admin")):
            mine = line.with_user(user)
            for call in (
                lambda mine=mine: mine.create([{**values, "res_model": "sos.case"}]),
                lambda mine=mine: mine.write({"detail": "nothing"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
            ):
                with self.assertRaises(UserError):
                    call()
        for call in (
            lambda: log.create([{**values, "res_model": "sos.case"}]),
            lambda: line.sudo().write({"detail": "nothing"}),
            lambda: line.sudo().unlink(),
        ):
            with self._refused(UserError, "only added to"):
                call()

    def test_the_database_refuses_it_too(self):
        self.case.with_user(self.manager).write({"name": "Hills"})
        self.sam.with_user(self.worker).read(["name"])
        self.env.flush_all()
        for table in ("sos_access_log", "sos_change_log"):
            for statement in (
                "UPDATE %s SET user_id = 1",
                "DELETE FROM %s",
                "TRUNCATE %s CASCADE",
            ):
                with (
                    self.subTest(statement % table),
                    mute_logger("odoo.sql_db"),
                    self.assertRaisesRegex(psycopg2.Error, "only added"),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(SQL(statement, SQL.identifier(table)))

    def test_a_line_outlives_what_it_names(self):
        """At the end of its time a family is destroyed; that it was looked at is
        not, and the log can still be read."""
        person = self.env["sos.person"].create({"kind": "adult", "last_name": "Gone"})
        person.with_user(self.support).sudo(False)
        self.env["sos.access.log"].with_user(self.worker)._record("opened", person)
        line = self._lines()
        self.assertEqual(line.person_id, person)
        self.env.flush_all()
        self.env["sos.change.log"]._remove_rows(SQL("person_id = %s", person.id))
        self.env.cr.execute(
            SQL("DELETE FROM sos_person_name WHERE person_id = %s", person.id)
        )
        self.env.cr.execute(SQL("DELETE FROM sos_person WHERE id = %s", person.id))
        self.env.invalidate_all()
        rows = line.with_user(self.auditor).web_read(
            {"operation": {}, "person_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(rows[0]["operation"], "opened")
        self.assertEqual(rows[0]["person_id"]["display_name"], "no access")

    # ------------------------------------------------------------------ who reads

    def _look(self):
        """Lines of a family, of a person, of a restricted family, and of a list."""
        self.form.with_user(self.worker).web_read({"reference": {}})
        self.sam.with_user(self.worker).web_read({"name": {}})
        self.restricted.with_user(self.manager).web_read({"name": {}})
        self.env["sos.case"].with_user(self.manager).search_read([], ["name"])
        lines = self._lines()
        self.assertEqual(len(lines), 4)
        return lines

    def test_auditors_read_all_of_it(self):
        lines = self._look()
        mine = lines.with_user(self.auditor)
        self.assertEqual(
            mine.search([("id", "in", lines.ids)]), mine.sorted("id")[::-1]
        )
        self.assertIn("[", mine[3].query)

    def test_auditors_learn_no_name_of_a_restricted_family(self):
        line = self._look()[2].with_user(self.auditor)
        (row,) = line.web_read({"case_id": {"fields": {"display_name": {}}}})
        self.assertNotIn("Hill", row["case_id"]["display_name"])

    def test_managers_read_the_lines_of_their_own_families(self):
        lines = self._look()
        mine = self.env["sos.access.log"].with_user(self.manager)
        self.assertEqual(mine.search([("id", "in", lines.ids)]).sorted("id"), lines[:3])
        with self.assertRaises(AccessError):
            lines[3].with_user(self.manager).read(["at"])
        for name in ("query", "shown", "res_ids", "shown_text"):
            with self.assertRaises(AccessError):
                lines[0].with_user(self.manager).read([name])
        theirs = mine.with_user(self.other_manager)
        self.assertFalse(theirs.search([("id", "in", lines.ids)]))

    def test_service_managers_read_what_is_not_restricted(self):
        lines = self._look()
        service = self.env["sos.access.log"].with_user(self.service_manager)
        self.assertEqual(
            service.search([("id", "in", lines.ids)]).sorted("id"), lines[:2]
        )

    def test_nobody_else_reads_any_of_it(self):
        lines = self._look()
        for user in (
            self.worker,
            self.support,
            self.chair,
            self.lead,
            self.analyst,
            self.configurator,
            self.env.ref("base.public_user"),
            new_test_user(self.env, login="office", groups="base.group_user"),
        ):
            log = lines.with_user(user)
            for call in (
                lambda log=log: log.read(["at"]),
                lambda log=log: log.search([]),
                lambda log=log: log.formatted_read_group([], ["user_id"], ["__count"]),
                lambda log=log: log.export_data(["at"]),
            ):
                with self.assertRaises(UserError):
                    call()

    def test_who_looked(self):
        self._look()
        for record, user, expected in (
            (self.case, self.manager, 1),
            # an auditor sees the list that showed the family as well
            (self.case, self.auditor, 2),
            (self.sam, self.manager, 1),
        ):
            with self.subTest(f"{record._name} {user.login}"):
                action = record.with_user(user).action_who_looked()
                lines = self.env[action["res_model"]].with_user(user)
                since = [("id", ">", self.last)]
                self.assertEqual(lines.search_count(action["domain"] + since), expected)
        with self.assertRaises(AccessError):
            self.case.with_user(self.outsider).action_who_looked()

    def test_filters(self):
        for hour, outside in (
            # summer time: 6:30, 7:30, 19:30 and 20:30 in England
            ("2026-09-07 05:30:00", True),
            ("2026-09-07 06:30:00", False),
            ("2026-09-07 18:30:00", False),
            ("2026-09-07 19:30:00", True),
            ("2026-09-06 10:00:00", True),
        ):
            with self.subTest(hour), freeze_time(hour):
                self._begin()
                self.sam.with_user(self.worker).read(["name"])
                found = self._lines([("outside_hours", "=", True)])
                self.assertEqual(bool(found), outside)
                self.assertEqual(self._lines().outside_hours, outside)

    def test_exporting_the_log_is_a_line_of_it(self):
        lines = self._look()
        self.auditor.group_ids |= self.env.ref("base.group_allow_export")
        self._begin()
        lines.with_user(self.auditor).export_data(["at", "user_id"])
        self.assertEqual(self._lines().operation, "exported")

    def test_reading_the_log_is_one_line_and_no_look_at_the_family(self):
        lines = self._look()
        self._begin()
        log = self.env["sos.access.log"].with_user(self.auditor)
        names = {"fields": {"display_name": {}}}
        log.web_search_read(
            [("id", "in", lines.ids)],
            {"at": {}, "case_id": names, "person_id": names},
        )
        line = self._lines()
        self.assertEqual((line.operation, line.res_model), ("listed", log._name))
        self._begin()
        lines[0].with_user(self.auditor).web_read({"at": {}, "case_id": names})
        self.assertEqual(self._lines().operation, "opened")
        self.assertFalse(self.env["sos.access.notice"].search([]))

    def test_a_relation_of_something_else_shows_names_to_who_may_see_them(self):
        """An activity, a timesheet: not a family's own, but it names one."""
        for user, expected in (
            (self.worker, self.case),
            (self.outsider, self.case[:0]),
        ):
            with self.subTest(user.login):
                self._begin()
                with as_client(self.env, user) as env:
                    # as web_read of the other record asks for the name
                    case = env["sos.case"].browse(self.case.ids)
                    case.web_read({})
                    case.sudo().mapped("display_name")
                self.assertEqual(self._lines().case_id, expected)

    # ------------------------------------------------------------------- its price

    def test_opening_costs_one_statement(self):
        form = self.form.with_user(self.worker)
        spec = {
            "reference": {},
            "state": {},
            "case_id": {"fields": {"display_name": {}}},
            "answer_ids": {"fields": {"title": {}, "body": {}}},
        }
        log = type(self.env["sos.access.log"])
        # warm: what is asked once for each process
        form.web_read(spec)

        def count():
            self.env.invalidate_all()
            self.env.cr.precommit.data.pop("sos.access.log", None)
            before = self.env.cr.sql_log_count
            form.web_read(spec)
            return self.env.cr.sql_log_count - before

        with patch.object(log, "_write_line", lambda *args, **kwargs: None):
            without = count()
        self.assertEqual(count() - without, 1)

    def test_what_is_written_twice_in_a_request_is_one_look(self):
        sam = self.sam.with_user(self.worker)
        sam.read(["name"])
        sam.read(["name"])
        self.assertEqual(len(self._lines()), 1)
        # and what a savepoint has undone is written again
        self._begin()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            sam.read(["name"])
            raise ZeroDivisionError
        sam.read(["name"])
        self.assertEqual(len(self._lines()), 1)


@tagged("post_install", "-at_install")
class TestSosAccessLogRoutes(AccessLogCommon, HttpCase):
    """What really comes in over the wire, with its transactions."""

    def _call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_the_client_opens_a_file(self):
        self.authenticate("worker", "worker")
        result = self._call("sos.case", "web_read", self.case.ids, {"name": {}})
        self.assertEqual(result["result"][0]["name"], "Hill")
        line = self._lines()
        self.assertEqual((line.operation, line.case_id), ("opened", self.case))
        self.assertEqual(line.route, "/web/dataset/call_kw/sos.case/web_read")
        self.assertEqual(line.address, "127.0.0.1")

    def test_a_refusal_survives_the_rollback(self):
        self.authenticate("outsider", "outsider")
        for method, args in (
            ("read", [self.case.ids, ["name"]]),
            ("write", [self.case.ids, {"name": "Mine"}]),
        ):
            with self.subTest(method):
                self.last = self.env["sos.access.log"].search([], limit=1).id or 0
                error = self._call("sos.case", method, *args)["error"]
                self.assertNotIn("Hill", json.dumps(error))
                line = self._lines()
                self.assertRecordValues(
                    line,
                    [
                        {
                            "operation": "refused",
                            "user_id": self.outsider.id,
                            "case_id": self.case.id,
                            "detail": method,
                            "route": f"/web/dataset/call_kw/sos.case/{method}",
                            "address": "127.0.0.1",
                        }
                    ],
                )
        self.assertEqual(self.case.name, "Hill")

    def test_who_may_read_no_family_at_all_is_refused_by_name(self):
        self.authenticate("configurator", "configurator")
        with mute_logger("odoo.http"):
            self._call("sos.case", "read", self.case.ids, ["name"])
        line = self._lines()
        self.assertEqual((line.operation, line.case_id), ("refused", self.case))

    def test_a_log_that_fails_does_not_hide_a_refusal(self):
        self.authenticate("outsider", "outsider")
        log = type(self.env["sos.access.log"])

        def fail(*args):
            raise ValueError("no log today")

        for method in ("_prepare_line", "_get_insert"):
            with (
                self.subTest(method),
                patch.object(log, method, fail),
                self.assertLogs("odoo.addons.sos_casework", "ERROR"),
            ):
                error = self._call("sos.case", "read", self.case.ids, ["name"])["error"]
                self.assertEqual(error["data"]["name"], "odoo.exceptions.AccessError")

    def test_asking_whether_one_may_is_no_refusal(self):
        self.authenticate("outsider", "outsider")
        result = self._call("sos.case", "has_access", self.case.ids, "read")
        self.assertFalse(result["result"])
        self.assertFalse(self._lines())

    def test_searching_for_numbers_is_logged(self):
        """The answer is a count or ids; the question holds a name all the same."""
        self.authenticate("worker", "worker")
        for method in ("search", "search_count"):
            self.last = self.env["sos.access.log"].search([], limit=1).id or 0
            self._call("sos.person", method, [("name", "ilike", "Sam")])
            self.assertIn("Sam", self._lines().query)

    def test_other_apis_are_named(self):
        # where sos_hardening is installed it closes them
        self.env["ir.config_parameter"].set_param(
            "sos_hardening.open_routes", "/json/2, /xmlrpc"
        )
        key = self.env["res.users.apikeys"].with_user(self.worker)
        key = key._generate("rpc", "test", datetime.now() + timedelta(days=1))
        response = self.url_open(
            "/json/2/sos.person/read",
            data=json.dumps({"ids": self.sam.ids, "fields": ["name"]}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {key}",
            },
        )
        self.assertEqual(response.json()[0]["name"], "Sam Hill")
        self.assertEqual(self._lines().route, "/json/2/sos.person/read")
        self.last = self._lines().id
        models = self.xmlrpc_object
        models.execute(
            self.env.cr.dbname, self.worker.id, key, "sos.person", "read", self.sam.ids
        )
        self.assertEqual(self._lines().route, "/xmlrpc/2/object sos.person.read")

    def test_pictures_and_files(self):
        voice = self._voice()
        self.authenticate("worker", "worker")
        path = f"sos.voice/{voice.id}/image"
        url = f"/web/content/{path}/Sam_Hill.png"
        # Odoo hands out pictures with a cursor that only reads, and comes again
        with mute_logger("odoo.http"):
            response = self.url_open(url)
        self.assertEqual(base64.b64encode(response.content), PNG)
        line = self._lines()
        self.assertEqual((line.operation, line.case_id), ("downloaded", self.case))
        self.assertEqual(line.route, f"/web/content/{path}")
        # shown again with the same screen
        with mute_logger("odoo.http"):
            self.url_open(f"/web/image/{path}")
        self.assertEqual(len(self._lines()), 1)
        self.last = line.id
        self.authenticate("outsider", "outsider")
        with mute_logger("odoo.http"):
            self.url_open(url)
        self.assertEqual(self._lines().mapped("operation"), ["refused"])

    def test_an_excel_file(self):
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        self.authenticate("manager", "manager")
        data = {
            "model": "sos.person",
            "fields": [{"name": "name", "label": "Name", "type": "char"}],
            "ids": False,
            "domain": [["last_name", "=", "Hill"]],
            "import_compat": False,
            "groupby": [],
        }
        response = self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(data),
                "csrf_token": Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200)
        line = self._lines()
        self.assertEqual((line.operation, line.detail), ("exported", "name"))
        self.assertIn(self.sam.id, line.res_ids)
