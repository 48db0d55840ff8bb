"""The rules about a period of need: referral, primary need, closure."""

from datetime import date, timedelta

from . import codes
from .registry import (
    before,
    child_rule,
    get_identifiers,
    iter_pairs,
    parts,
)

#: referrals since then say where they came from
SOURCE_SINCE = date(2013, 4, 1)
PREGNANCY = timedelta(days=280)


def _details_rule(code):
    """A rule about one period of need by itself."""

    def register(is_wrong):
        @child_rule(code)
        def check(child, year):
            for details in child.below("CINdetails"):
                found = is_wrong(details, year)
                if found:
                    yield found

        return check

    return register


def _has_need(details):
    return details["ReferralNFA"] is False


def _is_open(details):
    return not details["CINclosureDate"] and _has_need(details)


# ------------------------------------------------------------------- referral


@_details_rule("8568")
def check_nfa_flag(details, year):
    return details["ReferralNFA"] is None and parts(details, "ReferralNFA")


@_details_rule("8569Q")
def check_nfa_of_earlier_year(details, year):
    return (
        not _has_need(details)
        and before(details["CINreferralDate"], year.go_back(year.first, 1))
        and parts(details, "CINreferralDate", "ReferralNFA")
    )


@_details_rule("8600")
def check_referral_date(details, year):
    referred = details["CINreferralDate"]
    wrong = not referred or referred > year.last
    return wrong and parts(details, "CINreferralDate")


@_details_rule("8866")
def check_source(details, year):
    referred = details["CINreferralDate"]
    return (
        referred
        and referred >= SOURCE_SINCE
        and details["ReferralSource"] not in codes.SOURCES
        and parts(details, "ReferralSource", "CINreferralDate")
    )


@_details_rule("8610")
def check_need_is_there(details, year):
    return (
        _has_need(details)
        and not details["PrimaryNeedCode"]
        and parts(details, "PrimaryNeedCode", "ReferralNFA")
    )


@_details_rule("8650")
def check_need(details, year):
    need = details["PrimaryNeedCode"]
    return need and need not in codes.NEEDS and parts(details, "PrimaryNeedCode")


@child_rule("8555Q")
def check_referred_alive(child, year):
    identifiers = get_identifiers(child)
    for details in child.below("CINdetails"):
        if before(identifiers["PersonDeathDate"], details["CINreferralDate"]):
            yield parts(details, "CINreferralDate") + parts(
                identifiers, "PersonDeathDate"
            )


@child_rule("8606")
def check_referred_in_pregnancy(child, year):
    identifiers = get_identifiers(child)
    births = "PersonBirthDate", "ExpectedPersonBirthDate"
    for details in child.below("CINdetails"):
        for birth in births:
            day = identifiers[birth]
            if day and before(details["CINreferralDate"], day - PREGNANCY):
                yield parts(details, "CINreferralDate") + parts(identifiers, birth)


# -------------------------------------------------------------------- closure


@_details_rule("8620")
def check_closed_in_year(details, year):
    closed = details["CINclosureDate"]
    return closed and not year.holds(closed) and parts(details, "CINclosureDate")


@_details_rule("8630")
def check_closed_after_referral(details, year):
    wrong = before(details["CINclosureDate"], details["CINreferralDate"])
    return wrong and parts(details, "CINclosureDate", "CINreferralDate")


@_details_rule("8640")
def check_closure_reason(details, year):
    reason = details["ReasonForClosure"]
    return (
        reason
        and reason not in codes.CLOSURE_REASONS
        and parts(details, "ReasonForClosure")
    )


@_details_rule("8805")
def check_closed_with_reason(details, year):
    return (
        details["CINclosureDate"]
        and not details["ReasonForClosure"]
        and parts(details, "ReasonForClosure", "CINclosureDate")
    )


@_details_rule("8810")
def check_reason_with_closure(details, year):
    return (
        details["ReasonForClosure"]
        and not details["CINclosureDate"]
        and parts(details, "CINclosureDate", "ReasonForClosure")
    )


@child_rule("8585Q")
def check_died(child, year):
    identifiers = get_identifiers(child)
    for details in child.below("CINdetails"):
        if (
            details["ReasonForClosure"] == codes.DIED
            and not identifiers["PersonDeathDate"]
        ):
            yield parts(identifiers, "PersonDeathDate") + parts(
                details, "ReasonForClosure"
            )


