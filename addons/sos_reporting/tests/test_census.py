import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, file_path, mute_logger

from ..tools.census import find_schema_errors
from .common import ReturnCommon, read_census


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosCensus(ReturnCommon):
    """The children in need census of the year to 31 March 2026."""

    def _census(self, year=2026):
        census = self.env["sos.census"].with_user(self.analyst)
        return read_census(census._get_xml(year))

    def _child(self, child=None, year=2026):
        child = child or self.sam
        return self._census(year)[child.reference]

    def _details(self, child=None, year=2026):
        """The child's only period of need."""
        (details,) = self._child(child, year)["CINdetails"]
        return details

    def _children(self, year=2026):
        """Who is in the census of a year."""
        rows = self.env["sos.census"].with_user(self.analyst)._get_rows(year)
        people = self.env["sos.person"].browse(row.record.id for row in rows)
        numbers = [row.identifiers.la_child_id for row in rows]
        self.assertEqual(people.mapped("reference"), numbers)
        return people

    # ------------------------------------------------------------------ the whole

    def test_all_of_a_protected_child(self):
        self.sam.write({"upn": "R392456718001", "previous_plans": 2})
        self._protect()
        self._assess_on("2025-09-04", "2025-10-10", "continue_cp")
        self._review_on("2025-12-17", category="EMO")
        self.assertEqual(
            self._child(),
            {
                "identifiers": {
                    "UPN": "R392456718001",
                    "PersonBirthDate": "2017-05-04",
                    "Sex": "F",
                },
                "characteristics": {"Ethnicity": "WBRI", "Disability": ["NONE"]},
                "CINdetails": [
                    {
                        "CINreferralDate": "2025-09-03",
                        "ReferralSource": "2A",
                        "PrimaryNeedCode": "N1",
                        "Assessments": [
                            {
                                "AssessmentActualStartDate": "2025-09-04",
                                "AssessmentAuthorisationDate": "2025-10-10",
                                "AssessmentFactors": ["16A"],
                            }
                        ],
                        "Section47": [
                            {
                                "S47ActualStartDate": "2025-09-16",
                                "InitialCPCtarget": "2025-10-07",
                                "DateOfInitialCPC": "2025-10-06",
                                "ICPCnotRequired": "0",
                            }
                        ],
                        "ReferralNFA": "0",
                        "ChildProtectionPlans": [
                            {
                                "CPPstartDate": "2025-10-06",
                                "InitialCategoryOfAbuse": "NEG",
                                "LatestCategoryOfAbuse": "EMO",
                                "NumberOfPreviousCPP": "2",
                                "CPPreviewDate": ["2025-12-17"],
                            }
                        ],
                    }
                ],
            },
        )

    def test_rows_lead_back_to_the_records(self):
        self._protect()
        (child,) = self.env["sos.census"].with_user(self.analyst)._get_rows(2026)
        (details,) = child.details
        parts = [child, details, *details.enquiries, *details.protection_plans]
        records = [self.env[part.record.model].browse(part.record.id) for part in parts]
        episode = self.sam.episode_ids
        self.assertEqual(
            records, [self.sam, episode, episode.enquiry_ids, episode.plan_ids]
        )

    def test_upn_or_the_reason_for_none(self):
        self._refer_on("2025-09-03")
        self.sam.upn_unknown_id = self._code("upn_unknown", "UN5")
        self.assertEqual(self._child()["identifiers"]["UPNunknown"], "UN5")
        self.sam.write({"upn": "R392456718001", "upn_unknown_id": False})
        self.assertNotIn("UPNunknown", self._child()["identifiers"])

    def test_days_are_england_s(self):
        """Half past eleven in UTC is the next day in a summer evening."""
        self._refer_on("2025-06-02")
        form = self._assess_on("2025-06-03", None)
        with self._on("2025-07-10", "23:30:00"):
            self._sign(self._fill(form, decision="cin"))
        (assessment,) = self._details()["Assessments"]
        self.assertEqual(assessment["AssessmentAuthorisationDate"], "2025-07-11")

    # ------------------------------------------------------------------ who is in it

    def test_last_and_first_day_of_referral(self):
        self._refer_on("2026-03-31", children=self.sam)
        self._refer_on("2026-04-01", children=self.robin)
        self.assertEqual(self._children(), self.sam)
        self.assertEqual(self._children(2027), self.sam | self.robin)

    def test_closed_before_and_in_the_period(self):
        for child, day in ((self.sam, "2025-03-31"), (self.robin, "2025-04-01")):
            self._refer_on("2025-01-08", children=child)
            self._close_on(day, child=child)
        self.assertEqual(self._children(2025), self.sam | self.robin)
        self.assertEqual(self._children(2026), self.robin)
        details = self._details(self.robin)
        self.assertEqual(details["CINclosureDate"], "2025-04-01")
        self.assertEqual(details["ReasonForClosure"], "RC7")
        self.assertNotIn("CINclosureDate", self._details(self.robin, 2025))

    def test_no_further_action(self):
        self._refer_on("2025-11-04", "nfa", self.sam)
        self._refer_on("2025-03-31", "early_help", self.robin)
        self.assertEqual(self._children(2026), self.sam)
        self.assertEqual(self._children(2025), self.robin)
        self.assertEqual(
            self._details(),
            {
                "CINreferralDate": "2025-11-04",
                "ReferralSource": "2A",
                "PrimaryNeedCode": "N1",
                "ReferralNFA": "1",
            },
        )

    def test_information_is_no_referral(self):
        self._refer_on("2025-11-04", "information")
        self.assertFalse(self._children())

    def test_second_contact_joins(self):
        self._refer_on("2025-09-03")
        self._refer_on("2025-10-03", "strategy")
        self._refer_on("2025-11-03", "nfa")
        details = self._details()
        self.assertEqual(details["CINreferralDate"], "2025-09-03")
        self.assertEqual(details["ReferralNFA"], "0")

    def test_referred_again_after_closing(self):
        self._refer_on("2025-05-06")
        self._close_on("2025-07-01")
        self._refer_on("2025-11-04")
        self.assertEqual(
            [
                (details["CINreferralDate"], details.get("CINclosureDate"))
                for details in self._child()["CINdetails"]
            ],
            [("2025-05-06", "2025-07-01"), ("2025-11-04", None)],
        )

    def test_another_company(self):
        self._refer_on("2025-09-03")
        company = self.env["res.company"].create({"name": "Southshire Transport"})
        census = self.env["sos.census"].with_company(company)
        self.assertFalse(census._get_rows(2026))
        with self.assertRaisesRegex(UserError, "nothing to send"):
            census._get_xml(2026)

    # ------------------------------------------------- as it stood on 31 March 2026

    def test_closed_after_the_reference_date(self):
        self._protect()
        self._review_on("2026-04-08", category="EMO")
        self._close_on("2026-04-10")
        details = self._details()
        self.assertNotIn("CINclosureDate", details)
        self.assertNotIn("ReasonForClosure", details)
        (plan,) = details["ChildProtectionPlans"]
        self.assertEqual(plan["LatestCategoryOfAbuse"], "NEG")
        self.assertFalse({"CPPendDate", "CPPreviewDate"} & plan.keys())
        self.assertEqual(
            self._details(year=2027)["ChildProtectionPlans"][0]["CPPendDate"],
            "2026-04-10",
        )

    def test_closed_on_the_reference_date(self):
        self._refer_on("2025-09-03")
        self._assess_on("2025-09-04", "2025-10-10")
        self._close_on("2026-03-31")
        details = self._details()
        self.assertEqual(details["CINclosureDate"], "2026-03-31")
        self.assertEqual(details["CINPlanDates"][0]["CINPlanEndDate"], "2026-03-31")

    def test_started_after_the_reference_date(self):
        self._refer_on("2026-03-30")
        self._assess_on("2026-04-01", "2026-04-10")
        self.assertFalse(
            {"Assessments", "CINPlanDates", "ChildProtectionPlans", "Section47"}
            & self._details().keys()
        )

    def test_ended_before_the_period(self):
        self._refer_on("2024-09-03", "strategy")
        self._assess_on("2024-09-04", "2024-10-10")
        self._discuss_on("2024-10-14")
        self._enquire_on("2024-10-21")
        self._confer_on("2024-11-04")
        self._review_on("2025-02-03", "end_cin")
        details = self._details()
        self.assertEqual(details["CINPlanDates"], [{"CINPlanStartDate": "2025-02-03"}])
        self.assertFalse(
            {"Assessments", "ChildProtectionPlans", "Section47"} & details.keys()
        )

    def test_protection_plan_from_before_the_period(self):
        self._refer_on("2024-09-03", "strategy")
        self._discuss_on("2024-10-14")
        self._enquire_on("2024-10-21")
        self._confer_on("2024-11-04")
        self._review_on("2025-02-03")
        self._review_on("2025-07-07", category="PHY")
        details = self._details()
        self.assertNotIn("Section47", details, "its conference was last year")
        self.assertEqual(
            details["ChildProtectionPlans"],
            [
                {
                    "CPPstartDate": "2024-11-04",
                    "InitialCategoryOfAbuse": "NEG",
                    "LatestCategoryOfAbuse": "PHY",
                    "NumberOfPreviousCPP": "0",
                    "CPPreviewDate": ["2025-02-03", "2025-07-07"],
                }
            ],
        )

    def test_second_plan_counts_the_first(self):
        self._protect()
        self._review_on("2025-12-17", "end_cin")
        self._discuss_on("2026-01-12")
        self._enquire_on("2026-01-19")
        self._confer_on("2026-02-02", category="PHY")
        plans = self._details()["ChildProtectionPlans"]
        self.assertEqual(
            [(p["CPPstartDate"], p["NumberOfPreviousCPP"]) for p in plans],
            [("2025-10-06", "0"), ("2026-02-02", "1")],
        )
        self.assertEqual(
            self._details()["CINPlanDates"],
            [{"CINPlanStartDate": "2025-12-17", "CINPlanEndDate": "2026-02-02"}],
        )

    # --------------------------------------------------------------- assessments

    def test_assessment_authorised_later_is_open(self):
        self._refer_on("2026-02-11")
        self._assess_on("2026-02-13", "2026-04-02")
        self.assertEqual(
            self._details()["Assessments"],
            [{"AssessmentActualStartDate": "2026-02-13"}],
        )

    def test_only_assessments_that_were_begun(self):
        self._refer_on("2025-09-03")
        draft = self.sam.episode_ids.form_child_ids.form_id.filtered(
            lambda form: form.type_code == "assessment"
        )
        self.assertFalse(draft.started_on, "opened by the decision")
        self.assertNotIn("Assessments", self._details())
        draft.with_user(self.worker).started_on = "2025-09-05"
        self.assertIn("Assessments", self._details())
        draft.with_user(self.worker).action_cancel("Opened twice.")
        self.assertNotIn("Assessments", self._details())

    def test_assessments_in_the_order_in_which_they_were_begun(self):
        """And not in that in which somebody came to type them in."""
        self._refer_on("2025-09-03")
        self._assess_on("2025-10-20", "2025-11-03")
        with self._on("2025-11-20"):
            form = self._open("assessment", self.sam, started_on="2025-09-10")
            form.child_ids.write({"seen": "yes"})
        starts = [
            a["AssessmentActualStartDate"] for a in self._details()["Assessments"]
        ]
        self.assertEqual(starts, ["2025-09-10", "2025-10-20"])

    def test_each_child_has_its_own_factors(self):
        self._refer_on("2025-09-03", children=self.sam | self.robin)
        form = self._assess_on("2025-09-04", None, child=self.sam | self.robin)
        line = form.child_ids.filtered(lambda c: c.child_id == self.robin)
        line.factor_ids = self._code("assessment_factor", "3B")
        with self._on("2025-10-10"):
            self._sign(self._fill(form, decision="cin"))
        factors = {
            child: self._details(child)["Assessments"][0]["AssessmentFactors"]
            for child in (self.sam, self.robin)
        }
        self.assertEqual(factors, {self.sam: ["16A"], self.robin: ["3B"]})

    def test_closed_after_assessment(self):
        self._refer_on("2025-09-03")
        self._assess_on("2025-09-04", "2025-10-10", "close")
        self._refer_on("2025-09-03", "strategy", self.robin)
        self._discuss_on("2025-09-16", self.robin)
        self._enquire_on("2025-09-25", "not_substantiated", self.robin)
        self._assess_on("2025-09-04", "2025-10-10", "close", self.robin)
        for child, reason in ((self.sam, "RC8"), (self.robin, "RC7")):
            details = self._details(child)
            self.assertEqual(details["CINclosureDate"], "2025-10-10")
            self.assertEqual(details["ReasonForClosure"], reason)

    # ---------------------------------------------------------------- protection

    def test_enquiry_waits_for_its_conference(self):
        self._refer_on("2026-03-09", "strategy")
        self._discuss_on("2026-03-16")
        expected = {
            "S47ActualStartDate": "2026-03-16",
            "InitialCPCtarget": "2026-04-08",
            "ICPCnotRequired": "0",
        }
        self.assertEqual(self._details()["Section47"], [expected])
        self._enquire_on("2026-03-24")
        self.assertEqual(self._details()["Section47"], [expected])
        self._confer_on("2026-04-07")
        self.assertEqual(self._details()["Section47"], [expected])
        self.assertNotIn("ChildProtectionPlans", self._details())

    def test_enquiry_ended_without_conference(self):
        for child, day in ((self.sam, "2026-03-31"), (self.robin, "2026-04-01")):
            self._refer_on("2026-03-09", "strategy", child)
            self._discuss_on("2026-03-16", child)
            self._enquire_on(day, "not_substantiated", child)
        flags = [
            self._details(child)["Section47"][0]["ICPCnotRequired"]
            for child in (self.sam, self.robin)
        ]
        self.assertEqual(flags, ["1", "0"])

    def test_conference_that_was_held_was_required(self):
        """Whatever the enquiry said afterwards."""
        self._protect()
        self.sam.episode_ids.enquiry_ids.conference_required = "no"
        (enquiry,) = self._details()["Section47"]
        self.assertEqual(enquiry["DateOfInitialCPC"], "2025-10-06")
        self.assertEqual(enquiry["ICPCnotRequired"], "0")

    def test_enquiry_ended_last_year_without_conference(self):
        self._refer_on("2025-03-03", "strategy")
        self._discuss_on("2025-03-10")
        self._enquire_on("2025-03-28", "not_substantiated")
        self.assertIn("Section47", self._details(year=2025))
        self.assertNotIn("Section47", self._details(year=2026))

    def test_transfer_in(self):
        with self._on("2025-06-03"):
            form = self._open(
                "contact",
                self.sam,
                source_id=self._code("referral_source", "5C").id,
                need_id=self._code("primary_need", "N1").id,
                transfer_in=True,
                notified_on="2025-06-02",
            )
            self._sign(self._fill(form, decision="transfer_in"))
        self._confer_on("2025-06-17", category="EMO")
        details = self._details()
        self.assertEqual(details["DateOfInitialCPC"], "2025-06-17")
        self.assertEqual(
            details["ChildProtectionPlans"][0]["CPPstartDate"], "2025-06-17"
        )
        self.assertNotIn("Section47", details)
        self.assertNotIn("DateOfInitialCPC", self._details(year=2027))

    # ------------------------------------------------------------------- unborn

    def test_unborn(self):
        self._refer_on("2025-09-03", children=self.unborn)
        self.unborn.disability_ids = self._code("disability", "NONE")
        expected = {
            "identifiers": {"ExpectedPersonBirthDate": "2025-12-22", "Sex": "U"},
            "characteristics": {"Ethnicity": "WBRI"},
        }
        child = self._child(self.unborn)
        self.assertEqual({key: child[key] for key in expected}, expected)

    def test_born_before_and_after_the_reference_date(self):
        self._refer_on("2025-09-03", children=self.unborn)
        self.unborn.action_record_birth("2025-12-18", "F", "Isla")
        self.assertEqual(
            self._child(self.unborn)["identifiers"],
            {"PersonBirthDate": "2025-12-18", "Sex": "F"},
        )
        self.unborn.birth_date = "2026-04-01"
        self.unborn.disability_ids = self._code("disability", "NONE")
        child = self._child(self.unborn)
        self.assertEqual(
            child["identifiers"],
            {"ExpectedPersonBirthDate": "2025-12-22", "Sex": "U"},
        )
        self.assertNotIn("Disability", child["characteristics"])

    def test_died(self):
        self._refer_on("2025-09-03")
        self.sam.death_on = "2026-04-02"
        self.assertNotIn("PersonDeathDate", self._child()["identifiers"])
        self.sam.death_on = "2026-03-02"
        self.assertEqual(self._child()["identifiers"]["PersonDeathDate"], "2026-03-02")

    # ------------------------------------------------------- what is missing or wrong

    def test_missing_facts_are_named_without_the_child(self):
        self._refer_on("2025-09-03")
        self.sam.write({"sex_id": False, "ethnicity_id": False})
        with self.assertRaises(UserError) as error:
            self._census()
        words = str(error.exception)
        self.assertIn(f"{self.sam.reference}: sex", words)
        self.assertIn(f"{self.sam.reference}: ethnicity", words)
        self.assertNotIn("Sam", words)
        self.assertNotIn("Hill", words)

    def test_missing_facts_that_the_format_does_not_need(self):
        self._refer_on("2025-09-03")
        self.sam.disability_ids = False
        self.sam.episode_ids.need_id = False
        self.assertNotIn("Disability", self._child()["characteristics"])
        census = self.env["sos.census"].with_user(self.analyst)
        problems = census._get_problems(census._get_rows(2026))
        self.assertEqual(
            [(problem.reference, problem.required) for problem in problems],
            [(self.sam.reference, False)] * 2,
        )
        self.assertEqual(problems[1].record.id, self.sam.episode_ids.id)

    def test_not_as_the_format_has_it(self):
        """Whatever is wrong is found before the file is handed out."""
        self._refer_on("2025-09-03")
        self.env.cr.execute(
            SQL("UPDATE sos_person SET upn = 'R3924' WHERE id = %s", self.sam.id)
        )
        self.sam.invalidate_recordset()
        with self.assertRaises(UserError) as error:
            self._census()
        words = str(error.exception)
        self.assertRegex(words, rf"line \d+, UPN of child {self.sam.reference}: ")

    def test_the_line_of_what_is_wrong(self):
        self._refer_on("2025-09-03", children=self.sam | self.robin)
        xml = self.env["sos.census"]._get_xml(2026)
        path = file_path("sos_reporting/data/cin_2026.xsd")
        self.assertEqual(find_schema_errors(xml, path), [])
        wrong = xml.replace(b"<Sex>M</Sex>", b"<Sex>1</Sex>")
        ((line, element, number, _),) = find_schema_errors(wrong, path)
        self.assertIn(b"<Sex>1</Sex>", wrong.splitlines()[line - 1])
        self.assertEqual((element, number), ("Sex", self.robin.reference))
        wrong = xml.replace(b"<LEA>392</LEA>", b"")
        ((_, element, number, _),) = find_schema_errors(wrong, path)
        self.assertEqual((element, number), ("LEA", None))

    def test_what_is_missing_is_named(self):
        """And not what comes after it, of which nothing is wrong."""
        self._refer_on("2025-09-03")
        xml = self.env["sos.census"]._get_xml(2026)
        path = file_path("sos_reporting/data/cin_2026.xsd")
        wrong = re.sub(rb"<Ethnicity>.*</Ethnicity>", b"", xml)
        self.assertNotEqual(wrong, xml)
        ((_, element, number, _),) = find_schema_errors(wrong, path)
        self.assertEqual((element, number), ("Ethnicity", self.sam.reference))

    def test_the_authority_s_number(self):
        self._refer_on("2025-09-03")
        self.env.company.sos_la_code = "39"
        with self.assertRaisesRegex(UserError, "three-digit DfE number"):
            self._census()

    def test_years(self):
        self._refer_on("2025-09-03")
        for year in (2024, 2028):
            with self.assertRaisesRegex(UserError, "for the years 2025 to 2027"):
                self._census(year)
        with self.assertRaisesRegex(UserError, "nothing to send"):
            self._census(2025)

    # -------------------------------------------------------------------- rights

    @mute_logger("odoo.models")
    def test_who_makes_it(self):
        self._refer_on("2025-09-03")
        self.case.restricted = True
        for user in (self.analyst, self.service_manager):
            census = self.env["sos.census"].with_user(user)
            self.assertIn(self.sam.reference, read_census(census._get_xml(2026)))
            with self.assertRaises(AccessError):
                self.sam.with_user(user).read(["birth_date"])
        for user in (self.worker, self.manager, self.auditor, self.configurator):
            census = self.env["sos.census"].with_user(user)
            for make in (census._get_xml, census._get_rows):
                with self.assertRaisesRegex(AccessError, "performance analyst"):
                    make(2026)

    def test_no_name_in_it(self):
        self._protect()
        xml = self.env["sos.census"].with_user(self.analyst)._get_xml(2026).decode()
        for name in ("Sam", "Hill", "Alex", self.worker.name):
            self.assertNotIn(name, xml)
