import json
from collections import defaultdict
from datetime import date

from odoo import api, models

from ..tools import annex_a
from .sos_return_source import BATCH


class SosAnnexA(models.AbstractModel):
    """The lists made step by step for ``sos.return``: a line for each row of a list,
    what is wrong in it, and the workbook."""

    _inherit = "sos.annex.a"

    @api.model
    def _count_units(self, as_at):
        return len(self.sudo()._get_children(self._get_period(as_at)))

    @api.model
    def _make_batch(self, record, as_at, last):
        """The rows of the next children after a line.

        :return: (values of ``sos.return.row``, values of ``sos.return.issue``, how many
            children)
        """
        rows, wrong, count = [], [], 0
        period = self._get_period(as_at)
        for seen, (number, lists) in enumerate(
            self._iter_children(period, after=last.number, size=BATCH), 1
        ):
            for part, lines in lists.items():
                for row in lines:
                    # a child without a line is passed over and not a place to go on
                    count = seen
                    rows.append(
                        {
                            "return_id": record.id,
                            "part": part,
                            "position": last.position + len(rows) + 1,
                            "number": number,
                            "content": self._to_json(part, row),
                        }
                    )
                    wrong += [
                        (part, row, column)
                        for column in self._find_wrong(part, row, period.words)
                    ]
            if count >= BATCH:
                break
        return rows, self._to_issues(wrong), count

    @api.model
    def _to_issues(self, wrong):
        """:param wrong: (number of the list, row, column) each"""
        # sudo: an id, for who may open the record
        people = self.env["sos.person"].sudo().with_context(active_test=False)
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
        rows = (
            (line.part, self._from_json(line.part, line.content))
            for line in self._iter_lines(record)
        )
        changes = self._get_changes(record)
        notes = self._write_workbook(file, self._get_period(as_at), rows, changes)
        record.missing_text = self._describe_before_sent(notes)
        return []

    @api.model
    def _get_changes(self, record):
        """Notes on what is different from the lists that were sent last."""
        earlier = record._get_earlier()
        if not earlier:
            yield annex_a.Note(
                self.env._("All lists"), self.env._("None were sent before.")
            )
            return
        lines = self.env["sos.return.row"]
        gone = defaultdict(list)
        for part, number in lines._compare(record, earlier):
            gone[part].append(number)
        counts = {
            (part, change): count
            for part, change, count in lines._read_group(
                [("return_id", "=", record.id)], ["part", "change"], ["__count"]
            )
        }
        yield annex_a.Note(
            self.env._("All lists"),
            self.env._(
                "Compared with “%(name)s”, sent on %(day)s.",
                name=earlier.name,
                day=self.env["res.company"]
                ._sos_local_date(earlier.sent_at)
                .strftime("%d/%m/%Y"),
            ),
        )
        for part in sorted({part for part, _change in counts} | gone.keys()):
            for change, words in (
                ("new", self.env._("New since then")),
                ("changed", self.env._("Changed since then")),
                ("same", self.env._("As before")),
            ):
                if count := counts.get((part, change)):
                    children = (
                        ()
                        if change == "same"
                        else lines.search(
                            [
                                ("return_id", "=", record.id),
                                ("part", "=", part),
                                ("change", "=", change),
                            ],
                            order="number",
                            limit=annex_a.SHOWN,
                        ).mapped("number")
                    )
                    yield self._note(part, words, count, children)
            if part in gone:
                yield self._note(
                    part,
                    self.env._("Children who were in it and are gone"),
                    len(gone[part]),
                    gone[part],
                )

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
