"""Every public method of every model, called as a client does: whose words are in the
answer is said by a line of the access log."""

import inspect
import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tools import mute_logger

from odoo.addons.sos_casework.models.access import sos_access_log

from .client import call
from .common_access import AccessMixin
from .test_access_ways import SILENT

#: what needs no user of a family's, commits by itself, or reaches outside
LEFT_OUT = ("ir.module", "base.module", "ir.cron", "ir.actions.server", "base.language")
#: what goes wrong with a made-up argument is no answer, and Odoo's own ways stumble
#: over it in every manner that there is
NO_ANSWER = Exception
LOGGERS = ("odoo.sql_db", "odoo.models", "odoo.addons", "odoo.orm", "odoo.tests")
#: fields whose names a client may ask for together
PLAIN = ("char", "text", "html", "date", "datetime", "selection", "integer", "float")
#: model → kinds of marks that it answers with and that are no look at a family
NO_LOOK = {
    # the day of one's own reminder
    "mail.activity": {"day"},
    # one's own timer, with the family's number, and the kinds of work to choose from
    "sos.timer": {"code", "day"},
    # the kinds of work to choose from
    "sos.time.week": {"code"},
}
#: ways that answer with sums: of one line it is that line's number
SUMS = ("read_group", "formatted_read_group", "formatted_read_grouping_sets")


class LinesMixin(AccessMixin):
    title = "Words in answers, and lines that say whose"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # each call is tried as if there had been none before
        for name in ("FOLD", "FOLD_NAMES"):
            cls.startClassPatcher(patch.object(sos_access_log, name, "0 seconds"))
        people = cls.world.records["sos.person"]
        cls.families = {
            key: (
                set(family.case.ids if family.case else ()),
                {i for i, keys in people.items() if key in keys},
            )
            for key, family in cls.world.families.items()
        }

    # ------------------------------------------------------------------- what is asked

    def _get_ways(self, model):
        """Public methods of a model, with whether they are called on records."""
        cls = self.env.registry[model]
        for way in dir(cls):
            if way.startswith("_") or not inspect.isroutine(getattr(cls, way)):
                continue
            try:
                method = get_public_method(self.env[model], way)
            except (UserError, AttributeError):
                continue
            yield way, method

    def _get_record(self, model, role):
        """The id of a record of a family that the role reads, if there is one."""
        world = self.world
        for record_id in sorted(world.records.get(model, {}), reverse=True):
            if world.may(role, "read", model, record_id):
                return record_id
        if model in world.records or self.env.registry[model]._abstract:
            return None
        found = self.env[model].with_user(world.users[role])
        try:
            with mute_logger(*LOGGERS), self.env.cr.savepoint():
                return found.search([], limit=1, order="id desc").id
        except NO_ANSWER:
            return None

    def _get_arguments(self, model, role, method, record_id):
        """As plausible as they can be made up from the names of parameters."""
        fields = self.env.registry[model]._fields
        names = [
            name
            for name, field in fields.items()
            if field.type in (*PLAIN, "many2one") and not field.groups
        ]
        # Odoo has no number to export of what is a query and no table
        exported = names if self.env[model]._is_an_ordinary_table() else []
        exported = exported or [name for name in names if name != "id"]
        group = next(
            (n for n, f in fields.items() if f.type == "many2one" and f.store), "id"
        )
        specification = {
            name: {"fields": {"display_name": {}}}
            if fields[name].type == "many2one"
            else {}
            for name in names
        }
        domain = [("id", "=", record_id)] if record_id else []
        made_up = {
            "domain": domain,
            "specification": specification,
            "fields_spec": specification,
            "spec": specification,
            "fields": names,
            "fnames": names,
            "fields_to_export": exported,
            "field_names": [],
            "field_name": group,
            "groupby": [group],
            "group_by": group,
            "grouping_sets": [[group]],
            "aggregates": ["__count"],
            "progress_bar": {"field": "state", "colors": {"draft": "x"}},
            "parent_field": group,
            "values": {},
            "vals": {},
            "vals_list": [{}],
            "default": {},
            "name": "Zq",
            "text": "Zq",
            "query": "Zq",
            # of a spreadsheet: the names of families in it
            "args": [{"model": "sos.case", "id": self._get_record("sos.case", role)}],
            "model": model,
            "res_model": model,
            "operation": "read",
            "ids": [record_id] if record_id else [],
            "res_ids": [record_id] if record_id else [],
            "res_id": record_id,
            "record_id": record_id,
        }
        parameters = list(inspect.signature(method).parameters.values())[1:]
        arguments = []
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            if parameter.kind == parameter.KEYWORD_ONLY:
                continue
            if parameter.name in made_up:
                arguments.append(made_up[parameter.name])
            elif parameter.default is not parameter.empty:
                break
            elif parameter.name.endswith("_ids"):
                arguments.append([record_id] if record_id else [])
            elif parameter.name.endswith("_id"):
                arguments.append(record_id)
            else:
                arguments.append("")
        return arguments

    # --------------------------------------------------------------- what is answered

    def _check_ways(self, model, role, ways=None):
        if model in SILENT:
            return
        record_id = self._get_record(model, role)
        for way, method in self._get_ways(model):
            if ways is not None and way not in ways:
                continue
            arguments = self._get_arguments(model, role, method, record_id)
            if not getattr(method, "_api_model", False):
                arguments.insert(0, [record_id] if record_id else [])
            self._check_answer(model, way, role, arguments)

    def _check_answer(self, model, way, role, arguments, **keywords):
        user = self.world.users[role]
        with self._undoing(), mute_logger(*LOGGERS):
            last = self._get_last_line()
            try:
                answer = call(self.env, user, model, way, *arguments, **keywords)
            except NO_ANSWER:
                self.count.add("no answer", False)
                return
            told = self._get_told(json.dumps(answer, default=str), model, way)
            self.count.add("answers with words" if told else "answers", True)
            if told:
                named = self._get_named(last)
                for (family, kind), near in told.items():
                    if family not in named:
                        self.problems[model, way, role].append(
                            f"{family}, {kind}, in no line: …{near}…"
                        )

    def _get_told(self, text, model, way):
        """:return: (family, kind of mark) → the text around it"""
        no_look = NO_LOOK.get(model, set()) | ({"number"} if way in SUMS else set())
        return {
            (family, kind): near
            for family, kind, near in self.marks.find(text, model)
            if family in self.families and kind not in no_look
        }

    def _check_lines(self, words, answers):
        """:param words: so many answers with words of families there were at least
        :param answers: and without"""
        self.assertGreater(self.count.allowed["answers with words"], words)
        self.assertGreater(len(self.count), answers)
        problems = [
            f"* {role}, {model}.{way}: {problem}"
            for (model, way, role), found in sorted(self.problems.items())
            for problem in found
        ]
        self.assertFalse(problems, "\n".join(("", *problems)))

    def _get_last_line(self):
        self.env.cr.execute("SELECT max(id) FROM sos_access_log")
        return self.env.cr.fetchone()[0] or 0

    def _get_named(self, last):
        """The families that the lines after one name."""
        self.env.cr.execute(
            "SELECT shown, case_id, person_id FROM sos_access_log WHERE id > %s", [last]
        )
        cases, people = set(), set()
        for shown, case_id, person_id in self.env.cr.fetchall():
            cases.update((shown or {}).get("sos.case", ()), [case_id])
            people.update((shown or {}).get("sos.person", ()), [person_id])
        return {
            key
            for key, (of_cases, of_people) in self.families.items()
            if of_cases & cases or of_people & people
        }
