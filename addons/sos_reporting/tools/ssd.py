"""The Standard Safeguarding Dataset: tables, columns and what fills them, as data.

Names and order of ``columns.csv`` are those of the specification of Data to Insight
(ssd-data-model, ``data_objects_specification.csv``, 1.4.5 of July 2026). ``source`` is
a path of fields; empty where casework does not hold it; ``!`` after a day that may lie
ahead; ``@field``: only once that day has come.
"""

import csv
from ast import literal_eval
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parents[1] / "data/ssd"
#: How a text begins that a spreadsheet would run.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Table:
    """:param scope: path to the child, or "" for what is not of one child
    :param began: path to the day from which it is known, or ""
    :param each: a many2many field: a line for each record that it points to
    :param columns: (name, source) each
    """

    name: str
    model: str
    scope: str
    began: str
    domain: tuple
    each: str
    columns: tuple


@cache
def get_tables():
    with (_DATA / "columns.csv").open(encoding="utf-8", newline="") as file:
        columns = [tuple(line.values()) for line in csv.DictReader(file)]
    with (_DATA / "tables.csv").open(encoding="utf-8", newline="") as file:
        return [
            Table(
                name=line["table"],
                model=line["model"],
                scope=line["scope"],
                began=line["began"],
                domain=tuple(literal_eval(line["domain"])),
                each=line["each"],
                columns=tuple(c[1:] for c in columns if c[0] == line["table"]),
            )
            for line in csv.DictReader(file)
        ]


def make_harmless(text):
    """A text that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(RUN) else text
