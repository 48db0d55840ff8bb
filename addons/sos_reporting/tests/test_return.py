import base64
import io
from collections import defaultdict
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..models import sos_annex_a_return, sos_census_return
from ..tools.census import find_schema_errors
from .common import ReturnCommon, read_census


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosReturn(ReturnCommon):
    """A return from asking for it to sending it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        self._refer_on("2025-09-03")
        cls.job = cls.env.ref("sos_reporting.ir_cron_return")

    @classmethod
    def _new_child(cls, last_name, **values):
        values = {"birth_date": "2018-01-02", **values}
        return super()._new_child(last_name, **values)

    def _new(self, user=None, **values):
        returns = self.env["sos.return"].with_user(user or self.analyst)
        values = {"kind": "cin", "year": "2026", **values}
        return returns.create({k: v for k, v in values.items() if v is not None})

    def _run(self):
        with self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def _make(self, record=None, **values):
        record = record or self._new(**values)
        record.action_make()
        self._run()
        self.assertEqual(record.run_state, "idle", record.run_message)
        return record

    def _answer_all(self, record):
        for issue in record.issue_ids.filtered(lambda issue: issue.kind == "query"):
            issue.with_user(self.analyst).reason = "Looked at; it is right."

    def _put_right(self, record):
        """So that nothing but queries is left."""
        self.assertFalse(
            record.issue_ids.filtered(lambda issue: issue.kind == "error").mapped(
                lambda issue: (issue.code, issue.detail)
            )
        )
        self._answer_all(record)

    def _send(self, record):
        self._put_right(record)
        record.with_user(self.service_manager).action_approve()
        record.with_user(self.service_manager).action_sent()

    # -------------------------------------------------------------------- making

    def test_census_is_made_checked_and_kept(self):
        self.assertEqual(self._new(year=None).year, "2026", "the last that is over")
        record = self._make()
        self.assertEqual(record.state, "checked")
        self.assertEqual(record.asked_by_id, self.analyst)
        content = base64.b64decode(record.file)
        self.assertEqual(list(read_census(content)), [self.sam.reference])
        self.assertEqual(record.row_ids.mapped("number"), [self.sam.reference])
        self.assertEqual((record.done_count, record.total_count), (1, 1))
        # the same file as the one that is made without keeping it, but for the time
        other = self.env["sos.census"]._get_xml(2026)
        self.assertEqual(read_census(content), read_census(other))
        schema = file_path("sos_reporting/data/cin_2026.xsd")
        self.assertFalse(find_schema_errors(content, schema))

    def test_annex_a_is_the_same_workbook(self):
        record = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertIn(self.sam.reference, record.row_ids.mapped("number"))
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(record.file)))
        self.assertIn("List 11", book.sheetnames)
        self.assertTrue(record.file_name.endswith(".xlsx"))

    def test_in_batches_and_goes_on_after_a_restart(self):
        for month in (10, 11):
            with freeze_time(f"2025-{month}-03 10:00:00"):
                self._refer(children=self._new_child(f"More {month}"))
        record = self._new()
        record.action_make()
        with patch.object(sos_census_return, "BATCH", 1):
            record.sudo()._run_batch()
            self.assertEqual((record.run_state, record.total_count), ("running", 3))
            record.sudo()._run_batch()
            self.assertEqual(record.done_count, 1)
            # another process goes on from what was kept
            self.env.invalidate_all()
            self._run()
        self.assertEqual(record.state, "checked")
        numbers = record.row_ids.mapped("number")
        self.assertEqual(len(numbers), 3)
        self.assertEqual(list(read_census(base64.b64decode(record.file))), numbers)

    def test_stopped_by_hand(self):
        record = self._new()
        record.action_make()
        record.with_user(self.service_manager).action_stop()
        self._run()
        self.assertEqual((record.run_state, record.state), ("failed", "draft"))
        self.assertFalse(record.file)
        self._make(record)

    def test_what_stands_against_it_is_said(self):
        self.env.company.sos_la_code = False
        record = self._new()
        record.action_make()
        self._run()
        self.assertEqual(record.run_state, "failed")
        self.assertIn("three-digit DfE number", record.run_message)

    @mute_logger("odoo.addons.sos_reporting.models.sos_return_run")
    def test_what_nobody_expected_names_no_child(self):
        record = self._new()
        record.action_make()
        source = type(self.env["sos.census"])
        with patch.object(source, "_make_batch", side_effect=KeyError("Sam Hill")):
            self._run()
        self.assertEqual(record.run_state, "failed")
        self.assertNotIn("Sam", record.run_message)

    # -------------------------------------------------------------------- issues

    def test_rules_find_what_is_missing_and_lead_there(self):
        self.sam.ethnicity_id = False
        record = self._make()
        issue = record.issue_ids.filtered(lambda i: i.number == self.sam.reference)
        self.assertIn("error", issue.mapped("kind"))
        self.assertIn("4220", record.issue_ids.mapped("code"))
        self.assertTrue(record.error_count)
        with self.assertRaisesRegex(UserError, "put right in the record"):
            issue.filtered(lambda i: i.kind == "error")[0].reason = "Never mind."
        # an analyst is told whom to ask, a manager is led to the record
        found = issue.filtered(lambda i: i.code == "4220")
        with self.assertRaisesRegex(UserError, "Ask the team North"):
            found.with_user(self.analyst).action_open()
        action = found.with_user(self.service_manager).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sos.person", self.sam.id)
        )
        with self.assertRaisesRegex(UserError, "errors"):
            record.with_user(self.service_manager).action_approve()

    def test_answer_stays_next_time(self):
        record = self._make()
        queries = record.issue_ids.filtered(lambda issue: issue.kind == "query")
        self.assertTrue(queries)
        self.assertEqual(record.query_count, len(queries))
        self._answer_all(record)
        self.assertEqual(record.query_count, 0)
        again = self._make()
        self.assertEqual(again.query_count, 0)
        self.assertEqual(
            set(again.issue_ids.mapped("reason")), {"Looked at; it is right."}
        )
        answer = queries[0].answer_id
        self.assertEqual(answer.by_id, self.analyst)
        queries[0].with_user(self.analyst).reason = ""
        self.assertEqual(record.query_count, 1)

    def test_on_the_screen(self):
        screen = Form(self.env["sos.return"].with_user(self.analyst))
        screen.year = "2026"
        record = self._make(screen.save())
        queries = record.issue_ids.filtered(lambda issue: issue.kind == "query")
        with Form(record.with_user(self.analyst)) as screen:
            screen.note = "Looked at with the team."
            place = record.issue_ids.ids.index(queries[0].id)
            with screen.issue_ids.edit(place) as line:
                line.reason = "It is so."
        self.assertEqual(queries[0].answer_id.reason, "It is so.")
        self.assertEqual(record.query_count, len(queries) - 1)
        for vals in ({"kind": "error"}, {"code": "1"}, {"answer_id": False}):
            with self.assertRaisesRegex(UserError, "Only the reason"):
                queries[0].with_user(self.analyst).write(vals)

    # -------------------------------------------------------------------- states

    def test_two_people_and_then_it_stays(self):
        record = self._make(
            self._new(self.service_manager).with_user(self.service_manager)
        )
        self._answer_all(record)
        with self.assertRaisesRegex(UserError, "Somebody else approves"):
            record.with_user(self.service_manager).action_approve()
        record = self._make()
        with self.assertRaisesRegex(UserError, "service manager approves"):
            record.action_approve()
        self._send(record)
        self.assertEqual(record.state, "sent")
        for doing in ("action_make", "action_discard", "action_back", "action_sent"):
            with self.assertRaisesRegex(UserError, "not at a step"):
                getattr(record.with_user(self.service_manager), doing)()
        with self.assertRaisesRegex(UserError, "cannot change"):
            record.with_user(self.analyst).year = "2025"
        with self.assertRaisesRegex(UserError, "by its buttons"):
            record.with_user(self.analyst).state = "draft"
        with self.assertRaisesRegex(UserError, "was approved"):
            record.issue_ids[0].with_user(self.analyst).reason = "Other."

    def test_file_that_was_changed_is_not_sent(self):
        record = self._make()
        self._answer_all(record)
        record.sudo().file = base64.b64encode(b"<Message/>")
        with self.assertRaisesRegex(UserError, "not the one that was checked"):
            record.with_user(self.service_manager).action_approve()

    def test_next_one_says_what_changed(self):
        first = self._make()
        self._send(first)
        with freeze_time("2025-11-03 10:00:00"):
            self._refer(children=self._new_child("More"))
        self.sam.ethnicity_id = self._code("ethnicity", "WIRI")
        second = self._make()
        self.assertEqual((first.serial, second.serial), (1, 2))
        self.assertEqual(second.earlier_id, first)
        self.assertIn("1 new, 1 changed, 0 as before, 0 gone", second.change_text)
        # what was sent stays as it was
        self.assertNotEqual(first.file, second.file)
        self.assertEqual(len(first.row_ids), 1)

    def test_next_lists_say_what_changed(self):
        """What was sent stays; the notes of the next ones tell the difference."""
        first = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertIn("None were sent before.", self._notes(first))
        self._send(first)
        sent = first.file
        with freeze_time("2025-11-03 10:00:00"):
            self._refer(children=self._new_child("More"))
        self.sam.ethnicity_id = self._code("ethnicity", "WIRI")
        second = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertEqual((second.earlier_id, first.file), (first, sent))
        notes = self._notes(second)
        self.assertEqual(notes["New since then"], [("List 1", 1), ("List 3", 1)])

    def _notes(self, record):
        """Words to (list, count) of the notes with the lists."""
        content = io.BytesIO(base64.b64decode(record.file))
        notes = defaultdict(list)
        for row in openpyxl.load_workbook(content)["Notes"].iter_rows(values_only=True):
            notes[row[1]].append((row[0], row[2]))
        return notes

    def test_lists_in_batches(self):
        """Who has no row is passed over, and nobody is told twice."""
        for month in (10, 11):
            with freeze_time(f"2025-{month}-03 10:00:00"):
                self._refer(children=self._new_child(f"More {month}"))
        whole = self._make(kind="annex_a", as_at="2025-12-31")
        record = self._new(kind="annex_a", as_at="2025-12-31")
        record.action_make()
        with patch.object(sos_annex_a_return, "BATCH", 1):
            self._run()
        self.assertEqual(record.state, "checked")
        for name in ("part", "number", "content"):
            self.assertEqual(record.row_ids.mapped(name), whole.row_ids.mapped(name))

    def test_named_approvers(self):
        record = self._make()
        self._answer_all(record)
        other = self._new_user("other_analyst", "performance_analyst")
        admin = new_test_user(
            self.env,
            login="admin_of_companies",
            groups="base.group_erp_manager,base.group_system",
        )
        company = self.env.company.with_user(admin)
        company.sos_return_approver_ids = other
        self.assertFalse(record.with_user(self.service_manager).may_approve)
        with self.assertRaisesRegex(UserError, "company's details: other_analyst"):
            record.with_user(self.service_manager).action_approve()
        self.assertTrue(record.with_user(other).may_approve)
        record.with_user(other).action_approve()
        self.assertEqual(record.approved_by_id, other)
        log = self.env["sos.change.log"].search(
            [("res_model", "=", "res.company")], order="id desc", limit=1
        )
        self.assertEqual((log.user_id, log.new), (admin, other.display_name))
        # who is named and had it made asks another
        record.with_user(other).action_back()
        record = self._make(self._new(other).with_user(other))
        self._answer_all(record)
        self.assertFalse(record.may_approve)
        with self.assertRaisesRegex(UserError, "Somebody else approves"):
            record.action_approve()
        with self.assertRaisesRegex(ValidationError, "could not open a return"):
            company.sos_return_approver_ids = self.worker

    # -------------------------------------------------------------------- access

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else(self):
        record = self._make()
        for user in (self.worker, self.manager, self.auditor, self.configurator):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._new(user)
                for one in (record, record.issue_ids[:1], record.row_ids[:1]):
                    with self.assertRaises(AccessError):
                        one.with_user(user).read([])
                with self.assertRaises(AccessError):
                    record.with_user(user).action_download()
        with self.assertRaises(AccessError):
            record.with_user(self.service_manager).unlink()

    def test_download_is_in_the_log(self):
        record = self._make()
        action = record.action_download()
        self.assertIn(record.file_name, action["url"])
        line = self.env["sos.access.log"].search(
            [("operation", "=", "exported")], limit=1, order="id desc"
        )
        self.assertEqual((line.user_id, line.detail), (self.analyst, record.file_name))

    def test_menu(self):
        menu = self.env.ref("sos_reporting.sos_return_menu")
        menus = self.env["ir.ui.menu"]
        seen = {
            user.login
            for user in (self.analyst, self.service_manager, self.worker, self.manager)
            if menu.id in menus.with_user(user)._visible_menu_ids()
        }
        self.assertEqual(seen, {self.analyst.login, self.service_manager.login})

    def test_bad_input(self):
        for year in ("26", "next", ""):
            with self.assertRaisesRegex(UserError, "four digits"):
                self._new(year=year)
        with self.assertRaisesRegex(UserError, "can be made for the years"):
            self._new(year="1999")
        with self.assertRaisesRegex(UserError, "Choose the day"):
            self._new(kind="annex_a", as_at=False)
        with self.assertRaisesRegex(UserError, "Choose which return"):
            self._new(state="sent")
