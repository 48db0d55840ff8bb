"""The rules about Section 47 enquiries and initial conferences."""

from functools import partial

from .registry import before, child_rule, group_rule, iter_below, iter_pairs, parts

#: from the enquiry to the conference
WORKING_DAYS = 15
SATURDAY = 5


#: a rule about one row and the period of need that it is of
_enquiry_rule = partial(group_rule, "Section47")


def _waits(row):
    """Whether a conference is still to be held."""
    return not row["DateOfInitialCPC"] and row["ICPCnotRequired"] is False


def _check_after_referral(code, element):
    @_enquiry_rule(code)
    def check(details, row, year):
        wrong = before(row[element], details["CINreferralDate"])
        return wrong and parts(row, element) + parts(details, "CINreferralDate")

    return check


_check_after_referral("1104", "DateOfInitialCPC")
_check_after_referral("2889", "S47ActualStartDate")


@_enquiry_rule("8615")
def check_start_before_conference(details, row, year):
    start, conference = row["S47ActualStartDate"], row["DateOfInitialCPC"]
    return (
        conference
        and not (start and start <= conference)
        and parts(row, "S47ActualStartDate", "DateOfInitialCPC")
    )


@_enquiry_rule("8675Q")
def check_not_too_long(details, row, year):
    start = row["S47ActualStartDate"]
    return (
        _waits(row)
        and before(start, year.go_back(year.last, WORKING_DAYS))
        and parts(row, "S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired")
    )


@_enquiry_rule("8715")
def check_conference_in_year(details, row, year):
    conference = row["DateOfInitialCPC"]
    return conference and not year.holds(conference) and parts(row, "DateOfInitialCPC")


@_enquiry_rule("8740")
def check_open_started_in_year(details, row, year):
    start = row["S47ActualStartDate"]
    return (
        _waits(row)
        and start
        and not year.holds(start)
        and parts(row, "S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired")
    )


def _check_weekday(code, element):
    @_enquiry_rule(code)
    def check(details, row, year):
        day = row[element]
        return day and day.weekday() >= SATURDAY and parts(row, element)

    return check


_check_weekday("8870Q", "InitialCPCtarget")
_check_weekday("8875", "DateOfInitialCPC")


@child_rule("8839")
def check_one_is_open(child, year):
    for details in child.below("CINdetails"):
        rows = [
            row
            for row in details.below("Section47")
            if not row["DateOfInitialCPC"] and row["ICPCnotRequired"] is not True
        ]
        if len(rows) > 1:
            yield [
                part
                for row in rows
                for part in parts(row, "DateOfInitialCPC", "ICPCnotRequired")
            ]


@child_rule("8890")
def check_one_at_a_time(child, year):
    for details in child.below("CINdetails"):
        for row, other in iter_pairs(details.below("Section47")):
            start, other_start = row["S47ActualStartDate"], other["S47ActualStartDate"]
            end = other["DateOfInitialCPC"]
            if not end and other["ICPCnotRequired"] is not True:
                end = year.last
            if start and other_start and end and other_start <= start <= end:
                yield parts(row, "S47ActualStartDate") + parts(
                    other, "S47ActualStartDate", "DateOfInitialCPC"
                )


@child_rule("2884")
def check_conference_once(child, year):
    for details in child.below("CINdetails"):
        conference = details["DateOfInitialCPC"]
        for _details, row in iter_below(child, "Section47"):
            if conference and conference == row["DateOfInitialCPC"]:
                yield parts(row, "DateOfInitialCPC") + parts(
                    details, "DateOfInitialCPC"
                )
