"""The rules about assessments and the factors that they found."""

from functools import partial

from . import codes
from .registry import before, child_rule, group_rule, iter_pairs, parts

#: within which an assessment is to be done
WORKING_DAYS = 45


def _get_factors(row):
    """The rows of the factors; one that says nothing is none."""
    return [factor for factor in row.below("AssessmentFactors") if factor.texts]


def _get_codes(row):
    return [factor["AssessmentFactors"] for factor in _get_factors(row)]


def _get_factor_parts(rows):
    return [part for row in rows for part in parts(row, "AssessmentFactors")]


#: a rule about one row and the period of need that it is of
_assessment_rule = partial(group_rule, "Assessments")


@_assessment_rule("1103")
def check_start_after_referral(details, row, year):
    wrong = before(row["AssessmentActualStartDate"], details["CINreferralDate"])
    return wrong and parts(row, "AssessmentActualStartDate") + parts(
        details, "CINreferralDate"
    )


@_assessment_rule("8608")
def check_end_after_start(details, row, year):
    wrong = before(row["AssessmentAuthorisationDate"], row["AssessmentActualStartDate"])
    return wrong and parts(
        row, "AssessmentActualStartDate", "AssessmentAuthorisationDate"
    )


@_assessment_rule("8614")
def check_factors_when_done(details, row, year):
    factors = _get_factors(row)
    return (
        factors
        and not row["AssessmentAuthorisationDate"]
        and parts(row, "AssessmentAuthorisationDate") + _get_factor_parts(factors)
    )


@_assessment_rule("8670Q")
def check_not_too_long(details, row, year):
    start = row["AssessmentActualStartDate"]
    return (
        not row["AssessmentAuthorisationDate"]
        and before(start, year.go_back(year.last, WORKING_DAYS))
        and parts(row, "AssessmentActualStartDate", "AssessmentAuthorisationDate")
    )


@_assessment_rule("8696")
def check_end_in_year(details, row, year):
    end = row["AssessmentAuthorisationDate"]
    return end and not year.holds(end) and parts(row, "AssessmentAuthorisationDate")


@_assessment_rule("8736")
def check_open_started_in_year(details, row, year):
    start = row["AssessmentActualStartDate"]
    return (
        not row["AssessmentAuthorisationDate"]
        and not (start and year.holds(start))
        and parts(row, "AssessmentActualStartDate", "AssessmentAuthorisationDate")
    )


@_assessment_rule("8869")
def check_no_factor_alone(details, row, year):
    found = _get_codes(row)
    # 21 twice is a matter of 8898
    return (
        codes.NO_FACTOR in found
        and len(set(found)) > 1
        and _get_factor_parts(_get_factors(row))
    )


@_assessment_rule("8897Q")
def check_factors_are_there(details, row, year):
    end = row["AssessmentAuthorisationDate"]
    if not end or end < year.first:
        return None
    factors = _get_factors(row)
    if not factors:
        return parts(row, "AssessmentFactors", "AssessmentAuthorisationDate")
    return _get_factor_parts(
        factor for factor in factors if factor["AssessmentFactors"] not in codes.FACTORS
    )


@_assessment_rule("8898")
def check_factors_once(details, row, year):
    found = _get_codes(row)
    return _get_factor_parts(
        factor
        for factor in _get_factors(row)
        if found.count(factor["AssessmentFactors"]) > 1
    )


def _check_retired(code, factor_code):
    """A factor that others have taken the place of."""

    @_assessment_rule(code)
    def check(details, row, year):
        return _get_factor_parts(
            factor
            for factor in _get_factors(row)
            if factor["AssessmentFactors"].upper() == factor_code
        )

    return check


_check_retired("8945Q", "18A")
_check_retired("8950Q", "19A")


@child_rule("8863Q")
def check_one_at_a_time(child, year):
    for details in child.below("CINdetails"):
        for row, other in iter_pairs(details.below("Assessments")):
            start, other_start = (
                one["AssessmentActualStartDate"] for one in (row, other)
            )
            end = other["AssessmentAuthorisationDate"] or year.last
            if start and other_start and other_start <= start <= end:
                yield parts(row, "AssessmentActualStartDate") + parts(
                    other, "AssessmentActualStartDate", "AssessmentAuthorisationDate"
                )


@child_rule("8896")
def check_one_is_open(child, year):
    for details in child.below("CINdetails"):
        rows = [
            row
            for row in details.below("Assessments")
            if not row["AssessmentAuthorisationDate"]
        ]
        if len(rows) > 1:
            yield [
                part
                for row in rows
                for part in parts(row, "AssessmentAuthorisationDate")
            ]


@child_rule("8873Q")
def check_closed_without_factor(child, year):
    for details in child.below("CINdetails"):
        rows = details.below("Assessments")
        if (
            len(rows) == 1
            and codes.NO_FACTOR in _get_codes(rows[0])
            and details["ReasonForClosure"] not in codes.CLOSED_AFTER_ASSESSMENT
        ):
            yield parts(details, "ReasonForClosure") + _get_factor_parts(
                _get_factors(rows[0])
            )


@child_rule("2991Q")
def check_enquiry_with_assessment(child, year):
    for details in child.below("CINdetails"):
        enquiries = details.below("Section47")
        if enquiries and not details.below("Assessments"):
            yield [
                part for row in enquiries for part in parts(row, "S47ActualStartDate")
            ]
