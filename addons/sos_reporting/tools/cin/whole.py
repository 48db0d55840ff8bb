"""The rules about the whole authority. They go through child after child and keep
numbers and short keys only."""

from . import codes
from .registry import get_identifiers, iter_below, parts, whole_rule
from .rows import Row

#: of the children who have been born, how many may have no sex
NO_SEX_PERCENT = 2
FEWEST_DISABILITIES = 8


def _keep(row, element):
    """A row with nothing in it but one element."""
    kept = Row(row.element, row.child, row.position, row.number, row.record, row.line)
    if element in row.texts:
        kept.put(element, row.texts[element], row[element])
    return kept


class _Unique:
    """Every row whose element says what another one says, too."""

    element = None

    def __init__(self):
        self.rows = {}

    def add(self, child, year):
        row = get_identifiers(child)
        if row[self.element]:
            kept = _keep(row, self.element)
            self.rows.setdefault(row[self.element], []).append(kept)

    def finish(self, year):
        for rows in self.rows.values():
            for row in rows if len(rows) > 1 else ():
                others = [other for other in rows if other is not row]
                yield (
                    row.child,
                    [
                        part
                        for one in [row, *others]
                        for part in parts(one, self.element)
                    ],
                )


@whole_rule("1520")
class UniqueUpn(_Unique):
    element = "UPN"


@whole_rule("8510")
class UniqueNumber(_Unique):
    element = "LAchildID"


@whole_rule("2883")
class PlansAndConferences:
    """No plan starts without an initial conference."""

    def __init__(self):
        self.plans = self.conferences = 0

    def add(self, child, year):
        plans = iter_below(child, "ChildProtectionPlans")
        enquiries = iter_below(child, "Section47")
        self.plans += self._count(year, plans, "CPPstartDate")
        self.conferences += self._count(year, enquiries, "DateOfInitialCPC")
        transfers = ((None, details) for details in child.below("CINdetails"))
        self.conferences += self._count(year, transfers, "DateOfInitialCPC")

    def _count(self, year, rows, element):
        days = (row[element] for _details, row in rows)
        return sum(1 for day in days if day and year.holds(day))

    def finish(self, year):
        if self.plans > self.conferences:
            yield None, []


@whole_rule("2886Q")
class SexIsKnown:
    def __init__(self):
        self.children = self.unknown = 0

    def add(self, child, year):
        row = get_identifiers(child)
        self.children += 1
        if row["Sex"] in (None, "U") and not row["ExpectedPersonBirthDate"]:
            self.unknown += 1

    def finish(self, year):
        if self.unknown * 100 > self.children * NO_SEX_PERCENT:
            yield None, []


class _Disabilities:
    def get_codes(self, child):
        return {
            row["Disability"]
            for group in child.below("ChildCharacteristics")
            for row in group.below("Disability")
        } - {None, codes.NO_DISABILITY}


@whole_rule("2887Q")
class ManyDisabilities(_Disabilities):
    def __init__(self):
        self.used = set()

    def add(self, child, year):
        self.used |= self.get_codes(child) & codes.DISABILITIES

    def finish(self, year):
        if len(self.used) < FEWEST_DISABILITIES:
            yield None, []


@whole_rule("2888Q")
class SeveralDisabilities(_Disabilities):
    """Where any disability is told at all, some child has more than one."""

    def __init__(self):
        self.most = 0

    def add(self, child, year):
        self.most = max(self.most, len(self.get_codes(child)))

    def finish(self, year):
        if self.most == 1:
            yield None, []
