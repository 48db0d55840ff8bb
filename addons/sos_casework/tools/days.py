"""Days: birthdays as the law counts them here, and what lasts from a day to a day."""

from datetime import date


def is_within(day, first, last):
    """Whether a day is one of those from the first to the last, both included; either
    is empty where nothing is known, or where it goes on."""
    return (not first or first <= day) and (not last or day <= last)


def add_birthdays(born, years):
    """The day on which somebody is so many years old.

    Born on 29 February: on 1 March where there is no 29th (an authority's lawyer may
    see it otherwise, see docs/architecture.md).
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def get_age(born, day):
    """Full years on a day; never less than 0."""
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return max(0, day.year - born.year - (not had_birthday))
