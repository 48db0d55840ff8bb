"""The rules about who a child is: identifiers and characteristics."""

from datetime import date, timedelta

from odoo.addons.sos_casework.tools.authorities import AUTHORITIES

from . import codes
from .registry import (
    add_years,
    before,
    child_rule,
    get_group,
    get_identifiers,
    iter_below,
    parts,
)

UPN_LENGTH = 13
NUMBER_LENGTH = 20
SCHOOL_AGE = 6
OLDEST = 25
#: how long before and after the reference date a birth may be expected
EXPECTED_DAYS_BEFORE = 30


def _check(code, element, is_wrong):
    """A rule about one element of the identifiers, where it is written."""

    @child_rule(code)
    def check(child, year):
        row = get_identifiers(child)
        text = row.texts.get(element)
        if text is not None and is_wrong(text):
            yield parts(row, element)

    return check


# ------------------------------------------------------------------- numbers


def _has_wrong_letter(upn):
    digits = upn[1:]
    # a temporary UPN ends in a letter and its check letter is not told by this
    if len(upn) != UPN_LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(int(digit) * place for place, digit in enumerate(digits, 2))
    return codes.CHECK_LETTERS[total % 23] != upn[0]


def _is_wrong_former(upn):
    return not (
        len(upn) == UPN_LENGTH
        and upn[0].isalpha()
        and upn[1:].isascii()
        and upn[1:].isdigit()
    )


_check("1510", "UPN", _has_wrong_letter)
_check(
    "1530",
    "UPN",
    lambda upn: len(upn) == UPN_LENGTH and upn[1:4] not in AUTHORITIES,
)
_check("1540", "UPN", lambda u: not (u[4:12].isascii() and u[4:12].isdigit()))
_check(
    "1550",
    "UPN",
    lambda upn: len(upn) == UPN_LENGTH and upn[12] not in codes.UPN_ENDS,
)
_check("1560Q", "FormerUPN", _is_wrong_former)
_check("1570", "LAchildID", lambda number: len(number) > NUMBER_LENGTH)
_check("1580", "LAchildID", lambda n: not (n.isascii() and n.isalnum()))


@child_rule("8500")
def check_number(child, year):
    row = get_identifiers(child)
    if "LAchildID" not in row.texts:
        yield parts(row, "LAchildID")


@child_rule("8770Q")
def check_upn_at_school(child, year):
    row = get_identifiers(child)
    youngest = add_years(date(year.number, 8, 31), -SCHOOL_AGE)
    born = row["PersonBirthDate"]
    if (
        born
        and born <= youngest
        and "UPN" not in row.texts
        and (row["UPNunknown"] or "").upper() not in codes.UPN_UNKNOWN_AT_SCHOOL
        and any(d["ReferralNFA"] is False for d in child.below("CINdetails"))
    ):
        yield parts(row, "UPN", "UPNunknown", "PersonBirthDate")


@child_rule("8772")
def check_upn_not_needed(child, year):
    row = get_identifiers(child)
    if row["UPNunknown"] != "UN7":
        return
    for details in child.below("CINdetails"):
        if details["ReferralNFA"] is not True:
            yield parts(row, "UPNunknown") + parts(details, "ReferralNFA")


# ------------------------------------------------------- birth, death and sex


@child_rule("4180")
def check_sex(child, year):
    row = get_identifiers(child)
    if row["Sex"] not in codes.SEXES:
        yield parts(row, "Sex")


@child_rule("8750")
def check_sex_of_unborn(child, year):
    row = get_identifiers(child)
    unborn = row["ExpectedPersonBirthDate"] and not row["PersonBirthDate"]
    if unborn and row["Sex"] != "U":
        yield parts(row, "Sex", "ExpectedPersonBirthDate")


@child_rule("8520")
def check_born_by_end(child, year):
    row = get_identifiers(child)
    if before(year.last, row["PersonBirthDate"]):
        yield parts(row, "PersonBirthDate")


