"""The clock of everybody: times of England, as naive UTC for Odoo."""

from contextlib import contextmanager
from datetime import datetime, time

import pytz
from freezegun import freeze_time

LONDON = pytz.timezone("Europe/London")
#: when the nightly job runs, and when the last day ends
NIGHT = time(3, 0)
EVENING = time(23, 30)


def to_utc(local):
    """A naive time of England as naive UTC."""
    aware = LONDON.localize(local, is_dst=False)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)


class Clock:
    """Stands still until it is moved. Starting it is slow (every module that was
    imported is searched for clocks), moving it is not."""

    def __init__(self, factory):
        self._factory = factory
        self.local = None

    def move(self, local):
        self.local = local
        self._factory.move_to(to_utc(local))

    def move_to_night(self, day, latest):
        """To the night of a day, but not past ``latest`` when that is earlier."""
        self.move(min(datetime.combine(day, NIGHT), latest))

    def move_to_evening(self, day):
        """To the end of a day, unless it is later already."""
        evening = datetime.combine(day, EVENING)
        self.move(max(evening, self.local) if self.local else evening)


@contextmanager
def stopped_clock(local):
    """A clock that stands at a naive time of England."""
    with freeze_time(to_utc(local)) as factory:
        clock = Clock(factory)
        clock.local = local
        yield clock
