"""Sends a mark through the domains of every model, as a client would, and notes where
it becomes SQL as superuser: in this system, and in one with other apps."""

from collections import Counter
from collections.abc import Set
from contextlib import contextmanager
from unittest.mock import patch

from psycopg2 import Error as DatabaseError

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import mute_logger

from ..tools.guarded import GuardedMany2one

DomainCondition = type(Domain("id", "=", 1))
#: words that stand in the domain of a client, an order and a grouping that no code has
MARK = "Zqwatchqz"
ORDER = "create_uid desc nulls first, id desc nulls first"
GROUP = "create_uid.login"
OPERATORS = ("any", "not any", "path")
#: what Odoo answers to questions that it does not understand
REFUSALS = (
    *(AccessError, UserError, DatabaseError, NotImplementedError),
    *(AttributeError, KeyError, TypeError, ValueError),
)

#: where what a client sent is worked out as superuser all the same, and why that shows
#: nothing: (what was asked, what was worked out) → reason
REASONS = {
    ("ir.attachment order", "ir.attachment"): "Odoo sorts files as superuser and shows"
    " those that the user reads; whether the user may sort by it was asked before",
}


def has_mark(value):
    if isinstance(value, str):
        return MARK in value
    return isinstance(value, (list, tuple, Set)) and any(map(has_mark, value))


class DomainWatch:
    def __init__(self, env):
        self.env = env
        #: (what was asked, what was worked out as superuser) → how often
        self.found = Counter()
        #: how often a mark became SQL at all
        self.worked_out = 0
        self.asked = 0
        self.refused = 0

    @contextmanager
    def _watching(self, what):
        to_sql = DomainCondition._to_sql
        order_to_sql = BaseModel._order_to_sql
        groupby = BaseModel._read_group_groupby

        def note(model, told, where):
            if told:
                self.worked_out += 1
                if model.env.su and model.env.uid != SUPERUSER_ID:
                    self.found[what, where] += 1

        def watch_condition(condition, model, alias, query):
            where = f"{model._name}.{condition.field_expr}"
            note(model, has_mark(condition.value), where)
            return to_sql(condition, model, alias, query)

        def watch_order(model, order, *args, **kwargs):
            note(model, order == ORDER, model._name)
            return order_to_sql(model, order, *args, **kwargs)

        def watch_group(model, alias, groupby_spec, query):
            note(model, groupby_spec == GROUP, model._name)
            return groupby(model, alias, groupby_spec, query)

        with (
            patch.object(DomainCondition, "_to_sql", watch_condition),
            patch.object(BaseModel, "_order_to_sql", watch_order),
            patch.object(BaseModel, "_read_group_groupby", watch_group),
        ):
            yield

    def _ask(self, what, call):
        self.asked += 1
        try:
            with self.env.cr.savepoint(flush=False), self._watching(what):
                call()
        except REFUSALS:
            self.refused += 1

    def _is_searched(self, model):
        try:
            with self.env.cr.savepoint(flush=False):
                model.search([], limit=1)
        except REFUSALS:
            return False
        return True

    def _get_leaves(self, name):
        """Conditions with the mark: on a text, and on what lies behind a relation."""
        model = self.env[name]
        texts = (f for f in model._fields.values() if f.store and f.type == "char")
        leaves = [(f.name, "=", MARK) for f in texts if not f.groups][:1]
        if model._log_access and not model._abstract:
            leaves.append(("create_uid.login", "=", MARK))
        return leaves

    def _get_domain(self, field, operator):
        leaves = self._get_leaves(field.comodel_name)
        if operator == "path":
            leaves = [(f"{field.name}.{path}", *rest) for path, *rest in leaves]
        domain = ["|"] * (len(leaves) - 1) + leaves
        return domain if operator == "path" else [(field.name, operator, domain)]

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.addons.base.models.ir_rule")
    def ask(self, user, operators=OPERATORS):
        """All that this user may ask of all models."""
        for name in sorted(self.env.registry.models):
            model = self.env[name].with_user(user)
            if model._abstract or not self._is_searched(model):
                continue
            for field in sorted(model._fields.values(), key=lambda f: f.name):
                leads = field.relational and field._description_searchable
                if not leads or not self._get_leaves(field.comodel_name):
                    continue
                for operator in operators:
                    domain = self._get_domain(field, operator)
                    what = f"{name}.{field.name} {operator}"
                    self._ask(what, lambda m=model, d=domain: m.search(d, limit=1))
            if model._log_access:
                self._ask(
                    f"{name} order", lambda m=model: m.search([], order=ORDER, limit=1)
                )
                self._ask(
                    f"{name} group",
                    lambda m=model: m.formatted_read_group([], [GROUP], limit=1),
                )

    def get_unreasoned(self):
        return sorted(key for key in self.found if key not in REASONS)

    def __str__(self):
        return (
            f"{self.asked} questions, {self.refused} refused; {self.worked_out} times"
            f" what was asked became SQL, {sum(self.found.values())} times as superuser"
        )


def get_ways_to_families(env, user):
    """How relations lead from what this user reads to a family, when nobody's rules are
    asked on the way: ``[(model, field, model …)]``. Guarded relations ask them."""
    family = env.registry["sos.record.mixin"]
    ways = {
        name: (name,)
        for name in env.registry.models
        if not env[name]._abstract
        and not isinstance(env[name], family)
        and env[name].with_user(user).has_access("read")
    }
    # dialogs are their owner's, and nothing leads to them
    ways = {name: way for name, way in ways.items() if not env[name]._transient}
    queue, found = list(ways), []
    while queue:
        name = queue.pop()
        for field in env[name]._fields.values():
            if not field.relational or isinstance(field, GuardedMany2one):
                continue
            if field.comodel_name not in env or not field._description_searchable:
                continue
            way = (*ways[name], field.name, field.comodel_name)
            if isinstance(env[field.comodel_name], family):
                found.append(way)
            elif field.comodel_name not in ways:
                ways[field.comodel_name] = way
                queue.append(field.comodel_name)
    return found
