"""A small authority with one user of each role and families of every kind, in which
there is a record of every model: what the tests of the access table try on.

Who reads which family is said here, in ``FAMILIES``, and nowhere worked out from the
rules of the system."""

import importlib
from dataclasses import dataclass

from psycopg2 import DatabaseError

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .access_table import AccessTable, AccessTableError
from .access_values import DOT

#: role → its groups beside base.group_user, and the team
USERS = {
    "practitioner": ("sos_casework.group_practitioner", "north"),
    "team_manager": ("sos_casework.group_team_manager", "north"),
    "conference_chair": ("sos_casework.group_conference_chair", None),
    "business_support": ("sos_casework.group_business_support", "north"),
    "practice_lead": ("sos_casework.group_practice_lead", None),
    "quality_auditor": ("sos_casework.group_quality_auditor", None),
    "performance_analyst": ("sos_casework.group_performance_analyst", None),
    "service_manager": ("sos_casework.group_service_manager", None),
    "configurator": ("sos_casework.group_configurator", None),
    "no_role": ("base.group_user", None),
    "portal": ("base.group_portal", None),
    # nobody's role: who works with the family of the other team
    "stranger": ("sos_casework.group_practitioner", "south"),
}
NORTH = ("practitioner", "team_manager", "business_support")
PASSWORD = "Signs-of-Safety-1"  # pragma: allowlist secret

#: family → who reads its file (the first has entered it), whether it is restricted,
#: and its team
FAMILIES = {
    # the team's own; somebody chairs its conference
    "own": ((*NORTH, "conference_chair"), False, "north"),
    "other": (("stranger",), False, "south"),
    # restricted to readers by name, whatever their role
    "named": (("business_support", "practice_lead", "quality_auditor"), True, "north"),
    # restricted without names: who is allocated, the team's manager and its support
    "kept": (("team_manager", "business_support", "service_manager"), True, "north"),
    # somebody's own family: who is blocked has no role in it
    "known": (("team_manager", "business_support"), False, "north"),
    # opened in an emergency by the chair, and once by the practice lead
    "opened": (("stranger", "conference_chair"), True, "south"),
    # no family at all: a person whom the practitioner entered a moment ago
    "new": (("practitioner",), True, None),
}
#: family → who may not know of it, whatever is said above
BLOCKED = {"known": {"practitioner", "quality_auditor", "service_manager"}}
#: models whose records hang on another record
HANGING = ("ir.attachment", "mail.activity")
#: models whose records are somebody's own by a field; other's are who made them
OWNERS = {
    "mail.activity": "user_id",
    "account.analytic.line": "user_id",
    "sos.break.glass": "user_id",
    "sos.form.idea": "user_id",
}


@dataclass
class Family:
    world: "World"
    key: str
    readers: tuple
    restricted: bool
    team: str
    #: stands in every text of the family: who reads it somewhere has read the family
    mark: str
    #: nobody of these reads or writes it, whatever else is said here
    blocked: frozenset = frozenset()
    case = child = adult = None

    def __post_init__(self):
        self.made = {}

    @property
    def user(self):
        """Who enters what there is of this family."""
        return self.world.users[self.readers[0]]

    def get(self, model):
        """A record of the family of this model, made when it is asked for first."""
        if model not in self.made:
            self.made[model] = self.world.make(model, self, self.user)
        return self.made[model]

    def new_person(self, user, **vals):
        people = self.world.env["sos.person"].with_user(user).sudo()
        return people.create(
            {"first_name": "Jo", "last_name": self.mark, "kind": "adult", **vals}
        )

    def new_member(self, user, role="adult"):
        kind = "child" if role == "child" else "adult"
        person = self.new_person(user, kind=kind)
        self.case.write(
            {"member_ids": [Command.create({"person_id": person.id, "role": role})]}
        )
        return person

    def new_form(self, user):
        return self.world.make("sos.form", self, user)


