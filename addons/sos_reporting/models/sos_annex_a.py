import io
import shutil
import tempfile
from collections import Counter, defaultdict
from datetime import timedelta

import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..tools import annex_a
from .sos_return_source import DRAFT_SIZE

#: Children whose rows are read from the tables at a time: more are faster, until a
#: return takes too much memory.
FETCHED = 2600
#: How much of what is wrong is shown at once.
SHOWN = 30


class SosAnnexA(models.AbstractModel):
    """Ofsted's child-level lists (Annex A) of a day, as a workbook. Headings and
    their order are in ``data/annex_a/columns.csv``, what fills the lists is in
    ``sos_annex_a_lists``. They are written as they are read, by the children's
    numbers, so that their size costs no memory."""

    _name = "sos.annex.a"
    _inherit = ["sos.return.source"]
    _description = "Annex A"

    @api.model
    def _get_period(self, as_at):
        """The six months that end on a day.

        :raise UserError: for a day that has not come yet
        """
        if as_at > self.env["res.company"]._sos_today():
            raise UserError(
                self.env._("The lists are made for today or a day in the past.")
            )
        return annex_a.Months(as_at - relativedelta(months=6), as_at, self._get_words())

    @api.model
    def _get_bounds(self, period):
        """The moments at which the first day begins and the last one is over."""
        company = self.env["res.company"]
        return (
            company._sos_day_start(period.first),
            company._sos_day_start(period.last + timedelta(days=1)),
        )

    @api.model
    def _iter_children(self, period, after=None, size=FETCHED):
        """(child's number, {number of the list: rows}) by number, of those after a
        number only. A row is a dict with the keys of ``annex_a.get_columns()``.

        :raise AccessError: for somebody who does not make returns
        """
        self._check_may_export()
        # sudo: who makes the lists reads no family file; they cover every family, and
        # tell numbers, codes and dates of children only
        source = self.sudo().with_context(active_test=False)
        for ids in split_every(size, source._get_children(period, after)):
            facts = source._get_facts(ids, period)
            # all of them first: faster than to go to and fro
            yield from [
                (child.reference, source._get_child_rows(child, facts, period))
                for child in facts.children
            ]

    @api.model
    def _iter_rows(self, period):
        """(number of the list, row), list by list within each child."""
        for _reference, lists in self._iter_children(period):
            for number, rows in lists.items():
                for row in rows:
                    yield number, row

    @api.model
    def _get_lists(self, as_at):
        """All the rows of each list, by the number of the list."""
        lists = {number: [] for number in annex_a.get_columns()}
        for number, row in self._iter_rows(self._get_period(as_at)):
            lists[number].append(row)
        return lists

    @api.model
    def _find_wrong(self, number, row, words):
        """The columns of a row whose value is not as it has to be."""
        wrong = []
        for column, key, values in words.get_checks(number):
            value = row.get(key)
            if value is None or value == "":
                if column.required:
                    wrong.append(column)
            elif values is not None and value not in values:
                wrong.append(column)
        return wrong

    @api.model
    def _get_words(self):
        # sudo: words and names of those who work here are no secret; what went out of
        # use is still theirs
        source = self.sudo().with_context(active_test=False)
        users = source.env["res.users"].search_fetch([], ["name"])
        names = {("res.users", user.id): user.name for user in users}
        for team in source._fetch("sos.team", [], ["name"]):
            names["sos.team", team.id] = team.name
        decisions = source.env["sos.decision"]
        closing = ("close_assessed", "close_early_help", "close_episode")
        early_help = ("refer_early_help", "close_early_help")
        return annex_a.Words(
            source._fetch("sos.code", [], ["code_set", "code", "annex_a"]),
            names,
            closing=decisions.search([("effect_ids.code", "in", closing)]).ids,
            early_help=decisions.search([("effect_ids.code", "in", early_help)]).ids,
        )

    # ---------------------------------------------------------------- the workbook

    @api.model
    def _get_workbook(self, as_at):
        """The lists as the bytes of an Excel workbook.

        :raise UserError: when something that the lists need is missing
        """
        output = io.BytesIO()
        self._write_lists(as_at, output)
        return output.getvalue()

    @api.model
    def _write_lists(self, as_at, file):
        """Write the workbook without having all of it in memory. Nothing is written
        before it is known to be right.

        :param file: takes bytes
        :raise UserError: when something that the lists need is missing
        """
        period = self._get_period(as_at)
        problems = []

        def check(rows):
            for number, row in rows:
                wrong = self._find_wrong(number, row, period.words)
                problems.extend((number, row["child"], column) for column in wrong)
                yield number, row

        with tempfile.SpooledTemporaryFile(DRAFT_SIZE) as draft:
            self._write_workbook(draft, period, check(self._iter_rows(period)))
            self._refuse(problems)
            draft.seek(0)
            shutil.copyfileobj(draft, file)

    @api.model
    def _refuse(self, problems):
        """:raise UserError: says what is wrong, with numbers and without names"""
        if not problems:
            return
        shown = [
            self.env._(
                "– List %(list)s, %(child)s: “%(column)s” is missing or not one of "
                "Ofsted's values.",
                list=number,
                child=child,
                column=column.heading,
            )
            for number, child, column in problems[:SHOWN]
        ]
        if len(problems) > SHOWN:
            shown.append(self.env._("… and %s more", len(problems) - SHOWN))
        raise UserError(
            self.env._(
                "The lists cannot be made yet. Fill in what is missing and make "
                "them again:\n%s",
                "\n".join(shown),
            )
        )

    @api.model
    def _write_workbook(self, file, period, rows, changes=()):
        """
        :param file: takes bytes
        :param rows: (number of the list, row), in any order of the lists
        :param changes: notes on what is different from what was sent before
        :return: the notes, as of ``_get_notes``
        """
        # Nothing that a person wrote is ever taken for a formula or a link.
        options = {
            # a row is let go when the next one of its sheet begins
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        with xlsxwriter.Workbook(file, options) as workbook:
            formats = {
                "heading": workbook.add_format(
                    {"bold": True, "text_wrap": True, "valign": "top"}
                ),
                "date": workbook.add_format({"num_format": "dd/mm/yyyy"}),
                "note": workbook.add_format({"text_wrap": True, "valign": "top"}),
            }
            sheets = {
                number: self._add_list(workbook, number, columns, formats["heading"])
                for number, columns in sorted(annex_a.get_columns().items())
            }
            missing = self._write_rows(sheets, rows, formats["date"], period.words)
            notes = self._get_notes(period, missing, changes)
            self._write_notes(workbook.add_worksheet("Notes"), notes, formats)
        return notes

    @api.model
    def _add_list(self, workbook, number, columns, heading):
        sheet = workbook.add_worksheet(f"List {number}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, heading)
            sheet.set_column(place, place, 14 if column.kind != "set" else 20)
        return sheet

    @api.model
    def _write_rows(self, sheets, rows, date_format, words):
        """:return: how often what was not recorded stands in the lists, by list,
        heading and what stands there
        """

        def get_writer(sheet, kind):
            if kind == "date":
                return lambda *cell: sheet.write_datetime(*cell, date_format)
            return sheet.write_number if kind == "integer" else sheet.write_string

        columns = {
            number: [
                (
                    place,
                    column.key,
                    get_writer(sheets[number], column.kind),
                    words.get_unknown(column),
                )
                for place, column in enumerate(of_list)
            ]
            for number, of_list in annex_a.get_columns().items()
        }
        lines, missing = defaultdict(int), Counter()
        for number, row in rows:
            lines[number] = line = lines[number] + 1
            for place, key, write, unknown in columns[number]:
                value = row.get(key)
                if value == unknown:
                    missing[number, place, value] += 1
                if value is not None:
                    write(line, place, value)
        return missing