@child_rule("8525Q")
def check_one_birth(child, year):
    row = get_identifiers(child)
    if bool(row["PersonBirthDate"]) == bool(row["ExpectedPersonBirthDate"]):
        yield parts(row, "PersonBirthDate", "ExpectedPersonBirthDate")


@child_rule("8530Q")
def check_expected_range(child, year):
    row = get_identifiers(child)
    expected = row["ExpectedPersonBirthDate"]
    first = year.last - timedelta(days=EXPECTED_DAYS_BEFORE)
    if expected and not first <= expected <= date(year.number, 12, 31):
        yield parts(row, "ExpectedPersonBirthDate")


@child_rule("8535Q")
def check_death_after_birth(child, year):
    row = get_identifiers(child)
    born, died = row["PersonBirthDate"], row["PersonDeathDate"]
    if died and not (born and born <= died):
        yield parts(row, "PersonDeathDate", "PersonBirthDate")


@child_rule("8545Q")
def check_death_in_year(child, year):
    row = get_identifiers(child)
    died = row["PersonDeathDate"]
    if died and not year.holds(died):
        yield parts(row, "PersonDeathDate")


@child_rule("8775Q")
def check_over_25(child, year):
    row = get_identifiers(child)
    born = row["PersonBirthDate"]
    if not before(born, add_years(year.last, -OLDEST)):
        return
    birthday = add_years(born, OLDEST)
    for details in child.below("CINdetails"):
        closed = details["CINclosureDate"]
        if not closed or closed > birthday:
            yield parts(row, "PersonBirthDate") + parts(details, "CINclosureDate")


@child_rule("8590")
def check_has_details(child, year):
    if not child.below("CINdetails"):
        yield parts(get_identifiers(child), "LAchildID")


# ------------------------------------------------- activity after a child died


def _check_after_death(code, group, element):
    @child_rule(code)
    def check(child, year):
        identifiers = get_identifiers(child)
        died = identifiers["PersonDeathDate"]
        if not died:
            return
        for _details, row in iter_below(child, group):
            if before(died, row[element]):
                yield parts(row, element) + parts(identifiers, "PersonDeathDate")

    return check


_check_after_death("4008", "CINPlanDates", "CINPlanStartDate")
_check_after_death("4009Q", "CINPlanDates", "CINPlanEndDate")
_check_after_death("8915", "ChildProtectionPlans", "CPPstartDate")
_check_after_death("8920", "ChildProtectionPlans", "CPPendDate")


# ------------------------------------------------------------ characteristics


def _get_characteristics(child):
    return get_group(child, "ChildCharacteristics")


def _get_disabilities(child):
    rows = _get_characteristics(child).below("Disability")
    return [row for row in rows if row["Disability"]]


@child_rule("4220")
def check_ethnicity(child, year):
    row = _get_characteristics(child)
    if row["Ethnicity"] not in codes.ETHNICITIES:
        yield parts(row, "Ethnicity")


@child_rule("8540")
def check_disability(child, year):
    identifiers = get_identifiers(child)
    if not identifiers["PersonBirthDate"]:
        return
    if not any(d["ReferralNFA"] is False for d in child.below("CINdetails")):
        return
    rows = _get_disabilities(child)
    wrong = [row for row in rows if row["Disability"] not in codes.DISABILITIES]
    for row in wrong:
        yield parts(row, "Disability")
    if not rows:
        yield parts(_get_characteristics(child), "Disability")


@child_rule("8790")
def check_no_disability_alone(child, year):
    rows = _get_disabilities(child)
    none = [row["Disability"].upper() == codes.NO_DISABILITY for row in rows]
    if any(none) and not all(none):
        yield [part for row in rows for part in parts(row, "Disability")]


@child_rule("8794")
def check_disability_once(child, year):
    by_code = {}
    for row in _get_disabilities(child):
        by_code.setdefault(row["Disability"], []).append(row)
    for rows in by_code.values():
        if len(rows) > 1:
            yield [part for row in rows for part in parts(row, "Disability")]