class World:
    """
    :ivar users: role → user
    :ivar families: key → :class:`Family`
    :ivar records: model → {id: the keys of the families that it belongs to}
    :ivar owners: (model, id) → the role whose own it is
    :ivar links: (model, id) → (model, id) of the record that it hangs on
    """

    def __init__(self, env):
        self.env = env(su=True, context={**env.context, "no_reset_password": True})
        self.table = AccessTable(self.env)
        self.values = self._get_values()
        self.records = {model: {} for model in self.table.models}
        self.owners = {}
        self.links = {}
        self._add_users()
        self.families = {}
        for key in FAMILIES:
            self._recording({key}, self._add_family, key)
        self._recording({"own", "other"}, self._add_person_of_two)
        self._add_dialogs()
        self._add_configuration()

    def _get_values(self):
        """What each addon says its records are made of."""
        found = {}
        for name in sorted(self.env.registry._init_modules):
            if name.startswith("sos_"):
                path = f"odoo.addons.{name}.tests.access_values"
                if importlib.util.find_spec(path):
                    found.update(importlib.import_module(path).VALUES)
        return found

    # ------------------------------------------------------------------- people

    def _add_users(self):
        self.teams = {
            key: self.env["sos.team"].create({"name": key.title()})
            for key in ("north", "south")
        }
        self.users = {}
        for role, (groups, team) in USERS.items():
            internal = "" if role == "portal" else "base.group_user,"
            user = new_test_user(
                self.env,
                login=f"access_{role}",
                password=PASSWORD,
                groups=f"{internal}{groups}",
            )
            if role != "portal":
                # so that every refusal of an export is that of the record
                user.group_ids = [
                    Command.link(self.env.ref("base.group_allow_export").id)
                ]
            if team:
                user.sos_team_ids = self.teams[team]
            self.users[role] = user
        self.users["administrator"] = self.env.ref("base.user_admin")
        self.users["public"] = self.env.ref("base.public_user")
        self.roles = [role for role in self.users if role in self.table.roles]

    def code(self, code_set, code):
        return self.env["sos.code"]._get(code_set, code)

    # ----------------------------------------------------------------- families

    def _recording(self, keys, function, *arguments):
        """What comes into being meanwhile belongs to these families."""
        before = {model: self._get_last(model) for model in self.records}
        function(*arguments)
        self.env.flush_all()
        # what hangs on another record comes after it
        for model, last in sorted(before.items(), key=lambda item: item[0] in HANGING):
            if self.table.is_about_families(model):
                for record in self._search(model, [("id", ">", last)], order="id"):
                    self._add_record(record, keys)

    def _add_record(self, record, keys, role=None):
        if record.id in self.records[record._name]:
            return
        if record._name in HANGING:
            link = record.res_model, record.res_id
            if record.res_id not in self.records.get(link[0], ()):
                # a user's own picture came into being meanwhile, and is no family's
                return
            self.links[record._name, record.id] = link
        self.records[record._name][record.id] = frozenset(keys)
        if record._name in OWNERS:
            user = record[OWNERS[record._name]]
            role = next((r for r, u in self.users.items() if u == user), None)
        if role:
            self.owners[record._name, record.id] = role

    def _search(self, model, domain, **options):
        archived = self.env[model].with_context(active_test=False)
        return archived.search(domain, **options)

    def _get_last(self, model):
        return self._search(model, [], order="id desc", limit=1).id or 0

    def _add_family(self, key):
        family = Family(
            self, key, *FAMILIES[key], f"Zq{key}qz", frozenset(BLOCKED.get(key, ()))
        )
        self.families[key] = family
        if not family.team:
            family.adult = family.child = self.env["sos.person"].create(
                {"first_name": "Nia", "last_name": family.mark, "kind": "child"}
            )
            family.child.entered_by_id = family.user
            family.made["sos.person"] = family.child
            for model in ("sos.address", "sos.person.flag"):
                family.get(model)
            return
        family.child, family.adult = (
            self.env["sos.person"].create(
                {
                    "kind": kind,
                    "first_name": "Ali",
                    "last_name": family.mark,
                    "birth_date": birth,
                }
            )
            for kind, birth in (("child", "2020-02-03"), ("adult", "1990-04-05"))
        )
        family.case = self.env["sos.case"].create(
            {
                "name": family.mark,
                "team_id": self.teams[family.team].id,
                "member_ids": [
                    Command.create({"person_id": family.child.id, "role": "child"}),
                    Command.create({"person_id": family.adult.id, "role": "adult"}),
                ],
            }
        )
        family.made.update({"sos.case": family.case, "sos.person": family.adult})
        self._add_readers(family)
        for model in self.table.models:
            if self.table.is_about_families(model):
                family.get(model)

    def _add_readers(self, family):
        """By the ways in which somebody comes to read a family's file."""
        if family.key == "own":
            conference = self.env["sos.form.type"]._get("initial_conference")
            form = self.make("sos.form", family, family.user, type_id=conference.id)
            form.chair_id = self.users["conference_chair"]
        elif family.key == "other":
            self._allocate(family, "stranger", role="lead")
        elif family.key == "named":
            named = [self.users[role].id for role in family.readers]
            family.case.write(
                {"restricted": True, "named_reader_ids": [Command.set(named)]}
            )
        elif family.key == "kept":
            self._allocate(family, "service_manager", role="co_worker")
            family.case.restricted = True

        elif family.key == "known":
            self._block(family)
        elif family.key == "opened":
            self._allocate(family, "stranger", role="lead")
            family.case.restricted = True
            opened = self.env["sos.break.glass"]
            for role in ("conference_chair", "practice_lead"):
                opened = opened.with_user(self.users[role])
                opened._open(family.case, "Nobody else is there to help.", 2)
            family.case.emergency_ids.filtered(
                lambda a: a.user_id == self.users["practice_lead"]
            )._end()

    def _block(self, family):
        """From the family, from a person in it, and by one's own doing."""
        blocks = self.env["sos.access.block"]
        auditor, manager = "quality_auditor", "service_manager"
        for vals in (
            {"user_id": self.users[auditor].id, "case_id": family.case.id},
            {"user_id": self.users[manager].id, "person_id": family.child.id},
        ):
            blocks.create({**vals, "reason": "A cousin."})
        family.case.with_user(self.users["practitioner"]).action_block_myself()

    def _allocate(self, family, who, role):
        user = self.users[who].id
        self.env["sos.allocation"].create(
            {"case_id": family.case.id, "user_id": user, "role": role}
        )

    def _add_person_of_two(self):
        """Somebody who is in two families' files, and what belongs to the person."""
        own, other = self.families["own"], self.families["other"]
        kit = self.env["sos.person"].create(
            {"first_name": "Kit", "last_name": "Zqtwoqz", "kind": "adult"}
        )
        self.env["sos.address"].create({"person_id": kit.id, "text": "2 Zqtwoqz Road"})
        for family in (own, other):
            member = {"case_id": family.case.id, "person_id": kit.id, "role": "adult"}
            self._recording({family.key}, self.env["sos.case.member"].create, [member])

    def _add_dialogs(self):
        """One for each role that may have it open, about a family that they read."""
        for model in self.table.models:
            if self.table.is_about_families(model):
                continue
            for role in self.roles:
                if "own" not in self.table.get(model, "read", role):
                    continue
                user, family = self.users[role], self.get_family_of(role)
                record = self.make(model, family, user)
                self._add_record(record, {family.key}, role)

    def get_family_of(self, role):
        """A family that they may read, or the team's own for who reads none."""
        readable = (f for f in self.families.values() if f.case and role in f.readers)
        return next(readable, self.families["own"])

    def _add_configuration(self):
        """What belongs to no family is mostly there already; a few are enough."""
        for model, records in self.records.items():
            if not records:
                found = self._search(model, [], limit=2)
                own = self.families["own"]
                for record in found or self.make(model, own, own.user):
                    self._add_record(record, ())

    # ------------------------------------------------------------------ records

    def make(self, model, family, user, **more):
        """A record as the system makes it. ``more`` goes above what is said of it."""
        vals = self.get_values(model, family, user)
        if not isinstance(vals, dict):
            return vals
        records = self.env[model].with_user(user).sudo()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return records.create({**vals, **more}).with_env(self.env)
        except (UserError, ValueError, DatabaseError) as error:
            raise AccessTableError(
                f"The tests of the access table cannot make a record of {model}: "
                f"{error}\nSay in tests/access_values.py what one is made of."
            ) from error

    def get_values(self, model, family, user):
        """Values of a new record, or the record where it comes about otherwise."""
        given = self.values.get(model, lambda family, user: {})(family, user)
        if not isinstance(given, dict):
            return given
        filled = {}
        for name, spec in self.env[model]._fields.items():
            if name in given or not self._is_asked(spec):
                continue
            value = self._get_value(spec, family, user)
            if value is not None:
                filled[name] = value
        return {**filled, **given}

    def _is_asked(self, spec):
        if spec.related or not spec.store or spec.name in ("id", "display_name"):
            return False
        if spec.name == "case_id":
            return True
        if spec.type in ("binary", "text", "html") and not spec.compute:
            # so that the family's word stands wherever there is room for words
            return self.table.is_about_families(spec.model_name) or spec.required
        return spec.required and not spec.compute and not spec.default

    def _get_value(self, spec, family, user):
        if spec.relational:
            return self._get_related(spec, family, user)
        return {
            "char": family.mark,
            "text": f"{family.mark} text",
            "html": f"<p>{family.mark} text</p>",
            "integer": 1,
            "float": 1.0,
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
            "binary": DOT,
            "selection": spec.type == "selection"
            and spec.get_values(self.env)
            and spec.get_values(self.env)[0],
            "many2one_reference": family.case and family.case.id,
        }.get(spec.type)

    def _get_related(self, spec, family, user):
        if spec.type != "many2one":
            return None
        comodel = spec.comodel_name
        if comodel == "sos.case":
            return family.case.id
        if comodel == "sos.person":
            return (family.adult if spec.name == "person_id" else family.child).id
        if comodel == "res.users":
            return user.id
        if comodel in self.table.lines and self.table.is_about_families(comodel):
            return family.get(comodel).id
        domain = spec._description_domain(self.env)
        if not isinstance(domain, list):
            domain = []
        return self.env[comodel].search(domain, limit=1).id

    # ------------------------------------------------------------------ answers

    def may(self, role, operation, model, record_id=None, family=None):
        """What the table says of this role and this record; for a new record, of the
        family that it would belong to."""
        if record_id:
            keys = self.records[model][record_id]
        else:
            keys = {family.key}
        families = [self.families[key] for key in keys]
        known = [f for f in families if role not in f.blocked]
        owner = self.owners.get((model, record_id)) if record_id else role
        answers = {
            # of what belongs to families, only from those that they may know of
            "all": bool(known) or not record_id or not families,
            "own": owner == role,
            "file": any(role in f.readers for f in known),
            "service": any(role in f.readers or not f.restricted for f in known),
            "team": any(USERS.get(role, (0, 0))[1] == f.team for f in families),
        }
        cell = self.table.get(model, operation, role)
        if "record" in cell and record_id:
            if self.may(role, operation, *self.links[model, record_id]):
                return True
        return any(answers[condition] for condition in cell - {"record"})

    def get_allowed(self, role, operation, model):
        return {i for i in self.records[model] if self.may(role, operation, model, i)}

    def get_samples(self, model):
        """One record of each kind of family: ``{keys: id}``, the last that was made."""
        return {keys: i for i, keys in sorted(self.records[model].items())}

    def get_hidden_marks(self, role):
        """The words that this role must never meet."""
        return [
            family.mark
            for family in self.families.values()
            if role in family.blocked
            or not (
                role in family.readers
                or role in ("service_manager", "quality_auditor")
                and not family.restricted
            )
        ]
