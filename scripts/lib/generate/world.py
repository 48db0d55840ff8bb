"""What the families live in: codes, forms and clocks as the database has them, and
the teams and workers, who are made where they are missing."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from odoo.fields import Command

#: About how many children one team works with.
TEAM_SIZE = 400
WORKERS = 5


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
        self.as_at = as_at
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
            users = env["res.users"].with_context(no_reset_password=True)
            group = env.ref(f"sos_casework.group_{role}")
            return users.search([("login", "=", login)]) or users.create(
                {
                    "name": f"{name} (team {place})",
                    "login": login,
                    "group_ids": [
                        Command.set([env.ref("base.group_user").id, group.id])
                    ],
                }
            )

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
