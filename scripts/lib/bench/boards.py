"""The dashboards and the whiteboard, by the calls that their screens make."""

import json
from itertools import product

from odoo.fields import Command, Domain

from .client import asked_for, get_specification, list_records

#: How many rows a list in a dashboard asks for.
LIST_ROWS = 100


class Boards:
    """Seen by the manager of a team, and by a service manager who chose that team."""

    def __init__(self, env, worker):
        self.team = worker.sos_team_ids[:1]
        self.worker = worker
        self.manager = self.team.member_ids.filtered(
            lambda user: user.has_group("sos_casework.group_team_manager")
        )[:1]
        self.service = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Bench service",
                    "login": "bench.service",
                    "group_ids": [
                        Command.set(
                            [
                                env.ref("base.group_user").id,
                                env.ref("sos_casework.group_service_manager").id,
                            ]
                        )
                    ],
                }
            )
        )
        self.env = env

    def get_calls(self):
        board = self.env(user=self.worker.id)["sos.whiteboard"]
        specification = get_specification(board, "list")
        domain = [("team_id", "in", self.team.ids)]
        yield (
            "whiteboard of a team",
            2.0,
            lambda: list_records(board, domain, specification),
        )
        for xmlid in ("manager_week", "practice", "service"):
            for words, user, team in (
                ("of a team, its manager", self.manager, self.team.browse()),
                ("of a team, the service", self.service, self.team),
            ):
                name, call = self._get_dashboard(xmlid, user, team)
                yield f"dashboard “{name}” {words}", 2.0, call

    def get_looks(self):
        """The whole authority: it counts all of it, so it grows with it."""
        for xmlid in ("manager_week", "practice", "service"):
            name, call = self._get_dashboard(xmlid, self.service, self.team.browse())
            yield f"dashboard “{name}” of the whole service", call

    def _get_dashboard(self, xmlid, user, team):
        record = self.env.ref(f"sos_reporting.spreadsheet_dashboard_{xmlid}")
        data = json.loads(record.spreadsheet_data)
        env = self.env(user=user.id)
        calls = [
            *(self._get_pivot(env, pivot, team) for pivot in data["pivots"].values()),
            *(self._get_list(env, rows, team) for rows in data["lists"].values()),
        ]

        def call():
            for part in calls:
                part()

        return record.name, call

    def _get_domain(self, source, team):
        domain = Domain(source["domain"])
        matching = source.get("fieldMatching", {})
        if "period" in matching:
            year = self.env["sos.measure.rows"]._get_periods()["last_12_months"]
            day = matching["period"]["chain"]
            domain &= Domain(day, ">=", year.first) & Domain(day, "<=", year.last)
        if team and "team" in matching:
            domain &= Domain(matching["team"]["chain"], "in", team.ids)
        return list(domain)

    def _get_pivot(self, env, pivot, team):
        model, domain = env[pivot["model"]], self._get_domain(pivot, team)
        rows, columns = (
            [
                f"{part['fieldName']}:{part['granularity']}"
                if part.get("granularity")
                else part["fieldName"]
                for part in pivot[side]
            ]
            for side in ("rows", "columns")
        )
        sets = [
            rows[:row] + columns[:column]
            for row, column in product(range(len(rows) + 1), range(len(columns) + 1))
        ]
        aggregates = [measure["id"] for measure in pivot["measures"]]

        def call():
            with asked_for(model._name, "formatted_read_grouping_sets"):
                model.formatted_read_grouping_sets(domain, sets, aggregates)

        return call

    def _get_list(self, env, rows, team):
        model, domain = env[rows["model"]], self._get_domain(rows, team)
        fields = model.fields_get(rows["columns"], ["type"])
        specification = {
            name: {"fields": {"display_name": {}}}
            if field["type"] == "many2one"
            else {}
            for name, field in fields.items()
        }
        return lambda: list_records(model, domain, specification, LIST_ROWS)
