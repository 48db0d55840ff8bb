"""The kinds of value that a case holds: each reads what was typed, checks it and
gives it back as Python, or says where it is wrong.

``read(value, at)``: ``at`` is the ``Place`` of the value in its file.
"""

import re
from datetime import date, datetime

import pytz

LONDON = pytz.timezone("Europe/London")
REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Kind:
    #: what is written here, for error messages
    says = "a text"

    def read(self, value, at):
        raise NotImplementedError

    def _scalar(self, value, at):
        if value is None:
            at.fail(f"this is empty. Write {self.says}, or leave the key out.")
        if not isinstance(value, str):
            at.fail(f"this is a list or a group of keys. Write {self.says}.")
        return str(value)


class TextKind(Kind):
    def read(self, value, at):
        return self._scalar(value, at)


class YesNo(Kind):
    says = "true or false"
    words = {"true": True, "yes": True, "false": False, "no": False}

    def read(self, value, at):
        text = self._scalar(value, at).lower()
        if text not in self.words:
            at.fail(f"“{text}” is neither true nor false.")
        return self.words[text]


class Only(YesNo):
    """``case: true``: there is nothing else to say."""

    says = "true"

    def read(self, value, at):
        if not super().read(value, at):
            at.fail("write true, or leave the key out.")
        return True


class Number(Kind):
    says = "a number"

    def __init__(self, low, high):
        self.low, self.high = low, high

    def read(self, value, at):
        text = self._scalar(value, at)
        if not re.fullmatch(r"-?\d{1,9}", text):
            at.fail(f"“{text}” is not a whole number.")
        number = int(text)
        if not self.low <= number <= self.high:
            at.fail(f"{number} is not between {self.low} and {self.high}.")
        return number


class Day(Kind):
    says = "a day such as 2025-09-03"

    def read(self, value, at):
        text = self._scalar(value, at)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        return at.fail(f"“{text}” is not a day. Write it as 2025-09-03.")


class Moment(Kind):
    """A day, or a day with a time of England: a date or a naive datetime."""

    says = "a day such as 2025-09-03 or a time such as 2025-09-03 10:20"

    def read(self, value, at):
        text = self._scalar(value, at)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return Day().read(value, at)
        match = re.fullmatch(
            r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?", text
        )
        try:
            hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
            day = date.fromisoformat(match[1])
            moment = datetime(day.year, day.month, day.day, hours, minutes, seconds)
        except (AttributeError, ValueError):
            at.fail(f"“{text}” is not a time. Write it as 2025-09-03 10:20.")
        try:
            LONDON.localize(moment, is_dst=None)
        except pytz.NonExistentTimeError:
            at.fail(f"there was no {text}: the clocks went forward in that hour.")
        except pytz.AmbiguousTimeError:
            pass
        return moment


class Choice(Kind):
    def __init__(self, *values):
        self.values = values
        self.says = "one of " + ", ".join(values)

    def read(self, value, at):
        text = self._scalar(value, at)
        if text not in self.values:
            at.fail(f"“{text}” is not {self.says}.")
        return text


class Code(Kind):
    """A code of a code set; the database says whether it exists."""

    says = "a code"

    def __init__(self, code_set):
        self.code_set = code_set

    def read(self, value, at):
        text = self._scalar(value, at)
        at.ask("code", (self.code_set, text))
        return text


class FormType(Kind):
    says = "the code of a form type"

    def read(self, value, at):
        text = self._scalar(value, at)
        at.ask("form_type", text)
        return text


class Ref(Kind):
    """A reference to something named before: a person, form, danger statement…"""

    def __init__(self, *kinds):
        self.kinds = kinds
        self.says = "the reference of " + " or ".join(WORDS[kind] for kind in kinds)

    def read(self, value, at):
        name = self._scalar(value, at)
        known = at.refs.get(name)
        if known is None:
            shared = [kind for kind in self.kinds if kind in SHARED]
            if not shared:
                at.fail(f"there is no {WORDS_SHORT[self.kinds[0]]} “{name}”{NAMED}")
            at.ask("shared", (name, tuple(shared)))
            return name
        kind = known.kind
        if kind not in self.kinds:
            at.fail(f"“{name}” is {WORDS[kind]}. Write {self.says}.")
        return name


