"""How a rule is written down, and what it may use.

A rule about a child gets the child's row and the year's ``Year`` and yields, for each
time that it is broken, the ``Part``s that break it. A rule about the whole authority
is a class: it gets child after child and yields findings at the end, each with the
number of the child that it is about, or None.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from .rows import Row

CHILD, HEADER, WHOLE = {}, {}, {}


class Part(NamedTuple):
    """:param value: as written, or None where nothing is"""

    row: Row
    element: str
    value: str | None


@dataclass(frozen=True)
class Year:
    """The year of a census, which rules call the census period, and the days off."""

    number: int
    days_off: frozenset = field(default=frozenset(), repr=False)

    @property
    def first(self):
        return date(self.number - 1, 4, 1)

    @property
    def last(self):
        """The reference date."""
        return date(self.number, 3, 31)

    def holds(self, day):
        return self.first <= day <= self.last

    def go_back(self, day, working_days):
        """The day that is so many working days before, ``day`` counted as the first of
        them; a day off counts as the next working day. The DfE does not say how it
        counts; the sector's validator does it like this."""
        while self._is_off(day):
            day += timedelta(days=1)
        for _step in range(working_days - 1):
            day -= timedelta(days=1)
            while self._is_off(day):
                day -= timedelta(days=1)
        return day

    def _is_off(self, day):
        return day.weekday() >= 5 or day in self.days_off


def child_rule(code):
    return _register(CHILD, code)


def header_rule(code):
    return _register(HEADER, code)


def whole_rule(code):
    return _register(WHOLE, code)


def group_rule(group, code):
    """A rule about one row of a group by itself: a function of the row of the period
    of need, the row and the year, which gives the parts that are wrong, or nothing."""

    def register(get_wrong):
        @child_rule(code)
        def check(child, year):
            for details, row in iter_below(child, group):
                found = get_wrong(details, row, year)
                if found:
                    yield found

        return get_wrong

    return register


def _register(table, code):
    def register(check):
        table[code] = check
        return check

    return register


def parts(row, *elements):
    """The parts of a finding that one row has."""
    return [Part(row, element, row.texts.get(element)) for element in elements]


def before(one, other):
    """Whether both days are known and the first is before the second."""
    return one is not None and other is not None and one < other


def add_years(day, years):
    """The same day of another year; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def get_group(child, element):
    """The row of a group that every child has; an empty one where the file has none."""
    rows = child.below(element)
    if rows:
        return rows[0]
    return Row(
        element, child.child, child.position, record=child.record, line=child.line
    )


def get_identifiers(child):
    return get_group(child, "ChildIdentifiers")


def iter_below(child, element):
    """(row of the period of need, row of one of its groups) each."""
    for details in child.below("CINdetails"):
        for row in details.below(element):
            yield details, row


def iter_pairs(rows):
    """(row, another row) each, both ways round."""
    for row in rows:
        for other in rows:
            if row is not other:
                yield row, other
