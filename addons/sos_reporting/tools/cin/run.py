"""Runs the DfE's rules over a census, child by child."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from .. import census
from .registry import CHILD, HEADER, WHOLE, Year
from .rows import Census, from_message

_ADDON = Path(__file__).parents[2]
_DATA = _ADDON / "data/cin"
#: beside this addon, which cannot be installed without it
_DAYS_OFF = _ADDON.parent / "sos_casework/data/sos.day.off.csv"
#: The first census that the rules here are of.
FIRST_YEAR = 2025


@dataclass(frozen=True)
class Rule:
    """:param str kind: error, which stops the census, or query, which asks for a reason
    :param elements: names of the elements that it is about
    :param last_year: of the censuses that it is of, or None
    :param str scope: child, header or whole
    """

    code: str
    kind: str
    message: str
    elements: tuple
    first_year: int
    last_year: int | None
    scope: str

    def is_of(self, year):
        return self.first_year <= year and (
            not self.last_year or year <= self.last_year
        )


@dataclass(frozen=True)
class Finding:
    """Once that a rule is broken.

    :param child: number of the child (LAchildID), or None
    :param parts: tuple of ``registry.Part``: the rows and elements that break it
    """

    code: str
    kind: str
    message: str
    child: str | None
    parts: tuple


@cache
def get_all_rules():
    """:return: dict code: ``Rule``, as ``data/cin/rules.csv`` has them"""
    scopes = {"child": CHILD, "header": HEADER, "whole": WHOLE}
    rules = {}
    with (_DATA / "rules.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            code = line["code"]
            rules[code] = Rule(
                code=code,
                kind=line["kind"],
                message=line["message"],
                elements=tuple(line["elements"].split()),
                first_year=int(line["first_year"]),
                last_year=int(line["last_year"] or 0) or None,
                scope=next(name for name, table in scopes.items() if code in table),
            )
    return rules


def get_rules(year, codes=None):
    """The rules of a census.

    :param int year: of its reference date
    :param codes: only these, or None for all
    :return: list of ``Rule``
    :raise ValueError: for a year before ``FIRST_YEAR``
    """
    if year < FIRST_YEAR:
        raise ValueError(f"There are no rules for the census of {year}.")
    return [
        rule
        for rule in get_all_rules().values()
        if rule.is_of(year) and (codes is None or rule.code in codes)
    ]


def get_differences():
    """Where these rules and the sector's validator differ on purpose.

    :return: list of (code or *, what differs, why)
    """
    path = _DATA / "differences.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (line["code"], line["what"], line["why"]) for line in csv.DictReader(file)
        ]


@cache
def _get_days_off():
    with _DAYS_OFF.open(encoding="utf-8", newline="") as file:
        return frozenset(
            date.fromisoformat(line["date"]) for line in csv.DictReader(file)
        )


def get_year(number, days_off=None):
    """:param days_off: set of dates, or None for England's bank holidays
    :return: ``registry.Year``, which rules ask
    """
    if days_off is None:
        days_off = _get_days_off()
    return Year(number, frozenset(days_off))


def check_child(child, year, rules):
    """What rules about a child find.

    :param child: row ``Child``
    :param year: ``registry.Year``
    :param rules: list of ``Rule``; those that are not about a child are passed over
    :return: iterator of ``Finding``
    """
    for rule in rules:
        if rule.scope == "child":
            for found in CHILD[rule.code](child, year):
                yield _get_finding(rule, child.child, found)


def run(source, year, rules=None, days_off=None):
    """Runs rules over a census. It is gone through once, and no child of it is kept.

    :param source: ``Census`` (of ``read_xml`` or ``from_message``) or
        ``census.Message``
    :param int year: of the reference date
    :param rules: codes, or None for all of the year
    :param days_off: set of dates, or None for England's bank holidays
    :return: iterator of ``Finding``: about the header, about each child, and about the
        whole authority at the end
    :raise ValueError: for a year that has no rules
    :raise CensusError: when the rest of a file cannot be read
    """
    chosen = get_rules(year, rules)
    if isinstance(source, census.Message):
        source = from_message(source.header, source.children)
    return _run(source, chosen, get_year(year, days_off))


def _run(source: Census, rules, year):
    for rule in rules:
        if rule.scope == "header":
            for found in HEADER[rule.code](source.header, year):
                yield _get_finding(rule, None, found)
    whole = [(rule, WHOLE[rule.code]()) for rule in rules if rule.scope == "whole"]
    for child in source.children:
        yield from check_child(child, year, rules)
        for _rule, state in whole:
            state.add(child, year)
    for rule, state in whole:
        for number, found in state.finish(year):
            yield _get_finding(rule, number, found)


def _get_finding(rule, child, found):
    return Finding(rule.code, rule.kind, rule.message, child, tuple(found))