class Child(Ref):
    def __init__(self):
        super().__init__("person")
        self.says = "the reference of a child"

    def read(self, value, at):
        name = super().read(value, at)
        if at.refs[name].detail != "child":
            at.fail(f"“{name}” is an adult. Write {self.says}.")
        return name


class NewRef(Kind):
    """A reference given here for the first time."""

    says = "a new reference"

    def __init__(self, kind):
        self.kind = kind

    def read(self, value, at, detail=None):
        name = self._scalar(value, at)
        if not REFERENCE.fullmatch(name):
            at.fail(
                f"“{name}” cannot be a reference: letters, digits, - and _ only, "
                "a letter first."
            )
        if name in at.refs:
            at.fail(
                f"“{name}” names {WORDS[at.refs[name].kind]} already. Use another word."
            )
        at.define(name, self.kind, detail)
        return name


class ListOf(Kind):
    def __init__(self, kind, low=1):
        self.kind, self.low = kind, low

    def read(self, value, at):
        if not isinstance(value, list):
            at.fail("write a list: [ … ].")
        if len(value) < self.low:
            at.fail("the list is empty. Fill it or leave the key out.")
        plain = all(isinstance(item, str) for item in value)
        return [
            self.kind.read(item, at if plain else at.inside(f"number {number}", item))
            for number, item in enumerate(value, start=1)
        ]


class MapOf(Kind):
    """reference → value"""

    def __init__(self, key, value):
        self.key, self.value = key, value

    def read(self, value, at):
        if not isinstance(value, dict):
            at.fail("write a group of keys: { … }.")
        if not value:
            at.fail("the group is empty. Fill it or leave the key out.")
        return {
            self.key.read(name, at): self.value.read(item, at.inside(name, item))
            for name, item in value.items()
        }


class Group(Kind):
    """A group of known keys.

    :param needs: keys that must be there; a tuple among them means exactly one of
        its keys
    """

    def __init__(self, fields, needs=()):
        self.fields, self.needs = fields, needs

    def read(self, value, at):
        if not isinstance(value, dict):
            at.fail("write a group of keys: { … }.")
        self._check_keys(value, at)
        result = {}
        for key, kind in self.fields.items():
            if key in value:
                result[key] = kind.read(value[key], at.inside(key, value[key]))
        return result

    def _check_keys(self, value, at):
        for key in value:
            if key not in self.fields:
                known = ", ".join(self.fields)
                at.fail(f"the key “{key}” is not known here. Known are: {known}.")
        for need in self.needs:
            names = need if isinstance(need, tuple) else (need,)
            found = [name for name in names if name in value]
            if len(found) != 1:
                words = " or ".join(f"“{name}”" for name in names)
                at.fail(
                    f"{words} is missing. Add it."
                    if not found
                    else f"only one of {words} can be there."
                )


class Line(Group):
    """A group with a ``ref``: new unless the reference exists; then it is changed and
    nothing is needed."""

    def __init__(self, kind, fields, needs=()):
        super().__init__({"ref": TextKind(), **fields}, needs)
        self.kind = kind

    def read(self, value, at):
        name = value.get("ref") if isinstance(value, dict) else None
        known = at.refs.get(name) if isinstance(name, str) else None
        if known and known.kind == self.kind:
            return {**Group(self.fields).read(value, at), "known": True}
        result = super().read(value, at)
        if "ref" in result:
            NewRef(self.kind).read(value["ref"], at.inside("ref", value["ref"]))
        return {**result, "known": False}


#: what a reference names, for messages
WORDS = {
    "person": "a person of the family",
    "user": "a user",
    "agency": "an agency",
    "team": "a team",
    "form": "a form",
    "map": "a line of the map",
    "danger": "a danger statement",
    "bottom_line": "a bottom line",
    "plan": "a safety plan",
    "rule": "a rule of a safety plan",
    "timeline": "a step of the timeline",
}
WORDS_SHORT = {kind: words.split(" ", 1)[1] for kind, words in WORDS.items()}
WORDS_SHORT["person"] = "person"
NAMED = ". Check the spelling, or name it before it is used."
#: kinds that another file in the same database may have brought
SHARED = {"user", "agency", "team"}