#: group (None: the period of need itself), elements that the closure ends
_ACTIVITY = (
    (None, ("DateOfInitialCPC",)),
    ("Assessments", ("AssessmentActualStartDate", "AssessmentAuthorisationDate")),
    ("Section47", ("S47ActualStartDate", "DateOfInitialCPC")),
    ("ChildProtectionPlans", ("CPPendDate",)),
    ("CINPlanDates", ("CINPlanStartDate", "CINPlanEndDate")),
)


@_details_rule("8565")
def check_nothing_after_closure(details, year):
    closed = details["CINclosureDate"]
    late = [
        part
        for group, elements in _ACTIVITY
        for row in (details.below(group) if group else [details])
        for element in elements
        if before(closed, row[element])
        for part in parts(row, element)
    ]
    return late and parts(details, "CINclosureDate") + late


@_details_rule("8867")
def check_assessments_done(details, year):
    missing = [
        part
        for row in details.below("Assessments")
        if not row["AssessmentAuthorisationDate"]
        for part in parts(row, "AssessmentAuthorisationDate")
    ]
    return (
        details["CINclosureDate"]
        and missing
        and parts(details, "CINclosureDate") + missing
    )


@_details_rule("8868")
def check_enquiries_done(details, year):
    """An enquiry ends in one of two ways; with both it is not said in which."""
    wrong = [
        part
        for row in details.below("Section47")
        if bool(row["DateOfInitialCPC"]) == (row["ICPCnotRequired"] is True)
        for part in parts(row, "DateOfInitialCPC", "ICPCnotRequired")
    ]
    return (
        details["CINclosureDate"] and wrong and parts(details, "CINclosureDate") + wrong
    )


# ------------------------------------ what the kind of the referral or its end allows


def _get_parts_below(details, *groups):
    """A part for each row of the groups: that it is there at all."""
    first = {
        "Assessments": "AssessmentActualStartDate",
        "CINPlanDates": "CINPlanStartDate",
        "Section47": "S47ActualStartDate",
        "ChildProtectionPlans": "CPPstartDate",
    }
    return [
        part
        for group in groups
        for row in details.below(group)
        for part in parts(row, first[group])
    ]


@_details_rule("2990")
def check_nothing_but_assessment(details, year):
    if details["ReasonForClosure"] not in codes.CLOSED_AFTER_ASSESSMENT:
        return None
    found = _get_parts_below(
        details, "Section47", "ChildProtectionPlans", "CINPlanDates"
    )
    if details["DateOfInitialCPC"]:
        found += parts(details, "DateOfInitialCPC")
    return found and parts(details, "ReasonForClosure") + found


@_details_rule("8825Q")
def check_closed_after_assessment(details, year):
    return (
        details["ReasonForClosure"] in codes.CLOSED_AFTER_ASSESSMENT
        and not details.below("Assessments")
        and parts(details, "ReasonForClosure")
    )


@_details_rule("8831")
def check_nfa_without_activity(details, year):
    if details["ReferralNFA"] is not True:
        return None
    found = [
        part
        for group, elements in _ACTIVITY[:3]
        for row in (details.below(group) if group else [details])
        for element in elements
        if row[element]
        for part in parts(row, element)
    ]
    return found and parts(details, "ReferralNFA") + found


def _check_nfa_without(code, group):
    @_details_rule(code)
    def check(details, year):
        found = _get_parts_below(details, group)
        return (
            details["ReferralNFA"] is True
            and found
            and parts(details, "ReferralNFA") + found
        )

    return check


_check_nfa_without("4000", "CINPlanDates")
_check_nfa_without("8832", "ChildProtectionPlans")


# ------------------------------------------------------ the periods of one child


@child_rule("8815")
def check_one_is_open(child, year):
    rows = [details for details in child.below("CINdetails") if _is_open(details)]
    if len(rows) > 1:
        yield [
            part
            for row in rows
            for part in parts(row, "CINclosureDate", "CINreferralDate")
        ]


@child_rule("8816")
def check_open_is_latest(child, year):
    days = [d["CINreferralDate"] for d in child.below("CINdetails")]
    latest = max((day for day in days if day), default=None)
    for details in child.below("CINdetails"):
        if _is_open(details) and before(details["CINreferralDate"], latest):
            yield parts(details, "CINreferralDate", "CINclosureDate")


@child_rule("8820")
def check_periods_apart(child, year):
    for details, other in iter_pairs(child.below("CINdetails")):
        started, other_started = details["CINreferralDate"], other["CINreferralDate"]
        if not started or not other_started or started < other_started:
            continue
        end = other["CINclosureDate"] or (_has_need(other) and year.last)
        if end and started < end:
            yield parts(details, "CINreferralDate") + parts(
                other, "CINreferralDate", "CINclosureDate"
            )
