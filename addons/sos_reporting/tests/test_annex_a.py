import datetime as dt
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .annex_a_format import LISTS, SETS
from .common import ReturnCommon

DAY = dt.date(2026, 3, 31)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosAnnexA(ReturnCommon):
    """Ofsted's lists as at 31 March 2026, so of the time from 30 September 2025."""

    def _workbook(self, as_at=DAY):
        annex = self.env["sos.annex.a"].with_user(self.analyst)
        return openpyxl.load_workbook(io.BytesIO(annex._get_workbook(as_at)))

    def _rows(self, number, as_at=DAY):
        """The rows of a list, each a dict from heading to value."""
        sheet = self._workbook(as_at)[f"List {number}"]
        headings, *rows = sheet.iter_rows(values_only=True)
        return [
            {
                heading: value.date() if isinstance(value, dt.datetime) else value
                for heading, value in zip(headings, row, strict=True)
            }
            for row in rows
        ]

    def _row(self, number, as_at=DAY):
        (row,) = self._rows(number, as_at)
        return row

    def _assertRow(self, number, values, as_at=DAY):
        row = self._row(number, as_at)
        self.assertEqual({heading: row[heading] for heading in values}, values)

    # ---------------------------------------------------------------- the workbook

    def test_sheets_and_headings(self):
        workbook = self._workbook()
        names = [f"List {number}" for number in range(1, 12)]
        self.assertEqual(workbook.sheetnames, [*names, "Notes"])
        for number, columns in LISTS.items():
            headings = [cell.value for cell in workbook[f"List {number}"][1]]
            self.assertEqual(headings, [heading for heading, _, _ in columns])

    def test_every_cell_is_of_its_kind(self):
        self._protect()
        self._assess_on("2025-09-04", "2025-10-10", "continue_cp")
        self._visit_on("2025-10-20")
        self._review_on("2025-12-17", category="EMO")
        self._refer_on("2025-11-04", "nfa", self.robin)
        self._refer_on("2026-01-12", children=self.unborn)
        self._assess_on("2026-01-14", None, child=self.unborn)
        self._close_on("2026-03-30")
        workbook = self._workbook()
        for number in (1, 3, 4, 5, 6, 7):
            sheet = workbook[f"List {number}"]
            self.assertGreater(sheet.max_row, 1, number)
            for row in sheet.iter_rows(min_row=2):
                for cell, column in zip(row, LISTS[number], strict=True):
                    self._check_cell(cell, *column)
        for number in (2, 8, 9, 10, 11):
            self.assertEqual(workbook[f"List {number}"].max_row, 1)

    def _check_cell(self, cell, heading, kind, required):
        where = f"{cell.parent.title} {cell.coordinate} {heading}: {cell.value}"
        if cell.value is None:
            self.assertFalse(required, where)
        elif kind == "date":
            self.assertIsInstance(cell.value, dt.datetime, where)
            self.assertEqual(cell.number_format, "dd/mm/yyyy", where)
        elif kind == "integer":
            self.assertIs(type(cell.value), int, where)
            self.assertGreaterEqual(cell.value, 0, where)
        else:
            self.assertEqual(cell.data_type, "s", where)
            if kind != "text":
                self.assertIn(cell.value, SETS[kind], where)

    def test_words_of_the_code_sets(self):
        """Every value that may stand in the lists, and no other, is in the codes."""
        words = self.env["sos.annex.a"]._get_words()
        names = {
            "GENDER": "gender",
            "ETHNICITY": "ethnicity",
            "SOURCE": "referral_source",
            "YN": "annex_yn",
            "YNU": "annex_ynu",
            "NEED": "primary_need",
            "CLOSURE": "closure_reason",
            "STATUS": "annex_status",
            "ABUSE": "abuse_category",
        }
        for name, code_set in names.items():
            self.assertEqual(words.get_values(code_set), SETS[name], name)

    def test_nothing_is_run_as_a_formula(self):
        self._refer_on("2025-10-20")
        worker = self.worker.copy({"name": "=cmd|'/c calc'!A0", "login": "formula"})
        self.team.name = "@SUM(1+1)"
        self.env["sos.allocation"].create(
            {"case_id": self.case.id, "user_id": worker.id, "since": "2025-10-20"}
        )
        sheet = self._workbook()["List 3"]
        cells = {cell.value: cell.data_type for cell in sheet[2]}
        self.assertEqual(cells["=cmd|'/c calc'!A0"], "s")
        self.assertEqual(cells["@SUM(1+1)"], "s")

    def test_notes_say_what_is_left_out(self):
        rows = list(self._workbook()["Notes"].iter_rows(values_only=True))
        self.assertEqual(rows[0][:2], ("As at", "31/03/2026"))
        left_out = {row[0] for row in rows if (row[1] or "").startswith("Left out:")}
        self.assertEqual(left_out, {"List 8", "List 9", "List 10", "List 11"})

    def _notes(self, title, as_at=DAY):
        """Words to (count, children) of the notes about a list."""
        rows = self._workbook(as_at)["Notes"].iter_rows(values_only=True)
        return {row[1]: row[2:4] for row in rows if row[0] == title}

    def test_notes_say_what_is_missing(self):
        self._refer_on("2025-10-20")
        self.assertNotIn("“Ethnicity”: t) NOBT", self._notes("List 3"))
        self.sam.ethnicity_id = False
        self.assertEqual(self._notes("List 3")["“Ethnicity”: t) NOBT"][0], 1)

    def test_notes_say_which_rows_were_left_out(self):
        self._refer_on("2025-10-20")
        self._refer_on("2025-10-27", "strategy")
        self._refer_on("2025-10-28", "information", self.robin)
        with self._on("2026-03-30"):
            undecided = self._open("contact", self.unborn)
        whose = {
            words: children
            for words, (count, children) in self._notes("List 3").items()
            if count
        }
        joined = "Contacts about a child who had an open period of need already"
        self.assertEqual(whose[joined], self.sam.reference)
        self.assertEqual(
            whose["Contacts that were for information and advice only"],
            self.robin.reference,
        )
        waiting = "Contacts that were not decided by that day"
        self.assertEqual(whose[waiting], self.unborn.reference)
        only = "Referrals with no assessment, enquiry, conference or plan by that day"
        self.assertEqual(self._notes("List 6")[only], (1, self.sam.reference))
        self._assess_on("2025-10-29", None)
        undecided.with_user(self.manager).action_cancel("Typed twice.")
        self.assertNotIn(only, self._notes("List 6"))
        self.assertNotIn(waiting, self._notes("List 3"))
        self.assertEqual(
            self._notes("List 1")["Contacts that were cancelled"],
            (1, self.unborn.reference),
        )

    def test_passed_on_to_early_help(self):
        self._refer_on("2025-10-20", "early_help")
        self._refer_on("2025-10-21", children=self.robin)
        self._assess_on("2025-10-22", "2025-11-20", "step_down", self.robin)
        self._refer_on("2025-10-23", "nfa", self.unborn)
        rows = self._rows(2)
        self.assertEqual(
            [row["Child Unique ID"] for row in rows],
            [self.sam.reference, self.robin.reference],
        )
        for heading in ("Assessment start date", "Organisation completing assessment"):
            self.assertEqual({row[heading] for row in rows}, {None})
            self.assertEqual(self._notes("List 2")[f"“{heading}”: blank"][0], 2)
        self._assertRow(
            2, {"Child Unique ID": self.sam.reference}, dt.date(2025, 11, 19)
        )

    # ------------------------------------------------------------------- the child

    def test_child_columns(self):
        self.sam.gender_id = self._code("gender", "b")
        self._refer_on("2025-10-20")
        self._assertRow(
            3,
            {
                "Child Unique ID": self.sam.reference,
                "Gender": "b) Female",
                "Ethnicity": "a) WBRI",
                "Date of Birth": dt.date(2017, 5, 4),
                "Age of Child (Years)": 8,
                "Allocated Team": "North",
                "Allocated Worker": "Not allocated",
            },
        )

    def test_not_recorded(self):
        self.sam.write(
            {"ethnicity_id": False, "birth_date": False, "disability_ids": False}
        )
        self._refer_on("2025-10-20")
        self._assess_on("2025-10-21", None)
        self._assertRow(
            4,
            {
                "Gender": "c) Not stated/recorded",
                "Ethnicity": "t) NOBT",
                "Date of Birth": None,
                "Age of Child (Years)": None,
                "Does the Child have a Disability": "c) Unknown",
            },
        )

    def test_unborn_on_the_day(self):
        self.unborn.gender_id = self._code("gender", "b")
        self.unborn.disability_ids = self._code("disability", "NONE")
        self._refer_on("2025-10-20", children=self.unborn)
        self._assess_on("2025-10-21", None, child=self.unborn)
        self.unborn.action_record_birth("2025-12-18", "F")
        heading = "Does the Child have a Disability"
        expected = {"Gender": "b) Female", "Age of Child (Years)": 0, heading: "b) No"}
        self._assertRow(4, expected)
        expected = {
            "Gender": "c) Not stated/recorded",
            "Date of Birth": None,
            "Age of Child (Years)": None,
            heading: "c) Unknown",
        }
        self._assertRow(4, expected, dt.date(2025, 12, 17))

    def test_disability(self):
        self._refer_on("2025-10-20")
        self._assess_on("2025-10-21", None)
        heading = "Does the Child have a Disability"
        self._assertRow(4, {heading: "b) No"})
        self.sam.disability_ids = self._code("disability", "AUT")
        self._assertRow(4, {heading: "a) Yes"})

    def test_worker_of_the_day(self):
        self._refer_on("2025-10-20")
        allocations = self.env["sos.allocation"]
        values = {"case_id": self.case.id, "role": "lead"}
        for user, day in ((self.worker, "2025-10-21"), (self.outsider, "2026-02-02")):
            allocations.create({**values, "user_id": user.id, "since": day})
        only_robin = {"user_id": self.lead.id, "child_ids": self.robin.ids}
        allocations.create({**values, **only_robin, "since": "2026-02-03"})
        heading = "Allocated Worker"
        self._assertRow(3, {heading: self.outsider.name})
        self._assertRow(3, {heading: self.worker.name}, dt.date(2026, 2, 1))
        self._close_on("2026-01-30")
        self._assertRow(3, {heading: self.worker.name})

    # ------------------------------------------------------------------- each list

    def test_contacts(self):
        self._refer_on("2025-09-29", "information")
        self._refer_on("2025-09-30", "information")
        self._refer_on("2026-03-31", "assess", self.sam | self.robin)
        self._refer_on("2026-04-01", "assess")
        rows = self._rows(1)
        days = [(row["Child Unique ID"], row["Date of Contact"]) for row in rows]
        self.assertEqual(
            days,
            [
                (self.sam.reference, dt.date(2025, 9, 30)),
                (self.sam.reference, dt.date(2026, 3, 31)),
                (self.robin.reference, dt.date(2026, 3, 31)),
            ],
        )
        with self._on("2026-03-30"):
            self._open("contact", self.unborn)
        sources = {row["Contact Source"] for row in self._rows(1)}
        self.assertEqual(sources, {"e) 2A: Schools", "u) 10: Unknown"})

    def test_referrals(self):
        for day in ("2024-11-03", "2024-11-04", "2025-10-06"):
            self._refer_on(day, "nfa")
        self._refer_on("2025-11-04")
        self._refer_on("2025-11-10", "strategy")
        self._refer_on("2025-11-05", "information", self.robin)
        rows = [
            (row["Date of referral"], row["Referral NFA?"]) for row in self._rows(3)
        ]
        self.assertEqual(
            rows,
            [
                (dt.date(2025, 10, 6), "a) Yes"),
                (dt.date(2025, 11, 4), "b) No"),
            ],
        )
        heading = "Number of Referrals in Last 12 Months"
        self.assertEqual({row[heading] for row in self._rows(3)}, {2})

    def test_assessments(self):
        self._refer_on("2025-08-04")
        self._assess_on("2025-08-05", "2025-09-29", "cin")
        self.assertFalse(self._rows(4))
        self._refer_on("2025-08-04", children=self.robin)
        form = self._assess_on("2025-08-05", "2025-09-30", "close", self.robin)
        expected = {
            "Child Unique ID": self.robin.reference,
            "Continuous Assessment Start Date": dt.date(2025, 8, 5),
            "Child Seen During Continuous Assessment": "a) Yes",
            "Continuous Assessment Date of Authorisation": dt.date(2025, 9, 30),
            "Was the child assessed as requiring LA children's social care "
            "support?": "b) No",
        }
        self._assertRow(4, expected)
        form.child_ids.sudo().seen = "no"
        seen = "Child Seen During Continuous Assessment"
        self._assertRow(4, {seen: "b) No"})
        form.child_ids.sudo().seen = False
        self._assertRow(4, {seen: "c) Unknown"})
        self._visit_on("2025-09-12", self.robin, statutory=False)
        self._assertRow(4, {seen: "a) Yes"})

    def test_assessment_that_is_open_on_the_day(self):
        self._refer_on("2026-02-11")
        self._assess_on("2026-02-13", "2026-04-02")
        support = LISTS[4][9][0]
        heading = "Continuous Assessment Date of Authorisation"
        self._assertRow(4, {heading: None, support: None})
        later = dt.date(2026, 4, 2)
        self._assertRow(4, {heading: later, support: "a) Yes"}, later)

    def test_enquiries(self):
        unnecessary = "Was an Initial Child Protection Conference deemed unnecessary?"
        conference = "Date of Initial Child Protection Conference"
        plan = (
            "Did the Initial Child Protection Conference Result in a Child "
            "Protection Plan"
        )
        started = "Strategy discussion initiating Section 47 Enquiry Start Date"
        self._refer_on("2026-02-02", "strategy")
        self._discuss_on("2026-02-09")
        day = dt.date(2026, 2, 9)
        expected = {started: day, unnecessary: None, conference: None, plan: None}
        self._assertRow(5, expected)
        self._enquire_on("2026-02-16")
        self._assertRow(5, {**expected, unnecessary: "b) No"})
        self._confer_on("2026-02-23")
        expected = {
            **expected,
            unnecessary: "b) No",
            conference: dt.date(2026, 2, 23),
            plan: "a) Yes",
        }
        self._assertRow(5, expected)
        expected = {unnecessary: None, conference: None, plan: None}
        self._assertRow(5, expected, dt.date(2026, 2, 15))

    def test_enquiry_without_conference_or_plan(self):
        unnecessary = "Was an Initial Child Protection Conference deemed unnecessary?"
        plan = (
            "Did the Initial Child Protection Conference Result in a Child "
            "Protection Plan"
        )
        self._refer_on("2026-02-02", "strategy")
        self._discuss_on("2026-02-09")
        self._enquire_on("2026-02-16", "not_substantiated")
        self._assertRow(5, {unnecessary: "a) Yes", plan: None})
        self._refer_on("2026-02-02", "strategy", self.robin)
        self._discuss_on("2026-02-09", self.robin)
        self._enquire_on("2026-02-16", child=self.robin)
        with self._on("2026-02-23"):
            form = self._open("initial_conference", self.robin, self.support)
            form.write({"chair_id": self.chair.id, "held_on": "2026-02-23"})
        outcomes = {row["Child Unique ID"]: row[plan] for row in self._rows(5)}
        self.assertEqual(outcomes[self.robin.reference], "c) Unknown")
        self._confer_on("2026-02-23", "nfa", child=self.robin)
        outcomes = {row["Child Unique ID"]: row[plan] for row in self._rows(5)}
        self.assertEqual(outcomes[self.robin.reference], "b) No")

    def test_numbers_of_enquiries_and_conferences(self):
        self._refer_on("2024-12-02", "strategy")
        self._discuss_on("2024-12-09")
        self._enquire_on("2024-12-16", "not_substantiated")
        self._discuss_on("2025-04-14")
        self._enquire_on("2025-04-21")
        self._confer_on("2025-05-06", "nfa")
        self._discuss_on("2026-02-09")
        self._enquire_on("2026-02-16")
        self._confer_on("2026-02-23")
        self._assertRow(
            5,
            {
                "Number of Section 47 Enquiries in the last 12 months": 1,
                "Number of ICPCs in the last 12 months": 1,
            },
        )

    def test_children_in_need(self):
        self._refer_on("2025-10-20")
        self.assertFalse(self._rows(6), "a referral alone is not in it")
        self._assess_on("2025-10-21", "2025-11-20", "cin")
        self._visit_on("2025-11-03", alone="no", statutory=False)
        self._visit_on("2025-11-04", seen="no", alone=False)
        expected = {
            "CIN Start Date": dt.date(2025, 10, 20),
            "Primary Need Code": "N1 - Abuse or neglect",
            "Date Child Was Last Seen": dt.date(2025, 11, 3),
            "CIN Closure Date": None,
            "Reason for Closure": None,
            "Case Status": "c) Child in need plan",
        }
        self._assertRow(6, expected)
        self._assertRow(6, {"Case Status": "d) Open assessment"}, dt.date(2025, 11, 19))
        self._close_on("2026-03-30", "RC5")
        expected = {
            **expected,
            "CIN Closure Date": dt.date(2026, 3, 30),
            "Reason for Closure": "RC5 - Transferred to services of another local "
            "authority",
            "Case Status": "e) Closed episode",
        }
        self._assertRow(6, expected)
        self._assertRow(6, expected, dt.date(2026, 9, 30))
        self.assertFalse(self._rows(6, dt.date(2026, 10, 1)))

    def test_one_row_for_a_child_in_need(self):
        self._refer_on("2025-05-06")
        self._assess_on("2025-05-07", "2025-06-10", "cin")
        self._close_on("2025-10-06")
        self._refer_on("2025-11-04", "strategy")
        self._discuss_on("2025-11-10")
        self._enquire_on("2025-11-17")
        self._confer_on("2025-11-24")
        self._assertRow(
            6,
            {
                "CIN Start Date": dt.date(2025, 11, 4),
                "Case Status": "b) Child Protection plan",
            },
        )

    def test_protection_plans(self):
        self.sam.previous_plans = 1
        self._protect()
        self._visit_on("2025-10-16", alone="no")
        self._visit_on("2025-10-20", seen="no", alone=False)
        self._visit_on("2025-10-21", statutory=False)
        self._review_on("2025-12-17", category="EMO")
        expected = {
            "Child Protection Plan Start Date": dt.date(2025, 10, 6),
            "Initial Category of Abuse": "a) Neglect",
            "Latest Category of Abuse": "d) Emotional abuse",
            "Date of the Last Statutory Visit": dt.date(2025, 10, 16),
            "Was the Child Seen Alone?": "b) No",
            "Date of latest review conference": dt.date(2025, 12, 17),
            "Child Protection Plan End Date": None,
            "Number of Previous Child Protection Plans": 1,
        }
        self._assertRow(7, expected)
        expected = {
            "Latest Category of Abuse": "a) Neglect",
            "Date of the Last Statutory Visit": None,
            "Was the Child Seen Alone?": None,
            "Date of latest review conference": None,
        }
        self._assertRow(7, expected, dt.date(2025, 10, 15))

    def test_protection_plan_that_ended(self):
        self._protect()
        self._review_on("2025-12-17", "end_cin")
        heading = "Child Protection Plan End Date"
        self._assertRow(7, {heading: dt.date(2025, 12, 17)})
        self._assertRow(7, {heading: None}, dt.date(2025, 12, 16))
        self.assertTrue(self._rows(7, dt.date(2026, 6, 17)))
        self.assertFalse(self._rows(7, dt.date(2026, 6, 18)))

    # ---------------------------------------------------------------------- refusals

    def test_missing_fact_is_named_without_the_child(self):
        self._protect()
        self.sam.plan_ids.initial_category_id = False
        with self.assertRaises(UserError) as error:
            self._workbook()
        words = str(error.exception)
        self.assertIn(
            f"List 7, {self.sam.reference}: “Initial Category of Abuse”", words
        )
        self.assertNotIn("Hill", words)

    def test_day_in_the_future(self):
        self._workbook(dt.date(2026, 11, 23))
        with self.assertRaisesRegex(UserError, "today or a day in the past"):
            self._workbook(dt.date(2026, 11, 24))

    def test_who_makes_them(self):
        self._refer_on("2025-10-20")
        self.case.restricted = True
        for user in (self.analyst, self.service_manager):
            lists = self.env["sos.annex.a"].with_user(user)._get_lists(DAY)
            self.assertEqual([row["child"] for row in lists[3]], [self.sam.reference])
        for user in (self.worker, self.manager, self.auditor, self.configurator):
            annex = self.env["sos.annex.a"].with_user(user)
            for make in (annex._get_lists, annex._get_workbook):
                with self.assertRaisesRegex(AccessError, "performance analyst"):
                    make(DAY)
