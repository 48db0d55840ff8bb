import functools
from collections import defaultdict, namedtuple
from operator import attrgetter

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: Children in a step of a return, after which it shows how far it is.
BATCH = 2000
#: Up to this size, in bytes, a draft of a return needs no file on the disk.
DRAFT_SIZE = 16 * 1024 * 1024
#: Lines of a return that are read at a time.
LINES = 1000
#: Who makes returns, and reads them.
MAKERS = "sos_casework.group_performance_analyst,sos_casework.group_service_manager"


@functools.cache
def _get_row_class(names):
    return namedtuple("Row", ("id", *names))


def group(rows, name, *order):
    """Rows by the value of a field, in an order."""
    groups, get_key = defaultdict(list), attrgetter(name)
    for row in sorted(rows, key=attrgetter(*order)) if order else rows:
        groups[get_key(row)].append(row)
    return groups


class SosReturnSource(models.AbstractModel):
    """What the returns have in common: who may make them, and what the record says
    on a day. No date is taken from when a row was written."""

    _name = "sos.return.source"
    _description = "What returns are made from"

    @api.model
    def _check_may_export(self):
        """:raise AccessError: for anybody but who makes the returns"""
        if not self.env.su and not self.env.user.has_groups(MAKERS):
            raise AccessError(
                self.env._(
                    "Only a performance analyst or a service manager makes returns."
                )
            )

    @api.model
    def _get_company_domain(self, path="case_id"):
        return Domain(f"{path}.company_id", "=", self.env.company.id)

    @api.model
    def _is_unborn(self, child, period):
        """Not born yet on the last day, whether or not since."""
        return not period.known(child.birth_date) and bool(
            child.birth_date or child.expected_on
        )

    @api.model
    def _fetch(self, model, domain, names):
        """Rows of a model as plain tuples with ``id`` and these fields, in no order: a
        return of an authority reads hundreds of thousands of values, once each, and
        a record that is kept to be read again costs ten times as much.

        What points to another record is its id; what is empty is None. A field of
        such a record is asked for by its path (``form_id.held_on``) and is in the
        tuple under its own name.
        """
        # sudo: as in each return; a return covers every family of the authority
        records = self.env[model].sudo()
        query = records._search(Domain(domain), bypass_access=True)
        columns = [self._get_column(records, path, query) for path in ("id", *names)]
        make = _get_row_class(tuple(path.rpartition(".")[2] for path in names))._make
        return list(map(make, self.env.execute_query(query.select(*columns))))

    @api.model
    def _get_column(self, records, path, query):
        alias = records._table
        *way, name = path.split(".")
        for step in way:
            records, alias = records._fields[step].join(records, alias, query)
        return records._field_to_sql(alias, name, query)

    @api.model
    def _fetch_links(self, model, name, ids):
        """What records of a many2many field point to, by their ids."""
        field = self.env[model]._fields[name]
        links = defaultdict(list)
        if not ids:
            return links
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s IN %s",
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                tuple(ids),
            )
        )
        for one, other in rows:
            links[one].append(other)
        return links

    @api.model
    def _in(self, ids, name="id"):
        return Domain(name, "in", list(ids))

    @api.model
    def _iter_lines(self, record):
        """The kept lines of a return in the order in which they were made, never more
        than some of them in memory."""
        lines, last = self.env["sos.return.row"], 0
        while True:
            batch = lines.search(
                [("return_id", "=", record.id), ("id", ">", last)],
                order="id",
                limit=LINES,
            )
            yield from batch
            if not batch:
                return
            last = batch[-1].id
            batch.invalidate_recordset()

    @api.model
    def _of_type(self, code):
        """Lines of children in forms of a type. By its id, which the database finds
        sooner than by the code of what the form points to."""
        form_type = self.env["sos.form.type"]._get(code)
        return Domain("form_id.type_id", "=", form_type.id)

    @api.model
    def _get_assessment_domain(self, domain, period):
        return (
            Domain(domain)
            & self._of_type("assessment")
            & Domain("form_id.state", "!=", "cancelled")
            & Domain("form_id.started_on", "<=", period.last)
        )

    @api.model
    def _get_authorised(self, form, period):
        """The day in England on which a form was authorised, as known in the period."""
        at = form.authorised_at
        return period.known(at and self.env["res.company"]._sos_local_date(at))

    @api.model
    def _get_not_required(self, enquiry, period):
        """Whether an enquiry had ended without a conference by the last day."""
        return bool(
            enquiry.conference_required == "no"
            and period.known(enquiry.ended_on)
            and not period.known(enquiry.conference_on)
        )

    @api.model
    def _get_enquiry_end(self, enquiry, period):
        """The day on which an enquiry was done with: its conference, or its end
        without one. None while it is going on or waits for its conference."""
        if self._get_not_required(enquiry, period):
            return enquiry.ended_on
        return period.known(enquiry.conference_on)

    @api.model
    def _fetch_categories(self, plan_ids, period):
        """What conferences have decided about the categories of protection plans.

        :return: {plan: category} by their ids: the newest by the last day. A plan that
            is not in it has its first category.
        """
        decided = self._fetch(
            "sos.form.child",
            self._in(plan_ids, "plan_id")
            & Domain("active", "=", True)
            & Domain("category_id", "!=", False)
            & Domain("confirmed_on", "<=", period.last),
            ["plan_id", "plan_id.started_on", "confirmed_on", "category_id"],
        )
        decided.sort(key=attrgetter("confirmed_on", "id"))
        return {
            row.plan_id: row.category_id
            for row in decided
            # what was decided on its first day is its first category
            if row.confirmed_on > row.started_on
        }
