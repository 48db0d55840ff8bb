import io
import itertools
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules import get_manifest
from odoo.tools import file_path

from odoo.addons.sos_casework.models.common.res_company import LONDON

from ..tools import census
from ..tools.period import Period
from .sos_return_source import BATCH, DRAFT_SIZE

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
        return [problem for child in rows for problem in self._iter_problems(child)]

    @api.model
    def _iter_problems(self, child):
        number = child.identifiers.la_child_id
        for missing, field, record, required in self._iter_missing(child):
            if missing:
                # asked for its words only where there is something to say
                yield Problem(number, self._get_words(field), record, required)

    @api.model
    def _iter_missing(self, child):
        """(missing or not, what it is, where it belongs, needed for a valid file)"""
        real = any(not details.nfa for details in child.details)
        born = child.identifiers.born
        facts = child.characteristics
        yield not child.identifiers.sex, "sex", child.record, True
        yield not facts.ethnicity, "ethnicity", child.record, True
        yield (
            bool(born and real and not facts.disabilities),
            "disability",
            child.record,
            False,
        )
        for details in child.details:
            record = details.record
            no_need = not details.nfa and not details.need
            yield not details.source, "source", record, True
            yield no_need, "need", record, False
            for plan in details.protection_plans:
                yield (
                    not plan.initial_category or not plan.latest_category,
                    "category",
                    plan.record,
                    True,
                )

    @api.model
    def _get_words(self, what):
        return {
            "sex": self.env._("sex"),
            "ethnicity": self.env._("ethnicity"),
            "disability": self.env._(
                "disability (“No disability” where there is none)"
            ),
            "source": self.env._("who told us"),
            "need": self.env._("primary need"),
            "category": self.env._("category of the child protection plan"),
        }[what]

    @api.model
    def _get_xml(self, year):
        """The census as the bytes of its XML file, checked against its format.

        :raise UserError: when something that the format needs is missing
        """
        file = io.BytesIO()
        self._write_xml(year, file)
        return file.getvalue()

    @api.model
    def _write_xml(self, year, file, progress=None):
        """Write the census's XML file, checked against its format, without having all
        of it in memory. Nothing is written before it is known to be right.

        :param file: takes bytes
        :param progress: called with the number of children that are done
        :raise UserError: when something that the format needs is missing
        """
        self._check_may_export()
        period = self._get_period(year)
        missing, counted = [], 0

        def count(children):
            nonlocal counted
            for child in children:
                missing.extend(p for p in self._iter_problems(child) if p.required)
                counted += 1
                if progress and not counted % BATCH:
                    progress(counted)
                yield child

        with tempfile.SpooledTemporaryFile(DRAFT_SIZE) as draft:
            children = count(self._iter_rows(period))
            first = next(children, None)
            if not first:
                raise UserError(
                    self.env._(
                        "There is nothing to send: no child was referred or had an "
                        "open period of need in the year to 31 March %s.",
                        year,
                    )
                )
            rows = itertools.chain([first], children)
            census.write_xml(draft, self._get_header(year), rows)
            self._check_complete(missing)
            self._check_valid(draft)
            draft.seek(0)
            shutil.copyfileobj(draft, file)
        if progress:
            progress(counted)

    @api.model
    def _check_complete(self, problems):
        """:raise UserError: naming numbers and facts, never a child"""
        if problems:
            raise UserError(
                self.env._(
                    "The census cannot be made yet. These facts are missing; fill "
                    "them in and make it again:\n%s",
                    self._as_list([f"{p.reference}: {p.field}" for p in problems]),
                )
            )

    @api.model
    def _check_valid(self, file):
        """:raise UserError: with line and element, when the file is not as the
        census's format has it"""
        path = file_path("sos_reporting/data/cin_2026.xsd")
        file.seek(0)
        if census.is_valid(file, path):
            return
        # which line and whose it is takes the whole file, once something is wrong
        file.seek(0)
        errors = [
            self.env._(
                "line %(line)s, %(element)s of child %(number)s: %(problem)s",
                line=line,
                element=element,
                number=number or "–",
                problem=problem,
            )
            for line, element, number, problem in census.find_schema_errors(
                file.read(), path
            )
        ]
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
