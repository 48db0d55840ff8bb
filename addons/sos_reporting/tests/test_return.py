import base64
import io
from collections import defaultdict
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..models import sos_annex_a_return, sos_census_return
from ..tools.census import find_schema_errors
from .common import MadeReturnCommon, read_census


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosReturn(MadeReturnCommon):
    """A return from asking for it to sending it."""

    # -------------------------------------------------------------------- making

    def test_census_is_made_checked_and_kept(self):
        self.assertEqual(self._new(year=None).year, "2026", "the last that is over")
        record = self._make()
        self.assertEqual(record.state, "checked")
        self.assertEqual(record.asked_by_id, self.analyst)
        content = base64.b64decode(record.sudo().file)
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
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(record.sudo().file)))
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
        self.assertEqual(
            list(read_census(base64.b64decode(record.sudo().file))), numbers
        )

    def test_stopped_by_hand(self):
        record = self._new()
        record.action_make()
        record.with_user(self.service_manager).action_stop()
        self._run()
        self.assertEqual((record.run_state, record.state), ("failed", "draft"))
        self.assertFalse(record.sudo().file)
        self._make(record)

    def test_goes_on_after_it_was_stopped(self):
        for month in (10, 11):
            with freeze_time(f"2025-{month}-03 10:00:00"):
                self._refer(children=self._new_child(f"More {month}"))
        record = self._new()
        with self.assertRaisesRegex(UserError, "nothing to go on with"):
            record.action_go_on()
        record.action_make()
        with patch.object(sos_census_return, "BATCH", 1):
            record.sudo()._run_batch()
            record.sudo()._run_batch()
        record.action_stop()
        kept = record.row_ids
        self.assertEqual(len(kept), 1)
        record.with_user(self.service_manager).action_go_on()
        self.assertEqual(record.asked_by_id, self.analyst, "who had it made")
        self._run()
        self.assertEqual(record.state, "checked")
        self.assertEqual((len(record.row_ids), record.done_count), (3, 3))
        self.assertLessEqual(kept, record.row_ids)
        # stopped before it began
        record.action_make()
        record.action_stop()
        record.action_go_on()
        self._run()
        self.assertEqual((record.state, len(record.row_ids)), ("checked", 3))

    def test_waiting_is_said_as_waiting(self):
        record = self._new()
        record.action_make()
        self.assertIn("waits for its turn", self._get_said(record))
        self.assertNotIn("is being made", self._get_said(record))
        record.sudo()._run_batch()
        self.assertIn("is being made", self._get_said(record))
        self.assertNotIn("waits for its turn", self._get_said(record))

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
            issue.filtered(lambda i: i.code == "XML")[0].reason = "Never mind."
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

    def test_each_button_at_its_step(self):
        draft, checked = self._new(), self._make()
        self._answer_all(checked)
        for record, doing in (
            (draft, "action_approve"),
            (draft, "action_give_to_teams"),
            (draft, "action_sent"),
            (checked, "action_go_on"),
            (checked, "action_sent"),
            (checked, "action_back"),
        ):
            with self.subTest(doing, state=record.state):
                with self.assertRaisesRegex(UserError, "not at a step"):
                    getattr(record.with_user(self.service_manager), doing)()
        self.assertEqual((draft.state, checked.state), ("draft", "checked"))

    def test_who_makes_it_does_not_send_it(self):
        record = self._make()
        self._answer_all(record)
        record.with_user(self.service_manager).action_approve()
        with self.assertRaisesRegex(UserError, "service manager approves and sends"):
            record.with_user(self.analyst).action_sent()
        self.assertEqual(record.state, "approved")

    def test_file_that_was_changed_is_not_sent(self):
        record, approved = self._make(), self._make()
        self._answer_all(record)
        self._answer_all(approved)
        approved.with_user(self.service_manager).action_approve()
        for one in (record, approved):
            one.sudo().file = base64.b64encode(b"<Message/>")
        for one, doing in (
            (record, "action_approve"),
            (record, "action_download"),
            (approved, "action_sent"),
        ):
            with self.subTest(doing):
                with self.assertRaisesRegex(UserError, "not the one that was checked"):
                    getattr(one.with_user(self.service_manager), doing)()
        self.assertEqual((record.state, approved.state), ("checked", "approved"))

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
        self.assertNotEqual(first.sudo().file, second.sudo().file)
        self.assertEqual(len(first.row_ids), 1)

    def test_two_of_a_year_are_told_apart(self):
        """By the number of the submission, and by when they were made."""
        first = self._new()
        self.assertEqual(first.name, "Children in need census 2026")
        self._make(first)
        self.assertEqual(
            first.name, "Children in need census 2026, 001, made 23/11/2026 10:00"
        )
        self._send(first)
        with freeze_time("2026-11-24 10:00:00"):
            second = self._make()
        self.assertEqual(
            second.name, "Children in need census 2026, 002, made 24/11/2026 10:00"
        )
        lists = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertEqual(
            lists.name, "Annex A as at 31/12/2025, 001, made 23/11/2026 10:00"
        )

    def test_no_number_is_sent_twice(self):
        first, second, third = self._make(), self._make(), self._make()
        self._answer_all(second)
        second.with_user(self.service_manager).action_approve()
        self._send(first)
        for record, doing in ((second, "action_sent"), (third, "action_approve")):
            with self.assertRaisesRegex(UserError, "was sent as 001 since"):
                getattr(record.with_user(self.service_manager), doing)()
        self._make(third)
        self._send(third)
        self.assertEqual((third.serial, third.earlier_id), (2, first))

    def test_what_is_missing_is_said_before_approval(self):
        """What stands in the notes of the lists, without whose it is."""
        child = self._new_child("Blank", birth_date=False, expected_on="2026-12-01")
        with freeze_time("2025-10-03 10:00:00"):
            self._refer(children=child)
        record = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertFalse(record.issue_ids)
        notes = self._notes(record)
        missing = [words for words in notes if words and words.endswith(": blank")]
        self.assertTrue(missing)
        said = self._get_said(record)
        for words in missing:
            for title, count in notes[words]:
                self.assertIn(f"{title}: {words} ({count})", said)
        self.assertIn("Check this column before the list is sent", said)
        self.assertIn("Fill them in before the list is sent", said)
        self.assertNotIn(child.reference, said)
        # of the census the rules say all of it
        self.assertFalse(self._make().missing_text)

    def test_next_lists_say_what_changed(self):
        """What was sent stays; the notes of the next ones tell the difference."""
        first = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertIn("None were sent before.", self._notes(first))
        self._send(first)
        sent = first.sudo().file
        with freeze_time("2025-11-03 10:00:00"):
            self._refer(children=self._new_child("More"))
        self.sam.ethnicity_id = self._code("ethnicity", "WIRI")
        second = self._make(kind="annex_a", as_at="2025-12-31")
        self.assertEqual((second.earlier_id, first.sudo().file), (first, sent))
        notes = self._notes(second)
        self.assertEqual(notes["New since then"], [("List 1", 1), ("List 3", 1)])

    def _notes(self, record):
        """Words to (list, count) of the notes with the lists."""
        content = io.BytesIO(base64.b64decode(record.sudo().file))
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
                # as its route asks for it
                files = self.env["ir.binary"].with_user(user)
                with self.assertRaises(AccessError):
                    files._find_record(None, "sos.return", record.id, field="file")
        with self.assertRaises(AccessError):
            record.with_user(self.service_manager).unlink()

    def test_who_is_blocked_sees_nothing_of_the_child(self):
        """Neither the line, nor what rules find, nor the file in which it is."""
        other = self._new_child("More")
        with freeze_time("2025-10-03 10:00:00"):
            self._refer(children=other)
        record = self._make()
        records = record | self._make(self._new(kind="ssd", as_at="2025-12-31"))
        findings = {
            "number": self.sam.reference,
            "return_id": record.id,
            "kind": "query",
            "code": "8590Q",
        }
        self.env["sos.return.issue"].create(findings)
        self.assertEqual(self._numbers(record), {self.sam.reference, other.reference})
        self.env["sos.access.block"].create(
            {
                "user_id": self.service_manager.id,
                "person_id": self.sam.id,
                "reason": "A cousin.",
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self._numbers(record), {other.reference})
        mine = record.with_user(self.service_manager)
        self.assertNotIn(self.sam.reference, mine.issue_ids.mapped("number"))
        self.assertTrue(mine.query_count, "what is hidden stands against it as well")
        for one in records.with_user(self.service_manager):
            with self.assertRaisesRegex(AccessError, "somebody else who makes returns"):
                one.action_download()
            self.assertFalse(self._may_stream(one))
        self.assertTrue(record.with_user(self.analyst).action_download())
        self.assertTrue(self._may_stream(record.with_user(self.analyst)))

    def _numbers(self, record):
        lines = self.env["sos.return.row"].with_user(self.service_manager)
        return set(lines.search([("return_id", "=", record.id)]).mapped("number"))

    def _may_stream(self, record):
        """As the route does that gives the file."""
        try:
            return (
                record.env["ir.binary"]
                ._find_record(res_model=record._name, res_id=record.id, field="file")
                .file
            )
        except AccessError:
            return False

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_the_file_is_given_by_its_route_only(self):
        record = self._make().with_user(self.service_manager)
        for way in (
            lambda: record.read(["file"]),
            lambda: record.web_read({"file": {}}),
            lambda: record.export_data(["file"]),
            lambda: record.row_ids[:1].export_data(["return_id/file"]),
            lambda: self.env["ir.attachment"]
            .search([("res_model", "=", "sos.return"), ("res_field", "=", "file")])
            .with_user(self.service_manager)
            .read(["datas"]),
        ):
            with self.assertRaises(AccessError):
                way()

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


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosReturnScreen(MadeReturnCommon, HttpCase):
    def test_progress_moves_by_itself(self):
        record = self._new()
        record.action_make()
        self.start_tour(
            f"/odoo/returns/{record.id}", "sos_return_progress", login="analyst"
        )
        self.assertEqual(record.run_state, "waiting")
