import json
from datetime import date

from odoo import api, models

from ..tools import annex_a


class SosAnnexA(models.AbstractModel):
    """The lists made step by step for ``sos.return``: a line for each row of a list,
    what is wrong in it, and the workbook."""

    _inherit = "sos.annex.a"

    @api.model
    def _count_units(self, _as_at):
        # the lists are gathered together
        return 1

    @api.model
    def _make_batch(self, record, as_at, last):
        """:return: (values of ``sos.return.row``, values of ``sos.return.issue``, 1;
        or 0 when they were gathered already)
        """
        if last or record.done_count:
            return [], [], 0
        lists = self._get_lists(as_at)
        rows = [
            {
                "return_id": record.id,
                "part": number,
                "position": position,
                "number": row["child"],
                "content": self._to_json(number, row),
            }
            for number, lines in sorted(lists.items())
            for position, row in enumerate(lines, 1)
        ]
        return rows, self._find_issues(lists), 1

    @api.model
    def _find_issues(self, lists):
        # sudo: an id, for who may open the record
        people = self.env["sos.person"].sudo().with_context(active_test=False)
        wrong = list(self._iter_wrong(lists))
        found = people.search_fetch(
            [("reference", "in", [row["child"] for _number, row, _column in wrong])],
            ["reference"],
        )
        ids = {person.reference: person.id for person in found}
        return [
            {
                "kind": "error",
                "code": self.env._("List %s", number),
                "message": self.env._(
                    "“%s” is missing or not one of Ofsted's values.", column.heading
                ),
                "number": row["child"],
                "detail": row.get(column.key) or self.env._("missing"),
                "res_model": row["child"] in ids and people._name,
                "res_id": ids.get(row["child"], False),
            }
            for number, row, column in wrong
        ]

    @api.model
    def _finish_return(self, record, as_at, _serial, file):
        lists = {number: [] for number in annex_a.get_columns()}
        for line in self.env["sos.return.row"].search([("return_id", "=", record.id)]):
            lists[line.part].append(self._from_json(line.part, line.content))
        self._write_workbook(file, as_at, lists)
        return []

    @api.model
    def _to_json(self, number, row):
        values = {
            column.key: row[column.key]
            for column in annex_a.get_columns()[number]
            if row.get(column.key) not in (None, False)
        }
        return json.dumps({"child": row["child"], **values}, default=date.isoformat)

    @api.model
    def _from_json(self, number, content):
        row = json.loads(content)
        for column in annex_a.get_columns()[number]:
            if column.kind == "date" and column.key in row:
                row[column.key] = date.fromisoformat(row[column.key])
        return row
