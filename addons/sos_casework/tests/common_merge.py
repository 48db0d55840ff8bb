import json

from odoo import Command
from odoo.tools import SQL

from .common import SosCommon
from .refusals import RefusalsMixin

#: who wrote a row last, and when: nothing reads it
LEFT_OUT = ("write_uid", "write_date")
LOGS = ("sos_change_log", "sos_access_log", "sos_merge")


class MergeCommon(RefusalsMixin, SosCommon):
    """A second record of Sam, and a second file."""

    @classmethod
    def _new_person(cls, user=None, **vals):
        env = cls.env(user=user or cls.support)
        values = {"kind": "child", "first_name": "Samm", "last_name": "Hil"}
        return env["sos.person"].create({**values, **vals}).with_env(cls.env)

    @classmethod
    def _new_case(cls, people, user=None, **vals):
        env = cls.env(user=user or cls.support)
        lines = [Command.create({"person_id": person.id}) for person in people]
        values = {"name": "Hil", "member_ids": lines}
        return env["sos.case"].create({**values, **vals}).with_env(cls.env)

    def _dump(self):
        """Every row of every table of the record, but for the logs."""
        self.env.flush_all()
        transient = {
            model._table for model in self.env.registry.values() if model._transient
        }
        tables = self.env.execute_query(
            SQL(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
                " AND table_name LIKE %s ORDER BY 1",
                "sos\\_%",
            )
        )
        dump = {}
        for (table,) in tables:
            if table in transient or table.startswith(LOGS):
                continue
            rows = self.env.execute_query(
                SQL(
                    "SELECT (to_jsonb(t) - %s::text[])::text FROM %s t ORDER BY 1",
                    list(LEFT_OUT),
                    SQL.identifier(table),
                )
            )
            # nothing there is nothing there: null, no, 0, or empty
            dump[table] = [
                {name: value for name, value in json.loads(row).items() if value}
                for (row,) in rows
            ]
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "sos.deadline")], order="id"
        )
        dump["reminders"] = sorted(
            (a.res_id, a.user_id.id, str(a.date_deadline), a.summary)
            for a in activities
        )
        return dump

    def _assert_same(self, before, after):
        self.assertEqual(before.keys(), after.keys())
        for table, rows in before.items():
            self.assertEqual(rows, after[table], table)
