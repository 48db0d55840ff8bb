from itertools import product

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .access_table import OPERATIONS
from .access_world import IN_OWN_NAME, USERS
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

    def _each(self):
        return product(self.table.models, self.world.roles)

    def _get_samples(self, model, role):
        """The ids of one record of each kind of family, and of each role's own."""
        samples = self.world.get_samples(model)
        if not any(self.table.get(model, name, role) for name in OPERATIONS):
            # who may do nothing at all: one will do
            return samples[-1:]
        return samples

    def _each_sample(self):
        for model, role in self._each():
            records = self._get_model(model, role)
            for record_id in self._get_samples(model, role):
                what = f"{role}, {model} of {self.world.get_kind(model, record_id)}"
                yield records.browse(record_id), role, what

    def _get_answers(self, model, role, operation):
        """What the table says of each of the samples."""
        return [
            self.world.may(role, operation, model, record_id)
            for record_id in self._get_samples(model, role)
        ]

    def test_who_tries_too_little_fails(self):
        """The matrix stands on its own count, whatever its loops come to."""
        expected = self._get_pairs(lambda model, role: 1)
        for model, role in list(self._each())[:-1]:
            self.tried[model, role] += 1
        with self.assertRaisesRegex(AssertionError, "0 tried instead of 1"):
            self._check_tried(expected)
        with self.assertRaisesRegex(AssertionError, "Nothing"):
            self._check_tried({})
        self.tried[model, self.world.roles[-1]] += 1
        self._check_tried(expected)

    def test_all_that_is_wrong_is_shown(self):
        self.tried["sos.case", "practitioner"] = 1
        for number in range(100):
            self._problem(f"wrong {number}", "practitioner", "sos.case", "write")
        with self.assertRaisesRegex(
            AssertionError,
            "(?s)100 are not.*sos.case, writers, practitioner:.*wrong 99",
        ):
            self._check_tried({("sos.case", "practitioner"): 1})

    def test_families_have_nothing_in_common(self):
        """Or else a leak of one is taken for what may be read of another: the marks of
        every kind are found in what is theirs, and nowhere else."""
        found = set()
        for model in self.table.models:
            if not self.table.is_about_families(model):
                continue
            # a dialog may be open about two, and a number is not a name
            for record_id, keys in self.world.records[model].items():
                if len(keys) != 1:
                    continue
                record = self.env[model].browse(record_id).sudo()
                row = record.read(self._get_columns(model))
                for family, kind, near in self.marks.find(repr(row)):
                    found.add((family, kind))
                    if family not in keys and family != "two":
                        self._problem(f"{near} in {keys}", "-", model)
        kinds = ("name", "number", "code", "day", "file")
        families = [f.key for f in self.world.families.values() if f.case]
        self.assertFalse(set(product(families, kinds)) - found)
        self.assertFalse(dict(self.problems))

    def _get_columns(self, model):
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.store and field.type not in ("one2many", "many2many")
        ]

    def _is_first_time(self, way, record, role, allowed):
        """Beside the first way of each operation, which is tried on every family, the
        others are tried on one that is allowed and one that is refused."""
        key = way, record._name, role, allowed
        return key not in self.seen and not self.seen.add(key)

    def test_found(self):
        """By search, name, list, graph and pivot: just what may be read."""
        for model, role in self._each():
            ids = list(self.world.records[model])
            allowed = self.world.get_allowed(role, "read", model)
            records = self._get_model(model, role)
            for way, find in FINDING.items():
                what = f"{role}, {way} of {model}"
                self._count(way, True, model, role, len(allowed))
                self._count(way, False, model, role, len(ids) - len(allowed))
                try:
                    found = find(records, [("id", "in", ids)])
                except AccessError:
                    found = set()
                expected = allowed
                self._check_marks(found, role, what, model)
                if isinstance(found, list):
                    found = {row["id"] if "id" in row else row[0] for row in found}
                if isinstance(found, int):
                    expected = len(allowed)
                if found != expected:
                    self._problem(f"{what}: {found} instead of {expected}", role, model)
        self._check_tried(
            self._get_pairs(
                lambda model, role: len(FINDING) * len(self.world.records[model])
            )
        )

    def test_not_found_by_name(self):
        """Who types in a name learns no more of a hidden family than of a name that
        nobody has: not by the name itself, nor by what points to it."""
        for model, role in self._each():
            if not self.table.get(model, "read", role):
                continue
            records = self._get_model(model, role)
            names = self._get_hidden_names(role)
            for path in self._get_name_paths(model):
                nothing = self._find(records, path, [NOBODY])
                self._count("name typed in", False, model, role, len(names))
                if self._find(records, path, names) != nothing:
                    self._problem(f"{role}, {model}: found by {path}", role, model)
        self._check_tried(
            self._get_pairs(
                lambda model, role: self.table.get(model, "read", role)
                and len(self._get_hidden_names(role)) * len(self._get_name_paths(model))
            )
        )

    def _get_hidden_names(self, role):
        return [
            name for key in self.hidden[role] for name in self.world.marks[key].names
        ]

    def _get_name_paths(self, model):
        paths = ["display_name"]
        for name in self._get_family_relations(model):
            paths += [name, f"{name}.display_name"]
        return paths

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
        for model, role in self._each():
            if not self.table.get(model, "read", role):
                continue
            records = self._get_model(model, role)
            for name in self._get_headings(model):
                for way, told in (
                    ("graph", records.formatted_read_group([], [name], ["__count"])),
                    ("grouped list", records.web_read_group([], [name], ["__count"])),
                ):
                    self._count(f"headings of {way}", True, model, role)
                    what = f"{role}, {way}, {model} by {name}"
                    self._check_marks(told, role, what, model)
        self._check_tried(
            self._get_pairs(
                lambda model, role: self.table.get(model, "read", role)
                and 2 * len(self._get_headings(model))
            )
        )

    def _get_headings(self, model):
        fields = self.env[model]._fields
        return [
            name
            for name in self._get_family_relations(model)
            if fields[name]._description_groupable(self.env)
        ]

    def test_everything_that_is_read(self):
        """All fields of all that may be read tell of no other family."""
        for model, role in self._each():
            allowed = self.world.get_allowed(role, "read", model)
            if allowed:
                self._count("all fields", True, model, role, len(allowed))
                records = self._get_model(model, role).browse(allowed)
                records.invalidate_recordset()
                what = f"{role}, all fields of {model}"
                try:
                    told = records.read(self._get_fields(records))
                except AccessError as error:
                    told = str(error)
                    self._problem(f"{what}: refused: {told}", role, model)
                self._check_marks(told, role, what, model)
        self._check_tried(
            self._get_pairs(
                lambda model, role: len(self.world.get_allowed(role, "read", model))
            )
        )

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
        for record, role, what in self._each_sample():
            if self.table.is_about_families(record._name):
                may = self.world.may(role, "read", record._name, record.id)
                self._count("display_name", may, record._name, role)
                record.invalidate_recordset()
                told = record.sudo().display_name
                self._check_marks(told, role, f"{what}: its name", record._name)
        self._check_tried(
            self._get_pairs(
                lambda model, role: self.table.is_about_families(model)
                and len(self._get_samples(model, role))
            )
        )

    def test_read_by_id(self):
        for record, role, what in self._each_sample():
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
                    of=(record._name, operation),
                    undo=False,
                )
        self._check_tried(self._get_pairs(self._count_reading))

    def _count_reading(self, model, role):
        number = 0
        for way, (operation, _function) in READING.items():
            answers = self._get_answers(model, role, operation)
            if way in ("read", "export"):
                number += len(answers)
            elif way == "copy_data":
                number += False in answers
            elif way != "metadata" or self.env[model]._log_access:
                number += len(set(answers))
        return number

    def test_write_by_id(self):
        done = set()
        for record, role, what in self._each_sample():
            allowed = self.world.may(role, "write", record._name, record.id)
            vals = self.world.get_same(record.sudo())
            ways = [("write", [vals]), ("web_save", [vals, ALL])]
            # the window of a file may be played with, and nothing of it is stored
            if record._name != "ir.attachment":
                spec = {**ALL, **{name: {} for name in vals}}
                ways.append(("onchange", [vals, list(vals), spec]))
            for way, values in ways:
                if way != "write":
                    if not self._is_first_time(way, record, role, allowed):
                        continue
                was_done = self._try(
                    way,
                    role,
                    f"{what}: {way} {vals}",
                    allowed,
                    getattr(record, way),
                    *values,
                    of=(record._name, "write"),
                )
                if way == "write" and was_done:
                    done.add(record._name)
        self._check_done(done, "write")
        self._check_tried(self._get_pairs(self._count_writing))

    def _count_writing(self, model, role):
        answers = self._get_answers(model, role, "write")
        others = 1 if model == "ir.attachment" else 2
        return len(answers) + others * len(set(answers))

    def test_nobody_deletes(self):
        done = set()
        for record, role, what in self._each_sample():
            model = record._name
            allowed = self.world.may(role, "unlink", model, record.id)
            of, what = (model, "unlink"), f"{what}: unlink"
            if self._try("unlink", role, what, allowed, record.unlink, of=of):
                done.add(model)
            if not allowed and not record.sudo().exists():
                self._problem(f"{what}: is gone", role, *of)
        self._check_done(done, "unlink")
        self._check_tried(
            self._get_pairs(lambda model, role: len(self._get_samples(model, role)))
        )

    @mute_logger("odoo.sql_db")
    def test_create(self):
        """In each family: by whom the table says, with the same values for all, and in
        nobody else's name."""
        done = set()
        self.vals = {}
        for model, role in self._each():
            for family in self.world.families.values():
                if not family.case:
                    continue
                what = f"{role}, {model} of {family.key} family: create"
                allowed = self.world.may(role, "create", model, family=family)
                if self._try_create(model, role, family, allowed, what):
                    done.add(model)
                if model in IN_OWN_NAME:
                    self._try_create_for_another(model, role, family, what)
        self._check_done(done, "create")
        files = sum(bool(family.case) for family in self.world.families.values())
        self._check_tried(
            self._get_pairs(lambda model, role: files * (1 + (model in IN_OWN_NAME)))
        )

    def _check_done(self, done, operation):
        """What nobody could do proves nothing of who may not: but for what is fixed
        once it is written, somebody has done each."""
        expected = {
            model
            for model in self.table.models
            if any(self.table.get(model, operation, role) for role in self.world.roles)
            and not (operation == "write" and getattr(self.env[model], "_fixed", False))
        }
        self.assertEqual(
            done, expected, f"Somebody may {operation} one of each of these."
        )

    def _try_create(self, model, role, family, allowed, what):
        records = self._get_model(model, role)
        with self._undoing():
            vals = self._get_vals(model, family, role, allowed)
            of = model, "create"
            result = self._try(
                "create", role, what, allowed, records.create, vals, of=of
            )
        return result

    def _try_create_for_another(self, model, role, family, what):
        colleague = "team_manager" if role != "team_manager" else "service_manager"
        user = self.world.users[colleague]
        with self._undoing():
            self._try(
                "create",
                role,
                f"{what} in the name of {colleague}",
                False,
                self._get_model(model, role).create,
                self.world.get_values(model, family, user),
                of=(model, "create"),
            )

    def _get_vals(self, model, family, role, allowed):
        """What works for who may, with what hangs on it made for this user; and for
        who may not but reads the family, so that nothing but the right is missing. The
        same for all others."""
        key = model, family.key
        reads = self.world.may(role, "read", "sos.case", family.case.id)
        if allowed or reads or key not in self.vals:
            user = self.world.users[role]
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
                        self._count("second role", True, model, role)
                        for had, has in zip(
                            before[model], self._get_rights(model, user), strict=True
                        ):
                            if lost := had - has:
                                self._problem(f"{other} too: lost {lost}", role, model)
        self._check_tried(
            {(model, role): len(roles) - 1 for model in models for role in roles}
        )

    def _get_rights(self, model, user):
        """Which of the world's records a user reads and writes."""
        records = self.env(user=user, su=False)[model].browse(self.world.records[model])
        return [set(records._filtered_access(name)._ids) for name in ("read", "write")]
