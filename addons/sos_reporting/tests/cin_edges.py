"""The edges of rules: what just keeps them, and what the sector's validator says
otherwise."""

from datetime import date
from typing import NamedTuple

from .cin_changes import (
    DAY,
    WRONG,
    Example,
    add,
    after_year,
    assessment,
    before_year,
    both,
    closed,
    ended,
    enquiry,
    last,
    need,
    need_plan,
    on,
    part,
    protection_plan,
    put,
    referred,
    saturday,
    what,
    who,
)
from .cin_generator import get_upn

NOW = on(12, 1)


class Different(NamedTuple):
    """:param ours: whether we find it; the sector's validator says the opposite"""

    example: Example
    ours: bool


def _temporary_upn(child, maker):
    """Ends in a letter, and its check letter is not known."""
    return child.identifiers.upn[:12] + "A"


def _second_assessment(child, maker):
    end = child.details[0].assessments[0].authorised
    return assessment(lambda c, m: end + DAY, NOW)(child, maker)


def _25th_birthday(child, maker):
    return date(
        maker.year - 1, child.identifiers.born.month, child.identifiers.born.day
    )


def _days_back(count):
    return lambda c, m: last(m) - count * DAY


KEPT = [
    Example(*line)
    for line in (
        ("1103", "assessed", part("assessments", started=referred())),
        ("1510", "assessed", who(upn=_temporary_upn)),
        ("1530", "assessed", who(upn=lambda c, m: get_upn(m.count, "942"))),
        ("1530", "assessed", who(upn=lambda c, m: get_upn(m.count, "943"))),
        ("1550", "assessed", who(upn=_temporary_upn)),
        ("1560Q", "assessed", who(former_upn=get_upn(7))),
        ("1570", "assessed", who(la_child_id="K" + "1" * 19)),
        ("2885", "transferred_in", add("enquiries", enquiry(on(11, 3), None, True))),
        ("4000", "need_plan", need(nfa="false")),
        ("4001", "stepped_down", part("need_plans", ended=after_year())),
        ("4008", "died", part("need_plans", started=closed())),
        ("4013", "need_plan", part("need_plans", ended=after_year(0))),
        ("4014", "need_plan", add("need_plans", need_plan(ended("need_plans", 1)))),
        ("4016", "stepped_down", part("need_plans", ended=on(3, 2))),
        ("8520", "assessed", who(born=after_year(0))),
        ("8535Q", "assessed", who(died=lambda c, m: c.identifiers.born)),
        ("8545Q", "assessed", who(died=before_year(0))),
        ("8545Q", "assessed", who(died=after_year(0))),
        ("8569Q", "assessed", need(referred=before_year(10))),
        ("8569Q", "nfa", need(referred=on(4, 2))),
        ("8600", "assessed", need(referred=after_year(0))),
        (
            "8606",
            "unborn",
            need(referred=lambda c, m: c.identifiers.expected - 280 * DAY),
        ),
        ("8610", "nfa", need(nfa=True)),
        ("8620", "assessed", need(closed=after_year(0), closure_reason="RC7")),
        ("8650", "assessed", need(need="N0")),
        # 31 March of 2025 and of 2026 are workdays, and no day off is before them
        ("8670Q", "unborn", part("assessments", started=_days_back(62))),
        ("8675Q", "no_conference", part("enquiries", started=_days_back(20))),
        ("8696", "assessed", part("assessments", authorised=before_year(0))),
        ("8736", "unborn", part("assessments", started=before_year(0))),
        ("8770Q", "assessed", who(upn=None, upn_unknown="UN2")),
        (
            "8770Q",
            "assessed",
            who(upn=None, upn_unknown="UN1", born=lambda c, m: date(m.year - 6, 9, 1)),
        ),
        (
            "8775Q",
            "need_plan",
            both(
                who(born=lambda c, m: date(m.year - 26, 12, 1)),
                need(closed=_25th_birthday),
            ),
        ),
        ("8790", "assessed", what(disabilities=["NONE"])),
        ("8815", "referred_again", need(closed=None, nfa=True)),
        ("8820", "referred_again", need(1, referred=closed())),
        (
            "8841",
            "conference",
            part("protection_plans", reviews=lambda c, m: [last(m)]),
        ),
        ("8863Q", "assessed", add("assessments", _second_assessment)),
        ("8866", "assessed", need(source=None, referred=date(2013, 3, 31))),
        ("8870Q", "conference", part("enquiries", target=None)),
        ("8873Q", "no_further_action", need(closure_reason="RC9")),
        ("8890", "no_conference", add("enquiries", enquiry(on(8, 20)))),
        (
            "8897Q",
            "assessed",
            part("assessments", authorised=before_year(), factors=[]),
        ),
    )
]

