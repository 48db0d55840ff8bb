"""A child of a played family who was entered twice: once the two records are merged,
the returns say what they say of a child who was entered once."""

from datetime import date
from pathlib import Path

import player

from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.sos_reporting.tests.common import read_census

CASES = Path(__file__).parent / "cases"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31 12:00:00")
class TestMergedReturns(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.played = player.play(cls.env, CASES / "ashdown.yaml", as_at="2026-03-31")
        cls.case = cls.played.case
        cls.tyler = cls.played.refs["tyler"]
        cls.census = cls._census()
        cls.lists = cls._lists()

    @classmethod
    def _census(cls):
        return read_census(cls.env["sos.census"]._get_xml(2026))

    @classmethod
    def _lists(cls):
        return cls.env["sos.annex.a"]._get_lists(date(2026, 3, 31))

    def _enter_again(self):
        """A second record of Tyler, in a file of its own."""
        again = self.env["sos.person"].create(
            {
                "kind": "child",
                "first_name": "Tyler James",
                "last_name": self.tyler.last_name,
                "birth_date": self.tyler.birth_date,
                "sex_id": self.tyler.sex_id.id,
                "ethnicity_id": self.tyler.ethnicity_id.id,
                "disability_ids": [Command.set(self.tyler.disability_ids.ids)],
            }
        )
        case = self.env["sos.case"].create(
            {
                "name": "Ashdown again",
                "team_id": self.case.team_id.id,
                "member_ids": [Command.create({"person_id": again.id})],
            }
        )
        return again, case

    def _merge(self, kept, other):
        choice = kept._get_merge_choice(other)
        return kept._merge(
            other, "One.", [n for n, take in choice.items() if take], accepted=True
        )

    def _renamed(self, lists, old, new):
        return {
            number: [
                {k: new if v == old else v for k, v in row.items()} for row in rows
            ]
            for number, rows in lists.items()
        }

    def test_a_second_referral_joins_the_first(self):
        """As it would have, had the child been entered once."""
        again, case = self._enter_again()
        codes = self.env["sos.code"]
        self.env["sos.episode"].create(
            {
                "case_id": case.id,
                "child_id": again.id,
                "referred_on": "2026-03-30",
                "source_id": codes._get("referral_source", "2A").id,
                "need_id": codes._get("primary_need", "N1").id,
            }
        )
        self.assertNotEqual(self._census(), self.census)
        merge = self._merge(self.tyler, again)
        self.assertEqual(self._census(), self.census)
        self.assertEqual(self._lists(), self.lists)
        merge.action_undo("Two children after all.")
        self.env.invalidate_all()
        self.assertIn(again.reference, self._census())
        self.assertIn(self.tyler.reference, self._census())

    def test_everything_is_told_under_the_kept_number(self):
        again, _case = self._enter_again()
        old, new = self.tyler.reference, again.reference
        lists = self._renamed(self.lists, old, new)
        self._merge(again, self.tyler)
        census = self._census()
        self.assertEqual(census.keys(), self.census.keys() - {old} | {new})
        before, after = self.census[old], census[new]
        self.assertEqual(before["CINdetails"], after["CINdetails"])
        self.assertEqual(before["characteristics"], after["characteristics"])
        for number, rows in self._lists().items():
            self.maxDiff = None
            self.assertCountEqual(rows, lists[number], number)

    def test_two_files_of_one_family(self):
        again, case = self._enter_again()
        self._merge(self.tyler, again)
        self.case._merge(case, "One family.")
        self.assertEqual(self._census(), self.census)
        self.assertEqual(self._lists(), self.lists)
