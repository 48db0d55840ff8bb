"""What the records of one family say that no other's say, in every kind of field, and
how it is found again in whatever somebody is told."""

import base64
import re
import struct
import zlib
from datetime import date, datetime

from ..models.people.sos_person_identifiers import UPN_LETTERS, get_upn_problem

#: models whose rows are counted by people who read no family: they hold days, codes and
#: numbers, and no name (``measurers`` of the access table)
COUNTED = {
    "sos.measure.step",
    "sos.measure.episode",
    "sos.measure.plan",
    "sos.measure.form",
    "sos.measure.caseload",
}
#: model → kinds of marks that it may tell, to whoever reads it
TOLD_BY = {
    **dict.fromkeys(COUNTED, frozenset({"day", "code"})),
    # the list itself, which every employee reads
    "sos.code": frozenset({"code"}),
    # staff's time: in a month with one entry the sum is that entry
    "sos.time.share": frozenset({"number"}),
    # the same of Odoo's own report, which knows of no family
    "timesheets.analysis.report": frozenset({"number"}),
    # what was changed in the lists
    "sos.change.log": frozenset({"code"}),
}


def make_picture(colour):
    """A PNG of one dot of this colour."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(b"\0" + bytes(colour))),
            chunk(b"IEND", b""),
        )
    )


def make_upn(serial):
    """A unique pupil number that the census takes."""
    rest = f"801{serial % 10**9:09d}"
    return next(
        letter + rest for letter in UPN_LETTERS if not get_upn_problem(letter + rest)
    )


class Marks:
    """The marks of one family.

    :ivar word: stands in every name and text
    :ivar first_name: of everybody in it; no other family has it
    :ivar code: the code, in whatever list, that is this family's alone
    :ivar code_name: its label
    :ivar day: what happened in this family happened on this day, or in its year
    :ivar number: stands where a whole number has room
    :ivar files: contents of files, as they are kept
    """

    def __init__(self, key, place):
        """:param place: the family's place among all families, from 0"""
        self.key = key
        self.word = f"Zq{key}qz"
        self.first_name = f"Zf{key}fz"
        self.code, self.code_name = f"ZC{key.upper()}", f"Zc{key}cz"
        self.year = 2008 + place
        self.adult_year = 1978 + place
        self.child_born = date(self.year, 1, 10 + place)
        self.adult_born = date(self.adult_year, 4, 10 + place)
        self.day = date(self.year, 6, 10 + place)
        self.moment = datetime(self.year, 6, 10 + place, 9, 30)
        self.number = 715031 + 10 * place
        self.hours = 3.37 + 0.02 * place
        self.upns = [make_upn(8010000 + 10 * place + n) for n in (1, 2)]
        self.phone = f"07700 90071{place}"
        self.postcode = f"ZQ{place + 1} {place + 1}QZ"
        self.picture = make_picture((25 * place, 240 - 25 * place, 7 + place))
        self.files = {self.picture}

    @property
    def names(self):
        """What somebody may type in to look for the family."""
        return [self.word, self.first_name, *self.upns, self.phone, self.postcode]

    def get_spellings(self):
        """``{kind: texts}``; a day is known by its year, however it is written."""
        return {
            "name": [self.word, self.first_name],
            "number": [
                str(self.number),
                f"{self.hours:.2f}",
                *self.upns,
                self.phone,
                self.postcode,
            ],
            "code": [self.code, self.code_name],
            "day": [str(self.year), str(self.adult_year)],
            "file": [
                spelling
                for content in sorted(self.files)
                for spelling in (
                    base64.b64encode(content).decode(),
                    content.decode("latin-1"),
                    repr(content)[2:-1],
                )
            ],
        }


#: the year of a day, as Python, JSON and paper have it
YEAR = re.compile(
    r"(\d{4})-\d\d-\d\d|date(?:time)?\((\d{4}), |\d\d/\d\d/(\d{4})"
    r"|(?:ary|March|April|May|June|July|August|ber) (\d{4})\b"
)


def _find(spelling, text):
    """Where a mark stands in a text. A number stands for itself: 3.43 is not in
    12:00:03.430253, a time of the server's."""
    place = text.find(spelling)
    if place < 0 or not spelling[0].isdigit():
        return place if place >= 0 else None
    found = re.search(rf"(?<![\d.]){re.escape(spelling)}(?!\d)", text)
    return found and found.start()


class MarkSearch:
    """Looks for the marks of some families in a text."""

    def __init__(self, spellings):
        """:param spellings: family → what :meth:`Marks.get_spellings` says"""
        self.texts, self.years = [], {}
        for key, kinds in spellings.items():
            for kind, texts in kinds.items():
                if kind == "day":
                    self.years.update(dict.fromkeys(texts, key))
                else:
                    self.texts += [(key, kind, text) for text in texts]

    def find(self, text, model=None):
        """:param model: whose records are told of, where it is one
        :return: ``[(family, kind, text around it)]``, the first of each"""
        may_tell = TOLD_BY.get(model, ())
        found = {}
        for key, kind, spelling in self.texts:
            if kind not in may_tell and (place := _find(spelling, text)) is not None:
                found.setdefault((key, kind), place)
        for match in (
            YEAR.finditer(text) if self.years and "day" not in may_tell else ()
        ):
            if key := self.years.get(next(filter(None, match.groups()))):
                found.setdefault((key, "day"), match.start())
        return [
            (key, kind, text[max(place - 90, 0) : place + 90])
            for (key, kind), place in found.items()
        ]
