import json

from werkzeug.datastructures import FileStorage

from odoo import http

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)
from odoo.addons.web.controllers.pivot import TableExporter

#: How a text begins that a spreadsheet would run, beyond ``=``, ``+`` and ``-``, which
#: Odoo looks after in a CSV file.
RUN_IN_CSV = ("@", "\t", "\r", "\n")
#: And in a workbook: formulas, array formulas and links.
RUN_IN_XLSX = ("=", "{=", "internal:", "external:", "http", "ftp:", "mailto:")


class TextCells:
    """Text is written as text: nothing that a person typed is run as a formula or
    opened as a link. Odoo leaves that to its library, which takes ``=…`` for one."""

    def write(self, row, column, cell_value, style=None):
        if isinstance(cell_value, str):
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class TextXlsxWriter(TextCells, ExportXlsxWriter):
    pass


class TextGroupXlsxWriter(TextCells, GroupExportXlsxWriter):
    pass


class SosExcelExport(ExcelExport):
    # both as in Odoo, with the writers above
    def from_group_data(self, fields, columns_headers, groups):
        with TextGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value


class SosCSVExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        rows = [
            [
                f"'{value}"
                if isinstance(value, str) and value.startswith(RUN_IN_CSV)
                else value
                for value in row
            ]
            for row in rows
        ]
        return super().from_data(fields, columns_headers, rows)


class SosTableExporter(TableExporter):
    @http.route()
    def export_xlsx(self, data, **kw):
        """The names of groups come back from the client, and were typed by people."""
        content = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        return super().export_xlsx(json.dumps(self._as_text(content)), **kw)

    def _as_text(self, value):
        if isinstance(value, dict):
            return {name: self._as_text(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._as_text(inner) for inner in value]
        if isinstance(value, str) and value.strip().startswith(RUN_IN_XLSX):
            return f"'{value}"
        return value
