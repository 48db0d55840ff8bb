from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True)
class Period:
    """The days that a return is about. A return shows things as they stood on the
    last day: what happened later is not known to it."""

    first: date
    last: date

    def known(self, day):
        """``day``, or None where it had not come yet."""
        return day if day and day <= self.last else None

    def holds(self, day):
        return bool(day) and self.first <= day <= self.last

    def touches(self, start, end):
        """Whether something from ``start`` to ``end`` (None: still going on) went on
        in the period."""
        return bool(start) and start <= self.last and not (end and end < self.first)


def get_periods(today):
    """The periods by which numbers are looked at, as they are on a day, in the order in
    which they are offered. A year is that of this country, April to March; twelve
    months are those up to and with today, so that no day of a year ago counts twice.

    :return: a :class:`Period` by its code
    """
    april = today.replace(month=4, day=1)
    if today < april:
        april -= relativedelta(years=1)
    year = relativedelta(years=1)
    day = relativedelta(days=1)
    return {
        "this_year": Period(april, april + year - day),
        "last_year": Period(april - year, april - day),
        "last_12_months": Period(today - year + day, today),
        "last_90_days": Period(today - relativedelta(days=89), today),
    }
