from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .access_table import OPERATIONS
from .access_world import USERS
from .common_access import AccessMixin

ALL = {"display_name": {}}
#: a name that nobody has
NOBODY = "Zqnobodyqz"

#: way → call with a model and a domain → ids, or how many there are
FINDING = {
    "search": lambda m, d: set(m.search(d).ids),
    "search_count": lambda m, d: m.search_count(d),
    "search_read": lambda m, d: m.search_read(d, ["display_name"]),
    "name_search": lambda m, d: m.name_search("", d, limit=None),
    "web_name_search": lambda m, d: m.web_name_search("", ALL, d, limit=None),
    "web_search_read": lambda m, d: m.web_search_read(d, ALL)["records"],
    "_read_group": lambda m, d: {
        i for (ids,) in m._read_group(d, [], ["id:array_agg"]) for i in ids or ()
    },
    "graph": lambda m, d: _add_up(m.formatted_read_group(d, [], ["__count"])),
    "pivot": lambda m, d: _add_up(
        m.formatted_read_grouping_sets(d, [[]], ["__count"])[0]
    ),
    "grouped list": lambda m, d: _add_up(
        m.web_read_group(d, [_get_who(m)], ["__count"])["groups"]
    ),
}

#: way → operation of the table, and a call with a record
READING = {
    "read": ("read", lambda r: r.read(["display_name"])),
    "web_read": ("read", lambda r: r.web_read(ALL)),
    "field": ("read", lambda r: (r.invalidate_recordset(), r[_get_first(r)])),
    "metadata": ("read", lambda r: r.get_metadata()),
    "copy_data": ("read", lambda r: r.copy_data()),
    "export": ("export", lambda r: r.export_data(["display_name"])),
}


def _add_up(groups):
    return sum(group["__count"] for group in groups)


def _get_who(model):
    """A field that every record can be grouped by: who made it, whom it names, or what
    it says."""
    if model._log_access:
        return "create_uid"
    stored = [f for f in model._fields.values() if f.store]
    users = [f.name for f in stored if f.comodel_name == "res.users"]
    words = ("char", "selection")
    return users[0] if users else next(f.name for f in stored if f.type in words)


def _get_first(model):
    """A field that is a column of the model's own."""
    fields = (f for f in model._fields.values() if f.store and f.column_type)
    return next(field.name for field in fields if field.name != "id")


