from odoo import models
from odoo.fields import Domain

from .held import (
    get_case_field,
    get_person_fields,
    get_pointers,
    get_stored_models,
)


class SosDestruction(models.Model):
    """What goes with a family file, what stays, and what forbids it."""

    _inherit = "sos.destruction"

    def _get_obstacle(self):
        """Why this is not destroyed now, in a sentence; None when nothing forbids it.
        Asked at each step, and once more before anything is destroyed."""
        self.ensure_one()
        line = self.sudo()
        if not line.rule_id.years or not line.rule_id.active:
            return self.env._("The rule does not let this go any more.")
        if line.kind == "case":
            return line._get_case_obstacle()
        hold = self.env["sos.legal.hold"]._find(
            case=None, people=line.request_id.person_id
        )
        if hold:
            return self._get_hold_words()
        if line.kind == "request" and line.request_id.state not in ("sent", "closed"):
            return self.env._("The request is not finished.")
        return None

    def _get_hold_words(self):
        return self.env._(
            "A legal hold forbids it. It is lifted by somebody other than who placed "
            "it, under The record."
        )

    def _get_case_obstacle(self):
        case = self.case_id
        if not case:
            return self.env._("It is not there any more.")
        if not case.closed_on:
            return self.env._("The family file is open.")
        today = self.env["res.company"]._sos_today()
        due = self.env["sos.retention.rule"]._get_case_dues(case).get(case.id)
        if not due or due[1] > today:
            return self.env._("The schedule keeps this family file longer now.")
        people = self._find_named(case)
        if self.env["sos.legal.hold"]._find(case, people):
            return self._get_hold_words()
        # to destroy what somebody has asked for is an offence (Data Protection Act
        # 2018, section 173)
        asked = self.env["sos.subject.request"].search_count(
            Domain("state", "not in", ("sent", "closed"))
            & (
                Domain("person_id", "in", people.ids) | Domain("case_ids", "=", case.id)
            ),
            limit=1,
        )
        if asked:
            return self.env._(
                "Somebody has asked for what is held about a person in this file. "
                "Answer that first."
            )
        return None

    # ------------------------------------------------------------------ people

    def _get_naming(self):
        """``(model, its case field, its person fields)`` of every kind of record in a
        family file that names people."""
        mixin = self.env.registry["sos.record.mixin"]
        for model in get_stored_models(self.env):
            case_field = get_case_field(self.env, model)
            persons = get_person_fields(self.env, model)
            if case_field and persons and isinstance(self.env[model], mixin):
                yield model, case_field, persons

    def _find_named(self, case):
        """Everybody whom a row of the file names."""
        people = self.env["sos.person"].with_context(active_test=False)
        for model, case_field, persons in self._get_naming():
            records = self.env[model].with_context(active_test=False)
            for record in records.search([(case_field, "=", case.id)]):
                for name in persons:
                    people |= record[name]
        return people

    def _find_needed(self, people, case):
        """Those among these people whom another file names."""
        needed = self.env["sos.person"]
        for model, case_field, persons in self._get_naming():
            records = self.env[model].with_context(active_test=False)
            for name in persons:
                found = records.search(
                    [
                        (name, "in", people.ids),
                        (case_field, "!=", False),
                        (case_field, "!=", case.id),
                    ]
                )
                needed |= found[name] & people
        return needed

    def _find_leaving(self, case):
        """Who goes with the file: everybody in it, and their relatives who are in no
        file. Whom another file names stays, and so does the relative of somebody who
        is in other files only: they belong to the network there."""
        named = self._find_named(case)
        people = named | self._find_relatives(named)
        # two rows of one person, merged: both go, or neither
        for name in get_pointers(self.env, "sos.person", "sos.person"):
            people |= people.search([(name, "in", people.ids)])
        relatives = self._find_relatives(people)
        needed = self._find_needed(people | relatives, case)
        leaving = people - needed - self._find_relatives(needed - named)
        holds = self.env["sos.legal.hold"]._find(None, leaving)
        asked = self.env["sos.subject.request"].search(
            [
                ("person_id", "in", leaving.ids),
                ("state", "not in", ("sent", "closed")),
            ]
        )
        return leaving - holds.person_id - asked.person_id

    def _find_relatives(self, people):
        relations = self.env["sos.relationship"].search(
            Domain("person_id", "in", people.ids) | Domain("other_id", "in", people.ids)
        )
        return (relations.person_id | relations.other_id) - people

    def _get_roots(self):
        """What is destroyed, before what hangs on it: ``{model: ids}``."""
        requests = self.env["sos.subject.request"].with_context(active_test=False)
        if self.kind == "request":
            return {"sos.subject.request": set(self.request_id.ids)}
        leaving = self._find_leaving(self.case_id)
        # their bundles hold copies of what the file held
        copies = requests.search(
            Domain("case_ids", "=", self.case_id.id)
            | Domain("person_id", "in", leaving.ids)
        )
        return {
            "sos.case": set(self.case_id.ids),
            "sos.person": set(leaving.ids),
            "sos.subject.request": set(copies.ids),
        }
