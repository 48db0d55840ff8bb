"""Reading and writing lengths of time as people type them. No Odoo in here."""

import math
import re

DAY_MINUTES = 24 * 60

_HOURS = r"h|hr|hrs|hour|hours"
_MINUTES = r"m|min|mins|minute|minutes"
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_WORDS = re.compile(
    rf"(?:(\d+(?:[.,]\d+)?)\s*(?:{_HOURS}))?\s*(?:(\d+)\s*(?:{_MINUTES})?)?"
)
_NUMBER = re.compile(r"\d*[.,]?\d+")


def parse_minutes(text):
    """Minutes from what somebody typed: "1h20", "1:20", "80m", "1.5" (hours).

    A number alone is hours, as in Odoo's own timesheets.

    :return: a whole number of minutes; seconds are rounded
    :raise ValueError: for anything that is not a length of time between one minute
        and a day
    """
    text = (text or "").strip().lower()
    minutes = _read(text)
    if minutes is None or not 0 < minutes <= DAY_MINUTES:
        raise ValueError(text)
    return minutes


def _read(text):
    if match := _CLOCK.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if _NUMBER.fullmatch(text):
        return _round(_float(text) * 60)
    match = _WORDS.fullmatch(text)
    if not text or not match:
        return None
    hours, minutes = match[1], match[2]
    if hours and minutes and (int(minutes) > 59 or not hours.isdigit()):
        # "1h75" and "1.5h20" are slips of the hand, not lengths of time
        return None
    return _round(_float(hours or "0") * 60) + int(minutes or 0)


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
