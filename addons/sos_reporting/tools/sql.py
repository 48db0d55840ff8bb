"""Pieces of SQL that several views share."""

from odoo.tools import SQL

LONDON = "Europe/London"


def local_day(column):
    """The day in England of a time, which Odoo keeps in UTC."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, LONDON)


def one(what, table, where, rest=""):
    """One value of the rows of a case, as a sub-select: PostgreSQL works it out for
    the rows that are shown, and only where somebody asks for the column.

    ``what``, ``table``, ``where`` and ``rest`` are written in this addon.
    """
    return SQL(f"(SELECT {what} FROM {table} WHERE {where} {rest})")
