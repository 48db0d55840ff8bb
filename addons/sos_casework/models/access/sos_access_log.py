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
    _inherit = ["sos.append.only.mixin", "sos.access.mixin"]
    _description = "Access log"
    # lines are written as they happen: by number is by time
    _order = "id desc"
    _log_access = False
    _set_once = ("seal_id",)

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
    seal_id = fields.Many2one(
        "sos.access.seal", "Sealed in", readonly=True, ondelete="restrict"
    )

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
    def _write_line(
        self, operation, records, shown=None, detail=None, query=None, fold=False
    ):
        """:param shown: ``{model: ids}`` of all that is shown, of ``records`` alone
            if left out
        :param fold: no second line for the same within ``FOLD``
        """
        # what is written twice in one transaction is one look
        key = (self.env.uid, operation, records._name, records._ids, detail, query)
        written = self.env.cr.precommit.data.setdefault(self._name, set())
        if key in written:
            return
        written.add(key)
        line = self._prepare_line(operation, records._name, records.ids, detail, query)
        if shown:
            line["shown"] = shown
        rows = self.env.execute_query(self._get_insert(line, fold))
        for case_id, person_id in rows:
            # who reads the log looks at nobody's file
            if operation in LOOKS and records._name != self._name:
                self.env["sos.access.notice"]._tell(operation, case_id, person_id)

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
    def _get_insert(self, line, fold=False):
        """One statement: nobody who opens a form waits for more than this."""
        ids = line["shown"].get(line["res_model"], [])
        unless = SQL("TRUE")
        if fold:
            unless = SQL(
                """NOT EXISTS (
                    SELECT FROM sos_access_log
                    WHERE user_id = %s AND at > %s::timestamp - %s::interval
                        AND operation = %s AND res_model = %s
                        AND shown -> %s = %s AND detail IS NOT DISTINCT FROM %s
                )""",
                line["user_id"],
                line["at"],
                FOLD,
                line["operation"],
                line["res_model"],
                line["res_model"],
                Json(ids),
                line["detail"],
            )
        values = {**line, "shown": Json(line["shown"])}
        return SQL(
            """INSERT INTO sos_access_log (%s, case_id, person_id)
            SELECT %s, owner.case_id, owner.person_id
            FROM res_users, (%s) AS owner
            WHERE res_users.id = %s AND %s
            RETURNING case_id, person_id""",
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(SQL("%s", value) for value in values.values()),
            self._get_owner_query(line["res_model"], ids),
            line["user_id"],
            unless,
        )

    @api.model
    def _get_owner_query(self, res_model, ids):
        """The family and the person that all these records are about, if it is one."""
        model = self.env[res_model]
        columns = []
        for about in OWNER_COLUMNS:
            field = self._get_owner_field(model, about) if ids else None
            if not field:
                columns.append(SQL("NULL::int"))
                continue
            column = SQL.identifier(field.name, to_flush=field)
            columns.append(
                SQL(
                    """CASE WHEN count(DISTINCT %s) = 1 AND count(%s) = count(*)
                    THEN min(%s) END""",
                    column,
                    column,
                    column,
                )
            )
        query = SQL("SELECT %s AS case_id, %s AS person_id", *columns)
        if ids and not model._abstract:
            # of a model that is a query and no table, the query
            query = SQL(
                "%s FROM %s AS looked_at WHERE id = ANY(%s)",
                query,
                model._table_sql,
                ids,
            )
        return query

    @api.model
    def _get_owner_field(self, model, about):
        """The stored field that says which ``about`` the record belongs to."""
        if model._name == about:
            return model._fields["id"]
        for name in OWNER_COLUMNS[about]:
            field = model._fields.get(name)
            if field and field.comodel_name == about and field.store:
                return field
        return None

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
