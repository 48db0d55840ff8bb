"""For every rule about a child, how a child who keeps it breaks it."""

from datetime import date

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
    need,
    need_plan,
    on,
    part,
    protection_plan,
    put,
    referred,
    saturday,
    started,
    weekday_before_year,
    what,
    who,
)
from .cin_generator import get_upn


def _upn_with_wrong_letter(child, maker):
    upn = child.identifiers.upn
    return ("B" if upn[0] == "A" else "A") + upn[1:]


def _conference_of(child, maker):
    return child.details[0].enquiries[0].conference


def _two_waiting(child, maker):
    return [enquiry(on(8, day))(child, maker) for day in (4, 6)]


def _two_open(child, maker):
    return [need_plan(on(month, 1))(child, maker) for month in (7, 8)]


NOW = on(12, 1)

BROKEN = [
    Example(*line)
    for line in (
        # identifiers and characteristics
        ("1510", "assessed", who(upn=_upn_with_wrong_letter)),
        ("1530", "assessed", who(upn=lambda c, m: get_upn(m.count, "999"))),
        ("1540", "assessed", who(upn="A20112345X789")),
        ("1550", "assessed", who(upn="A20112345678I")),
        ("1560Q", "assessed", who(former_upn="A12")),
        ("1560Q", "assessed", who(former_upn="1201123456789")),
        ("1570", "assessed", who(la_child_id="R" + "1" * 20)),
        ("1580", "assessed", who(la_child_id="R-1580")),
        ("4180", "assessed", who(sex=WRONG)),
        ("4180", "assessed", who(sex=None)),
        ("4220", "assessed", what(ethnicity=WRONG)),
        ("4220", "assessed", what(ethnicity=None)),
        ("8500", "assessed", who(la_child_id=None)),
        ("8520", "assessed", who(born=after_year())),
        ("8525Q", "assessed", who(expected=after_year(50))),
        ("8525Q", "unborn", who(expected=None)),
        ("8530Q", "unborn", who(expected=lambda c, m: date(m.year, 2, 20))),
        ("8530Q", "unborn", who(expected=lambda c, m: date(m.year + 1, 1, 2))),
        ("8535Q", "died", who(born=lambda c, m: c.identifiers.died + DAY)),
        ("8545Q", "assessed", who(died=before_year())),
        ("8545Q", "assessed", who(died=after_year())),
        ("8590", "assessed", lambda c, m: put(c, details=[])),
        ("8750", "unborn", who(sex="F")),
        ("8770Q", "assessed", who(upn=None)),
        ("8770Q", "assessed", who(upn=None, upn_unknown="UN1")),
        ("8772", "assessed", who(upn=None, upn_unknown="UN7")),
        ("8775Q", "assessed", who(born=lambda c, m: date(m.year - 26, 1, 1))),
        ("8790", "assessed", what(disabilities=["NONE", "MOB"])),
        ("8794", "assessed", what(disabilities=["MOB", "VIS", "MOB"])),
        # the period of need
        ("2990", "no_conference", need(closed=NOW, closure_reason="RC8")),
        ("2990", "need_plan", need(closure_reason="RC9")),
        ("4000", "nfa", add("need_plans", need_plan(NOW))),
        ("8555Q", "assessed", who(died=referred(-1))),
        ("8565", "need_plan", part("assessments", authorised=closed(1))),
        ("8565", "need_plan", part("need_plans", ended=closed(1))),
        ("8565", "conference", need(closed=on(6, 3), closure_reason="RC7")),
        ("8568", "assessed", need(nfa="2")),
        ("8568", "assessed", need(nfa=None)),
        ("8569Q", "nfa", need(referred=before_year(10))),
        ("8585Q", "need_plan", need(closure_reason="RC2")),
        ("8600", "assessed", need(referred=after_year())),
        ("8600", "assessed", need(referred=None)),
        (
            "8606",
            "unborn",
            need(referred=lambda c, m: c.identifiers.expected - 281 * DAY),
        ),
        ("8606", "assessed", who(born=referred(281))),
        ("8610", "assessed", need(need=None)),
        ("8620", "assessed", need(closed=before_year(), closure_reason="RC7")),
        ("8620", "assessed", need(closed=after_year(), closure_reason="RC7")),
        ("8630", "assessed", need(closed=referred(-1), closure_reason="RC7")),
        ("8640", "need_plan", need(closure_reason="RC0")),
        ("8650", "assessed", need(need="N10")),
        ("8805", "need_plan", need(closure_reason=None)),
        ("8810", "assessed", need(closure_reason="RC7")),
        ("8815", "referred_again", need(closed=None, closure_reason=None)),
        ("8816", "referred_again", need(closed=None, closure_reason=None)),
        ("8820", "referred_again", need(1, referred=closed(-5))),
        ("8825Q", "no_further_action", need(assessments=[])),
        ("8831", "nfa", add("assessments", assessment(NOW))),
        ("8831", "nfa", need(transfer_conference=NOW)),
        ("8866", "assessed", need(source=WRONG)),
        ("8866", "assessed", need(source=None)),
        ("8867", "need_plan", part("assessments", authorised=None, factors=[])),
        (
            "8868",
            "no_conference",
            both(
                need(closed=NOW, closure_reason="RC7"),
                part("enquiries", not_required=False),
            ),
        ),
        # assessments
        ("1103", "assessed", part("assessments", started=referred(-1))),
        ("2991Q", "no_conference", need(assessments=[])),
        (
            "8608",
            "assessed",
            part("assessments", authorised=started("assessments", -1)),
        ),
        ("8670Q", "assessed", part("assessments", authorised=None, factors=[])),
        ("8696", "assessed", part("assessments", authorised=before_year())),
        ("8696", "assessed", part("assessments", authorised=after_year())),
        (
            "8736",
            "assessed",
            part("assessments", started=before_year(), authorised=None, factors=[]),
        ),
        (
            "8863Q",
            "assessed",
            add("assessments", assessment(started("assessments", 5), NOW)),
        ),
        ("8873Q", "assessed", part("assessments", factors=["21"])),
        (
            "8896",
            "unborn",
            add("assessments", assessment(started("assessments", 1))),
        ),
        ("8897Q", "assessed", part("assessments", factors=[])),
        # child in need plans
        (
            "4001",
            "conference",
            both(
                part("protection_plans", reviews=[]),
                add("need_plans", need_plan(on(6, 3))),
            ),
        ),
        ("4003", "stepped_down", part("need_plans", started=on(7, 1), ended=on(7, 30))),
        ("4004", "need_plan", need(need_plans=_two_open)),
        ("4008", "died", part("need_plans", started=closed(1))),
        ("4009Q", "died", part("need_plans", ended=closed(1))),
        ("4010", "need_plan", part("need_plans", started=None)),
        ("4010", "need_plan", part("need_plans", started=after_year(), ended=None)),
        ("4011", "need_plan", part("need_plans", ended=started("need_plans", -1))),
        ("4012Q", "need_plan", part("need_plans", ended=started("need_plans"))),
        ("4013", "need_plan", part("need_plans", ended=before_year())),
        ("4013", "need_plan", part("need_plans", ended=after_year())),
        (
            "4014",
            "need_plan",
            add("need_plans", need_plan(ended("need_plans", -5), NOW)),
        ),
        ("4015", "need_plan", part("need_plans", started=referred(-1))),
        ("4016", "conference", add("need_plans", need_plan(on(8, 1), on(9, 1)))),
        ("4017", "conference", add("need_plans", need_plan(on(6, 3), on(7, 30)))),
        # Section 47
        ("1104", "conference", part("enquiries", conference=referred(-7))),
        ("2884", "conference", need(transfer_conference=_conference_of)),
        ("2889", "no_conference", part("enquiries", started=referred(-1))),
        (
            "8615",
            "conference",
            part("enquiries", started=lambda c, m: _conference_of(c, m) + DAY),
        ),
        ("8615", "conference", part("enquiries", started=None)),
        ("8675Q", "no_conference", part("enquiries", not_required=False)),
        ("8715", "conference", part("enquiries", conference=weekday_before_year)),
        ("8715", "conference", part("enquiries", conference=after_year(2))),
        (
            "8740",
            "no_conference",
            part("enquiries", started=before_year(), not_required=False),
        ),
        ("8839", "no_conference", need(enquiries=_two_waiting)),
        ("8875", "conference", part("enquiries", conference=saturday(on(6, 20)))),
        ("8890", "conference", add("enquiries", enquiry(started("enquiries", 2), NOW))),
        # child protection plans
        ("1105", "conference", part("protection_plans", started=referred(-1))),
        ("2885", "conference", part("protection_plans", started=on(7, 8))),
        ("2885", "transferred_in", part("protection_plans", started=on(11, 8))),
        ("8720", "conference", part("protection_plans", started=after_year())),
        ("8720", "conference", part("protection_plans", started=None)),
        ("8730", "conference", part("protection_plans", previous=None)),
        ("8730", "conference", part("protection_plans", previous=-1)),
        (
            "8840",
            "conference",
            part("protection_plans", ended=started("protection_plans")),
        ),
        (
            "8841",
            "conference",
            part(
                "protection_plans",
                reviews=lambda c, m: [started("protection_plans")(c, m)],
            ),
        ),
        ("8842Q", "conference", part("protection_plans", reviews=["unknown"])),
        ("8905", "conference", part("protection_plans", initial_category=WRONG)),
        ("8905", "conference", part("protection_plans", initial_category=None)),
        ("8910", "conference", part("protection_plans", latest_category=WRONG)),
        ("8910", "conference", part("protection_plans", latest_category=None)),
        ("8915", "conference", who(died=started("protection_plans", -1))),
        ("8920", "stepped_down", who(died=ended("protection_plans", -1))),
        (
            "8925",
            "conference",
            part("protection_plans", ended=started("protection_plans", -1)),
        ),
        ("8930", "conference", part("protection_plans", ended=before_year())),
        ("8930", "conference", part("protection_plans", ended=after_year())),
        (
            "8935",
            "referred_again",
            both(
                add("protection_plans", protection_plan(on(6, 2))),
                add("protection_plans", protection_plan(NOW), index=1),
            ),
        ),
        ("8940", "conference", add("protection_plans", protection_plan(on(8, 1), NOW))),
    )
]
