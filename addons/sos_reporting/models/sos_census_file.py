import base64
import io
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.cin.read import MAX_BYTES, read_xml
from ..tools.cin.rows import CensusError
from ..tools.cin.run import check_child, get_rules, get_year, run

#: Children gone through at a time: each time the file is read again from its start.
BATCH = 5000


class SosCensusFile(models.AbstractModel):
    """The census's rules run on a file that somebody brings: of another system, of an
    earlier year. It is read as a stream, and nothing of it meets the record."""

    _name = "sos.census.file"
    _inherit = ["sos.return.source"]
    _description = "Census file to check"

    @api.model
    def _read(self, record):
        """:return: ``Census``, whose children are read while it is gone through
        :raise UserError: when there is no file, or none that can be read
        """
        content = base64.b64decode(record.with_context(bin_size=False).upload or b"")
        if not content:
            raise UserError(self.env._("Choose the census file to check."))
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than any census."))
        try:
            return read_xml(io.BytesIO(content))
        except CensusError as error:
            raise UserError(str(error)) from None

    @api.model
    def _read_year(self, record):
        """The year that the file's header says.

        :raise UserError: when it says none
        """
        details = self._read(record).header.below("CollectionDetails")
        year = details and details[0]["Year"]
        if not year:
            raise UserError(
                self.env._("The file's header does not say of which year it is.")
            )
        return year

    @api.model
    def _get_period(self, year):
        """:raise UserError: for a year whose rules are not here"""
        return self.env["sos.census"]._get_period(year)

    @api.model
    def _count_units(self, _year):
        # known when the file was gone through, which the first batch does
        return 0

    @api.model
    def _make_batch(self, record, year, _last):
        """What the rules find in the next children; no line of the file is kept."""
        rules, ask = get_rules(year), get_year(year)
        issues, count = [], 0
        try:
            if not record.total_count:
                record.total_count = sum(1 for _child in self._read(record).children)
            start = record.done_count
            children = self._read(record).children
            for child in islice(children, start, start + BATCH):
                count += 1
                issues += map(self._to_issue, check_child(child, ask, rules))
        except CensusError as error:
            raise UserError(str(error)) from None
        return [], issues, count

    @api.model
    def _to_issue(self, finding):
        values = self.env["sos.census"]._to_issue(finding)
        lines = sorted({part.row.line for part in finding.parts if part.row.line})
        if lines:
            place = self.env._("Line %s", ", ".join(map(str, lines)))
            values["detail"] = f"{place}: {values['detail']}"[:200]
        return values

    @api.model
    def _finish_return(self, record, year, _serial, _file):
        """:return: what is found in the header, and in all children together"""
        codes = [rule.code for rule in get_rules(year) if rule.scope != "child"]
        return [
            self._to_issue(finding)
            for finding in run(self._read(record), year, rules=codes)
        ]
