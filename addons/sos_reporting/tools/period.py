from dataclasses import dataclass
from datetime import date


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
