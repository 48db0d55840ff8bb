import csv
import io
import json
import zipfile
from collections import defaultdict
from datetime import date, datetime
from hashlib import sha256
from itertools import count

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools.period import Period
from ..tools.ssd import get_tables, make_harmless

#: Children read at a time.
BATCH = 2000
#: How far back the dataset goes.
YEARS = 6


class SosSsd(models.AbstractModel):
    """The Standard Safeguarding Dataset as at a day: the tables that casework holds, a
    CSV file each. What fills them is in ``data/ssd``."""

    _name = "sos.ssd"
    _inherit = ["sos.return.source"]
    _description = "Standard Safeguarding Dataset"

    @api.model
    def _get_period(self, as_at):
        """:raise UserError: for a day that has not come yet"""
        if as_at > self.env["res.company"]._sos_today():
            raise UserError(
                self.env._("The dataset is made for today or a day in the past.")
            )
        return Period(as_at - relativedelta(years=YEARS), as_at)

    @api.model
    def _count_units(self, _as_at):
        return len(get_tables())

    @api.model
    def _make_batch(self, _record, _as_at, _last):
        # each table is written as it is read, into the file
        return [], [], 0

    @api.model
    def _finish_return(self, record, as_at, _serial, file):
        """Write the tables; a line of the return says of each how long it is."""
        # sudo: who makes returns reads no family file; the dataset covers them all,
        # and tells numbers, codes and days of children, and names of staff
        source = self.sudo().with_context(active_test=False)
        period = self._get_period(as_at)
        children = source._get_scope(period)
        lines = []
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, table in enumerate(get_tables(), 1):
                content, length = source._write_table(table, children, period)
                archive.writestr(f"{table.name}.csv", content)
                lines.append(
                    {
                        "return_id": record.id,
                        "position": place,
                        "number": table.name,
                        "content": self.env._(
                            "%(length)s lines, %(fingerprint)s",
                            length=length,
                            fingerprint=sha256(content.encode()).hexdigest()[:16],
                        ),
                    }
                )
                source.env.invalidate_all()
        self.env["sos.return.row"].create(lines)
        return []

    @api.model
    def _get_scope(self, period):
        """Ids of the children who were in need, or whom a contact was about, in the
        years of the dataset."""
        company = self._get_company_domain()
        episodes = self._fetch(
            "sos.episode",
            company
            & Domain("active", "=", True)
            & Domain("referred_on", "<=", period.last)
            & (
                Domain("closed_on", "=", False)
                | Domain("closed_on", ">=", period.first)
            ),
            ["child_id"],
        )
        start = self.env["res.company"]._sos_day_start
        contacts = self._fetch(
            "sos.form.child",
            company
            & self._of_type("contact")
            & Domain("form_id.received_at", ">=", start(period.first))
            & Domain(
                "form_id.received_at", "<", start(period.last + relativedelta(days=1))
            ),
            ["child_id"],
        )
        return sorted({row.child_id for row in (*episodes, *contacts)})

    # ------------------------------------------------------------------- a table

    @api.model
    def _write_table(self, table, children, period):
        """:return: the CSV text of a table, and how many lines it has"""
        output, length, numbers = io.StringIO(), 0, count(1)
        writer = csv.writer(output, lineterminator="\r\n")
        writer.writerow([name for name, _source in table.columns])
        for domain in self._iter_domains(table, children):
            for row in self._iter_table_rows(table, domain, set(children), period):
                row["row"] = next(numbers)
                writer.writerow(
                    [
                        self._to_text(self._get_value(row, source, period))
                        for _name, source in table.columns
                    ]
                )
                length += 1
        return output.getvalue(), length

    @api.model
    def _iter_domains(self, table, children):
        domain = Domain(list(table.domain))
        if table.scope:
            for ids in split_every(BATCH, children):
                yield domain & Domain(table.scope, "in", ids)
        elif table.model == "res.users":
            rows = self._fetch(
                "sos.allocation", self._get_company_domain(), ["user_id"]
            )
            yield domain & Domain("id", "in", list({row.user_id for row in rows}))
        else:
            of_case = "case_id" in self.env[table.model]._fields
            yield domain & (self._get_company_domain() if of_case else Domain.TRUE)

    @api.model
    def _iter_table_rows(self, table, domain, children, period):
        """Each line as {path: value}, by the numbers of the records."""
        paths = {
            source.partition("@")[0].rstrip("!") for _name, source in table.columns
        }
        paths |= {source.partition("@")[2] for _name, source in table.columns}
        paths |= {table.began} - {""}
        own = {"", "row", "plan", "has_plan", "enquiry", "latest"}
        paths = {p for p in paths - own if not p.startswith("each.")}
        if table.each == "child_ids":
            paths.add("case_id")
        if own & {source for _name, source in table.columns} - {"", "row"}:
            paths |= {"child_id.id"}
        rows = self._read(table.model, domain, paths)
        rows = [
            row
            for row in rows
            if not table.began or period.known(self._day(row[table.began]))
        ]
        add = getattr(self, f"_add_{table.name}", None)
        if add:
            rows = add(rows, period)
        if not table.each:
            yield from rows
            return
        links, comodel = self._get_each(table, rows)
        wanted = {
            s.partition(".")[2] for _n, s in table.columns if s.startswith("each.")
        }
        ids = {one for ones in links.values() for one in ones}
        linked = {
            row["id"]: row
            for row in self._read(comodel, self._in(ids), wanted | {"id"})
        }
        for row in rows:
            for one in sorted(links.get(row["id"], ())):
                if table.each == "child_ids" and one not in children:
                    continue
                yield {**row, **{f"each.{k}": v for k, v in linked[one].items()}}

    @api.model
    def _get_each(self, table, rows):
        """:return: {id: ids of what it points to}, and of which model"""
        ids = [row["id"] for row in rows]
        links = self._fetch_links(table.model, table.each, ids)
        if table.each == "child_ids":
            # nobody named: all children of the family
            members = defaultdict(list)
            cases = {row["case_id"] for row in rows}
            for member in self._fetch(
                "sos.case.member",
                self._in(cases, "case_id") & Domain("role", "=", "child"),
                ["case_id", "person_id"],
            ):
                members[member.case_id].append(member.person_id)
            for row in rows:
                links[row["id"]] = links.get(row["id"]) or members[row["case_id"]]
        return links, self.env[table.model]._fields[table.each].comodel_name

    @api.model
    def _read(self, model, domain, paths):
        """Rows as {path: value}; a path goes through what a field points to."""
        fields = self.env[model]._fields
        first = {path.partition(".")[0] for path in paths} | {"id"}
        links = {n for n in first if fields[n].type == "many2many"}
        names = sorted(first - links - {"id"})
        rows = self._fetch(model, domain, names)
        values = [{"id": row.id} for row in rows]
        for name in links:
            codes = self._get_codes(model, name, [row.id for row in rows])
            for value in values:
                value[name] = codes.get(value["id"], [])
        for name in names:
            deeper = {p.partition(".")[2] for p in paths if p.startswith(f"{name}.")}
            found = {}
            if deeper - {"id"}:
                ids = {getattr(row, name) for row in rows} - {None}
                comodel = fields[name].comodel_name
                found = {r["id"]: r for r in self._read(comodel, self._in(ids), deeper)}
            for value, row in zip(values, rows, strict=True):
                one = getattr(row, name)
                # an unticked box may never have been written
                is_box = fields[name].type == "boolean"
                value[name] = bool(one) if is_box else one
                for path in deeper:
                    value[f"{name}.{path}"] = (
                        one if path == "id" else found.get(one, {}).get(path)
                    )
        return sorted(values, key=lambda value: value["id"])

    @api.model
    def _in(self, ids, name="id"):
        return Domain(name, "in", list(ids))

    @api.model
    def _get_codes(self, model, name, ids):
        links = self._fetch_links(model, name, ids)
        every = {one for ones in links.values() for one in ones}
        codes = {
            row.id: row.code
            for row in self._fetch("sos.code", self._in(every), ["code"])
        }
        return {key: sorted(codes[one] for one in ones) for key, ones in links.items()}

    # ------------------------------------------------------------------- a value

    @api.model
    def _day(self, value):
        if isinstance(value, datetime):
            return self.env["res.company"]._sos_local_date(value)
        return value

    @api.model
    def _get_value(self, row, source, period):
        path, _at, only = source.partition("@")
        if not path or (only and not period.known(row[only])):
            return None
        value = row.get(path.rstrip("!"))
        if isinstance(value, date):
            value = self._day(value)
            # what happened later is not known to it
            return value if path.endswith("!") else period.known(value)
        return value

    @api.model
    def _to_text(self, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return "Y" if value else "N"
        if value in ("yes", "no"):
            return "Y" if value == "yes" else "N"
        if isinstance(value, list):
            return json.dumps(value)
        if isinstance(value, date):
            return value.isoformat()
        return make_harmless(value) if isinstance(value, str) else str(value)

    # ------------------------------------------- what takes more than one table

    @api.model
    def _get_plans(self, rows):
        """The protection plans of the children of these rows, by child."""
        plans = defaultdict(list)
        domain = self._in({row["child_id.id"] for row in rows}, "child_id")
        for plan in self._fetch(
            "sos.plan",
            domain & Domain("kind", "=", "cp") & Domain("active", "=", True),
            ["child_id", "started_on", "ended_on"],
        ):
            plans[plan.child_id].append(plan)
        return plans

    @api.model
    def _get_plan_on(self, plans, day):
        for plan in plans:
            if plan.started_on <= day and not (plan.ended_on and plan.ended_on < day):
                return plan.id
        return None

    @api.model
    def _add_plan(self, rows, day):
        plans = self._get_plans(rows)
        for row in rows:
            row["plan"] = self._get_plan_on(plans[row["child_id.id"]], row[day])
        return rows

    @api.model
    def _add_ssd_cp_visits(self, rows, _period):
        return [row for row in self._add_plan(rows, "form_id.held_on") if row["plan"]]

    @api.model
    def _add_ssd_cin_visits(self, rows, _period):
        rows = [{**row, "child_id.id": row["child_id"]} for row in rows]
        return [r for r in self._add_plan(rows, "form_id.held_on") if not r["plan"]]

    @api.model
    def _add_ssd_initial_cp_conference(self, rows, _period):
        plans = self._get_plans(rows)
        for row in rows:
            started = {p.started_on: p.id for p in plans[row["child_id.id"]]}
            row["plan"] = started.get(row["conference_on"])
            row["has_plan"] = bool(row["plan"])
        return rows

    @api.model
    def _add_ssd_cp_plans(self, rows, period):
        of_children = self._in({row["child_id.id"] for row in rows}, "child_id")
        enquiries = {
            (enquiry.child_id, enquiry.conference_on): enquiry.id
            for enquiry in self._fetch(
                "sos.enquiry",
                of_children & Domain("active", "=", True),
                ["child_id", "conference_on"],
            )
        }
        categories = self._fetch_categories([row["id"] for row in rows], period)
        names = {
            code.id: code.name
            for code in self._fetch("sos.code", Domain.TRUE, ["name"])
        }
        for row in rows:
            row["enquiry"] = enquiries.get((row["child_id.id"], row["started_on"]))
            newest = categories.get(row["id"])
            row["latest"] = names[newest] if newest else row["initial_category_id.name"]
        return rows
