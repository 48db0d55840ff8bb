"""Rules and rights of the access table, changed one at a time in a copy of the
database, and the matrix of the tests for the model that they are about.

Run by ``scripts/mutate`` with pytest; a savepoint each, so nothing is restarted."""

import json
import os
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.sos_casework.tests import test_access_generated
from odoo.addons.sos_casework.tests.common_access import NothingTriedError

RESULTS = Path(os.environ["SOS_MUTATE_RESULTS"])
WANTED = set(json.loads(os.environ.get("SOS_MUTATE_ONLY", "[]")))
#: that roles add up: a rule that says all of a role's is missed by who has two
TWO_ROLES = "test_second_role_takes_nothing_away"
#: operation of the table → the tests of the matrix that try it; export is reading with
#: Odoo's right to export, and has no rule of its own
MATRIX = {
    "read": ("test_found", "test_read_by_id", "test_name_of_a_relation", TWO_ROLES),
    "write": ("test_write_by_id", TWO_ROLES),
    "create": ("test_create",),
    "unlink": ("test_nobody_deletes",),
}


class OneModel:
    """The table with one line."""

    def __init__(self, table, model):
        self.table, self.models = table, [model]

    def __getattr__(self, name):
        return getattr(self.table, name)


def get_kinds(table):
    """``{(word, operation): model}``: a line for all that say the same."""
    kinds = {}
    for model, line in table.lines.items():
        for operation in MATRIX:
            kinds.setdefault((line[operation], operation), model)
    return kinds


@tagged("post_install", "-at_install")
class TestRuleMutants(test_access_generated.TestAccessGenerated):
    title = "Mutated rules"

    def test_mutants(self):
        done, green = self._get_done(), set()
        for name, model, operation, change in self._get_mutants():
            if name in done or WANTED and name not in WANTED:
                continue
            if (model, operation) not in green:
                self.assertFalse(self._find(model, operation), "Red without a mutant.")
                green.add((model, operation))
            with self._undoing():
                change()
                self.env.flush_all()
                self.env.registry.clear_cache()
                problem = self._find(model, operation)
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            with RESULTS.open("a") as file:
                file.write(json.dumps({"name": name, "found": problem}) + "\n")
            print(f"{'found' if problem else 'NOT FOUND'}: {name}", flush=True)

    def _get_done(self):
        if not RESULTS.exists():
            return set()
        lines = RESULTS.read_text().splitlines()
        return {json.loads(line)["name"] for line in lines}

    def _find(self, model, operation):
        """:return: the first thing that the matrix finds wrong"""
        table = self.table
        for test in MATRIX[operation]:
            self.problems.clear()
            self.tried.clear()
            self.seen.clear()
            self.table = OneModel(table, model)
            try:
                with self._undoing():
                    getattr(self, test)()
            except NothingTriedError:
                # of one model there may be nothing for one of the tests
                continue
            except AssertionError as error:
                if self.problems:
                    return next(iter(self.problems.values()))[0][:200]
                return str(error)[:200]
            finally:
                self.table = table
                # a second role that was undone is still in Odoo's memory
                self.env.registry.clear_cache()
        return None

    # ------------------------------------------------------------------ mutants

    def _get_mutants(self):
        """``(name, model, operation, what to do)`` for each word and operation."""
        for (word, operation), model in get_kinds(self.table).items():
            kind = f"{word} × {operation}: {model}"
            rights = self.env["ir.model.access"].search(
                [("model_id.model", "=", model), (f"perm_{operation}", "=", True)]
            )
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model), (f"perm_{operation}", "=", True)]
            )
            for right in rights:
                name = f"{kind}, right of {right.group_id.full_name} taken away"
                change = {f"perm_{operation}": False}
                yield name, model, operation, lambda r=right, c=change: r.write(c)
            for rule in rules:
                name = f"{kind}, rule “{rule.name}” taken away"
                yield name, model, operation, lambda r=rule: r.write({"active": False})
            yield (
                f"{kind}, everybody may",
                model,
                operation,
                lambda m=model, o=operation: self._open(m, o),
            )

    def _open(self, model, operation):
        """Every employee has the right, and a rule of their role that says all."""
        everybody = self.env.ref("base.group_user")
        model_id = self.env["ir.model"]._get_id(model)
        self.env["ir.model.access"].create(
            {
                "name": "everybody",
                "model_id": model_id,
                "group_id": everybody.id,
                **{f"perm_{name}": name == operation for name in MATRIX},
            }
        )
        self.env["ir.rule"].create(
            {
                "name": "everybody",
                "model_id": model_id,
                "groups": everybody.ids,
                "domain_force": "[(1, '=', 1)]",
                **{f"perm_{name}": name == operation for name in MATRIX},
            }
        )