@tagged("post_install", "-at_install")
class TestAccessGenerated(AccessMixin, TransactionCase):
    """Every model of the table × every role × every way of the ORM, with one record of
    each kind of family: allowed where the table says so, refused everywhere else."""

    title = "Access by the ORM"

    def _each(self, tried):
        """:param tried: what this comes to at least"""
        for model in self.table.models:
            for role in self.world.roles:
                yield model, role
        self._check_problems(tried)

    def _each_sample(self, tried):
        for model, role in self._each(tried):
            records = self._get_model(model, role)
            samples = self.world.get_samples(model)
            if not any(self.table.get(model, name, role) for name in OPERATIONS):
                # who may do nothing at all: one will do
                samples = dict(list(samples.items())[-1:])
            for keys, record_id in samples.items():
                kind = "+".join(sorted(keys)) or "no"
                what = f"{role}, {model} of {kind} family"
                yield records.browse(record_id), role, what

    def _is_first_time(self, way, record, role, allowed):
        """Beside the first way of each operation, which is tried on every family, the
        others are tried on one that is allowed and one that is refused."""
        key = way, record._name, role, allowed
        return key not in self.seen and not self.seen.add(key)

    def test_found(self):
        """By search, name, list, graph and pivot: just what may be read."""
        for model, role in self._each(15000):
            ids = list(self.world.records[model])
            allowed = self.world.get_allowed(role, "read", model)
            records = self._get_model(model, role)
            for way, find in FINDING.items():
                what = f"{role}, {way} of {model}"
                self.count.add(way, True, len(allowed))
                self.count.add(way, False, len(ids) - len(allowed))
                try:
                    found = find(records, [("id", "in", ids)])
                except AccessError:
                    found = set()
                expected = allowed
                self._check_marks(found, role, what)
                if isinstance(found, list):
                    found = {row["id"] if "id" in row else row[0] for row in found}
                if isinstance(found, int):
                    expected = len(allowed)
                if found != expected:
                    self.problems.append(f"{what}: {found} instead of {expected}")

    def test_not_found_by_name(self):
        """Who types in a name learns no more of a hidden family than of a name that
        nobody has: not by the name itself, nor by what points to it."""
        for model, role in self._each(2000):
            if not self.table.get(model, "read", role):
                continue
            records = self._get_model(model, role)
            paths = ["display_name"]
            for name in self._get_family_relations(model):
                paths += [name, f"{name}.display_name"]
            for path in paths:
                nothing = self._find(records, path, [NOBODY])
                hidden = self.hidden_marks[role]
                self.count.add("name typed in", False, len(hidden))
                if self._find(records, path, hidden) != nothing:
                    self.problems.append(f"{role}, {model}: found by {path}")

    def _find(self, records, path, names):
        try:
            return records.search(
                Domain.OR(Domain(path, "ilike", name) for name in names)
            )
        except AccessError:
            return None

    def _get_family_relations(self, model):
        return [
            field.name
            for field in self.env[model]._fields.values()
            if field.type == "many2one"
            and field._description_searchable
            and field.comodel_name in self.table.lines
            and self.table.is_about_families(field.comodel_name)
        ]

    def test_headings(self):
        """Grouped by what points to a family: a heading is no name to who may not
        read it."""
        for model, role in self._each(500):
            if not self.table.get(model, "read", role):
                continue
            records = self._get_model(model, role)
            for name in self._get_family_relations(model):
                if not records._fields[name]._description_groupable(self.env):
                    continue
                for way, told in (
                    ("graph", records.formatted_read_group([], [name], ["__count"])),
                    ("grouped list", records.web_read_group([], [name], ["__count"])),
                ):
                    self.count.add(f"headings of {way}", True)
                    self._check_marks(told, role, f"{role}, {way}, {model} by {name}")

    def test_everything_that_is_read(self):
        """All fields of all that may be read tell of no other family."""
        for model, role in self._each(1000):
            allowed = self.world.get_allowed(role, "read", model)
            if allowed:
                self.count.add("all fields", True, len(allowed))
                records = self._get_model(model, role).browse(allowed)
                records.invalidate_recordset()
                what = f"{role}, all fields of {model}"
                try:
                    told = records.read(self._get_fields(records))
                except AccessError as error:
                    told = str(error)
                    self.problems.append(f"{what}: refused: {told}")
                self._check_marks(told, role, what)

    def _get_fields(self, records):
        """All of them; of what is no family's record the columns."""
        ours = isinstance(records, self.env.registry["sos.record.mixin"])
        return [
            name
            for name, field in records._fields.items()
            if (ours or field.column_type) and records._has_field_access(field, "read")
        ]

    def test_name_of_a_relation(self):
        """Odoo reads a relation as superuser: the name has to keep itself."""
        for record, role, what in self._each_sample(2000):
            if self.table.is_about_families(record._name):
                may = self.world.may(role, "read", record._name, record.id)
                self.count.add("display_name", may)
                record.invalidate_recordset()
                told = record.sudo().display_name
                self._check_marks(told, role, f"{what}: its name")

    def test_read_by_id(self):
        for record, role, what in self._each_sample(4000):
            for way, (operation, function) in READING.items():
                allowed = self.world.may(role, operation, record._name, record.id)
                if way == "metadata" and not record._log_access:
                    # nothing to tell but the number that was asked with
                    continue
                if way == "copy_data" and allowed:
                    # Odoo refuses it for a field that is not everybody's
                    continue
                if way not in ("read", "export"):
                    if not self._is_first_time(way, record, role, allowed):
                        continue
                self._try(
                    way,
                    role,
                    f"{what}: {way}",
                    allowed,
                    function,
                    record,
                    undo=False,
                )

    def test_write_by_id(self):
        for record, role, what in self._each_sample(4000):
            allowed = self.world.may(role, "write", record._name, record.id)
            vals = self._get_same(record.sudo())
            ways = [("write", [vals]), ("web_save", [vals, ALL])]
            # the window of a file may be played with, and nothing of it is stored
            if record._name != "ir.attachment":
                ways.append(("onchange", [vals, list(vals), ALL]))
            for way, values in ways:
                if way != "write":
                    if not self._is_first_time(way, record, role, allowed):
                        continue
                method = getattr(record, way)
                self._try(way, role, f"{what}: {way} {vals}", allowed, method, *values)

    def _get_same(self, record):
        """A value that the record has already, of a field that users fill in."""
        for field in record._fields.values():
            if field.type in ("char", "text", "date", "selection", "integer"):
                if field.store and not (field.readonly or field.compute):
                    return {field.name: record[field.name]}
        return {"display_name": "x"}

    def test_nobody_deletes(self):
        for record, role, what in self._each_sample(2000):
            allowed = self.world.may(role, "unlink", record._name, record.id)
            self._try("unlink", role, f"{what}: unlink", allowed, record.unlink)
            if not allowed:
                if not record.sudo().exists():
                    self.problems.append(f"{what}: is gone")

    @mute_logger("odoo.sql_db")
    def test_create(self):
        """In each family: by whom the table says, with the same values for all."""
        done = set()
        self.vals = {}
        for model, role in self._each(2500):
            for family in self.world.families.values():
                if not family.case:
                    continue
                what = f"{role}, {model} of {family.key} family: create"
                allowed = self.world.may(role, "create", model, family=family)
                if self._try_create(model, role, family, allowed, what):
                    done.add(model)
        expected = {
            model
            for model in self.table.models
            if any(self.table.get(model, "create", role) for role in self.world.roles)
        }
        self.assertEqual(done, expected, "Somebody may create one of each of these.")

    def _try_create(self, model, role, family, allowed, what):
        user = self.world.users[role]
        records = self._get_model(model, role)
        with self._undoing():
            vals = self._get_vals(model, family, user, allowed)
            result = self._try("create", role, what, allowed, records.create, vals)
        return result

    def _get_vals(self, model, family, user, allowed):
        """What works for who may, with what hangs on it made for this user; the same
        for all who may not."""
        key = model, family.key
        if allowed or key not in self.vals:
            vals = self.world.get_values(model, family, user)
            # what comes about otherwise is created by nobody, with whatever values
            vals = vals if isinstance(vals, dict) else {}
            filled_in = getattr(self.env[model], "_is_filled_in", lambda name: False)
            vals = {name: v for name, v in vals.items() if not filled_in(name)}
            self.vals.setdefault(key, vals)
            return vals
        return self.vals[key]

    def test_second_role_takes_nothing_away(self):
        """Roles add up: with one more nobody reads or writes less than before."""
        roles = [
            role for role in USERS if role not in ("no_role", "portal", "stranger")
        ]
        models = [m for m in self.table.models if m.startswith("sos.")]
        for role in roles:
            user = self.world.users[role]
            before = {model: self._get_rights(model, user) for model in models}
            for other in roles:
                if other == role:
                    continue
                with self._undoing():
                    group = self.env.ref(f"sos_casework.group_{other}")
                    user.group_ids = [Command.link(group.id)]
                    for model in models:
                        self.count.add("second role", True)
                        for had, has in zip(
                            before[model], self._get_rights(model, user), strict=True
                        ):
                            lost = had - has
                            self.assertFalse(lost, f"{role}, {other} too: {model}")

    def _get_rights(self, model, user):
        """Which of the world's records a user reads and writes."""
        records = self.env(user=user, su=False)[model].browse(self.world.records[model])
        return [set(records._filtered_access(name)._ids) for name in ("read", "write")]
