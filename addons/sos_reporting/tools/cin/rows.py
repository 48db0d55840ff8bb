"""A census as plain rows, however good or bad it is: what the rules are run on.

A row is one group of elements (``Assessments``) or one element that may stand many
times (``Disability``). What was written stays as text beside what it means; text that
means nothing (a date of 31 February) has no value. The tree of the rows follows the
dataclasses of ``census``, without its wrappers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import get_args

from .. import census

FLAGS = {"1": True, "true": True, "0": False, "false": False}
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class CensusError(Exception):
    """What is no census that could be read. Its words are for who sent the file."""


@dataclass(slots=True, eq=False)
class Row:
    """:param element: its name in the message
    :param child: the child's number (LAchildID), as written
    :param position: which child of the census it is of, counted from 1; 0: the header
    :param number: which row of its element of the child it is, counted from 1
    :param record: ``census.Record`` that it was made from, or None
    :param line: of the file that it was read from, or None
    :param texts: name of an element: what is written in it, never blank
    :param values: name of an element: date, bool, int or text
    :param rows: name of a group: the rows of it that belong to this one
    """

    element: str
    child: str | None = None
    position: int = 0
    number: int = 1
    record: census.Record | None = None
    line: int | None = None
    texts: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)

    def __getitem__(self, element):
        """What an element means, or None."""
        return self.values.get(element)

    def below(self, element):
        return self.rows.get(element, ())

    def put(self, element, text, value):
        self.texts[element] = text
        self.values[element] = value

    def add(self, row):
        self.rows.setdefault(row.element, []).append(row)


@dataclass
class Census:
    """A census to be gone through once, so that it need not be held in memory.

    :param header: row ``Header``
    :param children: rows ``Child``
    """

    header: Row
    children: Iterable[Row]


@dataclass(frozen=True)
class Layout:
    """What stands in an element.

    :param values: name of an element: its type
    :param groups: name of an element: its dataclass
    :param wrappers: name of an element: the layout of what it wraps
    :param lists: names of elements that may stand many times
    """

    values: dict
    groups: dict
    wrappers: dict
    lists: dict


@cache
def get_layout(kind):
    """:param kind: a dataclass of ``census``
    :return: ``Layout``
    """
    layout = Layout({}, {}, {}, {})
    for part in fields(kind):
        name = part.metadata.get("element")
        if not name:
            continue
        inner = get_args(part.type)[0]
        is_list = part.metadata["wrapper"] is not None
        target = layout
        if is_list:
            target = Layout({}, {}, {}, {})
            layout.wrappers[part.metadata["wrapper"]] = target
        if is_dataclass(inner):
            target.groups[name] = inner
        elif is_list:
            target.lists[name] = inner
        else:
            target.values[name] = inner
    return layout


def _parse_day(text):
    found = DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _parse_flag(text):
    return FLAGS.get(text.strip().lower())


def _parse_number(text):
    return int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else None


_PARSERS = {date: _parse_day, bool: _parse_flag, int: _parse_number}


def parse(kind, text):
    """What a text means, or None.

    :param kind: date, bool, int or another type, which is left as text
    """
    parser = _PARSERS.get(kind)
    return parser(text) if parser else text


def get_rows(item, element):
    """The row of a part of a return, with the rows below it.

    :param item: a dataclass of ``census``
    """
    row = Row(element, record=getattr(item, "record", None))
    for part in fields(item):
        name = part.metadata.get("element")
        value = getattr(item, part.name)
        if not name or value is None:
            continue
        for one in value if isinstance(value, list) else [value]:
            if is_dataclass(one):
                row.add(get_rows(one, name))
                continue
            target = row
            if isinstance(value, list):
                target = Row(name, record=row.record)
                row.add(target)
            if one != "":
                target.put(name, census.to_text(one), one)
    return row


def number_rows(child, position):
    """Says of all rows of a child whose they are.

    :param child: row ``Child``
    :param int position: which child of the census it is
    :return: the same row
    """
    identifiers = child.below("ChildIdentifiers")
    number = identifiers[0].texts.get("LAchildID") if identifiers else None
    counts = {}

    def walk(row):
        counts[row.element] = counts.get(row.element, 0) + 1
        row.child, row.position, row.number = number, position, counts[row.element]
        for rows in row.rows.values():
            for below in rows:
                # what has no record of its own is part of the one above
                below.record = below.record or row.record
                walk(below)

    walk(child)
    return child


def from_message(header, children):
    """The rows of a census of our own.

    :param header: ``census.Header`` or None
    :param children: iterable of ``census.Child``
    :return: ``Census``, made child by child
    """
    return Census(
        header=get_rows(header or census.Header(), "Header"),
        children=(
            number_rows(get_rows(child, "Child"), position)
            for position, child in enumerate(children, 1)
        ),
    )
