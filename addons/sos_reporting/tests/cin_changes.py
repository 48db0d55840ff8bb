"""Ways to change a child of ``cin_generator``: each is a function of the child and of
``Maker``, and so may each value be that a change is given."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from odoo.addons.sos_reporting.tools.census import (
    Assessment,
    Enquiry,
    NeedPlan,
    ProtectionPlan,
)

DAY = timedelta(days=1)
#: of no census code
WRONG = "XX"


class Example(NamedTuple):
    """:param change: a function of the child and of ``Maker``"""

    code: str
    kind: str
    change: Callable


def put(item, **values):
    for name, value in values.items():
        setattr(item, name, value)


def first(maker):
    return date(maker.year - 1, 4, 1)


def last(maker):
    return date(maker.year, 3, 31)


def who(**values):
    """A change of the identifiers; a value may be a function of the child and of
    ``Maker``, here and below."""
    return lambda c, m: put(c.identifiers, **_ask(values, c, m))


def what(**values):
    return lambda c, m: put(c.characteristics, **_ask(values, c, m))


def need(index=0, **values):
    return lambda c, m: put(c.details[index], **_ask(values, c, m))


def part(group, index=0, **values):
    """A change of one row of a group of the first period of need."""
    return lambda c, m: put(getattr(c.details[0], group)[index], **_ask(values, c, m))


def add(group, make, index=0):
    """One more row of a group.

    :param make: a function of the child and of ``Maker``
    """
    return lambda c, m: getattr(c.details[index], group).append(make(c, m))


def both(*changes):
    def change(child, maker):
        for one in changes:
            one(child, maker)

    return change


def _ask(values, child, maker):
    return {
        name: value(child, maker) if callable(value) else value
        for name, value in values.items()
    }


def referred(days=0):
    return lambda c, m: c.details[0].referred + days * DAY


def closed(days=0):
    return lambda c, m: c.details[0].closed + days * DAY


def on(month, day):
    return lambda c, m: m.day(month, day)


def started(group, days=0):
    return lambda c, m: getattr(c.details[0], group)[0].started + days * DAY


def ended(group, days=0):
    return lambda c, m: getattr(c.details[0], group)[0].ended + days * DAY


def before_year(days=1):
    return lambda c, m: first(m) - days * DAY


def after_year(days=1):
    return lambda c, m: last(m) + days * DAY


def assessment(start, end=None, factors=("1A",)):
    return lambda c, m: Assessment(
        started=start(c, m),
        authorised=end and end(c, m),
        factors=list(factors) if end else [],
    )


def need_plan(start, end=None):
    return lambda c, m: NeedPlan(started=start(c, m), ended=end and end(c, m))


def enquiry(start, conference=None, not_required=False):
    return lambda c, m: Enquiry(
        started=start(c, m),
        conference=conference and conference(c, m),
        not_required=not_required,
    )


def protection_plan(start, end=None):
    return lambda c, m: ProtectionPlan(
        started=start(c, m),
        ended=end and end(c, m),
        initial_category="NEG",
        latest_category="NEG",
        previous=0,
    )


def saturday(days):
    """The Saturday on or after a day that a function gives."""

    def get(child, maker):
        day = days(child, maker)
        return day + (5 - day.weekday()) % 7 * DAY

    return get


def weekday_before_year(child, maker):
    day = first(maker) - 3 * DAY
    return day - max(0, day.weekday() - 4) * DAY
