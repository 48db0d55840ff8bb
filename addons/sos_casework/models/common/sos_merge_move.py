from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Date, Datetime
from odoo.tools import SQL

#: Logs name what they named, whatever became of it, and a record keeps its own names.
STAYS = (
    "sos.person.name",
    "sos.change.log",
    "sos.access.log",
    "sos.access.notice",
    "sos.merge",
    "ir.model.data",
)


class SosMerge(models.Model):
    """Moves what names one record to another one, and back.

    Rows are moved by SQL and not by ``write``: a document that was signed, or a copy
    that was given, refuses any write, and rightly so; whose it is must follow all the
    same. Nothing else of a row changes, not even who changed it last, so that an undo
    leaves what was there before.
    """

    _inherit = "sos.merge"

    @api.model
    def _new_moves(self):
        """What was done, as plain data:

        * ``rows``: [model, field, ids, old value, new value] of many2one fields
        * ``links``: [model, field, [[id, had the new one already]], old, new] of
          many2many fields
        * ``dropped``: [model, id, row, links] of lines that stood there twice
        * ``taken``: [model, id, {field: [old, new]}] of values that were taken over
        """
        return {"rows": [], "links": [], "dropped": [], "taken": []}

    @api.model
    def _iter_relations(self, name):
        """Every stored field of every model that names records of a model, but for
        those that follow from another one."""
        for model in self.env.registry.values():
            if model._abstract or model._transient or not model._auto:
                continue
            if model._name in STAYS:
                continue
            for field in model._fields.values():
                if not field.store or field.related:
                    continue
                kind = field.type
                if kind in ("many2one", "many2many"):
                    names_it = field.comodel_name == name
                elif kind == "many2one_reference":
                    names_it = model._fields[field.model_field].store
                else:
                    names_it = kind == "reference"
                if names_it:
                    yield self.env[model._name], field

    @api.model
    def _find_moves(self, old, new, moves):
        """Add what names ``old`` to the moves."""
        for model, field in self._iter_relations(old._name):
            table, column = SQL.identifier(model._table), SQL.identifier(field.name)
            values = [old.id, new.id]
            if field.type == "many2many":
                self._find_links(model, field, old, new, moves)
                continue
            if field.type == "many2one":
                where = SQL("%s = %s", column, old.id)
            elif field.type == "many2one_reference":
                holder = SQL.identifier(field.model_field)
                where = SQL("%s = %s AND %s = %s", holder, old._name, column, old.id)
            else:
                values = [f"{old._name},{old.id}", f"{new._name},{new.id}"]
                where = SQL("%s = %s", column, values[0])
            rows = self.env.execute_query(
                SQL("SELECT id FROM %s WHERE %s ORDER BY id", table, where)
            )
            if rows:
                ids = [row_id for (row_id,) in rows]
                moves["rows"].append([model._name, field.name, ids, *values])

    @api.model
    def _find_links(self, model, field, old, new, moves):
        rows = self.env.execute_query(
            SQL(
                """SELECT %(line)s, bool_or(%(named)s = %(new)s)
                     FROM %(table)s
                    WHERE %(named)s IN (%(old)s, %(new)s)
                 GROUP BY %(line)s
                   HAVING bool_or(%(named)s = %(old)s)
                 ORDER BY %(line)s""",
                table=SQL.identifier(field.relation),
                line=SQL.identifier(field.column1),
                named=SQL.identifier(field.column2),
                old=old.id,
                new=new.id,
            )
        )
        if rows:
            links = [[row_id, had] for row_id, had in rows]
            moves["links"].append([model._name, field.name, links, old.id, new.id])

    @api.model
    def _move(self, old, new, moves):
        """Whatever names ``old`` names ``new`` from now on."""
        found = self._new_moves()
        self.env.flush_all()
        self._find_moves(old, new, found)
        self._apply(found)
        moves["rows"] += found["rows"]
        moves["links"] += found["links"]

    @api.model
    def _apply(self, moves, back=False):
        """Carry out rows and links, or take them back.

        :raise UserError: when a required one of them has gone elsewhere since
        """
        self.env.flush_all()
        for name, field_name, ids, old, new in moves["rows"] if not back else ():
            self._set_rows(name, field_name, ids, old, new)
        for name, field_name, ids, old, new in moves["rows"] if back else ():
            count = self._set_rows(name, field_name, ids, new, old)
            if count < len(ids) and self.env[name]._fields[field_name].required:
                raise UserError(
                    self.env._(
                        "Something that was moved (%(kind)s) has gone elsewhere since, "
                        "so this cannot be undone as a whole. Nothing was changed.",
                        kind=self.env[name]._description.lower(),
                    )
                )
        for name, field_name, links, old, new in moves["links"]:
            self._set_links(name, field_name, links, old, new, back)
        self.env.invalidate_all(flush=False)
        for name, field_name, ids, *values in moves["rows"]:
            self._follow(self.env[name].browse(ids), field_name)
            self._follow_owner(self.env[name]._fields[field_name], values)
        for name, field_name, links, *_values in moves["links"]:
            ids = [row_id for row_id, _had in links]
            self._follow(self.env[name].browse(ids), field_name)

    @api.model
    def _set_rows(self, name, field_name, ids, old, new):
        model = self.env[name]
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(new)s"
                " WHERE id = ANY(%(ids)s) AND %(column)s = %(old)s",
                table=SQL.identifier(model._table),
                column=SQL.identifier(field_name),
                new=new,
                old=old,
                ids=list(ids),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _set_links(self, name, field_name, links, old, new, back):
        field = self.env[name]._fields[field_name]
        table = SQL.identifier(field.relation)
        line, named = SQL.identifier(field.column1), SQL.identifier(field.column2)

        def change(ids, source, target):
            # a name that somebody has taken off the line since stays off
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s) AND %s = %s",
                    *(table, named, target, line, ids, named, source),
                )
            )

        both = [row_id for row_id, had in links if had]
        one = [row_id for row_id, had in links if not had]
        if not back:
            change(one, old, new)
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s) AND %s = %s",
                    *(table, line, both, named, old),
                )
            )
            return
        change(one, new, old)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(line)s, %(named)s)"
                " SELECT %(line)s, %(old)s FROM %(table)s"
                " WHERE %(line)s = ANY(%(ids)s) AND %(named)s = %(new)s"
                " ON CONFLICT DO NOTHING",
                table=table,
                line=line,
                named=named,
                ids=both,
                old=old,
                new=new,
            )
        )

    @api.model
    def _follow(self, rows, field_name):
        """What is worked out from a moved field is worked out again, but for what was
        worked out once, when the row was written (a child's age that day)."""
        rows.modified([field_name])
        for field in rows._fields.values():
            if field.compute and field.store and field.precompute:
                self.env.remove_to_compute(field, rows)

    # ------------------------------------------------- lines that stand there twice

    @api.model
    def _fold_doubles(self, old, new, moves):
        """A line of which there is one only becomes one: what the other one says as
        well is taken over, and it is dropped into the log of this merge."""
        for name in self.env.registry:
            model = self.env[name]
            if model._abstract or not getattr(model, "_merge_key", ()):
                continue
            names = [n for n in model._merge_key if self._names(model, n, old._name)]
            for field_name in names:
                lines = model.search([(field_name, "=", old.id)], order="id")
                for line in lines.exists():
                    if line._is_void_after(old, new):
                        self._drop(line, moves)
                    elif twin := line._find_twin(old, new):
                        self._fold(line, twin, moves)

    @api.model
    def _names(self, model, field_name, comodel_name):
        return model._fields[field_name].comodel_name == comodel_name

    @api.model
    def _fold(self, line, twin, moves):
        values = twin._get_fold_values(line)
        self._take_over(twin, values, moves)
        self._move(line, twin, moves)
        self._drop(line, moves)

    @api.model
    def _take_over(self, record, values, moves):
        """Write values that come from the other record, and keep the old ones."""
        if not values:
            return
        old = {name: self._to_plain(record, name) for name in values}
        record.write(values)
        changes = {}
        for name in values:
            new = self._to_plain(record, name)
            if new != old[name]:
                changes[name] = [old[name], new]
        if changes:
            moves["taken"].append([record._name, record.id, changes])

    @api.model
    def _to_plain(self, record, name):
        """A field's value as JSON holds it, and as ``write`` takes it."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.id
        if field.relational:
            return sorted(value.ids)
        if field.type == "date":
            return Date.to_string(value) or False
        if field.type == "datetime":
            return Datetime.to_string(value) or False
        return str(value) if field.type == "html" and value else value

    @api.model
    def _drop(self, line, moves):
        """Take a line out of its table; the whole row is kept in the merge."""
        self.env.flush_all()
        table = SQL.identifier(line._table)
        [(row,)] = self.env.execute_query(
            SQL("SELECT to_jsonb(t) FROM %s t WHERE id = %s", table, line.id)
        )
        links = {}
        for field in line._fields.values():
            if field.type == "many2many" and field.store:
                links[field.name] = line[field.name].ids
        links = {name: ids for name, ids in links.items() if ids}
        self.env.cr.execute(SQL("DELETE FROM %s WHERE id = %s", table, line.id))
        self.env.invalidate_all(flush=False)
        moves["dropped"].append([line._name, line.id, row, links])
        # what counts or shows these lines is worked out without it
        for name, field in line._fields.items():
            self._follow_owner(field, [row.get(name)])

    @api.model
    def _restore_dropped(self, moves):
        """Put dropped lines back, under the numbers that they had."""
        self.env.flush_all()
        for name, row_id, row, links in reversed(moves["dropped"]):
            model = self.env[name]
            table = SQL.identifier(model._table)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%s, %s)",
                    *(table, table, self._as_json(row)),
                )
            )
            for field_name, ids in links.items():
                field = model._fields[field_name]
                for linked_id in ids:
                    self.env.cr.execute(
                        SQL(
                            "INSERT INTO %s (%s, %s) VALUES (%s, %s)",
                            SQL.identifier(field.relation),
                            SQL.identifier(field.column1),
                            SQL.identifier(field.column2),
                            *(row_id, linked_id),
                        )
                    )
            self.env.invalidate_all(flush=False)
            for field_name, field in model._fields.items():
                self._follow_owner(field, [row.get(field_name)])

    @api.model
    def _as_json(self, value):
        field = self._fields["moved"]
        return field.convert_to_column(value, self)

    @api.model
    def _follow_owner(self, field, ids):
        """What is worked out from the lines of these records is worked out again."""
        ids = [record_id for record_id in ids if record_id]
        if field.type == "many2one" and field.store and ids:
            names = [f.name for f in self.env.registry.field_inverses[field]]
            self.env[field.comodel_name].browse(ids).modified(names)

    @api.model
    def _restore_taken(self, moves):
        """Put values back, unless somebody has changed them since."""
        for name, record_id, changes in reversed(moves["taken"]):
            record = self.env[name].browse(record_id).exists()
            values = {}
            for field_name, (old, new) in changes.items():
                if record and self._to_plain(record, field_name) == new:
                    many = isinstance(old, list)
                    values[field_name] = [Command.set(old)] if many else old
            if values:
                record.write(values)
