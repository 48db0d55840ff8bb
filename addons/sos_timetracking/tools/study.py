"""The arithmetic of a time study: what two averages save, and totals. No Odoo in here.

Averages are whole minutes, as the paper prints them, and everything else is worked out
from those, so that who checks the table with a calculator finds the same.
"""

import math

#: a window with fewer cases says little
FEW_CASES = 10


def round_half_up(value, digits=0):
    """As people round, and as spreadsheets do: half a unit away from zero."""
    factor = 10**digits
    # the small part makes up for halves that a float only nearly reaches
    rounded = math.floor(abs(value) * factor + 0.5 + 1e-9) / factor
    return math.copysign(rounded, value) if rounded else 0.0


def get_saving(before, after):
    """Minutes saved and the share of the time before, in percent with one decimal."""
    saved = before - after
    percent = round_half_up(100 * saved / before, 1) if before else None
    return {"before": before, "after": after, "saved": saved, "percent": percent}


def get_totals(rows):
    """Of the work types that were measured in both windows, as plain sums of the
    averages, and as the average of one case: each window weighted by its own cases.

    :param rows: ``[(average before, average after, cases before, cases after)]``
    :return: ``{"sums": saving, "weighted": saving}``, or nothing where there is no row
    """
    if not rows:
        return None
    before, after, cases_before, cases_after = zip(*rows, strict=True)
    return {
        "sums": get_saving(sum(before), sum(after)),
        "weighted": {
            **get_saving(
                _get_mean(before, cases_before), _get_mean(after, cases_after)
            ),
            "cases_before": sum(cases_before),
            "cases_after": sum(cases_after),
        },
    }


def _get_mean(averages, cases):
    total = sum(a * n for a, n in zip(averages, cases, strict=True))
    return int(round_half_up(total / sum(cases)))


def format_as_paper(minutes):
    """Minutes as the paper prints them: "4h4m", "24m"; a loss is "−16m"."""
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(int(minutes)), 60)
    if not hours:
        return f"{sign}{rest}m"
    return f"{sign}{hours}h{rest}m" if rest else f"{sign}{hours}h"


def format_percent(percent):
    return "–" if percent is None else f"{percent:.1f}%".replace("-", "−")
