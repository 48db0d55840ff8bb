"""A case file, read and checked without Odoo: structure, keys, references, people,
order of events, dates and fixed lists. What only the database knows (codes, forms,
sections, decisions) is asked of it in ``codes.py`` before anything is written."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from . import schema, source
from .errors import CaseError
from .kinds import ListOf, Moment, NewRef, Ref, TextKind

TOP = (
    "format",
    "agency",
    "teams",
    "users",
    "agencies",
    "family",
    "people",
    "relationships",
    "events",
)
#: when a day without a time begins
MORNING = time(9, 0)


@dataclass
class Known:
    """What a reference names: a kind, and a form's type or a person's kind."""

    kind: str
    detail: str = None


@dataclass
class Event:
    number: int
    line: int
    at: datetime
    by: str
    name: str
    data: object

    @property
    def where(self):
        return f"event {self.number} ({self.at:%Y-%m-%d %H:%M}, {self.by})"


@dataclass
class Question:
    """Something that only a database can answer."""

    place: "Place"
    kind: str
    subject: object


@dataclass
class CaseFile:
    path: str
    sha256: str = ""
    agency: dict = None
    teams: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    agencies: dict = field(default_factory=dict)
    family: dict = None
    people: dict = field(default_factory=dict)
    relationships: list = field(default_factory=list)
    events: list = field(default_factory=list)
    refs: dict = field(default_factory=dict)
    questions: list = field(default_factory=list)

    @property
    def last_day(self):
        return self.events[-1].at.date()


@dataclass
class Place:
    """Where a value stands: file, event or line, and keys."""

    case: CaseFile
    where: str = ""
    keys: tuple = ()
    refs: dict = None
    line: int = 0
    final: bool = True

    def inside(self, key, value=None):
        line = getattr(value, "line", 0) or self.line
        return Place(
            self.case, self.where, (*self.keys, str(key)), self.refs, line, self.final
        )

    def with_own_refs(self):
        """A place in which nothing is named for good."""
        return Place(
            self.case, self.where, self.keys, dict(self.refs), self.line, False
        )

    def fail(self, message):
        where = self.where or (f"line {self.line}" if self.line else "")
        raise CaseError(
            self.case.path, ": ".join(filter(None, (where, *self.keys))), message
        )

    def ask(self, kind, subject):
        self.case.questions.append(Question(self, kind, subject))

    def define(self, name, kind, detail=None):
        self.refs[name] = Known(kind, detail)


def load(path):
    """Read and check a file, without Odoo.

    :raise CaseError: for the first thing that is wrong in it
    """
    return _Loader(path).case


class _Loader:
    def __init__(self, path):
        content = source.read(path)
        self.case = CaseFile(str(path), source.fingerprint(path))
        self.top = Place(self.case, refs=self.case.refs)
        if not isinstance(content, dict):
            self.top.fail("a case is a group of keys: format, family, people, events…")
        self.content = content
        self._check_top()
        self._read_shared()
        self._read_family()
        self._read_events()

    def _place(self, key):
        return self.top.inside(key, self.content.get(key))

    def _check_top(self):
        for key, value in self.content.items():
            if key not in TOP:
                self.top.inside(key, value).fail(
                    f"the key is not known here. Known are: {', '.join(TOP)}."
                )
        for key in ("format", "family", "people", "events"):
            if self.content.get(key) in (None, [], {}):
                self.top.inside(key).fail("this is missing. Add it.")
        number = TextKind().read(self.content["format"], self._place("format"))
        if number != "1":
            self._place("format").fail(f"“{number}” is not known; this plays format 1.")

    def _read_group(self, key):
        """(reference, content, place) of each entry of a group at the top."""
        value = self.content.get(key)
        if value is None:
            return
        if not isinstance(value, dict):
            self._place(key).fail("write reference: { … }, one a line.")
        for name, entry in value.items():
            yield name, entry, self._place(key).inside(name, entry)

    def _define(self, key, kind, detail=None):
        for name, entry, place in self._read_group(key):
            text = entry.get(detail) if detail and isinstance(entry, dict) else None
            NewRef(kind).read(name, place, text and str(text))

    def _read_shared(self):
        case = self.case
        if "agency" in self.content:
            place = self._place("agency")
            case.agency = schema.AGENCY_FIELDS.read(self.content["agency"], place)
        self._define("teams", "team")
        self._define("users", "user")
        self._define("agencies", "agency")
        for key, fields, target in (
            ("teams", schema.TEAM_FIELDS, case.teams),
            ("users", schema.USER_FIELDS, case.users),
            ("agencies", schema.PARTNER_FIELDS, case.agencies),
        ):
            for name, entry, place in self._read_group(key):
                target[name] = fields.read(entry, place)

    def _read_family(self):
        case = self.case
        case.family = schema.FAMILY_FIELDS.read(
            self.content["family"], self._place("family")
        )
        self._define("people", "person", "kind")
        for name, entry, place in self._read_group("people"):
            person = schema.PERSON_FIELDS.read(entry, place)
            self._check_person(person, place)
            case.people[name] = person
        if not any(person["kind"] == "child" for person in case.people.values()):
            self._place("people").fail("there is no child in this family. Add one.")
        entries = self.content.get("relationships")
        if entries:
            case.relationships = ListOf(schema.Relationship()).read(
                _no_plain(entries), self._place("relationships")
            )

    def _check_person(self, person, place):
        if "born" in person and "expected" in person:
            place.fail(
                "“born” and “expected” cannot both be there. For a baby who is born "
                "later, keep “expected” and add the event “born”."
            )
        if person["kind"] == "child" and not {"born", "expected"} & person.keys():
            place.fail("a child needs “born” or “expected”. Add one.")
        if "upn" in person and "upn_unknown" in person:
            place.fail("only one of “upn” and “upn_unknown” can be there.")
        if "address_confidential" in person and "address" not in person:
            place.fail("“address_confidential” needs an “address”. Add it.")

    def _read_events(self):
        events = self.content["events"]
        if not isinstance(events, list):
            self._place("events").fail("write a list of events, one a line.")
        before = None
        for number, entry in enumerate(events, start=1):
            before = self._read_event(number, entry, before)
            self.case.events.append(before)

    def _read_event(self, number, entry, before):
        line = getattr(entry, "line", 0)
        place = Place(
            self.case, f"event {number}, line {line}", (), self.case.refs, line
        )
        if not isinstance(entry, dict):
            place.fail("an event is { at: …, by: …, event: { … } }.")
        for key in ("at", "by"):
            if key not in entry:
                place.fail(f"“{key}” is missing. Add it.")
        at = self._read_time(Moment().read(entry["at"], place.inside("at")), before)
        by = TextKind().read(entry["by"], place.inside("by"))
        place.where = f"event {number} ({at:%Y-%m-%d %H:%M}, {by})"
        if before and at < before.at:
            place.inside("at").fail(
                "this is earlier than the event before it "
                f"({before.at:%Y-%m-%d %H:%M}). Put the events in order."
            )
        Ref("user").read(by, place.inside("by"))
        names = [key for key in entry if key not in ("at", "by")]
        if len(names) != 1:
            words = f"there are {len(names)}: {', '.join(names)}" if names else "none"
            place.fail(f"an event does one thing, and here is {words}.")
        name = names[0]
        data = schema.read_event(name, entry[name], place)
        return Event(number, line, at, by, name, data)

    @staticmethod
    def _read_time(moment, before):
        """A day without a time goes on where the event before it was."""
        if isinstance(moment, datetime):
            return moment
        if before and before.at.date() == moment:
            return before.at
        return datetime.combine(moment, MORNING)


def _no_plain(entries):
    """Entries that are neither lists nor groups are told so one by one."""
    return entries if isinstance(entries, list) else None


def read_day(value):
    """A day given by a caller: a date or ``YYYY-MM-DD``."""
    return value if isinstance(value, date) else date.fromisoformat(value)
