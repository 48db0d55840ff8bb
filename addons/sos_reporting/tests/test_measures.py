import ast
import datetime as dt
import json
import re

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import ReturnCommon

DASHBOARDS = ("manager_week", "service", "practice")


@tagged("post_install", "-at_install")
class TestMeasures(ReturnCommon):
    """What each number counts, on families whose history is known; and that it is one
    number wherever it is shown."""

    def _rows(self, name, user=None, domain=()):
        rows = self.env[f"sos.measure.{name}"].with_user(user or self.manager)
        return rows.search([("case_id", "in", self.case.ids), *domain])

    def _get(self, code, user=None, **period):
        measures = self.env["sos.measure"].with_user(user or self.manager)
        return measures._get_value(code, team=self.team, **period)

    # ----------------------------------------------------------------- the rows

    def test_rows_are_counted_and_never_written(self):
        self._refer_on("2025-09-03")
        row = self._rows("step")[:1]
        self.assertTrue(row)
        with self.assertRaises(AccessError):
            row.write({"team_id": False})
        with self.assertRaises(AccessError):
            row.create({"case_id": self.case.id})
        with self.assertRaisesRegex(UserError, "counted from the record"):
            row.sudo().write({"team_id": False})
        with self.assertRaisesRegex(UserError, "counted from the record"):
            row.sudo().create({"case_id": self.case.id})

    def test_order_does_not_tell_where_a_name_stands(self):
        """An analyst counts families whose names they do not read."""
        rows = self.env["sos.measure.caseload"].with_user(self.analyst)
        cases = self.case | self.unborn_case
        domain = [("case_id", "in", cases.ids)]
        orders = []
        for names in (("Aaa", "Zzz"), ("Zzz", "Aaa")):
            for case, name in zip(cases, names, strict=True):
                case.name = name
            groups = rows.formatted_read_group(
                domain, ["case_id"], ["__count"], order="case_id"
            )
            orders.append(
                (
                    rows.search(domain, order="case_id, id").ids,
                    rows.search(domain, order="case_id desc").ids,
                    [group["case_id"][0] for group in groups],
                )
            )
        self.assertEqual(len(orders[0][0]), 2)
        self.assertEqual(*orders)

    def test_lists_are_exported_with_the_columns_that_they_show(self):
        """Whoever may not read a family finds its number in the file."""
        self._refer_on("2025-09-03")
        columns = ["case_id", "team_id"]
        for name in ("step", "episode", "caseload"):
            for user in (self.analyst, self.manager):
                with self.subTest(name, user=user.login):
                    rows = self._rows(name, user)
                    self.assertTrue(rows)
                    exported = rows.export_data(columns)["datas"]
                    reads = self.case.with_user(user).has_access("read")
                    called = self.case.name if reads else self.case.reference
                    for case, team in exported:
                        self.assertIn(called, case)
                        self.assertEqual(team, self.team.name)
                        self.assertEqual(self.case.name in case, reads)

    def test_step_in_time_late_and_not_done(self):
        with self._on("2025-09-03"):
            form = self._open(
                "contact",
                self.sam,
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            )
        with self._on("2025-09-09"):
            self._sign(self._fill(form, decision="assess"))
        row = self._rows("step", domain=[("step_id.code", "=", "contact")])
        self.assertEqual((row.result, row.days_late), ("late", 5))
        self.assertEqual((row.in_time_share, row.unexplained), (0.0, True))
        clock = self.env["sos.deadline"].browse(row.id)
        clock.with_user(self.manager).late_reason = "The police rang on Monday."
        row.invalidate_recordset()
        self.assertFalse(row.unexplained)
        self.assertEqual(row.late_reason, "The police rang on Monday.")
        step = [("step_id.code", "=", "assessment")]
        with self._on("2025-09-10"):
            row = self._rows("step", domain=step)
            self.assertEqual((row.result, row.in_time_share), ("running", False))
        with self._on("2025-12-01"):
            self.env.invalidate_all()
            row = self._rows("step", domain=step)
            self.assertEqual((row.result, row.in_time_share), ("overdue", 0.0))
            self.assertEqual(row.days_late, (dt.date(2025, 12, 1) - row.due_on).days)

    def test_late_when_the_plan_ended_was_not_done_in_time(self):
        """The first core group was due on 20 October, and nobody held it before the
        plan ended in January; the review was not due before then."""
        self._protect()
        with self._on("2025-12-12"):
            self.case.plan_ids._end(dt.date(2025, 12, 12))
        core_group, review = (
            self._rows("step", domain=[("step_id.code", "=", code)])
            for code in ("core_group", "review_conference")
        )
        self.assertEqual(core_group.due_on, dt.date(2025, 10, 20))
        self.assertEqual((core_group.result, core_group.days_late), ("missed", 53))
        clock = self.env["sos.deadline"].browse(core_group.id)
        self.assertTrue(clock.late, "and its manager can say why")
        self.assertEqual((core_group.in_time_share, core_group.unexplained), (0, True))
        self.assertEqual((review.result, review.in_time_share), ("none", False))

    def test_period_and_now(self):
        self._refer_on("2025-09-03", "assess")
        with self._on("2025-12-01"):
            since = dt.date(2025, 11, 20)
            # what is late now is late whenever it was due
            self.assertEqual(self._get("late_now", since=since), 1)
            self.assertEqual(self._get("referrals", since=since), 0)
            until = dt.date(2025, 9, 30)
            first = dt.date(2025, 9, 1)
            self.assertEqual(self._get("referrals", since=first, until=until), 1)

    def test_re_referral_within_twelve_months(self):
        self._refer_on("2024-09-02")
        self._close_on("2024-10-01", "RC8")
        self._refer_on("2025-09-02")
        self._close_on("2025-10-01", "RC8")
        self._refer_on("2026-09-03")
        rows = self._rows("episode").sorted("referred_on")
        self.assertEqual(rows.mapped("re_referral"), [False, True, False])
        self.assertAlmostEqual(self._get("re_referrals"), 100 / 3, 1)

    def test_how_far_it_went(self):
        self._protect()
        row = self._rows("episode")
        self.assertEqual(
            (row.enquired, row.conferenced, row.protected, row.planned), (1, 1, 1, 0)
        )

    def test_second_plan_within_two_years(self):
        self._protect()
        with self._on("2026-01-12"):
            self.case.plan_ids._end(dt.date(2026, 1, 12))
        plan = self._rows("plan")
        self.assertEqual((plan.days, plan.band, plan.second), (98, "2", False))
        self.assertFalse(plan.running)
        again = self.case.plan_ids.copy(
            {"started_on": "2027-11-01", "ended_on": "2027-11-30"}
        )
        late = again.copy({"started_on": "2029-12-05", "ended_on": "2029-12-06"})
        rows = self._rows("plan").sorted("started_on")
        self.assertEqual(rows.mapped("second"), [False, True, False])
        self.assertEqual(rows[-1].id, late.id)
        self.assertAlmostEqual(self._get("second_plans"), 100 / 3, 1)

    def test_length_is_that_of_the_plans_that_ended_in_the_period(self):
        """From 6 October 2025 to 12 January 2026 are 98 days, and they are known in
        January; a plan that goes on has no length."""
        self._protect()
        in_2025 = {"since": dt.date(2025, 1, 1), "until": dt.date(2025, 12, 31)}
        in_2026 = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}
        self.assertIs(self._get("plan_days"), False)
        with self._on("2026-01-12"):
            self.case.plan_ids._end(dt.date(2026, 1, 12))
        self.assertIs(self._get("plan_days", **in_2025), False)
        self.assertEqual(self._get("plan_days", **in_2026), 98)

    def test_what_was_taken_back_does_not_count(self):
        self._protect()
        self.case.plan_ids._stop_counting()
        self.assertFalse(self._rows("plan"))
        self.assertEqual(self._get("protection_plans"), 0)

    def test_forms_that_wait(self):
        with self._on("2026-02-02"):
            form = self._open("assessment", self.sam, started_on="2026-02-02")
            form.child_ids.seen = "yes"
            form.child_ids.factor_ids = self._code("assessment_factor", "16A")
            form = self._fill(form, decision="cin")
            form.with_user(self.worker).action_submit()
        with self._on("2026-02-09"):
            row = self._rows("form")
            self.assertEqual((row.waiting, row.days_waited), (True, 7))
            self.assertEqual(self._get("waiting"), 1)
            self.assertIs(self._get("waiting_days"), False, "none is signed yet")
        self.assertEqual(row.action_open()["res_id"], form.id)

    def test_caseload_and_weight(self):
        row = self._rows("caseload")
        self.assertEqual((row.child_count, row.weight, row.allocated), (2, 2, False))
        self._protect()
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
        )
        row.invalidate_recordset()
        # one child with a protection plan counts three, the other one
        self.assertEqual((row.weight, row.allocated), (4, True))
        self.assertEqual(row.lead_id, self.worker)
        self.assertEqual(self._get("weight", worker=self.worker), 4)

    # ------------------------------------------------------------- who may count

    def test_who_counts_what(self):
        self._protect()
        self.assertTrue(self._rows("step", self.manager))
        self.assertFalse(self._rows("step", self.other_manager))
        for user in (self.worker, self.chair, self.support, self.configurator):
            with self.assertRaises(AccessError):
                self._rows("step", user)
            self.assertFalse(
                self.env["sos.measure"].with_user(user).search([])[0].value
            )

    def test_analyst_counts_without_names(self):
        self._protect()
        self.case.restricted = True
        row = self._rows("step", self.analyst)[:1]
        self.env["sos.deadline"].browse(row.id).late_reason = "Alex was not in."
        (values,) = row.read()
        self.assertNotIn("Hill", str(values))
        self.assertIn(self.case.reference, values["case_id"][1])
        self.assertFalse(values["late_reason"])
        with self.assertRaises(AccessError):
            self.env["sos.case"].with_user(self.analyst).browse(
                row.action_open()["res_id"]
            ).read(["name"])
        with self.assertRaises(AccessError):
            self.env["sos.whiteboard"].with_user(self.analyst).search([])

    def test_blocked_from_a_family_counts_it_not(self):
        self._protect()
        before = self._get("protection_plans", self.service_manager)
        self.env["sos.access.block"].create(
            {
                "user_id": self.service_manager.id,
                "case_id": self.case.id,
                "reason": "A cousin.",
            }
        )
        self.env.invalidate_all()
        after = self._get("protection_plans", self.service_manager)
        self.assertEqual((before, after), (1, 0))

    # ------------------------------------------------------------ the same number

    def test_same_number_on_every_dashboard(self):
        """What a dashboard counts under a measure's name is that measure: the rows and
        the way they become one number are those of its definition."""
        measures = {m.code: m for m in self.env["sos.measure"].search([])}
        shown = set()
        for name in DASHBOARDS:
            for pivot in self._read_dashboard(name)["pivots"].values():
                if not pivot["name"].startswith("measure "):
                    continue
                measure = measures[pivot["name"].removeprefix("measure ")]
                shown.add(measure.code)
                self.assertEqual(pivot["model"], measure.model)
                counted = [list(one) for one in ast.literal_eval(measure.domain)]
                self.assertEqual(
                    json.dumps(pivot["domain"]), json.dumps(counted), measure.code
                )
                self.assertEqual(
                    [m["id"] for m in pivot["measures"]], [measure.aggregate]
                )
                period = pivot["fieldMatching"].get("period", {})
                self.assertEqual(
                    period.get("chain", False), measure._get_day(), measure.code
                )
        self.assertGreater(len(shown), 15)

    def test_same_number_in_list_and_pivot(self):
        self._protect()
        for measure in self.env["sos.measure"].with_user(self.manager).search([]):
            rows = self.env[measure.model].with_user(self.manager)
            domain = measure._get_domain(team=self.team)
            value = measure._get_value(measure.code, team=self.team)
            (group,) = rows.formatted_read_group(domain, [], [measure.aggregate])
            shown = group[measure.aggregate]
            self.assertAlmostEqual(shown or 0, value or 0, 4, measure.code)

    def test_every_measure_is_said_in_full(self):
        for measure in self.env["sos.measure"].search([]):
            with self.subTest(measure.code):
                for name in ("meaning", "population", "numerator", "owner", "source"):
                    self.assertTrue(measure[name], name)
                measure._get_value(measure.code)
                share = measure.aggregate.endswith(":avg")
                self.assertEqual(bool(measure.denominator), share)

    def test_no_measure_of_an_empty_authority_fails(self):
        since = dt.date.today() + relativedelta(years=30)
        for measure in self.env["sos.measure"].search([]):
            value = measure._get_value(
                measure.code,
                since=since,
                team=self.env["sos.team"].create({"name": "X"}),
            )
            self.assertFalse(value, measure.code)

    # --------------------------------------------------------------- dashboards

    def _read_dashboard(self, name):
        with file_open(f"sos_reporting/data/dashboards/{name}.json") as file:
            return json.load(file)

    def test_filters_work_everywhere(self):
        for name in DASHBOARDS:
            data = self._read_dashboard(name)
            filters = {one["id"] for one in data["globalFilters"]}
            figures = [f["data"] for s in data["sheets"] for f in s["figures"]]
            sources = [
                *data["pivots"].values(),
                *data["lists"].values(),
                *(f for f in figures if f["type"].startswith("odoo_")),
            ]
            for source in sources:
                self.assertLessEqual({"team", "worker"}, set(source["fieldMatching"]))
                model = source.get("model") or source["metaData"]["resModel"]
                for match in source["fieldMatching"].values():
                    self.assertIn(match["chain"], self.env[model]._fields)
            # none is offered that changes nothing
            used = {name for one in sources for name in one["fieldMatching"]}
            self.assertEqual(filters, used, name)

    def test_lists_say_how_many_there_are_and_how_many_more(self):
        """A list on a dashboard shows a few rows; beside its name stands how many there
        are, and under it how many more: of the same rows under the same filters."""
        count = r'=MAX\(PIVOT\.VALUE\((\d+),"__count"\)(?:-(\d+))?,0\)'
        for name in DASHBOARDS:
            data = self._read_dashboard(name)
            text = "\n".join(data["sheets"][0]["cells"].values())
            counts = re.findall(count, text)
            self.assertEqual(len(counts), 2 * len(data["lists"]), name)
            for number, rows in data["lists"].items():
                places = re.findall(rf"=ODOO\.LIST\({number},(\d+),", text)
                left_out = [
                    shown
                    for pivot, shown in counts
                    if all(
                        data["pivots"][pivot][key] == rows[key]
                        for key in ("model", "domain", "fieldMatching")
                    )
                ]
                shown = str(max(map(int, places)))
                self.assertEqual(sorted(left_out), ["", shown], (name, rows["name"]))

    def test_cards_show_a_measure(self):
        """A card opens the rows of the pivot in its cell: those of one measure."""
        for name in DASHBOARDS:
            data = self._read_dashboard(name)
            numbers = data["sheets"][1]["cells"]
            for figure in data["sheets"][0]["figures"]:
                if figure["data"]["type"] != "scorecard":
                    continue
                cell = figure["data"]["keyValue"].removeprefix("Data!")
                pivots = set(re.findall(r"PIVOT\.VALUE\((\d+),", numbers[cell]))
                self.assertEqual(len(pivots), 1, figure["id"])
                pivot = data["pivots"][pivots.pop()]
                self.assertTrue(pivot["name"].startswith("measure "), figure["id"])
                self.assertFalse(pivot["rows"] + pivot["columns"])

    def test_closed_files_with_work_left_are_listed(self):
        """A form that somebody begins in a closed file, or did not end before: the
        whiteboard shows open files only. A contact opens the file."""
        rows = self._read_dashboard("manager_week")["lists"]["6"]
        cases = self.env["sos.case"].with_user(self.manager)
        listed = [*rows["domain"], ("id", "=", self.unborn_case.id)]
        self._refer_on("2025-09-03", "nfa", self.unborn)
        self.assertTrue(self.unborn_case.closed_on)
        self.assertFalse(cases.search(listed))
        with self._on("2025-11-03"):
            form = self._open("visit", self.unborn)
            self.assertEqual(cases.search(listed), self.unborn_case)
            form.action_cancel("Nobody went.")
            self.assertFalse(cases.search(listed))
            self._open("contact", self.unborn)
            self.assertFalse(self.unborn_case.closed_on)
            self.assertFalse(cases.search(listed))

    def test_who_opens_which_dashboard(self):
        ours = self.env.ref("sos_reporting.spreadsheet_dashboard_group_casework")
        for user, expected in (
            (self.worker, []),
            (self.chair, []),
            (self.configurator, []),
            (self.manager, ["Manager's week", "Service", "Practice quality"]),
            (self.service_manager, ["Manager's week", "Service", "Practice quality"]),
            (self.analyst, ["Service", "Practice quality"]),
            (self.auditor, ["Service", "Practice quality"]),
            (self.lead, ["Practice quality"]),
        ):
            dashboards = self.env["spreadsheet.dashboard"].with_user(user)
            found = dashboards.search([("dashboard_group_id", "=", ours.id)])
            self.assertEqual(found.mapped("name"), expected, user.login)
