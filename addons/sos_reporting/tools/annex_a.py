"""The columns and notes of Annex A, from ``data/annex_a_*.csv``."""

import csv
import functools
from collections import defaultdict
from dataclasses import dataclass

from odoo.tools import file_open

from .period import Period


class Words:
    """Ofsted's words for codes."""

    def __init__(self, codes):
        """:param codes: recordset of ``sos.code``"""
        self._words = {(code.code_set, code.code): code.annex_a for code in codes}
        self._values = defaultdict(set)
        for (code_set, _), words in self._words.items():
            self._values[code_set].add(words)

    def get(self, code_set, code):
        return self._words[code_set, code]

    def get_values(self, code_set):
        return self._values[code_set]

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
    """How each list is counted: (title of the list, sentence) in their order."""
    return [(line["list"], line["note"]) for line in _read("notes")]


def _read(name):
    with file_open(f"sos_reporting/data/annex_a/{name}.csv") as file:
        return list(csv.DictReader(file))
