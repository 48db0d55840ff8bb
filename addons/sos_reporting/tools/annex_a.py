"""The columns and notes of Annex A, from ``data/annex_a_*.csv``."""

import csv
import functools
from collections import defaultdict
from dataclasses import dataclass

from odoo.tools import file_open

from .period import Period

#: How many children's numbers a note shows at most.
SHOWN = 30
#: The code that says of a set that nothing is recorded.
UNKNOWN = {
    "annex_ynu": "c",
    "ethnicity": "NOBT",
    "gender": "c",
    "primary_need": "N0",
    "referral_source": "10",
}


class Words:
    """What ids stand for: Ofsted's words for codes, and names."""

    def __init__(self, codes, names=None, closing=(), early_help=()):
        """
        :param codes: rows of ``sos.code``
        :param names: words by model and id
        :param closing: ids of decisions of assessments that end the period of need
        :param early_help: ids of decisions that pass the child on to early help
        """
        self.names = names or {}
        self.closing = frozenset(closing)
        self.early_help = frozenset(early_help)
        self.not_disabled = None
        self._words, self._by_id, self._values = {}, {}, defaultdict(set)
        self._checks = {}
        for code in codes:
            if (code.code_set, code.code) == ("disability", "NONE"):
                self.not_disabled = code.id
            if code.annex_a:
                self._words[code.code_set, code.code] = code.annex_a
                self._by_id[code.id] = code.annex_a
                self._values[code.code_set].add(code.annex_a)

    def get(self, code_set, code):
        return self._words[code_set, code]

    def of(self, code_id):
        """The words for a code by its id; None where there are none."""
        return self._by_id.get(code_id)

    def get_values(self, code_set):
        return self._values[code_set]

    def get_checks(self, number):
        """What is to be looked at in a row of a list: (column, its key, the values that
        may stand there or None for any)."""
        if number not in self._checks:
            self._checks[number] = [
                (
                    column,
                    column.key,
                    self._values[column.code_set] if column.kind == "set" else None,
                )
                for column in get_columns()[number]
                if column.required or column.kind == "set"
            ]
        return self._checks[number]

    def get_unknown(self, column):
        """What stands in a column where nothing was recorded: words, None for a blank
        that ought to be filled, False where a blank is right."""
        if column.code_set in UNKNOWN:
            return self.get(column.code_set, UNKNOWN[column.code_set])
        return None if column.key in ("", "born") else False

    def yes(self, value):
        """Yes or no; None for what is to stay blank."""
        return None if value is None else self.get("annex_yn", "a" if value else "b")

    def yes_unknown(self, value):
        """Yes, no, or unknown (None)."""
        return self.get("annex_ynu", {True: "a", False: "b", None: "c"}[value])


@dataclass(frozen=True)
class Months(Period):
    """The months that the lists are about, and the words they are told in."""

    words: Words


@dataclass(frozen=True)
class Column:
    """One column of a list.

    ``key`` names its value in a row. ``kind`` is text, date, integer or set (then
    ``code_set`` is the code set whose Annex A values may stand in it).
    """

    key: str
    heading: str
    kind: str
    code_set: str
    required: bool


@dataclass(frozen=True)
class Note:
    """A line of the notes; ``children`` are numbers."""

    title: str
    words: str
    count: int | None = None
    children: str = ""
    #: whether who sends the lists ought to know it before
    before_sent: bool = False


@functools.cache
def get_columns():
    """The columns of each list in their order, by the number of the list."""
    lists = defaultdict(list)
    for line in _read("columns"):
        lists[int(line["list"])].append(
            Column(
                line["key"],
                line["heading"],
                line["kind"],
                line["code_set"],
                line["required"] == "yes",
            )
        )
    return dict(lists)


@functools.cache
def get_notes():
    """How each list is counted, as ``Note`` in their order. Some of them ask for
    something before a list is sent."""
    return [
        Note(line["list"], line["note"], before_sent=line["before_sent"] == "yes")
        for line in _read("notes")
    ]


def _read(name):
    with file_open(f"sos_reporting/data/annex_a/{name}.csv") as file:
        return list(csv.DictReader(file))
