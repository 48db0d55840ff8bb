import base64
import io

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from odoo import fields, models

#: Columns of the sheet: the paper's six (cases take two), the spread, and remarks.
(NAME, BEFORE, AFTER, SAVED, PERCENT, CASES_BEFORE, CASES_AFTER) = range(7)
SPREAD = (7, 10)
REMARK = 13
HEAD = 4
DAY_MINUTES = 24 * 60


class SosTimeStudySpreadsheet(models.Model):
    """The table of a time study as a workbook: lengths of time are numbers, and what
    follows from them is a formula."""

    _inherit = "sos.time.study"

    # made when it is asked for, of what its reader may see
    spreadsheet = fields.Binary(compute="_compute_spreadsheet", attachment=False)

    def _compute_spreadsheet(self):
        for study in self:
            study.spreadsheet = base64.b64encode(study._get_workbook())

    def action_spreadsheet(self):
        """Download the table as a spreadsheet."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/spreadsheet/"
            "time_study.xlsx?download=true",
            "target": "self",
        }

    def _get_workbook(self):
        """:return: the bytes of the workbook"""
        self.ensure_one()
        output = io.BytesIO()
        # with days counted from 1904 a spreadsheet can show a length of time below
        # nothing, where work takes longer than before
        with xlsxwriter.Workbook(
            output, {"in_memory": True, "date_1904": True}
        ) as book:
            self._write_sheet(book, book.add_worksheet(self.env._("Time study")))
        return output.getvalue()

    def _write_sheet(self, book, sheet):
        result = self._get_result()
        styles = {
            "bold": book.add_format({"bold": True}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
            "time": book.add_format({"num_format": "[h]:mm", "align": "right"}),
            "percent": book.add_format({"num_format": "0.0%"}),
        }
        sheet.set_column(NAME, NAME, 34)
        sheet.set_column(BEFORE, REMARK - 1, 12)
        sheet.set_column(REMARK, REMARK, 48)
        sheet.write_string(0, NAME, self.name, styles["title"])
        for line, side in enumerate(("before", "after"), start=1):
            words = self._fields[f"{side}_words"]._description_string(self.env)
            sheet.write_string(line, NAME, f"{words}: {self[f'{side}_words'] or ''}")
        for column, words in enumerate(self._get_headings()):
            sheet.write_string(HEAD, column, words, styles["head"])
        sheet.freeze_panes(HEAD + 1, 1)
        first = HEAD + 1
        for line, row in enumerate(result["rows"], start=first):
            self._write_row(sheet, line, row, styles)
        if result["totals"]:
            last = first + len(result["rows"]) - 1
            self._write_totals(sheet, first, last, result["totals"], styles)

    def _get_headings(self):
        spread = [
            self.env._("Lower quartile"),
            self.env._("Median"),
            self.env._("Upper quartile"),
        ]
        before, after = self.env._("before"), self.env._("after")
        return [
            self.env._("Work type"),
            self.env._("Average time before"),
            self.env._("Average time after"),
            self.env._("Average time saved"),
            self.env._("Average % saved"),
            self.env._("Cases before"),
            self.env._("Cases after"),
            *(f"{words} {before}" for words in spread),
            *(f"{words} {after}" for words in spread),
            self.env._("Remark"),
        ]

    def _write_row(self, sheet, line, row, styles):
        sheet.write_string(line, NAME, row["name"])
        for side, cell in enumerate(row["cells"]):
            sheet.write_number(line, CASES_BEFORE + side, cell["cases"])
            if not cell["shown"]:
                sheet.write_string(line, BEFORE + side, cell["words"])
                continue
            self._write_time(sheet, line, BEFORE + side, cell["average"], styles)
            for place, name in enumerate(("low", "median", "high")):
                column = SPREAD[side] + place
                self._write_time(sheet, line, column, cell[name], styles)
        self._write_saving(sheet, line, row["saving"], styles)
        if row["few"]:
            sheet.write_string(line, REMARK, row["few"])

    def _write_time(self, sheet, line, column, minutes, styles):
        sheet.write_number(line, column, minutes / DAY_MINUTES, styles["time"])

    def _write_saving(self, sheet, line, saving, styles):
        """Saved and % saved; the value beside the formula is for who reads the file
        without working it out."""
        before, after, saved = (
            xl_rowcol_to_cell(line, column) for column in (BEFORE, AFTER, SAVED)
        )
        has = saving is not None
        sheet.write_formula(
            line,
            SAVED,
            f'=IF(AND(ISNUMBER({before}),ISNUMBER({after})),{before}-{after},"")',
            styles["time"],
            saving["saved"] / DAY_MINUTES if has else "",
        )
        sheet.write_formula(
            line,
            PERCENT,
            f'=IF(ISNUMBER({saved}),IF({before}=0,"",ROUND({saved}/{before},3)),"")',
            styles["percent"],
            saving["percent"] / 100 if has and saving["percent"] is not None else "",
        )

    def _write_totals(self, sheet, first, last, totals, styles):
        def cells(column):
            return (
                f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(last, column)}"
            )

        measured = f"--ISNUMBER({cells(BEFORE)}),--ISNUMBER({cells(AFTER)})"
        line = last + 2
        words = self.env._("Sum of the averages (measured before and after)")
        sheet.write_string(line, NAME, words, styles["bold"])
        for column, side in ((BEFORE, "before"), (AFTER, "after")):
            sheet.write_formula(
                line,
                column,
                f"=SUMPRODUCT({measured},{cells(column)})",
                styles["time"],
                totals["sums"][side] / DAY_MINUTES,
            )
        self._write_saving(sheet, line, totals["sums"], styles)
        line += 1
        words = self.env._("Average of one case (weighted by cases)")
        sheet.write_string(line, NAME, words, styles["bold"])
        weighted = totals["weighted"]
        for column, count, side in (
            (BEFORE, CASES_BEFORE, "before"),
            (AFTER, CASES_AFTER, "after"),
        ):
            cases = f"SUMPRODUCT({measured},{cells(count)})"
            sheet.write_formula(
                line,
                column,
                f"=ROUND(SUMPRODUCT({measured},{cells(column)},{cells(count)})"
                f"/{cases}*{DAY_MINUTES},0)/{DAY_MINUTES}",
                styles["time"],
                weighted[side] / DAY_MINUTES,
            )
            sheet.write_formula(
                line, count, f"={cases}", None, weighted[f"cases_{side}"]
            )
        self._write_saving(sheet, line, weighted, styles)
