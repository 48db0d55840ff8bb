from datetime import date

from odoo.tests import freeze_time, tagged

from .common import ReturnCommon, read_census


@tagged("post_install", "-at_install")
class TestCorrectionReturns(ReturnCommon):
    """Returns tell what is right, whatever was signed."""

    def setUp(self):
        super().setUp()
        self._protect()
        self.forms = {
            form.type_code: form
            for form in self.case.form_ids
            if form.state == "authorised"
        }

    def _correct(self, type_code, values, child=None, kind="fact"):
        form = self.forms[type_code].with_user(self.worker)
        with freeze_time("2025-11-03 10:00:00"):
            correction = form.ask_correction(
                "Typed wrong.", values, child and child.id, kind
            )
            chaired = type_code == "initial_conference"
            by = self.chair if chaired else self.manager
            correction.with_user(by).action_authorise()

    def _details(self):
        with freeze_time("2026-05-01 10:00:00"):
            census = read_census(self.env["sos.census"]._get_xml(2026))
        return census.get(self.sam.reference, {}).get("CINdetails", [])

    def _row(self, number):
        with freeze_time("2025-12-01 10:00:00"):
            lists = self.env["sos.annex.a"]._get_lists(date(2025, 12, 1))
        rows = [row for row in lists[number] if row["child"] == self.sam.reference]
        return rows[0] if rows else None

    def _category(self, code):
        return {"category_id": self._code("abuse_category", code).id}

    def _changed(self, before, after):
        return {
            key: after.get(key)
            for key in before.keys() | after.keys()
            if before.get(key) != after.get(key)
        }

    def test_category(self):
        [before], row = self._details(), self._row(7)
        self._correct("initial_conference", self._category("EMO"), self.sam)
        [after] = self._details()
        self.assertEqual(
            self._changed(before, after),
            {
                "ChildProtectionPlans": [
                    {
                        "CPPstartDate": "2025-10-06",
                        "InitialCategoryOfAbuse": "EMO",
                        "LatestCategoryOfAbuse": "EMO",
                        "NumberOfPreviousCPP": "0",
                    }
                ]
            },
        )
        emotional = self._code("abuse_category", "EMO").annex_a
        self.assertEqual(
            self._changed(row, self._row(7)),
            {"initial_category": emotional, "latest_category": emotional},
        )

    def test_day(self):
        [before] = self._details()
        plan, enquiry = self._row(7), self._row(5)
        self._correct("initial_conference", {"held_on": "2025-10-03"})
        [after] = self._details()
        changed = self._changed(before, after)
        self.assertEqual(changed.keys(), {"ChildProtectionPlans", "Section47"})
        self.assertEqual(
            changed["ChildProtectionPlans"][0]["CPPstartDate"], "2025-10-03"
        )
        self.assertEqual(changed["Section47"][0]["DateOfInitialCPC"], "2025-10-03")
        self.assertEqual(changed["Section47"][0]["S47ActualStartDate"], "2025-09-16")
        held = date(2025, 10, 3)
        self.assertEqual(self._changed(plan, self._row(7)), {"started": held})
        self.assertEqual(self._changed(enquiry, self._row(5)), {"conference": held})

    def test_day_and_source_of_the_referral(self):
        police = self._code("referral_source", "6")
        self._correct("contact", {"received_at": "2025-09-02 09:00:00"})
        self._correct("contact", {"source_id": police.id})
        [details] = self._details()
        self.assertEqual(details["CINreferralDate"], "2025-09-02")
        self.assertEqual(details["ReferralSource"], "6")
        row = self._row(3)
        self.assertEqual(row["referred"], date(2025, 9, 2))
        self.assertEqual(row["source"], police.annex_a)

    def test_decision(self):
        [before], row = self._details(), self._row(6)
        form = self.forms["initial_conference"]
        self._correct(
            "initial_conference",
            {"decision_id": self._decision(form, "cin").id},
            self.sam,
        )
        [after] = self._details()
        self.assertEqual(
            self._changed(before, after),
            {
                "ChildProtectionPlans": None,
                "CINPlanDates": [{"CINPlanStartDate": "2025-10-06"}],
            },
        )
        self.assertIsNone(self._row(7), "a plan that does not count is in no list")
        self.assertEqual(
            self._changed(row, self._row(6)),
            {"status": self._code("annex_status", "c").annex_a},
        )
        self.assertEqual(
            self._row(5)["plan"], self._code("annex_ynu", "b").annex_a, "it led to none"
        )

    def test_contact_that_was_no_referral(self):
        self._refer_on("2025-10-20", "assess", self.robin)
        form = self.case.form_ids.filtered(
            lambda f: f.type_code == "contact" and f.child_ids.child_id == self.robin
        )
        self.sam, self.forms["contact"] = self.robin, form
        self.assertEqual(len(self._details()), 1)
        self.assertTrue(self._row(3))
        self._correct(
            "contact",
            {"decision_id": self._decision(form, "information").id},
            self.robin,
        )
        self.assertEqual(self._details(), [])
        self.assertIsNone(self._row(3))
        self.assertIsNone(self._row(6))
        self.assertTrue(self._row(1), "the contact was made all the same")

    def test_child_who_was_not_closed(self):
        self._refer_on("2025-10-20", "assess", self.robin)
        self.forms["closure"] = self._close_on(
            "2025-10-27", child=self.sam | self.robin
        )
        self.assertEqual(self._details()[0]["CINclosureDate"], "2025-10-27")
        self._correct("closure", {}, self.sam, "not_part")
        [details] = self._details()
        self.assertNotIn("CINclosureDate", details)
        self.assertNotIn("CPPendDate", details["ChildProtectionPlans"][0])
