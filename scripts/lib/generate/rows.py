"""Rows of many tables, numbered as the database will number them."""

import datetime as dt
import io
from collections import defaultdict

from odoo.tools import SQL

#: In this order, so that what a row points to is there before it.
TABLES = (
    "sos_person",
    "sos_person_name",
    "sos_case",
    "sos_case_member",
    "sos_allocation",
    "sos_relationship",
    "sos_address",
    "sos_form",
    "sos_episode",
    "sos_enquiry",
    "sos_plan",
    "sos_plan_review",
    "sos_form_child",
    "sos_form_answer",
    "sos_deadline",
    "sos_danger",
    "sos_map_line",
    "sos_rating",
    "sos_network_member",
    "sos_safety_plan",
    "sos_safety_rule",
    "sos_voice",
)
#: Sets of records: the table, and its two columns.
LINKS = {
    "sos_person_disability_rel": ("sos_person_id", "sos_code_id"),
    "sos_person_reader_rel": ("person_id", "user_id"),
    "sos_case_reader_rel": ("case_id", "user_id"),
    "sos_form_child_factor_rel": ("sos_form_child_id", "sos_code_id"),
    "sos_danger_sos_person_rel": ("sos_danger_id", "sos_person_id"),
    "sos_network_child_rel": ("sos_network_member_id", "sos_person_id"),
}
#: Models whose rows have a number that people see, from the sequence of that name.
NUMBERED = {"sos_person": "sos.person", "sos_case": "sos.case", "sos_form": "sos.form"}
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Rows:
    def __init__(self, firsts, references, made_at):
        """
        :param firsts: the next free id of each table
        :param references: of each numbered table, a function from a count (0, 1, …)
            to the reference
        :param made_at: when the rows say that they were written
        """
        self._next = dict(firsts)
        self._references = references
        self._given = dict.fromkeys(references, 0)
        self._made_at = made_at
        self.tables = defaultdict(list)
        self.links = defaultdict(list)

    def add(self, table, **values):
        row = {"id": self._next[table], **values}
        self._next[table] += 1
        if table in self._references:
            row["reference"] = self._references[table](self._given[table])
            self._given[table] += 1
        self.tables[table].append(row)
        return row

    def link(self, table, first, second):
        self.links[table].append((first, second))

    def write(self, cr):
        """Hand what is there to the database and forget it."""
        stamp = {
            "create_uid": 1,
            "write_uid": 1,
            "create_date": self._made_at,
            "write_date": self._made_at,
        }
        for table in TABLES:
            rows = self.tables.pop(table, ())
            if rows:
                # not all rows of a table name all columns
                columns = list(dict.fromkeys(name for row in rows for name in row))
                lines = ([row.get(c) for c in columns] for row in rows)
                tail = "\t".join(_to_text(value) for value in stamp.values())
                _copy(cr, table, [*columns, *stamp], lines, "\t" + tail)
        for table, columns in LINKS.items():
            pairs = self.links.pop(table, ())
            if pairs:
                _copy(cr, table, columns, dict.fromkeys(pairs))

    def finish(self, cr):
        """The next row that somebody types in gets the next number."""
        for table in TABLES:
            cr.execute(
                SQL(
                    "SELECT setval(%s, %s, false)", f"{table}_id_seq", self._next[table]
                )
            )
        for table, count in self._given.items():
            sequence = get_sequence(cr, NUMBERED[table])[0]
            if count:
                cr.execute(
                    SQL(
                        "SELECT setval(%s, nextval(%s) + %s, false)",
                        sequence,
                        sequence,
                        count,
                    )
                )


def open_rows(cr, made_at):
    """Rows that begin behind what is in the database."""
    firsts = {}
    for table in TABLES:
        cr.execute(
            SQL("SELECT coalesce(max(id), 0) + 1 FROM %s", SQL.identifier(table))
        )
        firsts[table] = cr.fetchone()[0]
    references = {}
    for table, code in NUMBERED.items():
        sequence, prefix, padding = get_sequence(cr, code)
        cr.execute(
            SQL("SELECT last_value + is_called::int FROM %s", SQL.identifier(sequence))
        )
        first = cr.fetchone()[0]
        references[table] = _numberer(prefix, padding, first)
    return Rows(firsts, references, made_at)


def get_sequence(cr, code):
    """PostgreSQL's sequence behind a sequence of Odoo; its prefix and its digits."""
    cr.execute(SQL("SELECT id, prefix, padding FROM ir_sequence WHERE code = %s", code))
    number, prefix, padding = cr.fetchone()
    return f"ir_sequence_{number:03d}", prefix or "", padding


def _numberer(prefix, padding, first):
    return lambda count: f"{prefix}{first + count:0{padding}d}"


def _copy(cr, table, columns, lines, tail=""):
    names = ", ".join(f'"{name}"' for name in columns)
    text = "".join("\t".join(map(_to_text, line)) + tail + "\n" for line in lines)
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', io.StringIO(text))


def _to_text(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value).translate(SPECIAL)
