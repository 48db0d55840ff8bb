"""Ofsted's lists of a played family: worked out by hand from its events."""

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import player

from odoo.tests import TransactionCase, tagged

ASHDOWN = Path(__file__).parent / "cases" / "ashdown.yaml"


@tagged("post_install", "-at_install")
class TestAshdownAnnexA(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.played = player.play(cls.env, ASHDOWN, as_at="2026-03-31")
        cls.children = {
            cls.played.refs[name].reference: name for name in ("mia", "tyler", "baby")
        }
        content = cls.env["sos.annex.a"]._get_workbook(date(2026, 3, 31))
        cls.workbook = openpyxl.load_workbook(io.BytesIO(content))

    def _rows(self, number, *columns):
        """The family's rows of a list: the child and some columns, by their number."""
        rows = []
        for row in self.workbook[f"List {number}"].iter_rows(values_only=True):
            if row[0] in self.children:
                values = [row[column - 1] for column in columns]
                rows.append(
                    (
                        self.children[row[0]],
                        *(v.date() if isinstance(v, datetime) else v for v in values),
                    )
                )
        return rows

    def test_who_they_are(self):
        self.assertEqual(
            self._rows(4, 2, 3, 4, 5, 6),
            [
                ("mia", "b) Female", "a) WBRI", date(2018, 2, 11), 8, "b) No"),
                ("tyler", "a) Male", "f) MWBC", date(2021, 6, 30), 4, "a) Yes"),
                (
                    "baby",
                    "c) Not stated/recorded",
                    "t) NOBT",
                    date(2025, 12, 18),
                    0,
                    "b) No",
                ),
            ],
        )

    def test_who_works_with_them(self):
        self.assertEqual(
            {row[1:] for row in self._rows(6, 13, 14)},
            {("North locality team", "Practitioner North One")},
        )

    def test_no_contact_or_referral_in_the_six_months(self):
        self.assertFalse(self._rows(1, 1))
        self.assertFalse(self._rows(3, 1))

    def test_assessments(self):
        started, authorised = date(2025, 9, 4), date(2025, 10, 10)
        self.assertEqual(
            self._rows(4, 7, 8, 9, 10),
            [
                ("mia", started, "a) Yes", authorised, "a) Yes"),
                ("tyler", started, "a) Yes", authorised, "a) Yes"),
                ("baby", started, "b) No", authorised, "a) Yes"),
            ],
        )

    def test_enquiries(self):
        """The baby's first one ended on 25 September, before the six months."""
        conference = date(2025, 10, 6)
        first, second = date(2025, 9, 16), date(2025, 12, 22)
        self.assertEqual(
            self._rows(5, 7, 8, 9, 10, 11, 12),
            [
                ("mia", first, "b) No", conference, "a) Yes", 0, 0),
                ("tyler", first, "b) No", conference, "a) Yes", 0, 0),
                ("baby", second, "a) Yes", None, None, 1, 0),
            ],
        )

    def test_children_in_need(self):
        referred, visited = date(2025, 9, 3), date(2025, 10, 20)
        plan = "c) Child in need plan"
        self.assertEqual(
            self._rows(6, 7, 8, 9, 10, 12),
            [
                (
                    "mia",
                    referred,
                    "N1 - Abuse or neglect",
                    visited,
                    None,
                    "b) Child Protection plan",
                ),
                ("tyler", referred, "N1 - Abuse or neglect", visited, None, plan),
                ("baby", referred, "N1 - Abuse or neglect", None, None, plan),
            ],
        )

    def test_protection_plans(self):
        started, visited = date(2025, 10, 6), date(2025, 10, 20)
        reviewed = date(2026, 3, 11)
        physical, emotional = "b) Physical abuse", "d) Emotional abuse"
        rows = [row[1:] for row in self._rows(7, 7, 8, 9, 10, 11, 12, 13, 15)]
        self.assertEqual(
            rows,
            [
                (started, physical, emotional, visited, "a) Yes", reviewed, None, 0),
                (started, physical, physical, visited, "a) Yes", reviewed, reviewed, 0),
            ],
        )
