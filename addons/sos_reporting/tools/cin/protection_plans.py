"""The rules about child protection plans and their reviews."""

from functools import partial

from . import codes
from .registry import before, child_rule, group_rule, iter_below, iter_pairs, parts

#: a rule about one row and the period of need that it is of
_plan_rule = partial(group_rule, "ChildProtectionPlans")


@_plan_rule("1105")
def check_start_after_referral(details, row, year):
    wrong = before(row["CPPstartDate"], details["CINreferralDate"])
    return wrong and parts(row, "CPPstartDate") + parts(details, "CINreferralDate")


@_plan_rule("2885")
def check_start_is_conference(details, row, year):
    """The conference is an enquiry's, or the one of a child who moved here, which is
    at the period of need and counts where no enquiry led to a conference."""
    start = row["CPPstartDate"]
    if not start or not year.holds(start):
        return None
    enquiries = [
        enquiry
        for enquiry in details.below("Section47")
        if enquiry["ICPCnotRequired"] is not True and enquiry["DateOfInitialCPC"]
    ]
    for source in enquiries or [details]:
        if source["DateOfInitialCPC"] == start:
            return None
    return parts(row, "CPPstartDate") + [
        part
        for one in enquiries or [details]
        for part in parts(one, "DateOfInitialCPC")
    ]


@_plan_rule("8720")
def check_start(details, row, year):
    start = row["CPPstartDate"]
    return (not start or start > year.last) and parts(row, "CPPstartDate")


@_plan_rule("8730")
def check_previous(details, row, year):
    previous = row["NumberOfPreviousCPP"]
    return (previous is None or previous < 0) and parts(row, "NumberOfPreviousCPP")


@_plan_rule("8840")
def check_more_than_a_day(details, row, year):
    return (
        row["CPPstartDate"]
        and row["CPPstartDate"] == row["CPPendDate"]
        and parts(row, "CPPstartDate", "CPPendDate")
    )


@_plan_rule("8925")
def check_end_after_start(details, row, year):
    wrong = before(row["CPPendDate"], row["CPPstartDate"])
    return wrong and parts(row, "CPPendDate", "CPPstartDate")


@_plan_rule("8930")
def check_end_in_year(details, row, year):
    end = row["CPPendDate"]
    return end and not year.holds(end) and parts(row, "CPPendDate")


def _check_category(code, element):
    @_plan_rule(code)
    def check(details, row, year):
        return row[element] not in codes.CATEGORIES and parts(row, element)

    return check


_check_category("8905", "InitialCategoryOfAbuse")
_check_category("8910", "LatestCategoryOfAbuse")


# -------------------------------------------------------------------- reviews


@child_rule("8841")
def check_review_after_start(child, year):
    for _details, row in iter_below(child, "ChildProtectionPlans"):
        start = row["CPPstartDate"]
        for review in row.below("CPPreviewDate"):
            held = review["CPPreviewDate"]
            if start and held and held <= start:
                yield parts(review, "CPPreviewDate") + parts(row, "CPPstartDate")


@child_rule("8842Q")
def check_review_date(child, year):
    for _details, row in iter_below(child, "ChildProtectionPlans"):
        for review in row.below("CPPreviewDate"):
            if not review["CPPreviewDate"]:
                yield parts(review, "CPPreviewDate")


# --------------------------------------------------- the plans of one child


def _get_rows(child):
    return [row for _details, row in iter_below(child, "ChildProtectionPlans")]


@child_rule("8935")
def check_one_is_open(child, year):
    rows = [row for row in _get_rows(child) if not row["CPPendDate"]]
    if len(rows) > 1:
        yield [part for row in rows for part in parts(row, "CPPendDate")]


@child_rule("8940")
def check_plans_apart(child, year):
    for row, other in iter_pairs(_get_rows(child)):
        start, other_start = row["CPPstartDate"], other["CPPstartDate"]
        end = other["CPPendDate"] or year.last
        if start and other_start and other_start <= start <= end:
            yield parts(row, "CPPstartDate") + parts(
                other, "CPPstartDate", "CPPendDate"
            )
