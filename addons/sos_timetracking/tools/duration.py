"""Reading and writing lengths of time as people type them. No Odoo in here."""

import math
import re

DAY_MINUTES = 24 * 60
#: nobody types a length of time in more letters; patterns would take long over them
LONGEST = 40

_HOURS = r"h|hr|hrs|hour|hours"
_MINUTES = r"m|min|mins|minute|minutes"
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_WORDS = re.compile(
    rf"(?:(\d+(?:[.,]\d+)?)\s*(?:{_HOURS}))?\s*(?:(\d+)\s*(?:{_MINUTES})?)?"
)
_NUMBER = re.compile(r"\d*[.,]?\d+")
_TIME = r"(\d{1,2})(?:[:.]([0-5]\d))?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}")


class EndBeforeStart(ValueError):
    """From a later to an earlier time: ``start`` and ``end`` as "10:35"."""

    def __init__(self, start, end):
        super().__init__(f"{start}-{end}")
        self.start, self.end = start, end


def parse_minutes(text):
    """Minutes from what somebody typed: "1h20", "1:20", "80m", "1.5" (hours), or from
    when to when it was: "9:15-10:35".

    A number alone is hours, as in Odoo's own timesheets.

    :return: a whole number of minutes; seconds are rounded
    :raise EndBeforeStart: for a time that ends before it starts
    :raise ValueError: for anything else that is not a length of time between one
        minute and a day
    """
    text = (text or "").strip().lower()
    minutes = _read(text) if len(text) <= LONGEST else None
    if minutes is None or not 0 < minutes <= DAY_MINUTES:
        raise ValueError(text)
    return minutes


def _read(text):
    if match := _CLOCK.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if _NUMBER.fullmatch(text):
        return _round(_float(text) * 60)
    if match := _SPAN.fullmatch(text):
        return _read_span(*(int(number or 0) for number in match.groups()))
    match = _WORDS.fullmatch(text)
    if not text or not match:
        return None
    hours, minutes = match[1], match[2]
    if hours and minutes and (int(minutes) > 59 or not hours.isdigit()):
        # "1h75" and "1.5h20" are slips of the hand, not lengths of time
        return None
    return _round(_float(hours or "0") * 60) + int(minutes or 0)


def _read_span(hour, minute, end_hour, end_minute):
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if start > DAY_MINUTES or end > DAY_MINUTES:
        return None
    if end < start:
        raise EndBeforeStart(
            f"{hour}:{minute:02}",
            f"{end_hour}:{end_minute:02}",
        )
    return end - start


def _float(text):
    return float(text.replace(",", "."))


def _round(value):
    return math.floor(value + 0.5)


def format_minutes(minutes):
    """Minutes as people read them: "1 h 20 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def format_short(minutes):
    """Minutes as people type them: "1h20", "45m"; nothing for none."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}m" if rest else ""
    return f"{hours}h{rest:02}" if rest else f"{hours}h"
