"""What the families live in: codes, forms and clocks as the database has them, and
the teams and workers, who are made where they are missing."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from odoo.fields import Command

#: About how many children one team works with.
TEAM_SIZE = 400
WORKERS = 5
#: Roles of the whole service, and what who has them is called.
SERVICE = {
    "practice_lead": "Practice lead",
    "quality_auditor": "Quality auditor",
    "performance_analyst": "Performance analyst",
    "service_manager": "Service manager",
    "configurator": "Configurator",
}


@dataclass(frozen=True)
class FormType:
    id: int
    code: str
    version_id: int
    #: id, sequence, code, an answer for each child
    sections: tuple
    decisions: dict
    authorised: bool
    confirm_when_held: bool


class World:
    def __init__(self, env, children, as_at):
        """:param env: of the superuser"""
        # not before Odoo knows where its addons are
        from odoo.addons.sos_casework.tools import names

        self.as_at, self.names = as_at, names
        self.company = env.company
        if not self.company.sos_la_code:
            self.company.sos_la_code = "392"
        self.codes = self._get_codes(env)
        self.types = {
            record.code: self._read_type(record)
            for record in env["sos.form.type"].search([])
            if record.live_version_id
        }
        self.type_codes = {form_type.id: c for c, form_type in self.types.items()}
        self.steps = {
            step.code: SimpleNamespace(
                id=step.id,
                code=step.code,
                form_type=self.type_codes.get(step.form_type_id.id),
                met_by=step.met_by,
                due=(step.due_number, step.due_unit),
                repeat=(step.repeat_number, step.repeat_unit),
                repeats=step.repeat_when == "met",
                before=step.before_booked_days,
            )
            for step in env["sos.step"].search([])
        }
        self.teams = self._make_teams(env, max(2, children // TEAM_SIZE))
        self.service = {
            role: self._make_user(env, f"generated.{role}", role, name).id
            for role, name in SERVICE.items()
        }
        self._make_employees(env)

    @staticmethod
    def _get_codes(env):
        today = env["sos.code"].search([("valid_until", "=", 0)])
        codes = {}
        for code in today:
            codes.setdefault(code.code_set, {})[code.code] = code.id
        return codes

    @staticmethod
    def _read_type(record):
        version = record.live_version_id
        kinds = ("narrative", "question", "narrative_child")
        return FormType(
            id=record.id,
            code=record.code,
            version_id=version.id,
            sections=tuple(
                (s.id, s.sequence, s.code, s.kind == "narrative_child")
                for s in version.section_ids
                if s.kind in kinds
            ),
            decisions={d.code: d.id for d in version.decision_ids},
            authorised=bool(record.authoriser_group_id),
            confirm_when_held=record.confirm_when_held,
        )

    # --------------------------------------------------------------------- workers

    def _make_teams(self, env, number):
        return [self._make_team(env, place) for place in range(1, number + 1)]

    def _make_team(self, env, place):
        def user(role, name):
            login = f"generated.{place}.{role}.{name.lower()}"
            return self._make_user(env, login, role, f"{name} (team {place})")

        workers = env["res.users"].union(
            *(user("practitioner", f"Worker{n}") for n in range(1, WORKERS + 1))
        )
        manager = user("team_manager", "Manager")
        support = user("business_support", "Support")
        chair = user("conference_chair", "Chair")
        name = f"Generated team {place}"
        team = env["sos.team"].search([("name", "=", name)], limit=1)
        team = team or env["sos.team"].create({"name": name})
        wanted = workers | manager | support
        if team.member_ids != wanted:
            team.member_ids = wanted
        return SimpleNamespace(
            id=team.id,
            workers=[(worker.id, worker.name) for worker in workers],
            manager=manager.id,
            support=support.id,
            chair=chair.id,
            members=wanted.ids,
        )

    @staticmethod
    def _make_user(env, login, role, name):
        users = env["res.users"].with_context(no_reset_password=True)
        group = env.ref(f"sos_casework.group_{role}")
        return users.search([("login", "=", login)]) or users.create(
            {
                "name": name,
                "login": login,
                "group_ids": [Command.set([env.ref("base.group_user").id, group.id])],
            }
        )

    def _make_employees(self, env):
        """Who keeps time is an employee, where the addon for time is installed."""
        self.employees = {}
        lines = env.get("account.analytic.line")
        if lines is None or "sos_form_id" not in lines._fields:
            return
        ids = [user for team in self.teams for user in (*team.members, team.chair)]
        users = env["res.users"].browse([*ids, *self.service.values()])
        employees = env["hr.employee"].search(
            [("user_id", "in", users.ids), ("company_id", "=", self.company.id)]
        )
        employees |= employees.create(
            [
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": self.company.id,
                }
                for user in users - employees.user_id
            ]
        )
        self.employees = {one.user_id.id: one.id for one in employees}

    # ------------------------------------------------------------------------ days

    def add(self, start, number, unit):
        return self.company._sos_add(start, number, unit)

    def is_working(self, day):
        return self.company._sos_is_working_day(day)

    def working(self, day):
        """The day, or the next one on which people work."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day
