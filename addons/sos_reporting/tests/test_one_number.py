import datetime as dt
import io

import openpyxl

from odoo.tests import tagged

from .common import ReturnCommon, read_census


@tagged("post_install", "-at_install")
class TestOneNumber(ReturnCommon):
    """The census and Ofsted's lists tell of the same children and the same facts: what
    both ask is worked out in one place."""

    def test_census_and_lists_agree(self):
        self._protect()
        self._review_on("2025-12-17", category="EMO")
        census = read_census(self.env["sos.census"]._get_xml(2026))
        content = self.env["sos.annex.a"]._get_workbook(dt.date(2026, 3, 31))
        lists = self._read_lists(content)
        plans = {
            number: details["ChildProtectionPlans"]
            for number, child in census.items()
            for details in child["CINdetails"]
            if details.get("ChildProtectionPlans")
        }
        self.assertEqual(set(plans), {self.sam.reference})
        self.assertEqual({row[self._id(lists[7])] for row in lists[7][1:]}, set(plans))
        heads = lists[7][0]
        row = dict(zip(heads, lists[7][1], strict=True))
        (plan,) = plans[self.sam.reference]
        started = row["Child Protection Plan Start Date"]
        self.assertEqual(plan["CPPstartDate"], started.date().isoformat())
        self.assertEqual(
            int(plan["NumberOfPreviousCPP"]),
            row["Number of Previous Child Protection Plans"],
        )

    def _read_lists(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return {
            number: list(book[f"List {number}"].iter_rows(values_only=True))
            for number in (6, 7)
        }

    def _id(self, rows):
        return next(n for n, head in enumerate(rows[0]) if "Child Unique ID" in head)
