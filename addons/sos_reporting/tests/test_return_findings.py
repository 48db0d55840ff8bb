from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sos_casework.tests.client import call
from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import MadeReturnCommon

AGREED = "Agreed with the department on 3 May, as the child moved to us in the year."


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestReturnFindings(RefusalsMixin, MadeReturnCommon):
    """What the rules find in a return: why it is right, what was agreed, and who can
    put it right."""

    def _add(self, record, code="8565", kind="error", **values):
        values = {"number": self.sam.reference, "message": "No.", **values}
        return self.env["sos.return.issue"]._add(
            record, [{"kind": kind, "code": code, **values}]
        )

    # ------------------------------------------------------------------- answers

    def test_several_queries_with_one_reason(self):
        """Marked in the list and said once, as the client does it."""
        record = self._make()
        queries = record.issue_ids.filtered(lambda issue: issue.kind == "query")
        for number in range(20):
            queries |= self._add(record, "8590Q", "query", number=f"P{number}")
        view = queries.get_view(
            self.env.ref("sos_reporting.sos_return_issue_view_list").id, "list"
        )
        self.assertIn('multi_edit="1"', view["arch"])
        queries[:1].with_user(self.analyst).reason = "Said before."
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call(
            self.env,
            self.analyst,
            "sos.return.issue",
            "web_save_multi",
            queries.ids,
            [{"reason": "Looked at; it is right."}] * len(queries),
            {"reason": {}},
        )
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60, "none for each query")
        self.assertEqual(set(queries.mapped("reason")), {"Looked at; it is right."})
        self.assertFalse(record.query_count)
        self.assertEqual(len(queries.answer_id), len(queries))

    def test_answer_that_is_taken_back_stays_away(self):
        record = self._make()
        query = record.issue_ids.filtered(lambda issue: issue.kind == "query")[:1]
        query.with_user(self.analyst).reason = "It is so."
        code, number = query.code, query.number
        query.with_user(self.analyst).reason = ""
        self._make(record)

        def again():
            return record.issue_ids.filtered(
                lambda issue: (issue.code, issue.number) == (code, number)
            )

        self.assertTrue(again().is_open)
        # and can be said again
        again().with_user(self.analyst).reason = "It is so after all."
        self._make(record)
        self.assertEqual(again().reason, "It is so after all.")

    # ---------------------------------------------------- agreed with the department

    def test_error_that_was_agreed_needs_a_second_person(self):
        record = self._make()
        self._answer_all(record)
        error = self._add(record)
        error.with_user(self.analyst).reason = AGREED
        self.assertTrue(error.is_open)
        manager = record.with_user(self.service_manager)
        with self._refused(UserError, "1 errors"):
            manager.action_approve()
        with self._refused(UserError, "service manager approves"):
            error.with_user(self.analyst).action_agree()
        error.with_user(self.service_manager).action_agree()
        self.assertFalse(error.is_open)
        self.assertEqual(error.agreed_by_id, self.service_manager)
        # other words were agreed by nobody
        error.with_user(self.analyst).reason = "Other words."
        self.assertTrue(error.is_open)
        self.assertFalse(error.agreed_by_id)
        error.with_user(self.service_manager).action_agree()
        manager.action_approve()
        self.assertEqual(record.state, "approved")

    def test_nobody_agrees_with_themselves(self):
        error = self._add(self._make())
        error.with_user(self.service_manager).reason = AGREED
        with self._refused(UserError, "Somebody else says yes"):
            error.with_user(self.service_manager).action_agree()
        self.assertTrue(error.is_open)
        with self._refused(UserError, "Say first what was agreed"):
            self._add(self._make(), "8600").with_user(
                self.service_manager
            ).action_agree()

    def test_nothing_is_agreed_once_it_was_approved(self):
        record = self._make()
        self._answer_all(record)
        error = self._add(record)
        error.with_user(self.analyst).reason = AGREED
        theirs = error.with_user(self.service_manager)
        theirs.action_agree()
        record.with_user(self.service_manager).action_approve()
        with self._refused(UserError, "was approved. Take that back first"):
            theirs.action_agree()

    def test_agreed_for_one_year(self):
        error = self._add(self._make())
        error.with_user(self.analyst).reason = AGREED
        error.with_user(self.service_manager).action_agree()
        again = self._add(self._make())
        self.assertEqual((again.reason, again.is_open), (AGREED, False))
        other = self._add(self._make(year="2025"))
        self.assertEqual((other.reason, other.is_open), (False, True))
        other.with_user(self.analyst).reason = "Agreed again."
        self.assertEqual(again.reason, AGREED)

    def test_what_no_department_agrees_to(self):
        """A file that is not valid is not taken, and Ofsted's lists have no such
        way."""
        lists = self._make(kind="annex_a", as_at="2025-12-31")
        for error in (self._add(self._make(), "XML"), self._add(lists, "List 1")):
            with self._refused(UserError, "put right in the record"):
                error.with_user(self.analyst).reason = AGREED

    # ------------------------------------------------------------ the family's team

    def _get_reminders(self, tasks):
        return self.env["mail.activity"].search(
            [("res_model", "=", tasks._name), ("res_id", "in", tasks.ids)]
        )

    def _give(self, record):
        record.with_user(self.analyst).action_give_to_teams()
        return self.env["sos.return.task"].search([("return_id", "=", record.id)])

    def test_findings_reach_the_team(self):
        self.sam.ethnicity_id = False
        record = self._make()
        self._answer_all(record)
        task = self._give(record)
        self.assertEqual(task.case_id, self.case)
        self.assertIn("4220", task.text)
        self.assertIn(self.sam.reference, task.text)
        reminder = self._get_reminders(task)
        self.assertEqual(reminder.user_id, self.manager, "there is no lead worker")
        self.assertIn(self.case.reference, reminder.summary)
        self.assertNotIn("Hill", reminder.summary)
        # among the work of who reads the file
        action = self.env.ref("sos_reporting.sos_return_task_action").sudo()
        for user in (self.worker, self.manager):
            tasks = self.env["sos.return.task"].with_user(user)
            self.assertEqual(tasks.search([("done_on", "=", False)]), task)
            menu = self.env.ref("sos_reporting.sos_return_task_menu")
            menus = self.env["ir.ui.menu"].with_user(user)
            self.assertIn(menu.id, menus._visible_menu_ids())
        self.assertEqual(action.res_model, "sos.return.task")
        # which leads to the rules' own words about the family
        check = task.with_user(self.worker).action_census_check()
        self.assertEqual(check["res_model"], "sos.census.check")
        lines = self.env["sos.census.check"].browse(check["res_id"])
        self.assertEqual(lines.year, 2026)
        self.assertIn("4220", lines.error_ids.mapped("code"))
        # given twice is given once
        self.assertEqual(self._give(record), task)
        self.assertEqual(len(self._get_reminders(task)), 1)
        self.assertEqual((record.task_count, record.task_open_count), (1, 1))

    def test_what_is_put_right_goes(self):
        self.sam.ethnicity_id = False
        record = self._make()
        self._answer_all(record)
        task = self._give(record)
        task.with_user(self.worker).action_done()
        self.assertEqual(task.done_by_id, self.worker)
        self.assertFalse(self._get_reminders(task))
        self.assertEqual((record.task_count, record.task_open_count), (1, 0))
        # made again, it is there still
        self._make(record)
        self.assertFalse(task.done_on or task.done_by_id)
        self.assertTrue(self._get_reminders(task))
        self.sam.ethnicity_id = self._code("ethnicity", "WBRI")
        self._make(record)
        self.assertTrue(task.done_on)
        self.assertFalse(task.done_by_id, "nobody said so")
        self.assertFalse(self._get_reminders(task))

    def test_ends_with_its_return(self):
        self.sam.ethnicity_id = False
        record = self._make()
        task = self._give(record)
        record.action_discard()
        self.assertTrue(task.done_on)
        self.assertFalse(self._get_reminders(task))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_sees_what_is_not_theirs(self):
        """A child of this family has a period of need in a file of another team: what
        is found in it is told there, and what compares both is told to nobody."""
        other = self._new_child("Other")
        case = other.member_ids.case_id
        case.team_id = self.other_team
        self.case.member_ids = [
            Command.create({"person_id": other.id, "role": "child"})
        ]
        episodes = self.env["sos.episode"].create(
            [
                {"case_id": owner.id, "child_id": other.id, "referred_on": day}
                | {"nfa": owner == case}
                for owner, day in ((case, "2025-07-01"), (self.case, "2025-08-01"))
            ]
        )
        record = self._make()
        record.issue_ids.sudo().unlink()
        number = other.reference
        here, there = (f"sos.episode,{one.id}" for one in episodes.sorted("id"))
        here, there = there, here
        for code, refs in (
            ("1", here),
            ("2", there),
            ("3", f"{here} {there}"),
            ("4", f"sos.person,{other.id} {there}"),
            ("5", ""),
        ):
            self._add(record, code, number=number, record_refs=refs, message="Said.")
        self._add(record, "6", number=self.sam.reference, record_refs="")
        tasks = self._give(record)
        told = {
            task.case_id: {line.split(",")[0] for line in task.text.splitlines()}
            for task in tasks
        }
        self.assertEqual(
            told, {self.case: {"Rule 1", "Rule 6"}, case: {"Rule 2", "Rule 4"}}
        )
        mine = tasks.filtered(lambda task: task.case_id == self.case)
        with self.assertRaises(AccessError):
            (tasks - mine).with_user(self.worker).read(["text"])
        for user in (self.outsider, self.analyst, self.configurator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                mine.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            mine.with_user(self.outsider).action_done()
        # who only looks at the file puts nothing right in it
        self.assertTrue(mine.with_user(self.auditor).text)
        with self.assertRaises(AccessError):
            mine.with_user(self.auditor).action_done()
        self.assertFalse(mine.done_on)
        with self.assertRaises(AccessError):
            record.with_user(self.manager).action_give_to_teams()

    def test_answer_of_the_family_is_known_at_once(self):
        """What the team says on the family's file need not be said again."""
        record = self._make()
        query = record.issue_ids.filtered(lambda issue: issue.kind == "query")[:1]
        check = self.case.with_user(self.manager).action_census_check()
        line = (
            self.env["sos.census.check.line"]
            .sudo()
            .create(
                {
                    "check_id": check["res_id"],
                    "kind": "query",
                    "code": query.code,
                    "number": query.number,
                    "child_id": self.sam.id,
                }
            )
        )
        line._answer("Looked at by the team.")
        self.assertEqual(query.reason, "Looked at by the team.")
        self.assertFalse(query.is_open)
