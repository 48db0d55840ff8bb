from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules import get_manifest
from odoo.tools import file_path

from odoo.addons.sos_casework.models.common.res_company import LONDON

from ..tools import census
from ..tools.period import Period

#: The first census that asks the sex as this system holds it.
FIRST_YEAR = 2025
#: How much of what is wrong is shown at once.
SHOWN = 30


@dataclass(frozen=True)
class Problem:
    """Something that the census asks and the record does not say."""

    reference: str
    field: str
    record: census.Record
    #: without it the file is not valid and cannot be handed out
    required: bool = True


class SosCensus(models.AbstractModel):
    """The children in need census of a year. What goes into it is in
    ``sos_census_rows``."""

    _name = "sos.census"
    _inherit = ["sos.return.source"]
    _description = "Children in need census"

    @api.model
    def _get_period(self, year):
        """The period of a census: 1 April to 31 March of its year.

        :raise UserError: for a year that has no census of this form yet or any more
        """
        today = self.env["res.company"]._sos_today()
        last_year = today.year + (today >= date(today.year, 4, 1))
        if not FIRST_YEAR <= year <= last_year:
            raise UserError(
                self.env._(
                    "The census can be made for the years %(first)s to %(last)s. "
                    "Its year is the one in which it ends on 31 March.",
                    first=FIRST_YEAR,
                    last=last_year,
                )
            )
        return Period(date(year - 1, 4, 1), date(year, 3, 31))

    @api.model
    def _get_rows(self, year):
        """The children of a census and their periods of need, as plain data.

        :return: list of ``census.Child``, by the children's numbers
        :raise AccessError: for somebody who does not make returns
        """
        self._check_may_export()
        return list(self._iter_rows(self._get_period(year)))

    @api.model
    def _get_problems(self, rows):
        """What the census asks and is not recorded, as ``Problem``. Nothing is made
        up for it: it is left out of the rows."""
        problems = []
        for child in rows:
            number = child.identifiers.la_child_id
            for missing, field, record, required in self._iter_missing(child):
                if missing:
                    problems.append(Problem(number, field, record, required))
        return problems

    @api.model
    def _iter_missing(self, child):
        """(missing or not, words for it, where it belongs, needed for a valid file)"""
        real = any(not details.nfa for details in child.details)
        born = child.identifiers.born
        facts = child.characteristics
        yield not child.identifiers.sex, self.env._("sex"), child.record, True
        yield not facts.ethnicity, self.env._("ethnicity"), child.record, True
        yield (
            bool(born and real and not facts.disabilities),
            self.env._("disability (“No disability” where there is none)"),
            child.record,
            False,
        )
        for details in child.details:
            record = details.record
            no_need = not details.nfa and not details.need
            yield not details.source, self.env._("who told us"), record, True
            yield no_need, self.env._("primary need"), record, False
            for plan in details.protection_plans:
                yield (
                    not plan.initial_category or not plan.latest_category,
                    self.env._("category of the child protection plan"),
                    plan.record,
                    True,
                )

    @api.model
    def _get_xml(self, year):
        """The census as the bytes of its XML file, checked against its format.

        :raise UserError: when something that the format needs is missing
        """
        rows = self._get_rows(year)
        if not rows:
            raise UserError(
                self.env._(
                    "There is nothing to send: no child was referred or had an open "
                    "period of need in the year to 31 March %s.",
                    year,
                )
            )
        self._check_complete(rows)
        header = self._get_header(year)
        xml = census.to_xml(census.Message(header=header, children=rows))
        self._check_valid(xml)
        return xml

    @api.model
    def _check_complete(self, rows):
        """:raise UserError: naming numbers and facts, never a child"""
        problems = [p for p in self._get_problems(rows) if p.required]
        if problems:
            raise UserError(
                self.env._(
                    "The census cannot be made yet. These facts are missing; fill "
                    "them in and make it again:\n%s",
                    self._as_list([f"{p.reference}: {p.field}" for p in problems]),
                )
            )

    @api.model
    def _check_valid(self, xml):
        """:raise UserError: with line and element, when the file is not as the
        census's format has it"""
        path = file_path("sos_reporting/data/cin_2026.xsd")
        errors = [
            self.env._(
                "line %(line)s, %(element)s of child %(number)s: %(problem)s",
                line=line,
                element=element,
                number=number or "–",
                problem=problem,
            )
            for line, element, number, problem in census.find_schema_errors(xml, path)
        ]
        if errors:
            raise UserError(
                self.env._(
                    "The census is not valid and was not handed out:\n%s",
                    self._as_list(errors),
                )
            )

    @api.model
    def _as_list(self, sentences):
        lines = [f"– {sentence}" for sentence in sentences[:SHOWN]]
        if len(sentences) > SHOWN:
            lines.append(self.env._("… and %s more", len(sentences) - SHOWN))
        return "\n".join(lines)

    @api.model
    def _get_header(self, year):
        """:raise UserError: when the authority has no DfE number"""
        authority = self.env.company.sos_la_code or ""
        if not (len(authority) == 3 and authority.isdigit()):
            raise UserError(
                self.env._(
                    "%s needs its three-digit DfE number, which the census gives. It "
                    "is set with the company's details.",
                    self.env.company.name,
                )
            )
        now = fields.Datetime.now()
        return census.Header(
            collection=census.Collection(
                collection="CIN", year=year, reference_date=date(year, 3, 31)
            ),
            source=census.Source(
                level="L",
                authority=authority,
                software="SoSCasework",
                release=get_manifest("sos_reporting")["version"],
                serial="001",
                made_at=LONDON.fromutc(now).replace(tzinfo=None),
            ),
        )
