"""Events of the family file: who works with it, notes, births, time."""

from odoo.fields import Command
from odoo.tools import plaintext2html


class CaseEvents:
    def _ids(self, names):
        return [self.refs[name].id for name in names or ()]

    def _code(self, code_set, code):
        return self.env["sos.code"]._get(code_set, code).id

    def _case(self):
        return self.family.with_env(self.env)

    def _set(self, names):
        """Links to the people of these references."""
        return [Command.set(self._ids(names))]

    def event_allocate(self, data):
        values = {
            "case_id": self.family.id,
            "role": data.get("role", "lead"),
            "child_ids": self._set(data.get("children")),
            "until": data.get("until"),
        }
        kind = "user" if "user" in data else "team"
        values[f"{kind}_id"] = self.refs[data[kind]].id
        self.env["sos.allocation"].create(values)

    def event_note(self, data):
        note = self.env["sos.case.note"].create(
            {
                "case_id": self.family.id,
                "kind_id": self._code("note_kind", data["kind"]),
                "child_ids": self._set(data.get("children")),
                "text": plaintext2html(data["text"]),
                "significant": data.get("significant", False),
            }
        )
        note.action_complete()

    def event_born(self, data):
        child = self.refs[data["child"]].with_env(self.env)
        child.action_record_birth(data["date"], data["sex"], data.get("first"))

    def event_time(self, data):
        if "sos_timetracking" not in self.root.registry._init_modules:
            self.fail(
                ("time",),
                "time is recorded by the addon sos_timetracking, which is not "
                "installed in this database. Install it, or use --fresh.",
            )
        record = self._case() if data.get("case") else self._form(data["form"])
        record.log_time(data["minutes"], data["kind"])
