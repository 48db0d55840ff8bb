"""Which children an error can be planted in: what has happened to them, so that it
breaks its rule and no other by chance.

Each is a function of a ``plant.Child``.
"""

#: what a period of need holds
GROUPS = ("assessments", "need_plans", "enquiries", "protection_plans")


def _holds(details, **counts):
    """Whether a period of need has so many rows of each group, and no others."""
    return all(len(getattr(details, group)) == counts.get(group, 0) for group in GROUPS)


def _once(child):
    return len(child.census.details) == 1


def _assessed(details):
    return all(one.authorised for one in details.assessments)


def _going_on(child):
    return _once(child) and not child.first.nfa and not child.first.closed


def _ended(child):
    return _once(child) and bool(child.first.closed)


def real(child):
    """A period of need that goes on."""
    return _going_on(child)


def nfa(child):
    return _once(child) and child.first.nfa


def unborn(child):
    return _going_on(child) and bool(child.census.identifiers.expected)


def born(child):
    return bool(child.census.identifiers.born)


def alive(child):
    """Born before somebody heard of them: a death on any day since then, or the day
    before, is one that the record takes."""
    return born(child) and child.census.identifiers.born < child.first.referred


def pupil(child):
    """Of school age, and with a UPN."""
    facts = child.census.identifiers
    return bool(facts.upn) and 6 <= child.last.year - facts.born.year <= 15


def only(child):
    """No brothers or sisters, with whom a form would be shared."""
    return child.only


def starting(child):
    return (
        _going_on(child)
        and _holds(child.first, assessments=1)
        and not _assessed(child.first)
    )


def in_need(child):
    return (
        _going_on(child)
        and _holds(child.first, assessments=1, need_plans=1)
        and _assessed(child.first)
    )


def need_ended(child):
    return (
        _ended(child)
        and _holds(child.first, assessments=1, need_plans=1)
        and _assessed(child.first)
        and not child.census.identifiers.died
    )


def closed_assessed(child):
    return (
        _ended(child)
        and _holds(child.first, assessments=1)
        and child.first.closure_reason in ("RC8", "RC9")
        and child.first.assessments[0].factors != ["21"]
    )


def dropped(child):
    """An enquiry without a conference, then a child in need plan."""
    return (
        _going_on(child)
        and _holds(child.first, assessments=1, need_plans=1, enquiries=1)
        and _assessed(child.first)
        and child.first.enquiries[0].not_required
    )


def dropped_closed(child):
    return (
        _ended(child)
        and _holds(child.first, assessments=1, enquiries=1)
        and child.first.enquiries[0].not_required
    )


def protected(child):
    return (
        _going_on(child)
        and _holds(child.first, assessments=1, enquiries=1, protection_plans=1)
        and _assessed(child.first)
        and bool(child.first.enquiries[0].conference)
    )


def long_protected(child):
    """A child protection plan that began, with all before it, long before the year."""
    return (
        _going_on(child)
        and _holds(child.first, protection_plans=1)
        and not child.first.protection_plans[0].ended
        and not child.first.transfer_conference
        and (child.start - child.first.protection_plans[0].started).days > 7
    )


def reviewed(child):
    return bool(child.first.protection_plans[0].reviews)


def unreviewed(child):
    return not reviewed(child)


def stepped_down(child):
    """A child in need plan after the child protection plan."""
    details = child.first
    return (
        _going_on(child)
        and len(details.need_plans) == len(details.protection_plans) == 1
        and not details.need_plans[0].ended
    )


def protection_ended(child):
    """The child protection plan was all there was, and is over."""
    return (
        _once(child)
        and len(child.first.protection_plans) == 1
        and not child.first.need_plans
        and bool(child.first.protection_plans[0].ended)
        and not child.census.identifiers.died
    )


def twice(child):
    """Two periods of need, both over."""
    return len(child.census.details) == 2 and all(
        d.closed for d in child.census.details
    )


def again(child):
    """Referred again, with no further action."""
    details = child.census.details
    return len(details) == 2 and bool(details[0].closed) and details[1].nfa


def _get_day(child, what):
    details = child.first
    if what == "protection_ended":
        return details.protection_plans[0].ended
    value = getattr(details, what)
    return value[0].started if isinstance(value, list) else value


def within(what, after=0, before=0):
    """A day of the first period of need lies in the year: so many days after its first
    day, and so many before its last.

    :param what: a day of the period of need, or a group: the start of its first row
    :param after: counted from the first day; below zero: from the last
    """

    def test(child):
        first = child.start if after >= 0 else child.last
        day = _get_day(child, what)
        return (first - child.start).days + after <= (day - child.start).days and (
            day - child.last
        ).days <= before

    return test


def returned(child):
    """Referred again, and in need again."""
    details = child.census.details
    return (
        len(details) == 2
        and bool(details[0].closed)
        and not details[1].nfa
        and not details[1].closed
    )