DIFFERENT = [
    Different(Example(code, kind, change), ours)
    for code, kind, change, ours in (
        (
            "1580",
            "assessed",
            lambda c, m: put(c.identifiers, la_child_id=f"Zoë{m.count}"),
            True,
        ),
        (
            "2885",
            "transferred_in",
            add("enquiries", enquiry(on(12, 3))),
            False,
        ),
        (
            "4003",
            "stepped_down",
            part("protection_plans", reviews=lambda c, m: [m.day(7, 8), m.day(2, 20)]),
            True,
        ),
        (
            "4003",
            "conference",
            add("need_plans", need_plan(on(9, 1), on(10, 1))),
            True,
        ),
        (
            "4004",
            "referred_again",
            both(
                add("need_plans", need_plan(on(6, 2))),
                add("need_plans", need_plan(NOW), index=1),
            ),
            True,
        ),
        ("8530Q", "unborn", who(expected=lambda c, m: date(m.year, 3, 1)), False),
        ("8530Q", "unborn", who(expected=lambda c, m: date(m.year, 12, 31)), False),
        ("8540", "assessed", what(disabilities=[]), True),
        ("8540", "assessed", what(disabilities=[WRONG]), True),
        (
            "8565",
            "stepped_down",
            both(
                need(closed=on(1, 13), closure_reason="RC7", need_plans=[]),
            ),
            True,
        ),
        (
            "8740",
            "no_conference",
            part("enquiries", started=before_year(), not_required="false"),
            True,
        ),
        (
            "8816",
            "referred_again",
            need(1, referred=referred(), closed=None),
            False,
        ),
        (
            "8831",
            "nfa",
            add("enquiries", lambda c, m: enquiry(lambda c, m: None, NOW)(c, m)),
            True,
        ),
        ("8832", "nfa", add("protection_plans", protection_plan(NOW)), True),
        (
            "8841",
            "conference",
            part(
                "protection_plans",
                reviews=lambda c, m: [
                    m.day(9, 17),
                    c.details[0].protection_plans[0].started,
                ],
            ),
            True,
        ),
        (
            "8842Q",
            "conference",
            part("protection_plans", reviews=lambda c, m: [m.day(9, 17), "unknown"]),
            True,
        ),
        (
            "8863Q",
            "assessed",
            add("assessments", lambda c, m: c.details[0].assessments[0]),
            True,
        ),
        ("8869", "assessed", part("assessments", factors=["21", "1A"]), True),
        ("8870Q", "conference", part("enquiries", target=saturday(on(6, 25))), True),
        (
            "8890",
            "no_conference",
            need(enquiries=lambda c, m: [enquiry(on(8, 4))(c, m)] * 2),
            True,
        ),
        ("8614", "assessed", part("assessments", authorised=None), True),
        ("8897Q", "assessed", part("assessments", factors=["1A", WRONG]), True),
        ("8898", "assessed", part("assessments", factors=["1A", "2A", "1A"]), True),
        (
            "8935",
            "conference",
            add("protection_plans", protection_plan(on(9, 1))),
            True,
        ),
        (
            "8940",
            "referred_again",
            both(
                add("protection_plans", protection_plan(on(6, 2), on(12, 10))),
                add("protection_plans", protection_plan(NOW, on(1, 10)), index=1),
            ),
            True,
        ),
        ("8945Q", "assessed", part("assessments", factors=["18A"]), True),
        ("8950Q", "assessed", part("assessments", factors=["19A"]), True),
    )
]
