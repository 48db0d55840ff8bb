"""What is wrong with a record and breaks a rule of the census: what
``scripts/generate --plant-errors`` makes of good children.

Each is a change that the database stores: Odoo's own checks run on it. Other rules
cannot be broken by a record, since a field is required or a check refuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from . import shapes
from .shapes import alive, born, pupil, within

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Error:
    """:param code: the rule that it breaks
    :param what: in words
    :param suits: which children it can be planted in: a function of ``shapes.Child``
    :param change: plants it: a function of ``plant.Child``
    :param also: other rules that the same change breaks, always
    """

    code: str
    what: str
    suits: Callable
    change: Callable
    also: tuple = field(default=())


def _and(*tests):
    return lambda child: all(test(child) for test in tests)


def _person(**values):
    return lambda child: child.write(child.census, values)


def _episode(**values):
    return lambda child: child.write(child.first, values)


def _of(name, get_values):
    """A change of the first row of a group of the first period of need."""
    return lambda child: child.write(
        getattr(child.first, name)[0], get_values(child.first)
    )


def _factors(*codes):
    return _of("assessments", lambda d: {"factor_ids": codes})


def _both(*changes):
    def change(child):
        for one in changes:
            one(child)

    return change


def _saturday(day):
    return day + (5 - day.weekday()) % 7 * DAY


def _before_referral(child):
    """A weekday before the referral."""
    day = child.first.referred - DAY
    return day - max(0, day.weekday() - 4) * DAY


def _conference_day(child):
    return child.first.enquiries[0].conference


def _waiting(child):
    child.write(
        child.first.enquiries[0], {"ended_on": None, "conference_required": None}
    )


def _again(group, **days):
    """One more row of a group, its days counted from the start of the first one."""

    def change(child):
        start = getattr(child.first, group)[0].started
        child.add(group, **{name: start + n * DAY for name, n in days.items()})

    return change


def _conference_on_saturday(child):
    day = _saturday(_conference_day(child))
    child.write(child.first.enquiries[0], {"conference_on": day})
    child.write(child.first.protection_plans[0], {"started_on": day})


ERRORS = (
    # ------------------------------------------------------------- who the child is
    Error(
        "4180",
        "The sex is missing",
        _and(shapes.real, born),
        _person(sex_id=None),
    ),
    Error("4220", "The ethnicity is missing", shapes.real, _person(ethnicity_id=None)),
    Error(
        "8525Q",
        "Neither born nor expected",
        shapes.unborn,
        _person(expected_on=None),
    ),
    Error(
        "8530Q",
        "Expected in February, and still not born",
        shapes.unborn,
        lambda child: child.write(
            child.census, {"expected_on": child.last.replace(month=2, day=20)}
        ),
    ),
    Error(
        "8540",
        "Nothing is said about disabilities",
        _and(shapes.real, born),
        _person(disability_ids=()),
    ),
    Error(
        "8545Q",
        "Died before the year",
        _and(shapes.long_protected, alive),
        lambda child: child.write(child.census, {"death_on": child.start - DAY}),
    ),
    Error(
        "8555Q",
        "Referred after the death",
        _and(shapes.nfa, alive, within("referred", 2)),
        lambda child: child.write(
            child.census, {"death_on": child.first.referred - DAY}
        ),
    ),
    Error(
        "8606",
        "Referred more than 40 weeks before the birth",
        _and(shapes.in_need, born, within("referred", -400, -290)),
        lambda child: child.write(
            child.census,
            {
                "birth_date": child.first.referred + 281 * DAY,
                "upn": None,
                "upn_unknown_id": "UN1",
            },
        ),
    ),
    Error(
        "8770Q",
        "A pupil without a UPN and without a reason",
        _and(shapes.real, pupil),
        _person(upn=None, upn_unknown_id=None),
    ),
    Error(
        "8772",
        "No UPN because of no further action, and there was further action",
        _and(shapes.real, pupil),
        _person(upn=None, upn_unknown_id="UN7"),
    ),
    Error(
        "8775Q",
        "Older than 25",
        _and(shapes.in_need, pupil),
        lambda child: child.write(
            child.census, {"birth_date": child.start - relativedelta(years=26)}
        ),
    ),
    # ---------------------------------------------------------- the period of need
    Error(
        "2990",
        "Closed after the assessment, although there was a plan",
        shapes.need_ended,
        _episode(closure_reason_id="RC8"),
    ),
    Error(
        "8565",
        "The child in need plan ends after the closure",
        _and(shapes.need_ended, within("closed", 0, -2)),
        _of("need_plans", lambda d: {"ended_on": d.closed + DAY}),
    ),
    Error(
        "8585Q",
        "Closed because of the death, and no death",
        shapes.need_ended,
        _episode(closure_reason_id="RC2"),
    ),
    Error("8610", "The primary need is missing", shapes.real, _episode(need_id=None)),
    Error(
        "8816",
        "The closure of an earlier period is missing",
        shapes.twice,
        _episode(closed_on=None, closure_reason_id=None),
        ("8820",),
    ),
    Error(
        "8820",
        "Referred again before the closure",
        _and(shapes.again, within("closed", 5)),
        lambda child: child.write(
            child.census.details[1], {"referred_on": child.first.closed - DAY}
        ),
    ),
    Error(
        "8825Q",
        "Closed after the assessment, which is missing",
        shapes.closed_assessed,
        _of("assessments", lambda d: {"active": False}),
    ),
    Error("8866", "Nobody said who told us", shapes.real, _episode(source_id=None)),
    Error(
        "8867",
        "Closed with an assessment that nobody authorised",
        _and(shapes.closed_assessed, shapes.only, within("assessments", 0, -80)),
        _of("assessments", lambda d: {"authorised_at": None}),
        ("8670Q",),
    ),
    Error(
        "8868",
        "Closed with an enquiry that goes on",
        _and(shapes.dropped_closed, within("enquiries", 0, -40)),
        _waiting,
        ("8675Q",),
    ),
    # ---------------------------------------------------------------- assessments
    Error(
        "1103",
        "The assessment starts before the referral",
        _and(shapes.in_need, shapes.only),
        _of("assessments", lambda d: {"started_on": d.referred - DAY}),
    ),
    Error(
        "2991Q",
        "An enquiry without an assessment",
        shapes.protected,
        _of("assessments", lambda d: {"active": False}),
    ),
    Error(
        "8608",
        "The assessment ends before it starts",
        _and(shapes.in_need, shapes.only),
        _of(
            "assessments",
            lambda d: {"started_on": d.assessments[0].authorised + DAY},
        ),
    ),
    Error(
        "8670Q",
        "An assessment that goes on for too long",
        _and(shapes.in_need, shapes.only, within("assessments", 0, -80)),
        _of("assessments", lambda d: {"authorised_at": None}),
    ),
    Error(
        "8736",
        "An assessment that goes on since before the year",
        shapes.long_protected,
        lambda child: child.add_assessment(child.start - DAY),
        ("8670Q",),
    ),
    Error(
        "8863Q",
        "Two assessments at the same time",
        shapes.in_need,
        lambda child: child.add_assessment(
            child.first.assessments[0].started + DAY,
            child.first.assessments[0].authorised,
        ),
    ),
    Error(
        "8869",
        "No factors, and factors",
        shapes.in_need,
        _factors("21", "1A"),
        # and not closed as an assessment that found nothing
        ("8873Q",),
    ),
    Error(
        "8873Q",
        "No factors, and closed for another reason",
        shapes.need_ended,
        _factors("21"),
    ),
    Error(
        "8896",
        "Two assessments that go on",
        _and(shapes.starting, within("assessments", -40, -3)),
        lambda child: child.add_assessment(child.first.assessments[0].started + DAY),
        ("8863Q",),
    ),
    Error("8897Q", "An assessment without factors", shapes.in_need, _factors()),
    Error("8945Q", "Factor 18A", shapes.in_need, _factors("18A")),
    Error("8950Q", "Factor 19A", shapes.in_need, _factors("19A")),
    # --------------------------------------------------------- child in need plans
    Error(
        "4001",
        "A child in need plan beside a child protection plan",
        _and(shapes.protected, shapes.unreviewed),
        lambda child: child.add(
            "need_plans", started_on=child.first.protection_plans[0].started + DAY
        ),
        ("4016",),
    ),
    Error(
        "4003",
        "A review conference within a child in need plan",
        shapes.stepped_down,
        lambda child: child.add_review(
            child.first.protection_plans[0],
            child.first.need_plans[0].started + DAY,
        ),
    ),
    Error(
        "4008",
        "The child in need plan starts after the death",
        _and(shapes.in_need, alive, within("need_plans", 2)),
        lambda child: child.write(
            child.census, {"death_on": child.first.need_plans[0].started - DAY}
        ),
    ),
    Error(
        "4009Q",
        "The child in need plan ends after the death",
        _and(shapes.need_ended, alive),
        lambda child: child.write(
            child.census, {"death_on": child.first.need_plans[0].ended - DAY}
        ),
    ),
    Error(
        "4012Q",
        "The child in need plan ends on its first day",
        _and(shapes.in_need, within("need_plans", 0)),
        _of("need_plans", lambda d: {"ended_on": d.need_plans[0].started}),
    ),
    Error(
        "4014",
        "Two child in need plans overlap",
        _and(shapes.in_need, within("need_plans", 0, -40)),
        _both(
            _of(
                "need_plans",
                lambda d: {"ended_on": d.need_plans[0].started + 20 * DAY},
            ),
            _again("need_plans", started_on=10),
        ),
    ),
    Error(
        "4015",
        "The child in need plan starts before the referral",
        shapes.in_need,
        _of("need_plans", lambda d: {"started_on": d.referred - DAY}),
    ),
    Error(
        "4016",
        "A child in need plan goes on when a child protection plan starts",
        _and(shapes.protected, within("protection_plans", 5, -30)),
        lambda child: child.add(
            "need_plans",
            started_on=child.first.protection_plans[0].started + 5 * DAY,
            ended_on=child.first.protection_plans[0].started + 20 * DAY,
        ),
    ),
    Error(
        "4017",
        "A child protection plan starts within a child in need plan",
        _and(shapes.protected, within("protection_plans", 5, -30)),
        lambda child: child.add(
            "need_plans",
            started_on=child.first.protection_plans[0].started - DAY,
            ended_on=child.first.protection_plans[0].started + 20 * DAY,
        ),
    ),
    # ------------------------------------------------------ enquiries, conferences
    Error(
        "1104",
        "The conference is before the referral",
        _and(shapes.protected, within("referred", 5)),
        lambda child: child.write(
            child.first.enquiries[0], {"conference_on": _before_referral(child)}
        ),
        ("2885", "8615"),
    ),
    Error(
        "2884",
        "The same conference in the enquiry and for a child who moved here",
        shapes.protected,
        lambda child: child.write(
            child.first, {"transfer_conference_on": _conference_day(child)}
        ),
    ),
    Error(
        "2889",
        "The enquiry starts before the referral",
        shapes.protected,
        _of("enquiries", lambda d: {"started_on": d.referred - DAY}),
    ),
    Error(
        "8615",
        "The enquiry starts after its conference",
        shapes.protected,
        _of("enquiries", lambda d: {"started_on": d.enquiries[0].conference + DAY}),
    ),
    Error(
        "8675Q",
        "The enquiry waits too long for its conference",
        _and(shapes.dropped, within("enquiries", 0, -40)),
        _waiting,
    ),
    Error(
        "8740",
        "The enquiry waits for its conference since before the year",
        shapes.long_protected,
        lambda child: child.add("enquiries", started_on=child.start - DAY),
        # the assessment was before the year
        ("2991Q", "8675Q"),
    ),
    Error(
        "8839",
        "Two enquiries that go on",
        shapes.in_need,
        lambda child: [
            child.add("enquiries", started_on=child.last - days * DAY)
            for days in (6, 5)
        ],
        ("8890",),
    ),
    Error(
        "8870Q",
        "The conference is due at a weekend",
        shapes.protected,
        _of("enquiries", lambda d: {"target_on": _saturday(d.enquiries[0].target)}),
    ),
    Error(
        "8875",
        "The conference is at a weekend",
        _and(shapes.protected, within("protection_plans", 0, -7)),
        _conference_on_saturday,
    ),
    Error(
        "8890",
        "Two enquiries at the same time",
        shapes.protected,
        lambda child: child.add(
            "enquiries",
            started_on=child.first.enquiries[0].started + DAY,
            ended_on=child.first.enquiries[0].conference,
            conference_required="no",
        ),
    ),
    # ------------------------------------------------------ child protection plans
    Error(
        "1105",
        "The child protection plan starts before the referral",
        shapes.protected,
        _of("protection_plans", lambda d: {"started_on": d.referred - DAY}),
        ("2885",),
    ),
    Error(
        "2885",
        "The child protection plan does not start with its conference",
        _and(shapes.protected, within("protection_plans", 0, -7)),
        _of(
            "protection_plans",
            lambda d: {"started_on": d.enquiries[0].conference + 2 * DAY},
        ),
    ),
    Error(
        "8730",
        "A number of earlier plans that is below zero",
        shapes.protected,
        _of("protection_plans", lambda d: {"previous_plans": -1}),
    ),
    Error(
        "8840",
        "The child protection plan ends on its first day",
        _and(shapes.protected, within("protection_plans", 0)),
        _of("protection_plans", lambda d: {"ended_on": d.protection_plans[0].started}),
    ),
    Error(
        "8841",
        "A review on the first day of the plan",
        _and(shapes.protected, within("protection_plans", 0)),
        lambda child: child.add_review(
            child.first.protection_plans[0], child.first.protection_plans[0].started
        ),
    ),
    Error(
        "8905",
        "The first category is missing",
        _and(shapes.protected, shapes.reviewed),
        _of("protection_plans", lambda d: {"initial_category_id": None}),
    ),
    Error(
        "8910",
        "The category is missing, and no review gives one",
        _and(shapes.protected, shapes.unreviewed),
        _of("protection_plans", lambda d: {"initial_category_id": None}),
        ("8905",),
    ),
    Error(
        "8915",
        "The child protection plan starts after the death",
        _and(shapes.protected, alive, within("protection_plans", 2)),
        lambda child: child.write(
            child.census, {"death_on": child.first.protection_plans[0].started - DAY}
        ),
    ),
    Error(
        "8920",
        "The child protection plan ends after the death",
        _and(shapes.protection_ended, alive, within("protection_ended", 2)),
        lambda child: child.write(
            child.census, {"death_on": child.first.protection_plans[0].ended - DAY}
        ),
    ),
    Error(
        "8940",
        "Two child protection plans overlap",
        _and(shapes.protected, within("protection_plans", 0, -40)),
        _both(
            _of(
                "protection_plans",
                lambda d: {"ended_on": d.protection_plans[0].started + 20 * DAY},
            ),
            _again("protection_plans", started_on=10),
        ),
        ("2885",),
    ),
)
