import csv
import shutil
import tempfile
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .access_table import AccessTable, AccessTableError
from .access_world import USERS
from .refusals import RefusalsMixin

PERMISSIONS = {
    "read": "perm_read",
    "write": "perm_write",
    "create": "perm_create",
    "unlink": "perm_unlink",
}
#: what a person can be whose role is none of ours
OTHERS = {
    "no_role": "base.group_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
HERE = Path(__file__).parent.parent / "security"


@tagged("post_install", "-at_install")
class TestAccessTable(RefusalsMixin, TransactionCase):
    """The table itself: complete, and what access lines and record rules are written
    to. That these do what they say is ``test_access_generated``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = AccessTable(cls.env)

    def _get_groups(self, role):
        """All groups of somebody with this role and no other."""
        names = OTHERS.get(role, f"sos_casework.group_{role}")
        if role == "administrator":
            return self.env.ref("base.user_admin").all_group_ids
        return self.env.ref(names).all_implied_ids

    def test_every_model_has_a_line(self):
        self.table.check_complete()

    def test_every_role_has_a_column(self):
        category = self.env.ref("sos_casework.module_category_casework")
        roles = self.env["res.groups"].search(
            [("privilege_id.category_id", "=", category.id)]
        )
        names = [
            xml_id.split(".group_")[1] for xml_id in roles.get_external_id().values()
        ]
        self.assertGreater(len(names), 8)
        self.table.check_roles(names)
        self.assertEqual(set(names) | {*OTHERS, "administrator"}, set(self.table.roles))
        self.assertFalse(set(self.table.roles) - {*USERS, "administrator", "public"})

    def test_every_word_is_used_and_explained(self):
        used = {word for line in self.table.lines.values() for word in line.values()}
        self.assertEqual(set(self.table.words), used)

    # ------------------------------------------------------------ what is missing

    def _read_changed(self, old, new, name="access/table.csv"):
        """The tables of this addon with other words in one of them."""
        folder = Path(tempfile.mkdtemp()) / "some_addon"
        self.addCleanup(shutil.rmtree, folder.parent)
        shutil.copytree(HERE, folder / "security")
        path = folder / "security" / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")
        return AccessTable(self.env, [folder])

    def _get_line(self, model):
        text = (HERE / "access/table.csv").read_text(encoding="utf-8")
        return next(n for n in text.splitlines() if n.startswith(f"{model},")) + "\n"

    def test_model_without_a_line(self):
        table = self._read_changed(self._get_line("sos.danger"), "")
        with self._refused(AccessTableError, "No line .* sos.danger.* Add one to"):
            table.check_complete()

    def test_line_without_a_model(self):
        with self._refused(AccessTableError, "there is no model sos.dnager. Take"):
            self._read_changed("sos.danger,", "sos.dnager,")

    def test_line_twice(self):
        line = self._get_line("sos.danger")
        with self._refused(AccessTableError, "sos.danger is there twice"):
            self._read_changed(line, line + line)

    def test_word_that_is_not_explained(self):
        with self._refused(AccessTableError, "sos.danger, write: the word “riters”"):
            self._read_changed(
                "sos.danger,readers,writers", "sos.danger,readers,riters"
            )

    def test_condition_that_does_not_exist(self):
        with self._refused(AccessTableError, "openers, .*: “teem”. Write one of: file"):
            self._read_changed(",team,", ",teem,", "access/words.csv")

    def test_role_without_a_column(self):
        table = self._read_changed(",configurator,", ",other,", "access/words.csv")
        with self._refused(AccessTableError, "these roles may do: configurator. Add"):
            table.check_roles(["configurator", "practitioner"])

    def test_read_as_a_table(self):
        """An administrator opens it in a spreadsheet: every line has every column."""
        for name in ("access/table.csv", "access/words.csv"):
            lines = (HERE / name).read_text(encoding="utf-8").splitlines()
            rows = list(csv.reader(n for n in lines if not n.startswith("#")))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, name)

    # ---------------------------------------------- access lines and record rules

    def _is_given(self, model, operation, groups):
        """Whether an access line gives this operation to somebody in these groups."""
        lines = self.env["ir.model.access"].search(
            [("model_id.model", "=", model), (PERMISSIONS[operation], "=", True)]
        )
        return any(not line.group_id or line.group_id in groups for line in lines)

    def test_access_lines_are_those_of_the_table(self):
        """Odoo's own models are left out: their lines are Odoo's."""
        wrong, tried = [], 0
        for model in self.table.models:
            if not model.startswith("sos."):
                continue
            for role in self.table.roles:
                groups = self._get_groups(role)
                for operation in PERMISSIONS:
                    tried += 1
                    said = bool(self.table.get(model, operation, role))
                    if self._is_given(model, operation, groups) != said:
                        wrong.append(f"{model}, {operation}, {role}: table {said}")
        self.assertFalse(wrong, "\n".join(wrong))
        self.assertGreater(tried, 2500)

    def test_rule_stands_before_each_operation_on_a_family(self):
        """Odoo does not apply a rule to an operation that it does not name: an access
        line alone would then open every family."""
        open_ways = []
        for model in self.table.models:
            rules = self.env["ir.rule"].search([("model_id.model", "=", model)])
            for role in self.table.roles:
                groups = self._get_groups(role)
                for operation, permission in PERMISSIONS.items():
                    cell = self.table.get(model, operation, role)
                    if not cell or cell & {"all", "team"}:
                        continue
                    applied = rules.filtered(
                        lambda r, permission=permission, groups=groups: r[permission]
                        and (not r.groups or r.groups & groups)
                    )
                    if not applied and model.startswith("sos."):
                        open_ways.append(f"{model}, {operation}, {role}")
        self.assertFalse(open_ways, "No record rule: " + "; ".join(open_ways))

    def test_a_mended_rule_reaches_every_agency(self):
        """No rule and no access line is kept as it was first installed."""
        kept = self.env["ir.model.data"].search(
            [
                ("module", "=like", "sos\\_%"),
                ("model", "in", ("ir.rule", "ir.model.access")),
                ("noupdate", "=", True),
            ]
        )
        self.assertFalse(kept.mapped("complete_name"))

    def test_nothing_about_a_family_is_deleted_by_anybody(self):
        families = [
            model
            for model in self.table.models
            if model.startswith("sos.") and self.table.is_about_families(model)
        ]
        self.assertGreater(len(families), 35)
        given = self.env["ir.model.access"].search(
            [("model_id.model", "in", families), ("perm_unlink", "=", True)]
        )
        self.assertFalse(given.mapped("name"))
        self.assertEqual({self.table.lines[m]["unlink"] for m in families}, {"nobody"})

    def test_every_family_model_keeps_its_name_to_itself(self):
        """The mixin guards the name, refuses deletion and what the system fills in."""
        mixin = self.env.registry["sos.record.mixin"]
        without = {
            model
            for model in self.table.models
            if model.startswith("sos.") and self.table.is_about_families(model)
            if not isinstance(self.env[model], mixin)
        }
        # written by the system alone, and without a name
        self.assertEqual(without, {"sos.access.log", "sos.change.log"})
