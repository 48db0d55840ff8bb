import io

import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import annex_a

#: How much of what is wrong is shown at once.
SHOWN = 30


class SosAnnexA(models.AbstractModel):
    """Ofsted's child-level lists (Annex A) of a day, as a workbook. Headings and
    their order are in ``data/annex_a/columns.csv``, what fills the lists is in
    ``sos_annex_a_lists``."""

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
    def _get_lists(self, as_at):
        """The rows of each list, by the number of the list; a row is a dict with the
        keys of ``annex_a.get_columns()``.

        :raise AccessError: for somebody who does not make returns
        """
        self._check_may_export()
        period = self._get_period(as_at)
        # sudo: who makes the lists reads no family file; they cover every family, and
        # tell numbers, codes and dates of children only
        source = self.sudo()
        lists = {number: [] for number in (2, 8, 9, 10, 11)}
        for number, get_list in (
            (1, source._get_contacts),
            (3, source._get_referrals),
            (4, source._get_assessments),
            (5, source._get_enquiries),
            (6, source._get_children_in_need),
            (7, source._get_protection_plans),
        ):
            lists[number] = get_list(period)
            # what one list has read would stay in memory until the last is made
            source.env.invalidate_all()
        return lists

    @api.model
    def _get_problems(self, lists):
        """What is not as the lists have it: one sentence each, without names."""
        return [
            self.env._(
                "List %(list)s, %(child)s: “%(column)s” is missing or not one of "
                "Ofsted's values.",
                list=number,
                child=row["child"],
                column=column.heading,
            )
            for number, row, column in self._iter_wrong(lists)
        ]

    @api.model
    def _iter_wrong(self, lists):
        """(number of the list, row, column) of each value that is not as it has to
        be."""
        words = self._get_words()
        for number, rows in sorted(lists.items()):
            for row in rows:
                for column in annex_a.get_columns()[number]:
                    if self._is_wrong(column, row.get(column.key), words):
                        yield number, row, column

    @api.model
    def _is_wrong(self, column, value, words):
        if value is None or value == "":
            return column.required
        return column.kind == "set" and value not in words.get_values(column.code_set)

    @api.model
    def _get_words(self):
        # sudo: the words are no secret; codes that went out of use are still theirs
        codes = self.env["sos.code"].sudo().with_context(active_test=False)
        return annex_a.Words(codes.search([("annex_a", "!=", False)]))

    @api.model
    def _get_workbook(self, as_at):
        """The lists as the bytes of an Excel workbook.

        :raise UserError: when something that the lists need is missing
        """
        lists = self._get_lists(as_at)
        problems = self._get_problems(lists)
        if problems:
            shown = [f"– {problem}" for problem in problems[:SHOWN]]
            if len(problems) > SHOWN:
                shown.append(self.env._("… and %s more", len(problems) - SHOWN))
            raise UserError(
                self.env._(
                    "The lists cannot be made yet. Fill in what is missing and make "
                    "them again:\n%s",
                    "\n".join(shown),
                )
            )
        output = io.BytesIO()
        self._write_workbook(output, as_at, lists)
        return output.getvalue()

    @api.model
    def _write_workbook(self, file, as_at, lists):
        """:param file: takes bytes"""
        # Nothing that a person wrote is ever taken for a formula or a link.
        options = {
            # a row is let go when the next one begins
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
            for number, columns in sorted(annex_a.get_columns().items()):
                sheet = workbook.add_worksheet(f"List {number}")
                self._write_list(sheet, columns, lists[number], formats)
            self._write_notes(workbook.add_worksheet("Notes"), as_at, formats)

    @api.model
    def _write_list(self, sheet, columns, rows, formats):
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, formats["heading"])
            sheet.set_column(place, place, 14 if column.kind != "set" else 20)
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                value = row.get(column.key)
                if value is None:
                    continue
                if column.kind == "date":
                    sheet.write_datetime(line, place, value, formats["date"])
                elif column.kind == "integer":
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, value)

    @api.model
    def _write_notes(self, sheet, as_at, formats):
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 100)
        notes = [("As at", as_at.strftime("%d/%m/%Y")), *annex_a.get_notes()]
        for line, (title, note) in enumerate(notes):
            sheet.write_string(line, 0, title, formats["heading"])
            sheet.write_string(line, 1, note, formats["note"])
