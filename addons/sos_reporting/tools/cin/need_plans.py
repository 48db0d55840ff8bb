"""The rules about child in need plans. A child has one plan at a time, in need or of
protection, whichever period of need it is of."""

from functools import partial

from .registry import before, child_rule, group_rule, iter_below, iter_pairs, parts


def _get_rows(child, group):
    return [row for _details, row in iter_below(child, group)]


#: a rule about one row and the period of need that it is of
_plan_rule = partial(group_rule, "CINPlanDates")


@_plan_rule("4010")
def check_start(details, row, year):
    start = row["CINPlanStartDate"]
    return (not start or start > year.last) and parts(row, "CINPlanStartDate")


@_plan_rule("4011")
def check_end_after_start(details, row, year):
    wrong = before(row["CINPlanEndDate"], row["CINPlanStartDate"])
    return wrong and parts(row, "CINPlanEndDate", "CINPlanStartDate")


@_plan_rule("4012Q")
def check_more_than_a_day(details, row, year):
    return (
        row["CINPlanStartDate"]
        and row["CINPlanStartDate"] == row["CINPlanEndDate"]
        and parts(row, "CINPlanStartDate", "CINPlanEndDate")
    )


@_plan_rule("4013")
def check_end_in_year(details, row, year):
    end = row["CINPlanEndDate"]
    return end and not year.holds(end) and parts(row, "CINPlanEndDate")


@_plan_rule("4015")
def check_start_after_referral(details, row, year):
    wrong = before(row["CINPlanStartDate"], details["CINreferralDate"])
    return wrong and parts(row, "CINPlanStartDate") + parts(details, "CINreferralDate")


@child_rule("4004")
def check_one_is_open(child, year):
    rows = [r for r in _get_rows(child, "CINPlanDates") if not r["CINPlanEndDate"]]
    if len(rows) > 1:
        yield [part for row in rows for part in parts(row, "CINPlanEndDate")]


@child_rule("4014")
def check_plans_apart(child, year):
    for row, other in iter_pairs(_get_rows(child, "CINPlanDates")):
        start, other_start = row["CINPlanStartDate"], other["CINPlanStartDate"]
        end = other["CINPlanEndDate"] or year.last
        if start and other_start and other_start <= start <= end:
            yield parts(row, "CINPlanStartDate") + parts(
                other, "CINPlanStartDate", "CINPlanEndDate"
            )


# ----------------------------------------- beside a child protection plan


@child_rule("4001")
def check_no_two_open(child, year):
    for details in child.below("CINdetails"):
        protection = [
            part
            for row in details.below("ChildProtectionPlans")
            if not row["CPPendDate"]
            for part in parts(row, "CPPendDate")
        ]
        need = [
            part
            for row in details.below("CINPlanDates")
            if row["CINPlanStartDate"] and not row["CINPlanEndDate"]
            for part in parts(row, "CINPlanEndDate")
        ]
        if protection and need:
            yield need + protection


def _is_within(day, start, end, year):
    """Whether a day is on or after the start of a plan and before its end; a plan that
    is open goes on to the reference date."""
    if not day or not start or day < start:
        return False
    return day < end if end else day <= year.last


@child_rule("4003")
def check_no_review_in_plan(child, year):
    for row in _get_rows(child, "CINPlanDates"):
        start, end = row["CINPlanStartDate"], row["CINPlanEndDate"]
        for plan in _get_rows(child, "ChildProtectionPlans"):
            for review in plan.below("CPPreviewDate"):
                held = review["CPPreviewDate"]
                if held != plan["CPPendDate"] and _is_within(held, start, end, year):
                    yield parts(review, "CPPreviewDate") + parts(
                        row, "CINPlanStartDate", "CINPlanEndDate"
                    )


@child_rule("4016")
def check_no_start_in_protection(child, year):
    for row in _get_rows(child, "CINPlanDates"):
        for plan in _get_rows(child, "ChildProtectionPlans"):
            start = row["CINPlanStartDate"]
            if _is_within(start, plan["CPPstartDate"], plan["CPPendDate"], year):
                yield parts(row, "CINPlanStartDate") + parts(
                    plan, "CPPstartDate", "CPPendDate"
                )


@child_rule("4017")
def check_no_protection_in_plan(child, year):
    for row in _get_rows(child, "CINPlanDates"):
        for plan in _get_rows(child, "ChildProtectionPlans"):
            start = plan["CPPstartDate"]
            if _is_within(start, row["CINPlanStartDate"], row["CINPlanEndDate"], year):
                yield parts(plan, "CPPstartDate") + parts(
                    row, "CINPlanStartDate", "CINPlanEndDate"
                )
