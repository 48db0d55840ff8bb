import pytz
from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import request
from odoo.service.server import thread_local
from odoo.tools import SQL

from ..common.res_company import LONDON

OPERATIONS = [
    ("opened", "Opened"),
    ("listed", "Listed"),
    ("named", "Saw the name"),
    ("searched", "Searched for by name"),
    ("printed", "Printed"),
    ("exported", "Exported"),
    ("downloaded", "Downloaded"),
    ("refused", "Refused"),
    ("emergency", "Opened in an emergency"),
    ("removed", "Lines removed"),
]
#: Looking at one family: its lead worker is told when an outsider does it.
LOOKS = ("opened", "printed", "exported", "downloaded", "emergency")
#: Who goes on with what they have opened is one line in this time.
FOLD = "10 minutes"
#: A name that somebody meets again, in one list after the other, is one line in this.
FOLD_NAMES = "1 hour"
#: The hours of a day in England in which the work is usually done.
HOURS = range(7, 20)
#: Columns that say whom a record is about, in the order of preference.
OWNER_COLUMNS = {"sos.case": ("case_id",), "sos.person": ("person_id", "child_id")}


class LooseMany2one(fields.Many2one):
    """Without a foreign key: the line outlives the record that it names, and writing
    it locks no row of the family's."""

    def update_db_foreign_key(self, model, column):
        """No key."""


