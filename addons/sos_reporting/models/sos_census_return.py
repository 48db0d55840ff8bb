from odoo import api, models
from odoo.tools import file_path

from ..tools import census
from ..tools.cin.read import read_xml
from ..tools.cin.rows import get_rows, number_rows
from ..tools.cin.run import check_child, get_rules, get_year, run
from .sos_return_source import BATCH


class SosCensus(models.AbstractModel):
    """The census made step by step for ``sos.return``: a line for each child, what the
    DfE's rules find in it, and the file."""

    _inherit = "sos.census"

    @api.model
    def _count_units(self, year):
        return len(self._get_children(self._get_period(year)))

    @api.model
    def _make_batch(self, record, year, last):
        """The next children after a line.

        :return: (values of ``sos.return.row``, values of ``sos.return.issue``, how many
            children)
        """
        rows, issues = [], []
        period = self._get_period(year)
        for child in self._iter_rows(period, after=last.number, limit=BATCH):
            rows.append(
                {
                    "return_id": record.id,
                    "position": last.position + len(rows) + 1,
                    "number": child.identifiers.la_child_id,
                    "content": census.to_part(child),
                }
            )
            issues += map(self._to_issue, self._find_in(child, year))
        return rows, issues, len(rows)

    @api.model
    def _find_in(self, child, year):
        """What the rules about one child find.

        :param child: ``census.Child``
        :return: iterator of ``Finding``
        """
        row = number_rows(get_rows(child, "Child"), 1)
        return check_child(row, get_year(year), get_rules(year))

    @api.model
    def _to_issue(self, finding, record=None):
        """:param record: ``census.Record`` when the finding does not say"""
        records = {
            f"{part.row.record.model},{part.row.record.id}": part.row.record
            for part in finding.parts
            if part.row.record
        }
        record = next(iter(records.values()), record)
        details = dict.fromkeys(
            f"{part.element} {part.value or '–'}" for part in finding.parts
        )
        return {
            "kind": finding.kind,
            "code": finding.code,
            "message": finding.message,
            "number": finding.child,
            "detail": ", ".join(details)[:200],
            "res_model": record.model if record else False,
            "res_id": record.id if record else False,
            "record_refs": " ".join(records),
        }

    @api.model
    def _finish_return(self, record, year, serial, file):
        """Write the file of what was gathered, and ask the rules about all children
        together.

        :return: values of ``sos.return.issue``
        """
        header = self._get_header(year)
        header.source.serial = f"{serial:03d}"
        parts = (line.content for line in self._iter_lines(record))
        census.write_parts(file, header, parts)
        if not record.total_count:
            return []
        file.seek(0)
        codes = [rule.code for rule in get_rules(year) if rule.scope != "child"]
        findings = list(run(read_xml(file), year, rules=codes))
        people = self._find_people({finding.child for finding in findings})
        issues = [
            self._to_issue(finding, people.get(finding.child)) for finding in findings
        ]
        return issues + self._find_format_errors(file)

    @api.model
    def _find_people(self, numbers):
        # sudo: an id, for who may open the record
        people = self.env["sos.person"].sudo().with_context(active_test=False)
        found = people.search_fetch(
            [("reference", "in", list(numbers - {None}))], ["reference"]
        )
        return {
            person.reference: census.Record(person._name, person.id) for person in found
        }

    @api.model
    def _find_format_errors(self, file):
        path = file_path("sos_reporting/data/cin_2026.xsd")
        file.seek(0)
        if census.is_valid(file, path):
            return []
        file.seek(0)
        errors = census.find_schema_errors(file.read(), path)
        people = self._find_people({number for _line, _name, number, _words in errors})
        return [
            {
                "kind": "error",
                "code": "XML",
                "message": self.env._(
                    "The file is not as the census has it: %s. Something that it needs "
                    "is missing or has a value that it does not know.",
                    name,
                ),
                "number": number,
                "detail": words[:200],
                "res_model": number in people and people[number].model,
                "res_id": number in people and people[number].id,
            }
            for _line, name, number, words in errors
        ]
