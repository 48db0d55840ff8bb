"""The rule about the header of the census."""

from datetime import date

from .registry import header_rule, parts
from .rows import Row


@header_rule("100")
def check_reference_date(header, year):
    rows = header.below("CollectionDetails") or [Row("CollectionDetails")]
    details = rows[0]
    expected = date(year.number, 3, 31)
    if details["ReferenceDate"] != expected or details["Year"] != year.number:
        yield parts(details, "ReferenceDate", "Year")
