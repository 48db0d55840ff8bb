"""Plays one file, in one transaction, event by event."""

import datetime as dt
import json
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError, MissingError, UserError

from . import codes
from .casefile import read_day
from .clock import stopped_clock
from .errors import CaseError
from .events_case import CaseEvents
from .events_form import FormEvents
from .events_practice import PracticeEvents
from .world import Family, World, get_role_group

ZONE, LANGUAGE = "Europe/London", "en_GB"

#: what was played into a database, as JSON
MARKER = "sos_play.files"


class Played(SimpleNamespace):
    """A case that was played: ``case`` (the family file), ``refs`` (reference →
    record, as superuser), ``as_at`` and ``events`` (how many)."""

    @contextmanager
    def clock(self):
        """The evening of the as-at day, for what depends on today."""
        evening = dt.datetime.combine(self.as_at, dt.time(23, 30))
        self.case.env.invalidate_all()
        with stopped_clock(evening) as clock:
            yield clock
        self.case.env.invalidate_all()


def play_file(env, case, as_at=None, on_event=None):
    """Play a checked file in the transaction of ``env``; the caller commits."""
    return _Player(env, case, as_at, on_event).play()


class _Refusal(Exception):
    """The system refused something, with the words that the person sees."""


class _Player(CaseEvents, FormEvents, PracticeEvents):
    """Performs each event as its user would on the screen."""

    def __init__(self, env, case, as_at=None, on_event=None):
        self.root = env(su=True, user=SUPERUSER_ID, context={"tz": ZONE})
        self.casefile = case
        self.on_event = on_event or (lambda event: None)
        self.refs = {}
        self.family = None
        self.event = None
        self.env = None
        self.clock = None
        self.last_night = None
        self.as_at = read_day(as_at) if as_at else case.last_day
        if self.as_at < case.last_day:
            raise CaseError(
                case.path,
                "",
                f"the last event is on {case.last_day}, after the day {self.as_at}. "
                "Give a later --as-at.",
            )

    # ------------------------------------------------------------------ the file

    def play(self):
        self._check_installed()
        self._check_not_played()
        codes.check(self.casefile, self.root)
        first = self.casefile.events[0]
        cron = type(self.root["ir.cron"])
        # the nightly job commits after each family; a file is one transaction
        no_commit = patch.object(
            cron, "_commit_progress", lambda self, *args, **kwargs: float("inf")
        )
        with stopped_clock(first.at) as self.clock, no_commit:
            self._open_family(first)
            for event in self.casefile.events:
                self._let_nights_pass(event.at.date(), event.at)
                self._perform(event)
            self._let_nights_pass(self.as_at, None)
            self.clock.move_to_evening(self.as_at)
            self._run_night()
            self._remember()
            self._remind_others()
            self._settle()
        return Played(
            case=self.family,
            refs=self.refs,
            as_at=self.as_at,
            events=len(self.casefile.events),
        )

    def fail(self, keys, message):
        where = self.event.where if self.event else ""
        raise CaseError(
            self.casefile.path, ": ".join(filter(None, (where, *keys))), message
        )

    def _check_installed(self):
        if "sos.form" not in self.root:
            self.fail(
                (),
                f"the addon sos_casework is not installed in the database "
                f"{self.root.cr.dbname}. Use --fresh, or a database that has it.",
            )

    def _get_played(self):
        parameters = self.root["ir.config_parameter"]
        return json.loads(parameters.get_param(MARKER) or "[]")

    def _check_not_played(self):
        name = self.casefile.family["name"]
        for file in self._get_played():
            if file["sha256"] == self.casefile.sha256:
                self.fail(
                    (), "this file was played already. Use --fresh, or --db NAME."
                )
            if file["family"] == name:
                self.fail(
                    ("family",),
                    f"a family {name} was played already, from {file['file']}. "
                    "Use --fresh, or --db NAME.",
                )

    def _remember(self):
        played = self._get_played()
        played.append(
            {
                "file": self.casefile.path.rsplit("/", 1)[-1],
                "sha256": self.casefile.sha256,
                "family": self.casefile.family["name"],
                "format": 1,
                "as_at": str(self.as_at),
            }
        )
        self.root["ir.config_parameter"].set_param(MARKER, json.dumps(played))

    # ---------------------------------------------------------------- the family

    def _open_family(self, first):
        """The file is opened by the user of the first event, in that user's team."""
        with self._speaking(()):
            World(self.casefile, self.root, self.refs, self.fail).make()
            user = self.refs[first.by]
            if not user.sos_team_ids:
                self.fail(
                    ("users", first.by),
                    "the case belongs to the team of the first event's user, and this "
                    "user has none. Give them a team.",
                )
            self._settle()
            env = self._env_of(first.by)
            family = Family(self.casefile, env, self.refs, self._speaking)
            self.family = family.make()
            self._settle()
            self._restrict(user.sos_team_ids[0])
        for name, record in self.refs.items():
            self.refs[name] = record.with_env(self.root)
        self.family = self.family.with_env(self.root)
        self._settle()
        self.last_night = first.at.date()

    def _restrict(self, team):
        """A restriction is a manager's doing: a manager of the team, if it has one."""
        family = self.casefile.family
        readers = family.get("readers", ())
        values = {}
        if family.get("restricted"):
            values["restricted"] = True
        if readers:
            values["named_reader_ids"] = [self.refs[name].id for name in readers]
        if not values:
            return
        group = get_role_group(self.root, "team_manager")
        manager = team.member_ids.filtered(lambda u: group in u.all_group_ids)[:1]
        env = self._env(manager) if manager else self.root
        self.family.with_env(env).write(values)

    # ----------------------------------------------------------------- one event

    def _env(self, user):
        return self.root(
            user=user.id, su=False, context={"lang": user.lang or LANGUAGE, "tz": ZONE}
        )

    def _env_of(self, name):
        return self._env(self.refs[name])

    def _settle(self):
        """As after a request: written to the database, and nothing left in memory
        that the next user might see without being asked for rights."""
        self.root.flush_all()
        self.root.invalidate_all()

    def _perform(self, event):
        self.event = event
        self.on_event(event)
        self.clock.move(event.at)
        self.env = self._env_of(event.by)
        if event.name == "refused":
            self._perform_refused(event.data)
        else:
            with self._speaking((event.name,)):
                self._do(event.name, event.data)
                self._settle()
        self.event = None

    def _do(self, name, data):
        getattr(self, f"event_{name}")(data)

    def _perform_refused(self, data):
        name, content = data["try"]
        keys = ("refused", "try", name)
        known = dict(self.refs)
        try:
            with self._translated(keys), self.root.cr.savepoint():
                self._do(name, content)
                self.root.flush_all()
        except _Refusal as refusal:
            said = str(refusal)
            if data["says"].lower() not in said.lower():
                self.fail(
                    ("refused", "says"),
                    f"it was refused, but not with “{data['says']}”. It says: {said}",
                )
        else:
            self.fail(
                keys, "this was allowed, and should have been refused. Mend the file."
            )
        finally:
            self.refs = known
        # what was remembered across requests while it was tried
        self.root.registry.clear_all_caches()
        self._settle()

    @contextmanager
    def _speaking(self, keys):
        """A refusal of the system is an error of the file."""
        try:
            with self._translated(keys):
                yield
        except _Refusal as refusal:
            self.fail(keys, refusal)

    @contextmanager
    def _translated(self, keys):
        """What the system says to a person, whichever way it says it."""
        try:
            yield
        except CaseError:
            raise
        except (UserError, AccessError, MissingError) as error:
            raise _Refusal(error.args[0] if error.args else error) from error
        except IntegrityError as error:
            raise _Refusal(self._read_constraint(error)) from error
        except Exception as error:
            raise CaseError(
                self.casefile.path,
                ": ".join(filter(None, (self.event and self.event.where, *keys))),
                f"the system failed ({type(error).__name__}: {error}). This is a fault "
                "of the system and not of the file; --verbose shows where.",
            ) from error

    def _read_constraint(self, error):
        """The words of a violated constraint, as Odoo tells them to the user."""
        for model in self.root.registry.values():
            if model._table == error.diag.table_name:
                return self.root[model._name]._sql_error_to_message(error)
        return str(error)

    # --------------------------------------------------------------------- nights

    def _let_nights_pass(self, day, latest):
        """The nights up to a day on which something falls due, or fell due the day
        before: on the others the nightly job would find nothing to do."""
        for night in self._get_nights(day):
            self.clock.move_to_night(night, latest or dt.datetime.max)
            self._run_night()
        self.last_night = max(day, self.last_night)

    def _get_nights(self, day):
        one = dt.timedelta(days=1)
        nights = set()
        groups = self.root["sos.deadline"]._read_group(
            [("state", "=", "open"), ("due_on", ">=", self.last_night)], ["due_on:day"]
        )
        for (due,) in groups:
            nights |= {due, due + one}
        allocations = self.root["sos.allocation"].search(
            ["|", ("since", ">", self.last_night), ("until", ">=", self.last_night)]
        )
        nights |= set(allocations.mapped("since"))
        nights |= {until + one for until in allocations.mapped("until") if until}
        return sorted(night for night in nights if self.last_night < night <= day)

    def _run_night(self):
        with self._speaking(("nightly job",)):
            self.root["sos.deadline"]._cron_nightly()
            self._settle()

    def _remind_others(self):
        """A file of an earlier time took the clock back for everybody: the reminders
        of the families of later files become again what they were."""
        latest = max(read_day(file["as_at"]) for file in self._get_played())
        if latest <= self.as_at:
            return
        self.clock.move_to_evening(latest)
        self.root["sos.deadline"].search(
            [("state", "=", "open"), ("case_id", "!=", self.family.id)]
        )._sync_reminders()
