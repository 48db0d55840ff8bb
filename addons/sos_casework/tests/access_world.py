"""A small authority with one user of each role and families of every kind, in which
there is a record of every model: what the tests of the access table try on.

Who reads which family is said here, in ``FAMILIES``, and nowhere worked out from the
rules of the system."""

import base64
import importlib
import re
from dataclasses import dataclass, replace

from psycopg2 import DatabaseError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .access_marks import Marks
from .access_table import OPERATIONS, AccessTable, AccessTableError

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
    # in a team, so that nothing but the missing role refuses them
    "no_role": ("base.group_user", "north"),
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
#: somebody who is in the files of two families, and read by the readers of both
TWO = ("own", "other")
#: fields that say when something ended or was taken back, or how: a record of which
#: they are filled is over, and another kind of record
ENDS = re.compile(
    r"^(until|left_on|met_on|done_on|death_on|expected_on|closed_|close_|closure_|against_|ended_|end_"
    r"|cancel|paused?_|withdrawn_|undo|lift|review_on|reviewed_|decided_|confirmed_"
    r"|completed_at|submitted_at|authorised_at|sent_|released_at|gathered_at|bundle_"
    r"|refusal|override_|query_|release_reason|late_reason|identity|extension|reason_not"
    r"|conference_on|transfer_conference_on|target_on|restrict|merged_|upn_unknown)"
)
#: texts that are keys for the system and no words of a family
KEYS = re.compile(
    r"(^|_)(reference|sha256|res_model|res_field|key|route|address|fact)$"
)
#: models whose records hang on another record
HANGING = ("ir.attachment", "mail.activity")
#: models whose records are somebody's own by a field; other's are who made them
OWNERS = {
    "mail.activity": "user_id",
    "account.analytic.line": "user_id",
    "sos.access.block": "user_id",
    "sos.break.glass": "user_id",
    "sos.form.idea": "user_id",
}
#: models whose records are for everybody but whom they name
HIDDEN_FROM_OWNER = ("sos.access.block",)
#: models of which nobody makes one in a colleague's name
IN_OWN_NAME = ("account.analytic.line",)


