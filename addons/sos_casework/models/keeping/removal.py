"""Removing rows for good. Nothing in Odoo deletes what was recorded about a family: the
guards (``_unlink_except_…``) hold for every user, for superuser and in every context.
This does not switch them off. It deletes by SQL, in the order of the foreign keys, and
is a plain class that no call from outside can name; there is no token or context that
somebody could forge. Only ``sos.destruction._destroy`` uses it.

The access log stays as it is: it is sealed, and its own years are over long before a
family's are."""

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

from odoo.exceptions import UserError
from odoo.tools import SQL

from .held import get_pointers


class Removal:
    """Some rows, and all that hangs on them: what cannot be without a row (a field
    that restricts or cascades) and what names it by model and id."""

    def __init__(self, env, roots):
        self.env = env(su=True, context={"active_test": False})
        self.roots = {model: set(ids) for model, ids in roots.items() if ids}
        self.found = defaultdict(set)

    # ----------------------------------------------------------------- finding

    def _get_tables(self):
        """Names of all models with rows of their own, dialogs as well."""
        return [
            name
            for name in sorted(self.env.registry)
            if self.env[name]._auto and not self.env[name]._abstract
        ]

    def _get_fields(self):
        """What may hang on a row: ``{model: [(its model, its field)]}``, and the
        fields that name a row by model and id."""
        pointers, references = defaultdict(list), []
        for model in self._get_tables():
            for field in self.env[model]._fields.values():
                if not field.store or not field.column_type:
                    continue
                if field.type == "many2one" and field.comodel_name in self.env:
                    pointers[field.comodel_name].append((model, field))
                elif field.type == "many2one_reference" and field.model_field:
                    naming = self.env[model]._fields.get(field.model_field)
                    if naming is not None and naming.store:
                        references.append((model, field, naming))
        return pointers, references

    def find(self):
        """All rows that go. Refuses when one of them is another family's."""
        self.env.flush_all()
        pointers, references = self._get_fields()
        todo = dict(self.roots)
        while todo:
            model, ids = todo.popitem()
            new = ids - self.found[model]
            if not new:
                continue
            self.found[model] |= new
            for other, field in pointers[model]:
                if field.ondelete in ("restrict", "cascade"):
                    condition = SQL("%s IN %s", SQL.identifier(field.name), tuple(new))
                    self._add(todo, other, condition)
            if not self.env[model]._transient:
                for other, field, naming in references:
                    condition = SQL(
                        "%s = %s AND %s IN %s",
                        SQL.identifier(naming.name),
                        model,
                        SQL.identifier(field.name),
                        tuple(new),
                    )
                    self._add(todo, other, condition)
        self._check_own()
        return self.found

    def _add(self, todo, model, condition):
        table = SQL.identifier(self.env[model]._table)
        rows = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE %s", table, condition)
        )
        ids = {row[0] for row in rows} - self.found[model]
        if ids:
            todo[model] = todo.get(model, set()) | ids

    def _check_own(self):
        """Nothing of another family goes, whatever hangs on what."""
        for model in ("sos.case", "sos.person"):
            if self.found[model] != self.roots.get(model, set()):
                raise UserError(self.env._("A file or person more would go."))
        cases = self.roots.get("sos.case", set())
        for model, ids in self.found.items():
            names = get_pointers(self.env, model, "sos.case")
            if not (names and ids and cases and model.startswith("sos.")):
                continue
            # a row between two files is of both
            columns = [SQL.identifier(name) for name in names]
            ours = [SQL("%s IN %s", column, tuple(cases)) for column in columns]
            others = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE id IN %s AND (%s) IS NOT TRUE"
                    " AND num_nonnulls(%s) > 0 LIMIT 1",
                    SQL.identifier(self.env[model]._table),
                    tuple(ids),
                    SQL(" OR ").join(ours),
                    SQL(", ").join(columns),
                )
            )
            if others:
                raise UserError(self.env._("A row of another family would go."))

    # ---------------------------------------------------------------- removing

    def run(self):
        """:return: ``{model: how many rows went}``"""
        self.find()
        self._add_changes()
        counts = {model: len(ids) for model, ids in self.found.items() if ids}
        own = {m: ids for m, ids in self.found.items() if m.startswith("sos.") and ids}
        # what is Odoo's own is deleted by Odoo: it lets go of the files on the disk
        for model in self.found.keys() - own.keys():
            self.env[model].browse(self.found[model]).exists().unlink()
        self.env.flush_all()
        for model in self._get_order(own):
            self._delete(self.env[model], SQL("id IN %s", tuple(own[model])))
        self.env.invalidate_all(flush=False)
        return counts

    def _delete(self, records, condition):
        if isinstance(records, self.env.registry["sos.append.only.mixin"]):
            records._remove_rows(condition)
            return
        table = SQL.identifier(records._table)
        self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", table, condition))

    def _add_changes(self):
        """The change log names its family and person, and would outlive them."""
        for model, name in (("sos.case", "case_id"), ("sos.person", "person_id")):
            if ids := self.roots.get(model):
                rows = self.env.execute_query(
                    SQL(
                        "SELECT id FROM sos_change_log WHERE %s IN %s",
                        SQL.identifier(name),
                        tuple(ids),
                    )
                )
                self.found["sos.change.log"] |= {row[0] for row in rows}

    def _get_order(self, own):
        """Models in the order in which their rows can go: what points, first. Where
        models point at each other, a field that may be empty is emptied before."""
        edges = {
            (model, field.comodel_name, field)
            for model in own
            for field in self.env[model]._fields.values()
            if field.type == "many2one" and field.store and field.comodel_name in own
        }
        loops = {edge for edge in edges if edge[0] == edge[1]}
        while True:
            self._empty(loops, own)
            edges -= loops
            graph = {model: set() for model in own}
            for model, target, _field in edges:
                graph[target].add(model)
            try:
                return list(TopologicalSorter(graph).static_order())
            except CycleError as error:
                ring = error.args[1]
                # each model of the ring points at the next one
                steps = set(zip(ring, ring[1:], strict=False))
                loops = {
                    edge
                    for edge in edges
                    if (edge[0], edge[1]) in steps and not edge[2].required
                }
                if not loops:
                    raise UserError(
                        self.env._("Kinds of record hang on each other.")
                    ) from error

    def _empty(self, edges, own):
        for model, _target, field in edges:
            column = SQL.identifier(field.name)
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE id IN %s AND %s IS NOT NULL",
                    SQL.identifier(self.env[model]._table),
                    column,
                    tuple(own[model]),
                    column,
                )
            )
