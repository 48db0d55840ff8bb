"""Somebody with a role at a running service, who tries ways in: what they are told is
looked through, and what they have seen is looked for in the access log."""

import json
import re
from contextlib import contextmanager

from odoo.addons.sos_casework.tests.access_marks import MarkSearch

from . import machine
from .service import Refused

#: what stands in no family
WRONG = "Zzwrongzz"
EMPLOYEES = (
    *("practitioner", "team_manager", "conference_chair", "business_support"),
    *("practice_lead", "quality_auditor", "performance_analyst", "service_manager"),
    *("configurator", "no_role", "stranger", "administrator"),
)
#: models with numbers that mean something else (sizes of pictures), or that are there
#: to say them to who reads no family (returns): a name is looked for all the same
NUMBERS = ("ir.attachment", "sos.return.row", "sos.return.issue", "sos.return.answer")
#: model → why the mark that it answers with needs no line
NO_LINE = {
    "sos.break.glass.open": "the reason that they typed in themselves",
    "sos.person.merge.line": "its window, which is named, is of another family here",
    "sos.census.check.line": "it is called by the code of a rule, here with a mark",
}
#: a dot
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class Visitor:
    """Somebody with a role, who tries ways in. What they are told is looked through."""

    def __init__(self, service, role, tried):
        self.service, self.role, self.tried = service, role, tried
        self.uid = service.roles[role]["uid"]
        self.person = service.log_in(role)
        self.hidden = MarkSearch(service.roles[role]["hidden"])

    def call(self, model, method, *args, **kwargs):
        return self.person.call(model, method, *args, **kwargs)

    def ask(self, model, method, *args, **kwargs):
        """:return: whether it was done, and all the words of the answer"""
        try:
            result = self.call(model, method, *args, **kwargs)
        except Refused as refusal:
            return False, json.dumps(refusal.error, ensure_ascii=False)
        return True, json.dumps(result, ensure_ascii=False)

    def is_refused(self, way, model, method, *args, **kwargs):
        """:return: what is said"""
        done, text = self.ask(model, method, *args, **kwargs)
        assert not done, f"{self.role} {model}.{method} {args} {kwargs}: {text[:300]}"
        assert not self.hidden.find(text), f"{self.role} {model}.{method}: {text}"
        self.tried[way, "refused"] += 1
        return json.loads(text)["data"]["message"]

    def looks(self, way, model, method, *args, **kwargs):
        """Whatever is answered: nothing is of a family that they may not read, and each
        family of which it is has a line."""
        what = f"{self.role} {model}.{method} {args} {kwargs}"
        return self.looked(
            way, lambda: self.ask(model, method, *args, **kwargs), what, model
        )

    def looked(self, way, ask, what, model=None):
        told, named, done, text = self._look(ask)
        if told - named and model not in NO_LINE:
            # a name that was seen before is one line an hour
            forget(self.service)
            told, named, done, text = self._look(ask)
        found = [
            (family, kind, near)
            for family, kind, near in self.hidden.find(text, model)
            if kind == "name" or model not in NUMBERS
        ]
        assert not found, f"{what}: {found}"
        if model not in NO_LINE:
            assert not told - named, f"{what}: no line names {told - named}"
        if told & named:
            result = "logged"
        else:
            result = "told nothing" if done else "refused"
        self.tried[way, result] += 1
        return text

    def _look(self, ask):
        last = get_last_line(self.service)
        done, text = ask()
        families = self.service.families
        told = {key for key, family in families.items() if family["mark"] in text}
        return told, self.get_named(last) if told else set(), done, text

    def get_named(self, last):
        """The families that are named by this person's lines after one."""
        rows = self.service.query(
            f"""SELECT coalesce(case_id, 0), coalesce(person_id, 0),
                coalesce(shown->'sos.case', '[]'), coalesce(shown->'sos.person', '[]')
            FROM sos_access_log WHERE id > {last} AND user_id = {self.uid}"""
        )
        cases, people = set(), set()
        for case, person, some_cases, some_people in rows:
            cases.update([int(case)], json.loads(some_cases))
            people.update([int(person)], json.loads(some_people))
        known = self.service.records["sos.person"]
        named = {key for person in people for key in known.get(person, ())}
        return named | {
            key
            for key, family in self.service.families.items()
            if family["case"] in cases
        }


def get_last_line(service):
    return int(service.query("SELECT coalesce(max(id), 0) FROM sos_access_log")[0][0])


def forget(service):
    """As if two hours had passed, so that nobody's next look is a part of an earlier
    one. The log refuses that; its owner in PostgreSQL can switch it off."""
    machine.ask(
        service.database,
        """SET session_replication_role = replica;
        UPDATE sos_access_log SET at = at - interval '2 hours'
        WHERE at > now() AT TIME ZONE 'UTC' - interval '1 hour'""",
        user="postgres",
    )


@contextmanager
def is_logged(visitor, family):
    """What is done within leaves a line that names the family."""
    forget(visitor.service)
    last = get_last_line(visitor.service)
    yield
    assert family in visitor.get_named(last)


def get_token(person):
    return re.search(r'csrf_token: "(.*?)"', person.get("/odoo").text)[1]
