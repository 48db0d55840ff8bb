"""Plants errors in children that are good, and says which."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time

from odoo.fields import Command

from .errors import ERRORS

#: what a code is of, by the field that holds it
CODE_SETS = {
    "closure_reason_id": "closure_reason",
    "factor_ids": "assessment_factor",
    "upn_unknown_id": "upn_unknown",
}
#: facts of a form, not of its line about the child
OF_FORM = ("started_on", "authorised_at")
MODELS = {
    "need_plans": "sos.plan",
    "protection_plans": "sos.plan",
    "enquiries": "sos.enquiry",
}


@dataclass
class Child:
    """A child in whom an error may be planted.

    :param census: what the census says of the child, ``census.Child``
    :param start: the first day of the census's year
    :param last: its last day
    :param only: without brothers and sisters
    """

    env: object = field(repr=False)
    census: object
    start: date
    last: date
    only: bool

    @property
    def first(self):
        """The first period of need."""
        return self.census.details[0]

    @property
    def person_id(self):
        return self.census.record.id

    def _browse(self, part):
        return self.env[part.record.model].browse(part.record.id)

    def write(self, part, values):
        """:param part: of the census, whose record it is
        :param values: of the record; codes as they are written in the census"""
        record = self._browse(part)
        values = {name: self._convert(name, v) for name, v in values.items()}
        if record._name == "sos.form.child":
            of_form = {n: values.pop(n) for n in OF_FORM if n in values}
            if "authorised_at" in of_form:
                of_form |= {"state": "submitted", "authorised_by_id": False}
            record.form_id.write(of_form)
        record.write(values)
        # a plan that has ended makes room for another
        record.flush_recordset()

    def _convert(self, name, value):
        if name == "disability_ids":
            return [Command.clear()]
        if name not in CODE_SETS or not value:
            return [Command.clear()] if name == "factor_ids" else value or False
        codes = self.env["sos.code"].search(
            [
                ("code_set", "=", CODE_SETS[name]),
                ("code", "in", value if name == "factor_ids" else [value]),
            ]
        )
        return [Command.set(codes.ids)] if name == "factor_ids" else codes.id

    def add(self, group, **values):
        """One more row of a group of the first period of need."""
        episode = self._browse(self.first)
        values |= {
            "case_id": episode.case_id.id,
            "child_id": episode.child_id.id,
            "episode_id": episode.id,
        }
        if group == "enquiries":
            values["target_on"] = self.env["sos.enquiry"]._get_target(
                episode.case_id, values["started_on"]
            )
        elif group == "need_plans":
            values["kind"] = "cin"
        else:
            plan = self._browse(self.first.protection_plans[0])
            values |= {
                "kind": "cp",
                "initial_category_id": plan.initial_category_id.id,
                "latest_category_id": plan.latest_category_id.id,
            }
        return self.env[MODELS[group]].create(values)

    def add_review(self, plan, day):
        record = self._browse(plan)
        self.env["sos.plan.review"].create(
            {
                "plan_id": record.id,
                "case_id": record.case_id.id,
                "form_id": record.form_id.id,
                "held_on": day,
            }
        )

    def add_assessment(self, started, authorised=None):
        """One more assessment of the child in the first period of need."""
        episode = self._browse(self.first)
        kind = self.env["sos.form.type"].search([("code", "=", "assessment")])
        line = {
            "child_id": episode.child_id.id,
            "episode_id": episode.id,
            "factor_ids": self._convert("factor_ids", ["1A"] if authorised else []),
        }
        form = self.env["sos.form"].create(
            {
                "case_id": episode.case_id.id,
                "type_id": kind.id,
                "started_on": started,
                "child_ids": [Command.create(line)],
            }
        )
        if authorised:
            form.write(
                {
                    "state": "authorised",
                    "authorised_at": datetime.combine(authorised, time(12)),
                }
            )


def get_census_year(day):
    """The census that a day belongs to, by the year in which it ends."""
    return day.year + (day.month >= 4)


def plant(env, as_at, count, seed, after=0):
    """Plant so many errors: each kind once, then again, as long as there are children
    who suit it, one error a child.

    :param env: of the superuser
    :param as_at: a day of the census's year
    :param after: only in people with a higher id
    :return: list of dicts: rule, child (its number), year of the census, what, also
        (rules that the same error breaks)
    """
    rng = random.Random(f"plant/{seed}")
    year = get_census_year(as_at)
    children = [one for one in get_children(env, year) if one.person_id > after]
    rng.shuffle(children)
    errors = rng.sample(ERRORS, len(ERRORS))
    planted = []
    while errors and len(planted) < count:
        # those that fewest suit choose first
        chosen = sorted(
            errors[: count - len(planted)], key=lambda e: sum(map(e.suits, children))
        )
        for error in chosen:
            child = next(filter(error.suits, children), None)
            if child is None:
                errors.remove(error)
                continue
            children.remove(child)
            error.change(child)
            planted.append(
                {
                    "rule": error.code,
                    "child": child.census.identifiers.la_child_id,
                    "year": year,
                    "what": error.what,
                    "also": list(error.also),
                }
            )
    env.flush_all()
    return planted


def get_children(env, year):
    rows = env["sos.census"]._get_rows(year)
    people = env["sos.person"].browse([row.record.id for row in rows])
    only = {
        case.child_ids.id
        for case in people.member_ids.case_id
        if len(case.child_ids) == 1
    }
    start, last = date(year - 1, 4, 1), date(year, 3, 31)
    return [Child(env, row, start, last, row.record.id in only) for row in rows]
