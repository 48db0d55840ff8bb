"""Makes children for a census that keep every rule, by chance but the same each time.

Days are given as month and day and fall into the year of the census, so that the same
children can be made for any year.
"""

import random
from dataclasses import fields, is_dataclass
from datetime import date, timedelta

from odoo.addons.sos_reporting.tools import census
from odoo.addons.sos_reporting.tools.cin import codes

FRIDAY = 4
#: by how many days a date is wrong
SHIFTS = (-400, -60, -30, -7, -1, 1, 7, 30, 60, 200)


def get_upn(number, authority="201"):
    """A valid UPN for a number."""
    digits = f"{authority}{number:09}"
    total = sum(int(digit) * place for place, digit in enumerate(digits, 2))
    return codes.CHECK_LETTERS[total % 23] + digits


def as_weekday(day):
    """The day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > FRIDAY else 0)


def get_header(year):
    return census.Header(
        collection=census.Collection("CIN", year, date(year, 3, 31)),
        source=census.Source(level="L", authority="201", serial="001"),
    )


def iter_facts(item):
    """(part of a child, name of a field, what it says) each, lists too."""
    for part in fields(item):
        value = getattr(item, part.name)
        if is_dataclass(value):
            yield from iter_facts(value)
        elif value is not None and part.name != "la_child_id":
            yield item, part.name, value
            for one in value if isinstance(value, list) else ():
                if is_dataclass(one):
                    yield from iter_facts(one)


class Maker:
    """Makes one child after another.

    :param int year: of the census
    :param seed: of what is chosen by chance
    """

    KINDS = (
        "nfa",
        "unborn",
        "assessed",
        "no_further_action",
        "need_plan",
        "no_conference",
        "conference",
        "transferred_in",
        "referred_again",
        "second_plan",
        "stepped_down",
        "died",
    )

    def __init__(self, year, seed=1):
        self.year = year
        self.random = random.Random(seed)
        self.count = 0

    def day(self, month, day):
        return date(self.year - (month >= 4), month, day)

    def make_many(self, count):
        """Children of all kinds in turn."""
        return [self.make(self.KINDS[i % len(self.KINDS)]) for i in range(count)]

    def make(self, kind):
        """:param kind: one of ``KINDS``
        :return: ``census.Child``
        """
        self.count += 1
        return getattr(self, f"_make_{kind}")()

    def make_spoilt(self, count):
        """Children with one to three facts wrong or missing."""
        children = self.make_many(count)
        for child in children:
            for _fact in range(self.random.randint(1, 3)):
                item, name, value = self.random.choice(list(iter_facts(child)))
                setattr(item, name, self._spoil(value))
        return children

    def _spoil(self, value):
        if isinstance(value, bool):
            return not value
        if isinstance(value, list):
            return value[:-1]
        if isinstance(value, date):
            shifted = value + timedelta(days=self.random.choice(SHIFTS))
            return self.random.choice([None, shifted, shifted])
        return None if isinstance(value, int) else self.random.choice([None, "XX"])

    # ------------------------------------------------------------------ parts

    def _child(self, *details):
        born = date(
            self.year - self.random.randint(7, 16), 6, self.random.randint(1, 28)
        )
        disabilities = sorted(codes.DISABILITIES - {codes.NO_DISABILITY})
        chosen = self.random.sample(disabilities, self.random.randint(0, 2))
        return census.Child(
            identifiers=census.Identifiers(
                la_child_id=f"C{self.count:06}",
                upn=get_upn(self.count),
                born=born,
                sex=self.random.choice("MF"),
            ),
            characteristics=census.Characteristics(
                ethnicity=self.random.choice(sorted(codes.ETHNICITIES)),
                disabilities=chosen or [codes.NO_DISABILITY],
            ),
            details=list(details),
        )

    def _details(self, month, day, **values):
        values.setdefault("need", self.random.choice(sorted(codes.NEEDS)))
        values.setdefault("nfa", False)
        return census.Details(
            referred=self.day(month, day),
            source=self.random.choice(sorted(codes.SOURCES)),
            **values,
        )

    def _assessment(self, month, day, factors=None):
        started = self.day(month, day)
        known = sorted(codes.FACTORS - {codes.NO_FACTOR, "18A", "19A"})
        return census.Assessment(
            started=started,
            authorised=started + timedelta(days=self.random.randint(10, 40)),
            factors=factors or self.random.sample(known, self.random.randint(1, 4)),
        )

    def _enquiry(self, month, day):
        started = self.day(month, day)
        held = as_weekday(started + timedelta(days=self.random.randint(8, 17)))
        target = as_weekday(started + timedelta(days=21))
        return census.Enquiry(
            started=started, target=target, conference=held, not_required=False
        )

    def _plan(self, started, previous=0, ended=None, reviews=()):
        return census.ProtectionPlan(
            started=started,
            ended=ended,
            initial_category=self.random.choice(sorted(codes.CATEGORIES)),
            latest_category=self.random.choice(sorted(codes.CATEGORIES)),
            previous=previous,
            reviews=list(reviews),
        )

    # ------------------------------------------------------------------ kinds

    def _make_nfa(self):
        child = self._child(
            self._details(self.random.randint(5, 12), 4, need=None, nfa=True)
        )
        child.identifiers.upn = None
        child.identifiers.upn_unknown = "UN7"
        child.characteristics.disabilities = []
        return child

    def _make_unborn(self):
        child = self._child(self._details(1, 12))
        child.identifiers = census.Identifiers(
            la_child_id=child.identifiers.la_child_id,
            upn_unknown="UN1",
            expected=date(self.year, self.random.randint(4, 8), 20),
            sex="U",
        )
        child.characteristics.disabilities = []
        # open, and less than 45 working days old
        child.details[0].assessments = [census.Assessment(started=self.day(3, 2))]
        return child

    def _make_assessed(self):
        return self._child(self._details(6, 2, assessments=[self._assessment(6, 3)]))

    def _make_no_further_action(self):
        return self._child(
            self._details(
                7,
                1,
                assessments=[self._assessment(7, 2, factors=[codes.NO_FACTOR])],
                closed=self.day(9, 15),
                closure_reason=self.random.choice(["RC8", "RC9"]),
            )
        )

    def _make_need_plan(self):
        return self._child(
            self._details(
                4,
                14,
                assessments=[self._assessment(4, 15)],
                need_plans=[
                    census.NeedPlan(started=self.day(7, 1), ended=self.day(12, 1))
                ],
                closed=self.day(12, 1),
                closure_reason="RC7",
            )
        )

    def _make_no_conference(self):
        enquiry = census.Enquiry(started=self.day(8, 4), not_required=True)
        return self._child(
            self._details(
                7, 30, assessments=[self._assessment(7, 31)], enquiries=[enquiry]
            )
        )

    def _make_conference(self):
        enquiry = self._enquiry(6, 4)
        plan = self._plan(
            enquiry.conference, reviews=[self.day(9, 17), self.day(3, 11)]
        )
        return self._child(
            self._details(
                6,
                2,
                assessments=[self._assessment(6, 3)],
                enquiries=[enquiry],
                protection_plans=[plan],
            )
        )

    def _make_transferred_in(self):
        held = as_weekday(self.day(10, self.random.randint(1, 28)))
        return self._child(
            self._details(
                9,
                29,
                assessments=[self._assessment(9, 30)],
                transfer_conference=held,
                protection_plans=[self._plan(held, previous=1)],
            )
        )

    def _make_referred_again(self):
        first = self._details(
            5,
            1,
            assessments=[self._assessment(5, 2)],
            closed=self.day(8, 1),
            closure_reason="RC7",
        )
        second = self._details(11, 3, assessments=[self._assessment(11, 4)])
        return self._child(first, second)

    def _make_second_plan(self):
        first, second = self._enquiry(4, 10), self._enquiry(1, 7)
        plans = [
            self._plan(first.conference, ended=self.day(9, 1)),
            self._plan(second.conference, previous=1),
        ]
        plans[0].reviews = [self.day(7, 8), self.day(9, 1)]
        return self._child(
            self._details(
                4,
                8,
                assessments=[self._assessment(4, 9), self._assessment(1, 6)],
                enquiries=[first, second],
                protection_plans=plans,
            )
        )

    def _make_stepped_down(self):
        enquiry = self._enquiry(4, 10)
        plan = self._plan(
            enquiry.conference, ended=self.day(1, 20), reviews=[self.day(7, 8)]
        )
        plan.reviews.append(plan.ended)
        need_plan = census.NeedPlan(started=plan.ended)
        return self._child(
            self._details(
                4,
                8,
                assessments=[self._assessment(4, 9)],
                enquiries=[enquiry],
                protection_plans=[plan],
                need_plans=[need_plan],
            )
        )

    def _make_died(self):
        child = self._make_need_plan()
        child.identifiers.died = child.details[0].closed
        child.details[0].closure_reason = "RC2"
        return child
