"""Reading and checking a case file, without a database."""

import tempfile
import unittest
from datetime import date, datetime
from pathlib import Path

import player

SMALL = """\
format: 1
agency: {name: Northshire Council, la_code: "392"}
teams: {north: {name: North}}
users:
  sw: {name: One, role: practitioner, team: north}
agencies: {school: {name: Harbour, kind: school}}
family: {name: Marsh}
people:
  ben: {kind: child, first: Ben, last: Marsh, born: 2017-03-02}
  tess: {kind: adult, first: Tess, last: Marsh}
relationships: [[tess, mother, ben]]
events:
  - {at: 2026-06-01 09:00, by: sw, referral: {ref: c1, source: 2A, children: [ben]}}
  - {at: 2026-06-01 09:00, by: sw, danger: {ref: d1, text: "We are worried."}}
"""
EVENT = "event 3 (2026-06-01 10:00, sw)"


class TestCaseFile(unittest.TestCase):
    def load(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "case.yaml")
            path.write_text(text, encoding="utf-8")
            return player.load(path)

    def load_event(self, event, at="2026-06-01 10:00"):
        return self.load(f"{SMALL}  - {{at: {at}, by: sw, {event}}}\n")

    def check_error(self, load, where, words):
        with self.assertRaises(player.CaseError) as caught:
            load()
        self.assertEqual(caught.exception.where, where)
        self.assertIn(words, caught.exception.message)
        self.assertNotIn("\n", str(caught.exception))

    def test_small_case(self):
        case = self.load(SMALL)
        self.assertEqual([event.name for event in case.events], ["referral", "danger"])
        first = case.events[0]
        self.assertEqual(first.at, datetime(2026, 6, 1, 9, 0))
        self.assertEqual(first.data["children"], ["ben"])
        self.assertEqual(case.people["ben"]["born"], date(2017, 3, 2))
        self.assertEqual(case.last_day, date(2026, 6, 1))
        self.assertEqual(case.refs["c1"].detail, "contact")

    def test_values_stay_as_they_were_typed(self):
        """YAML would read a number, a truth and a day into these."""
        case = self.load_event('note: {kind: "010", text: no}')
        self.assertEqual(case.events[-1].data, {"kind": "010", "text": "no"})
        case = self.load_event("referral: {ref: c2, source: 10, text: 2026-01-01}")
        self.assertEqual(case.events[-1].data["source"], "10")
        self.assertEqual(case.events[-1].data["text"], "2026-01-01")

    def test_day_without_a_time(self):
        case = self.load_event("held: {form: c1}", at="2026-06-01")
        self.assertEqual(case.events[-1].at, datetime(2026, 6, 1, 9, 0))
        case = self.load_event("held: {form: c1}", at="2026-06-03")
        self.assertEqual(case.events[-1].at, datetime(2026, 6, 3, 9, 0))

    def test_one_relationship_may_be_written_in_two_ways(self):
        case = self.load(
            SMALL.replace(
                "[[tess, mother, ben]]",
                "[{from: tess, type: mother, to: ben, carer: true}]",
            )
        )
        self.assertTrue(case.relationships[0]["carer"])

    def test_what_is_refused_names_nothing(self):
        attempt = 'refused: {try: {danger: {ref: d2, text: "x"}}, says: "no"}'
        case = self.load_event(attempt)
        self.assertNotIn("d2", case.refs)
        self.assertEqual(case.events[-1].data["try"][0], "danger")

    def test_wrong_events(self):
        for event, where, words in (
            ("held: {}", "held", "“form” is missing"),
            ("held: {form: [c1]}", "held: form", "a list"),
            ("held: {form: }", "held: form", "empty"),
            ("held: {form: d1}", "held: form", "“d1” is a danger statement"),
            ("held: {form: c1, date: soon}", "held: date", "not a day"),
            ("danger: {ref: ben, text: x}", "danger: ref", "names a person"),
            ("danger: {ref: 1st, text: x}", "danger: ref", "cannot be a reference"),
            ("danger: {ref: d2}", "danger", "“text” is missing"),
            ("danger: {ref: d1, children: [tess]}", "danger: children", "an adult"),
            ("danger: {ref: d1, views: {ben: maybe}}", "danger: views: ben", "“maybe”"),
            ("map: [{kind: harm, text: x}]", "map: number 1: kind", "“harm” is not"),
            ("map: []", "map", "the list is empty"),
            ("allocate: {role: lead}", "allocate", "“user” or “team” is missing"),
            (
                "allocate: {user: sw, team: north}",
                "allocate",
                "only one of “user” or “team”",
            ),
            (
                "rate: {danger: d1, ratings: {ben: {score: 11}}}",
                "rate: ratings: ben: score",
                "11 is not between 0 and 10",
            ),
            (
                "rate: {danger: d1, ratings: {ben: {score: high}}}",
                "rate: ratings: ben: score",
                "not a whole number",
            ),
            (
                "visit: {children: {ben: {seen: maybe}}}",
                "visit: children: ben: seen",
                "neither true nor false",
            ),
            (
                "time: {case: false, minutes: 5, kind: other}",
                "time: case",
                "write true",
            ),
            ("write: {form: c1}", "write", "nothing is written"),
            ("open: {form: c1, type: visit}", "open: form", "names a form already"),
            (
                "refused: {try: {held: {form: c9}}, says: x}",
                "refused: try: held: form",
                "there is no form “c9”",
            ),
            ("refused: {try: {}, says: x}", "refused: try", "the one event"),
        ):
            with self.subTest(event):
                self.check_error(
                    lambda event=event: self.load_event(event),
                    f"{EVENT}: {where}",
                    words,
                )

    def test_wrong_times(self):
        for at, words in (
            ("2026-06-01 25:00", "not a time"),
            ("yesterday", "not a time"),
            ("2027-03-28 01:30", "the clocks went forward"),
            ("2026-05-31 10:00", "earlier than the event before it"),
        ):
            with self.subTest(at), self.assertRaisesRegex(player.CaseError, words):
                self.load_event("held: {form: c1}", at=at)

    def test_wrong_tops(self):
        for old, new, where, words in (
            ("format: 1\n", "", "format", "missing"),
            ("family:", "families:", "line 7: families", "not known"),
            ("role: practitioner", "role: boss", "line 5: users: sw: role", "“boss”"),
            ("team: north}", "team: east}", None, None),
            (", born: 2017-03-02", "", "line 9: people: ben", "“born” or “expected”"),
            ("kind: child", "kind: adult", "line 9: people", "no child"),
            ("tess: {", "sw: {", "line 10: people: sw", "names a user"),
            ("[[tess, mother, ben]]", "[[tess, ben]]", None, "[a, type, b]"),
            ("[[tess, mother, ben]]", "tess", "line 11: relationships", "a list"),
        ):
            with self.subTest(new):
                text = SMALL.replace(old, new)
                if words is None:
                    # another file may have brought it: the database is asked
                    kinds = [q.kind for q in self.load(text).questions]
                    self.assertIn("shared", kinds)
                elif where is None:
                    with self.assertRaises(player.CaseError) as caught:
                        self.load(text)
                    self.assertIn(words, str(caught.exception))
                else:
                    self.check_error(lambda text=text: self.load(text), where, words)

    def test_endless_alias(self):
        self.check_error(
            lambda: self.load("format: 1\nfamily: &f {name: *f}\n"), "line 2", "endless"
        )

    def test_shared_alias(self):
        text = SMALL.replace("first: Ben", "first: &n Ben").replace(
            "first: Tess", "first: *n"
        )
        self.assertEqual(self.load(text).people["tess"]["first"], "Ben")