@dataclass
class Family:
    world: "World"
    key: str
    readers: tuple
    restricted: bool
    team: str
    #: what is the family's alone: who reads it somewhere has read the family
    marks: Marks
    #: nobody of these reads or writes it, whatever else is said here
    blocked: frozenset = frozenset()
    case = child = adult = None

    def __post_init__(self):
        self.made = {}

    @property
    def mark(self):
        """Stands in every text of the family."""
        return self.marks.word

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
            {
                "first_name": self.marks.first_name,
                "last_name": self.mark,
                "kind": "adult",
                **vals,
            }
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
        self.values, self.written = self._get_values()
        self.records = {model: {} for model in self.table.models}
        self.owners = {}
        self.links = {}
        self._add_users()
        self.marks = {
            key: Marks(key, place) for place, key in enumerate((*FAMILIES, "two"))
        }
        self.families = {}
        for key in FAMILIES:
            self._recording({key}, self._add_family, key)
        self._recording(set(TWO), self._add_person_of_two)
        self._add_own()
        self._add_configuration()
        self._add_file_marks()

    def _get_values(self):
        """What each addon says its records are made of, and what is written in them."""
        values, written = {}, {}
        for name in sorted(self.env.registry._init_modules):
            if name.startswith("sos_"):
                path = f"odoo.addons.{name}.tests.access_values"
                if importlib.util.find_spec(path):
                    said = importlib.import_module(path)
                    values.update(said.VALUES)
                    written.update(getattr(said, "WRITTEN", {}))
        return values, written

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
        if record._name == "sos.change.log" and not (
            record.case_id or record.person_id
        ):
            # of the lists that a family's codes are in, and no family's
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
            self,
            key,
            *FAMILIES[key],
            self.marks[key],
            frozenset(BLOCKED.get(key, ())),
        )
        self.families[key] = family
        if not family.team:
            family.adult = family.child = self._add_person(family.marks, "child")
            family.child.entered_by_id = family.user
            family.made["sos.person"] = family.child
            for model in ("sos.person.name", "sos.address", "sos.person.flag"):
                family.get(model)
            return
        family.child = self._add_person(family.marks, "child")
        family.adult = self._add_person(family.marks, "adult")
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

    def _add_person(self, marks, kind):
        """With the family's marks wherever a person has room for them."""
        more = {"birth_date": marks.adult_born, "phone": marks.phone}
        if kind == "child":
            more = {
                "birth_date": marks.child_born,
                "upn": marks.upns[0],
                "former_upn": marks.upns[1],
                "previous_plans": marks.number,
                "ethnicity_id": self.get_code(marks, "ethnicity").id,
                "disability_ids": [Command.set(self.get_code(marks, "disability").ids)],
            }
        return self.env["sos.person"].create(
            {
                "kind": kind,
                "first_name": marks.first_name,
                "last_name": marks.word,
                "known_as": f"{marks.word} at home",
                "language": f"{marks.word} tongue",
                "gender_id": self.get_code(marks, "gender").id,
                **more,
            }
        )

    def get_code(self, marks, code_set):
        """The code of a list that only this family's records have."""
        codes = self.env["sos.code"].with_context(active_test=False)
        vals = {"code_set": code_set, "code": marks.code}
        found = codes.search([(name, "=", value) for name, value in vals.items()])
        # after all others: who takes the first of a list takes none of these
        return found or codes.create(
            {**vals, "name": marks.code_name, "sequence": 9999}
        )

    def _add_file_marks(self):
        """A file is known by its contents, as they are kept."""
        files = self.env["ir.attachment"].browse(self.records["ir.attachment"])
        for file in files:
            for key in self.records["ir.attachment"][file.id]:
                if file.raw:
                    self.marks[key].files.add(file.raw)

    def _add_readers(self, family):
        """By the ways in which somebody comes to read a family's file."""
        if family.key == "own":
            conference = self.env["sos.form.type"]._get("initial_conference")
            form = self.make("sos.form", family, family.user, type_id=conference.id)
            form.chair_id = self.users["conference_chair"]
            self._ask_to_block(family)
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

    def _ask_to_block(self, family):
        """An overseer is blocked by two people: until the second one agrees, whoever is
        to be blocked reads the family still, and not that somebody wants it."""
        manager = self.users["team_manager"]
        blocks = self.env["sos.access.block"].with_user(manager).sudo(False)
        overseer = self.users["service_manager"].id
        blocks.create(
            {"user_id": overseer, "case_id": family.case.id, "reason": "A cousin."}
        )

    def _allocate(self, family, who, role):
        user = self.users[who].id
        self.env["sos.allocation"].create(
            {"case_id": family.case.id, "user_id": user, "role": role}
        )

    def _add_person_of_two(self):
        """Somebody who is in two families' files, and what belongs to the person."""
        marks = self.marks["two"]
        person = self._add_person(marks, "adult")
        self.env["sos.address"].create(
            {
                "person_id": person.id,
                "text": f"2 {marks.word} Road",
                "postcode": marks.postcode,
                "since": marks.day,
            }
        )
        for key in TWO:
            case = self.families[key].case
            member = {"case_id": case.id, "person_id": person.id, "role": "adult"}
            self._recording({key}, self.env["sos.case.member"].create, [member])

    def _add_own(self):
        """For each role that may have one of its own: about a family that they read
        and, where it is kept, about one that they were blocked from since."""
        for model in self.table.models:
            if self.table.is_about_families(model):
                continue
            for role in self.roles:
                cells = (self.table.get(model, name, role) for name in OPERATIONS)
                if not any("own" in cell for cell in cells):
                    continue
                for family in self._get_families_of_own(model, role):
                    record = self.make(model, family, self.users[role])
                    self._add_record(record, {family.key}, role)

    def _get_families_of_own(self, model, role):
        blocked = [f for f in self.families.values() if role in f.blocked]
        kept = self._names_a_family(model) and not self.env[model]._transient
        return [*(blocked if kept else ()), self.get_family_of(role)]

    def _names_a_family(self, model):
        field = self.env[model]._fields.get("case_id")
        return bool(field and field.store)

    def get_family_of(self, role):
        """A family that they may read, or the team's own for who reads none."""
        readable = (f for f in self.families.values() if f.case and role in f.readers)
        return next(readable, self.families["own"])

    def _add_configuration(self):
        """What belongs to no family is mostly there already; a few are enough, and one
        that nothing uses where somebody may delete it. What names a family all the same
        is not for who is blocked from it."""
        nobody, known = self._get_nobody(), self.families["known"]
        for model, records in self.records.items():
            if records:
                continue
            found = self._search(model, [], limit=2)
            if not found or any(
                self.table.get(model, "unlink", role) for role in self.roles
            ):
                found += self.make(model, nobody, nobody.user)
            for record in found:
                self._add_record(record, ())
            if self._names_a_family(model):
                named = self.make(model, known, known.user)
                self._add_record(named, {known.key})

    def _get_nobody(self):
        """As the team's own, with marks that are no family's."""
        own = self.families["own"]
        nobody = replace(own, key="none", marks=Marks("none", len(self.marks)))
        nobody.case, nobody.child, nobody.adult = own.case, own.child, own.adult
        return nobody

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
        if spec.required:
            return not spec.compute and not spec.default or self._is_room(spec)
        return self._is_room(spec)

    def _is_room(self, spec):
        """Whether a mark of the family stands there, although nobody has to fill it."""
        if spec.compute or not self.table.is_about_families(spec.model_name):
            return False
        if not spec.model_name.startswith("sos."):
            return spec.type in ("binary", "text", "html")
        if spec.name.startswith(("create_", "write_")):
            return False
        if ENDS.match(spec.name) or KEYS.search(spec.name):
            return False
        if spec.type == "many2one":
            return spec.comodel_name == "sos.code"
        return spec.type in ("binary", "text", "html", "char", "date", "datetime")

    def _get_value(self, spec, family, user):
        marks = family.marks
        if spec.relational:
            return self._get_related(spec, family, user)
        return {
            "char": marks.word,
            "text": f"{marks.word} text",
            "html": f"<p>{marks.word} text</p>",
            "integer": marks.number,
            "float": marks.hours,
            "date": marks.day,
            "datetime": marks.moment,
            "binary": base64.b64encode(marks.picture),
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
        if comodel == "sos.code":
            code_set = next((c[2] for c in domain if c[0] == "code_set"), None)
            return code_set and self.get_code(family.marks, code_set).id
        return self.env[comodel].search(domain, limit=1).id

    def get_same(self, record):
        """A value that a record has already, of a field that users fill in, or that
        nobody may."""
        if name := self.written.get(record._name):
            value = record[name]
            return {name: record._fields[name].convert_to_write(value, record)}
        for field in record._fields.values():
            if field.type in ("char", "text", "date", "selection", "integer"):
                if field.store and not (field.readonly or field.compute):
                    return {field.name: record[field.name]}
        return {"display_name": "x"}

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
            "own": owner == role and (bool(known) or not record_id or not families),
            "file": any(role in f.readers for f in known),
            "service": any(role in f.readers or not f.restricted for f in known),
            "team": any(USERS.get(role, (0, 0))[1] == f.team for f in families),
        }
        if model in HIDDEN_FROM_OWNER and record_id and owner == role:
            return False
        cell = self.table.get(model, operation, role)
        if "record" in cell and record_id:
            if self.may(role, operation, *self.links[model, record_id]):
                return True
        return any(answers[condition] for condition in cell - {"record"})

    def get_allowed(self, role, operation, model):
        return {i for i in self.records[model] if self.may(role, operation, model, i)}

    def get_samples(self, model):
        """The ids of one record of each kind of family, and of each role's own: the
        family's example, or else the last that was made."""
        examples = {f.made[model].id for f in self.families.values() if model in f.made}
        kinds = {
            (keys, self.owners.get((model, i))): i
            for i, keys in sorted(
                self.records[model].items(),
                key=lambda item: (item[0] in examples, item[0]),
            )
        }
        return list(kinds.values())

    def get_kind(self, model, record_id):
        """Whose a record is, in words."""
        keys = "+".join(sorted(self.records[model][record_id])) or "no"
        owner = self.owners.get((model, record_id))
        return f"{keys} family" + (f", {owner}'s" if owner else "")

    def get_hidden(self, role):
        """The families that this role must never read of."""
        hidden = {
            family.key
            for family in self.families.values()
            if role in family.blocked
            or not (
                role in family.readers
                or role in ("service_manager", "quality_auditor")
                and not family.restricted
            )
        }
        return hidden | {"two"} if hidden.issuperset(TWO) else hidden

    def get_spellings(self, keys=None):
        """What the marks of families (all, if left out) look like in a text."""
        return {
            key: marks.get_spellings()
            for key, marks in self.marks.items()
            if keys is None or key in keys
        }