class SosAccessLog(models.Model):
    """Who saw what, when and from where: one line for each call that shows something,
    written in the same transaction. How the lines are sealed is in
    ``sos_access_seal``, what is refused in ``sos_access_refusal``."""

    _name = "sos.access.log"
    _inherit = ["sos.sealed.mixin", "sos.access.mixin"]
    _description = "Access log"
    # lines are written as they happen: by number is by time
    _order = "id desc"
    _log_access = False
    _sealed = (
        "id",
        "at",
        "user_id",
        "roles",
        "operation",
        "res_model",
        "shown",
        "case_id",
        "person_id",
        "detail",
        "query",
        "route",
        "address",
    )

    at = fields.Datetime("When", required=True, readonly=True)
    outside_hours = fields.Boolean(
        compute="_compute_outside_hours",
        search="_search_outside_hours",
        help="Before 7 in the morning, from 8 in the evening, or at the weekend.",
    )
    user_id = fields.Many2one("res.users", "Who", required=True, readonly=True)
    roles = fields.Char("As", readonly=True, help="The person's roles at that time.")
    operation = fields.Selection(OPERATIONS, "Did what", required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    kind = fields.Char("Kind of record", compute="_compute_kind")
    shown = fields.Json(
        readonly=True,
        groups="sos_casework.group_quality_auditor",
        help="The records by model; people, families and forms within others too.",
    )
    res_ids = fields.Json(
        "Records",
        compute="_compute_res_ids",
        groups="sos_casework.group_quality_auditor",
    )
    case_id = LooseMany2one("sos.case", "Family file", readonly=True)
    person_id = LooseMany2one("sos.person", "Person", readonly=True)
    shown_text = fields.Text(
        compute="_compute_res_ids", groups="sos_casework.group_quality_auditor"
    )
    shown_case_id = fields.Many2one(
        "sos.case",
        "Showed the family",
        compute="_compute_shown_case_id",
        search="_search_shown_case_id",
        groups="sos_casework.group_quality_auditor",
    )
    shown_person_id = fields.Many2one(
        "sos.person",
        "Showed the person",
        compute="_compute_shown_case_id",
        search="_search_shown_person_id",
        groups="sos_casework.group_quality_auditor",
    )
    detail = fields.Text(readonly=True, help="Which fields, which copy, or why.")
    query = fields.Text(
        "Searched for", readonly=True, groups="sos_casework.group_quality_auditor"
    )
    route = fields.Char("Way", readonly=True)
    address = fields.Char("From", readonly=True)

    _case_idx = models.Index("(case_id, at)")
    _person_idx = models.Index("(person_id, at)")
    _user_idx = models.Index("(user_id, at)")
    _at_idx = models.Index("USING brin (at)")
    _shown_idx = models.Index("USING gin (shown jsonb_path_ops)")
    _unsealed_idx = models.Index("(id) WHERE seal_id IS NULL")

    @api.depends("user_id", "operation")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for line in self:
            line.display_name = self.env._(
                "%(who)s: %(operation)s",
                who=line.user_id.name,
                operation=operations[line.operation].lower(),
            )

    @api.depends("at")
    def _compute_outside_hours(self):
        for line in self:
            local = pytz.utc.localize(line.at).astimezone(LONDON)
            line.outside_hours = local.hour not in HOURS or local.weekday() >= 5

    def _search_outside_hours(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(records, alias, query):
            local = SQL(
                "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)",
                records._field_to_sql(alias, "at", query),
                LONDON.zone,
            )
            return SQL(
                """(extract(hour FROM %s) NOT BETWEEN %s AND %s
                OR extract(isodow FROM %s) > 5)""",
                local,
                HOURS[0],
                HOURS[-1],
                local,
            )

        return Domain.custom(to_sql=to_sql)

    @api.depends("res_model")
    def _compute_kind(self):
        for line in self:
            model = self.env["ir.model"]._get(line.res_model)
            line.kind = model.name or line.res_model

    @api.depends("shown", "res_model")
    def _compute_res_ids(self):
        """Numbers only: whoever wants a name opens the record, which is a line too."""
        kinds = self.env["ir.model"]
        for line in self:
            shown = line.shown or {}
            line.res_ids = shown.get(line.res_model, [])
            line.shown_text = "\n".join(
                f"{kinds._get(model).name}: {', '.join(map(str, ids))}"
                for model, ids in shown.items()
            )

    def _compute_shown_case_id(self):
        # only searched for: a line shows any number
        self.shown_case_id = self.shown_person_id = False

    def _search_shown_case_id(self, operator, value):
        return self._search_shown("shown_case_id", "case_id", operator, value)

    def _search_shown_person_id(self, operator, value):
        return self._search_shown("shown_person_id", "person_id", operator, value)

    def _search_shown(self, name, owner, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        model = self._fields[name].comodel_name
        ids = list(value if operator == "in" else self.env[model]._search(value))

        def to_sql(records, alias, query):
            conditions = [
                SQL("%s = ANY(%s)", records._field_to_sql(alias, owner, query), ids)
            ]
            shown = records._field_to_sql(alias, "shown", query)
            for one in ids:
                conditions.append(SQL("%s @> %s", shown, Json({model: [one]})))
            return SQL("(%s)", SQL(" OR ").join(conditions))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_action(self, record, owner, shown):
        """The action that lists who looked at a record: for auditors in lists too.

        :raise AccessError: for who may not read the record
        """
        record.check_access("read")
        audits = self.env.user.has_group("sos_casework.group_quality_auditor")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_access_log_action"
        )
        name = self.env._("Who looked at %s", record.display_name)
        action["name"] = action["display_name"] = name
        action["domain"] = [(shown if audits else owner, "=", record.id)]
        action["context"] = {}
        return action

    # ----------------------------------------------------------------- writing

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        # lines are written by what they tell of; refused as a change is
        return self.write({})

    @api.model
    def _record(self, operation, records, detail=None):
        """Write one line: the user did this with these records (all of one model).

        :param operation: a key of ``OPERATIONS``
        :param detail: plain text without names: a reason, names of fields
        """
        self._write_line(operation, records, detail=detail)

    @api.model
    def _write_look(self, look, query=None, fold=False):
        """Write what was shown: one line, of the records that the call was about, or
        of names alone."""
        shown, within = look.get(), look.get_within()
        model = look.model
        if not look.shown.get(model) and look.operation in ("opened", "exported"):
            # it was about something else, in which records of families are
            model = next(iter(look.shown), None)
            if not model:
                self._write_names(look)
                return
            shown[model] = list(look.shown[model])
        operation, ids = look.operation, shown.get(model, [])
        if operation == "opened" and len(ids) > 1:
            operation = "listed"
        within.pop(model, None)
        self._write_line(
            operation,
            self.env[model].browse(ids),
            shown,
            look.detail,
            query,
            fold,
            within,
        )

    @api.model
    def _write_line(
        self,
        operation,
        records,
        shown=None,
        detail=None,
        query=None,
        fold=False,
        within=None,
    ):
        """:param shown: ``{model: ids}`` of all that is shown, of ``records`` alone
            if left out
        :param fold: no second line for the same within ``FOLD``
        :param within: ``{model: ids}`` of which the line says the families
        """
        # what is written twice in one transaction is one look
        key = (self.env.uid, operation, records._name, detail, query)
        key += (records._ids, str(shown), str(within))
        written = self.env.cr.precommit.data.setdefault(self._name, set())
        if key in written:
            return
        written.add(key)
        line = self._prepare_line(operation, records._name, records.ids, detail, query)
        if shown:
            line["shown"] = shown
        rows = self.env.execute_query(self._get_insert(line, fold, within))
        for case_id, person_id in rows:
            # who reads the log looks at nobody's file
            if operation in LOOKS and records._name != self._name:
                self.env["sos.access.notice"]._tell(operation, case_id, person_id)

    @api.model
    def _write_names(self, look):
        """Of families and people of whom somebody meets the name: those that they have
        not met within ``FOLD_NAMES``. Nobody is told of a name."""
        named = {model: list(ids) for model, ids in look.named.items()}
        if not named:
            return
        line = self._prepare_line("named", "sos.case", [], look.detail)
        del line["shown"], line["res_model"]
        self.env.execute_query(
            SQL(
                """INSERT INTO sos_access_log
                    (%(columns)s, res_model, shown, case_id, person_id)
                SELECT %(values)s,
                    CASE WHEN families.shown ? 'sos.case'
                    THEN 'sos.case' ELSE 'sos.person' END,
                    families.shown, families.case_id, families.person_id
                FROM (
                    SELECT %(shown)s AS shown, %(case)s AS case_id,
                        %(person)s AS person_id
                    FROM (%(named)s) AS named
                    WHERE num_nonnulls(case_id, person_id) > 0 AND NOT EXISTS (
                        SELECT FROM sos_access_log
                        WHERE user_id = %(user)s AND operation = 'named'
                            AND at > %(at)s::timestamp - %(fold)s::interval
                            AND (named.case_id IS NULL
                                OR shown -> 'sos.case' @> to_jsonb(named.case_id))
                            AND (named.person_id IS NULL
                                OR shown -> 'sos.person' @> to_jsonb(named.person_id))
                    )
                ) AS families
                WHERE families.shown <> '{}'""",
                columns=SQL(", ").join(map(SQL.identifier, line)),
                values=SQL(", ").join(SQL("%s", value) for value in line.values()),
                shown=self._get_shown("named"),
                case=self._get_only("case_id"),
                person=self._get_only("person_id"),
                named=self._get_families_query(named),
                user=line["user_id"],
                at=line["at"],
                fold=FOLD_NAMES,
            )
        )

    @api.model
    def _prepare_line(self, operation, res_model, ids, detail=None, query=None):
        """The line as plain values; whom it is about is asked of the database."""
        route, address = self._get_way()
        return {
            "at": fields.Datetime.now(),
            "user_id": self.env.uid,
            "roles": self.env.user._sos_get_roles_text(),
            "operation": operation,
            "res_model": res_model,
            "shown": {res_model: ids} if ids else {},
            "detail": detail or None,
            "query": query or None,
            "route": route,
            "address": address,
        }

    @api.model
    def _get_insert(self, line, fold=False, within=None):
        """One statement: nobody who opens a form waits for more than this."""
        model, shown = line["res_model"], line.pop("shown")
        ids = shown.get(model, [])
        unless = SQL("TRUE")
        if fold:
            # who has seen all of it already
            unless = SQL(
                """NOT EXISTS (
                    SELECT FROM sos_access_log AS log
                    WHERE log.user_id = %s AND log.at > %s::timestamp - %s::interval
                        AND log.operation = %s AND log.res_model = %s
                        AND log.shown @> about.shown
                        AND log.detail IS NOT DISTINCT FROM %s
                )""",
                line["user_id"],
                line["at"],
                FOLD,
                line["operation"],
                model,
                line["detail"],
            )
        others = {name: some for name, some in shown.items() if name != model}
        return SQL(
            """INSERT INTO sos_access_log (%(columns)s, shown, case_id, person_id)
            WITH looked_at AS (%(looked_at)s), families AS (
                SELECT * FROM looked_at UNION ALL %(families)s
            )
            SELECT %(values)s, about.shown, owner.case_id, owner.person_id
            FROM res_users,
                (SELECT %(case)s AS case_id, %(person)s AS person_id FROM looked_at)
                    AS owner,
                (SELECT %(kept)s::jsonb || %(shown)s AS shown FROM families) AS about
            WHERE res_users.id = %(user)s AND %(unless)s
            RETURNING case_id, person_id""",
            columns=SQL(", ").join(map(SQL.identifier, line)),
            values=SQL(", ").join(SQL("%s", value) for value in line.values()),
            kept=Json(shown),
            looked_at=self._get_families_query({model: ids} if ids else {}),
            families=self._get_families_query({**others, **(within or {})}),
            case=self._get_only("case_id"),
            person=self._get_only("person_id"),
            shown=self._get_shown("families"),
            user=line["user_id"],
            unless=unless,
        )

    @api.model
    def _get_only(self, column):
        """The one family or person that all of the rows are about, if it is one."""
        column = SQL.identifier(column)
        return SQL(
            """CASE WHEN count(DISTINCT %s) = 1 AND count(%s) = count(*)
            THEN min(%s) END""",
            column,
            column,
            column,
        )

    @api.model
    def _get_shown(self, alias):
        parts = [
            SQL(
                "%s, jsonb_agg(DISTINCT %s) FILTER (WHERE %s IS NOT NULL)",
                model,
                column,
                column,
            )
            for model, column in (
                ("sos.case", SQL.identifier(alias, "case_id")),
                ("sos.person", SQL.identifier(alias, "person_id")),
            )
        ]
        return SQL("jsonb_strip_nulls(jsonb_build_object(%s))", SQL(", ").join(parts))

    @api.model
    def _get_families_query(self, records):
        """Families and people that records are about.

        :param records: ``{model: ids}``
        """
        queries = []
        for name, ids in records.items():
            model = self.env[name]
            if model._abstract or not ids:
                continue
            owners = dict.fromkeys(OWNER_COLUMNS, SQL("NULL::int"))
            for field, about in self._get_owner_fields(model):
                owners[about] = SQL.identifier(field.name, to_flush=field)
            queries.append(
                SQL(
                    """SELECT %s AS case_id, %s AS person_id
                    FROM %s AS looked_at WHERE id = ANY(%s)""",
                    *owners.values(),
                    # of a model that is a query and no table, the query
                    model._table_sql,
                    ids,
                )
            )
        nobody = SQL("SELECT NULL::int AS case_id, NULL::int AS person_id WHERE FALSE")
        return SQL(" UNION ALL ").join(queries or [nobody])

    @api.model
    def _get_owner_fields(self, model):
        """The stored fields that say which family and which person a record belongs
        to.

        :return: list of (field, model that it leads to)
        """
        found = []
        for about, names in OWNER_COLUMNS.items():
            if model._name == about:
                found.append((model._fields["id"], about))
                continue
            for name in names:
                field = model._fields.get(name)
                if field and field.comodel_name == about and field.store:
                    found.append((field, about))
                    break
        return found

    @api.model
    def _get_way(self):
        """:return: path of the request with the method, and address; no file names"""
        method = getattr(thread_local, "rpc_model_method", "")
        if request:
            path, address = request.httprequest.path, request.httprequest.remote_addr
        elif method:
            path, address = self.env["ir.http"]._sos_get_rpc_way()
        else:
            return None, None
        parts = path.split("/")
        if parts[1:3] in (["web", "content"], ["web", "image"]):
            of_record = parts[4:] and parts[4].split("-")[0].isdigit()
            parts = parts[: 6 if of_record else 4]
        path = "/".join(parts)[:200]
        if method and not path.replace("/", ".").endswith(f".{method}"):
            path = f"{path} {method}"
        return path, address
