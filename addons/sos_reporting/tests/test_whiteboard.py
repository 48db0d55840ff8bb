from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Datetime
from odoo.tests import tagged

from odoo.addons.sos_casework.tests.common import SosCommon


@tagged("post_install", "-at_install")
class TestWhiteboard(SosCommon):
    """Each column of the whiteboard against the practice record it stands for."""

    def _row(self, user=None, case=None):
        self.env.flush_all()
        self.env.invalidate_all()
        boards = self.env["sos.whiteboard"].with_user(user or self.manager)
        return boards.search([("id", "=", (case or self.case).id)])

    def _danger(self, goal="Sam is safe."):
        dangers = self.env["sos.danger"].with_user(self.worker)
        return dangers.create(
            {"case_id": self.case.id, "text": "Sam could be hurt.", "goal": goal}
        )

    def _rate(self, danger, score, days=0, **who):
        at = Datetime.subtract(Datetime.now(), days=days)
        return self.env["sos.rating"].create(
            {
                "danger_id": danger.id,
                "case_id": self.case.id,
                "score": score,
                "rated_at": at,
                **(who or {"user_id": self.worker.id}),
            }
        )

    # ------------------------------------------------------------------- facts

    def test_empty_family(self):
        row = self._row()
        self.assertEqual(row.child_count, 2)
        self.assertFalse(
            row.map_on or row.given_on or row.journal_on or row.next_due_on
        )
        self.assertIs(row.score, False, "not rated is no number, and never 0")
        self.assertEqual(row.export_data(["score"])["datas"], [[""]])
        self.assertEqual((row.scale_text, row.danger_text), ("not rated", "none"))
        self.assertEqual(
            row.missing_text,
            "no map, no danger statement, a child not heard, no network, "
            "nothing given to the family",
        )

    def test_map(self):
        line = self.env["sos.map.line"].create(
            {"case_id": self.case.id, "kind": "strength", "text": "They read."}
        )
        self.assertEqual(self._row().map_on, self._today())
        line.ended_on = self._today()
        self.assertEqual(self._row().map_on, self._today())

    def test_danger_needs_goal_and_scale(self):
        first, second = self._danger(), self._danger(goal=False)
        row = self._row()
        self.assertEqual((row.danger_count, row.paired_count), (2, 0))
        self._rate(first, 4)
        self._rate(second, 4)
        row = self._row()
        self.assertEqual((row.paired_count, row.unpaired_count), (1, 1))
        self.assertEqual(row.danger_text, "1 of 2")
        self.assertEqual(bool(first.is_paired), True)
        second.ended_on = self._today()
        self.assertEqual(self._row().danger_text, "1 of 1")

    def test_scale_is_that_of_the_statement(self):
        """The numbers are those that the danger statement shows."""
        danger = self._danger()
        self._rate(danger, 3, 9)
        self._rate(danger, 7, 8, person_id=self.alex.id)
        self._rate(danger, 5, 8)
        self._rate(danger, 4, 0)
        self._rate(danger, 9, 0, person_id=self.alex.id)
        row = self._row()
        scale = danger.rating_ids._get_scale()
        self.assertEqual(row.score, scale["latest"].score)
        self.assertEqual(row.movement, scale["movement"])
        self.assertEqual(row.spread, scale["highest"] - scale["lowest"])
        self.assertEqual((row.score, row.movement, row.spread), (9, 0.5, 5))
        self.assertEqual(row.scale_text, "9 (+0.5)")
        # a scale that somebody else rated since is the one that is shown
        other = self._danger()
        self._rate(other, 2).rated_at = fields.Datetime.now()
        row = self._row()
        self.assertEqual((row.score, row.spread), (2, 0))
        self.assertIs(row.movement, False, "nobody has rated it twice")

    def test_each_child(self):
        voices = self.env["sos.voice"].with_user(self.worker)
        voices.create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "three_houses",
                "on_date": "2026-01-05",
            }
        )
        row = self._row()
        self.assertEqual((row.heard_count, row.unheard_count), (1, 1))
        self.assertEqual(
            row.voice_text, "Sam: Three houses 05/01/2026, Robin: nothing yet"
        )

    def test_network_and_bottom_lines(self):
        members = self.env["sos.network.member"].with_user(self.worker)
        told, other = (
            members.create({"case_id": self.case.id, "person_id": person.id})
            for person in (self.alex, self.kit)
        )
        told.knows_since = self._today()
        row = self._row()
        self.assertEqual((row.network_text, row.untold_count), ("1 of 2", 1))
        other.left_on = self._today()
        self.assertEqual(self._row().network_text, "1 of 1")
        danger = self._danger()
        lines = self.env["sos.bottom.line"].with_user(self.worker)
        for met in (True, False):
            lines.create(
                {
                    "danger_id": danger.id,
                    "text": "Two know.",
                    "met": met,
                    "evidence": ".",
                }
            )
        self.assertEqual(self._row().line_text, "1 of 2")

    def test_safety_plan_and_journal(self):
        plan = self.env["sos.safety.plan"].create({"case_id": self.case.id})
        rule = self.env["sos.safety.rule"].create(
            {"plan_id": plan.id, "text": "Alex rings."}
        )
        self.env["sos.journal.entry"].create(
            {"rule_id": rule.id, "written_by_id": self.alex.id, "kept": "kept"}
        )
        row = self._row()
        self.assertEqual(
            (row.safety_plan, row.safety_plan_on), ("interim", self._today())
        )
        self.assertEqual(row.journal_on, self._today())

    def test_clocks(self):
        self._refer("assess")
        row = self._row()
        first = min(
            self.case.deadline_ids.filtered(lambda d: d.state == "open"),
            key=lambda d: (d.due_on, d.id),
        )
        self.assertEqual(
            (row.next_step_id, row.next_due_on), (first.step_id, first.due_on)
        )
        self.assertEqual(row.late_count, 0)
        self.assertEqual((row.opened_on, row.days_open), (self._today(), 0))
        first.due_on = Date.subtract(self._today(), days=3)
        row = self._row()
        self.assertEqual((row.late_count, self.case.overdue_count), (1, 1))

    def test_closed_family_is_wiped_off(self):
        self.case.closed_on = self._today()
        self.assertFalse(self._row())

    # ------------------------------------------------------------------ who sees

    def test_read_by_who_reads_the_file(self):
        for user in (self.worker, self.manager, self.support, self.service_manager):
            self.assertEqual(self._row(user).name, "Hill", user.login)
        self.assertFalse(self._row(self.outsider))
        self.case.restricted = True
        self.assertFalse(self._row(self.worker))
        self.assertFalse(self._row(self.service_manager))
        with self.assertRaises(AccessError):
            self._row(self.configurator)

    def test_looking_is_logged(self):
        boards = self.env["sos.whiteboard"].with_user(self.manager)
        row = self._row()
        boards.web_search_read([("id", "=", row.id)], {"name": {}, "children_text": {}})
        line = self.env["sos.access.log"].search(
            [("res_model", "=", "sos.whiteboard"), ("user_id", "=", self.manager.id)],
            limit=1,
        )
        self.assertEqual((line.operation, line.case_id), ("listed", self.case))
        self.assertEqual(line.shown["sos.whiteboard"], [self.case.id])

    # ------------------------------------------------------------- sheet, speed

    def test_wall_sheet(self):
        self._danger()
        row = self._row()
        action = row.action_print_teams()
        report = self.env["ir.actions.report"].with_user(self.manager)
        html, _kind = report._render_qweb_html(action["report_name"], row.ids)
        self.assertIn("North: whiteboard", html.decode())
        self.assertIn("a danger without goal or scale", html.decode())
        log = self.env["sos.access.log"].search(
            [("operation", "=", "printed"), ("res_model", "=", "sos.whiteboard")]
        )
        self.assertEqual(log[:1].user_id, self.manager)
        with self.assertRaises(UserError):
            self.env["sos.whiteboard"].with_user(self.chair).action_print_teams()

    def test_opens_the_family(self):
        action = self._row().action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sos.case", self.case.id)
        )

    def _count_queries(self):
        boards = self.env["sos.whiteboard"].with_user(self.manager)
        arch = boards.get_view(view_type="list")["arch"]
        names = [n for n in boards._fields if f'name="{n}"' in arch]
        specification = {name: {} for name in names}
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = boards.web_search_read(
            [("team_id.member_ids", "in", [self.manager.id])], specification
        )
        return len(result["records"]), self.cr.sql_log_count - before

    def _new_families(self, numbers):
        people = self.env(user=self.support)["sos.person"]
        for number in numbers:
            child = people.create(
                {"kind": "child", "first_name": "Jo", "last_name": f"Hill {number}"}
            )
            self.env(user=self.support)["sos.case"].create(
                {
                    "name": f"Family {number}",
                    "member_ids": [Command.create({"person_id": child.id})],
                }
            )

    def test_queries_do_not_grow_with_the_families(self):
        self._refer("assess")
        self._new_families(range(2))
        # the first time fills Odoo's own caches
        few = [self._count_queries() for _time in range(2)][-1]
        self._new_families(range(2, 12))
        many = [self._count_queries() for _time in range(2)][-1]
        self.assertEqual(many[0], few[0] + 10)
        self.assertEqual(many[1], few[1])
