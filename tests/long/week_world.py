"""Makes a database of generated families ready for a week of work: who logs in, what is
wrong with the record, what was handed in. Read by odoo shell."""

import json
import os
import random
from contextlib import suppress

from generate.errors import ERRORS
from generate.plant import get_children

from odoo.exceptions import UserError

PASSWORD = "the password of the week"  # pragma: allowlist secret
#: Rules of the census, and how many children break them. The first of each are in the
#: manager's team. Without an ethnicity the file is none that the department takes.
PLANTED = {"4220": 1, "8610": 3, "8945Q": 6, "8870Q": 4}


def get_team(env):
    """The team with most forms that wait to be signed."""
    waiting = env["sos.form"]._read_group(
        [("state", "=", "submitted"), ("case_id.restricted", "=", False)],
        ["case_id.team_id"],
        ["__count"],
    )
    return max(waiting, key=lambda row: row[1])[0]


def plant(env, team):
    """:return: {rule: numbers of the children who break it}"""
    year = env["sos.return"]._default_year()
    cases = env["sos.case"].search([("restricted", "=", False)])
    team_of = {person: case.team_id for case in cases for person in case.child_ids.ids}
    children = [one for one in get_children(env, year) if one.person_id in team_of]
    random.Random("week").shuffle(children)
    planted = {}
    for error in (error for error in ERRORS if error.code in PLANTED):
        suited = [child for child in children if error.suits(child)]
        first = next(child for child in suited if team_of[child.person_id] == team)
        others = [child for child in suited if team_of[child.person_id] != team]
        chosen = [first, *others[: PLANTED[error.code] - 1]]
        for child in chosen:
            children.remove(child)
            error.change(child)
        numbers = [child.census.identifiers.la_child_id for child in chosen]
        planted[error.code] = numbers
    return planted


def hand_in(env, team):
    """As their writers do: what is generated has no document that could be signed."""
    forms = env["sos.form"].search(
        [("state", "=", "submitted"), ("case_id.team_id", "=", team.id)]
    )
    for form in forms:
        writer = form.submitted_by_id
        form.write({"state": "draft"})
        # one that is not fit, as of a child who was not born yet, stays a draft
        with suppress(UserError), env.cr.savepoint():
            form.with_user(writer).action_submit()


def main(env):
    # Odoo makes hashing a password slow on purpose
    env["ir.config_parameter"].set_param("password.hashing.rounds", 1)
    team = get_team(env)
    manager = team.member_ids.filtered(
        lambda user: user.has_group("sos_casework.group_team_manager")
    )
    users = {"team_manager": manager}
    for role in ("performance_analyst", "service_manager"):
        users[role] = env["res.users"].search([("login", "=", f"generated.{role}")])
    for user in users.values():
        user.write({"password": PASSWORD, "tz": "Europe/London"})
    hand_in(env, team)
    planted = plant(env, team)
    # what happens at night would change numbers between the screen and the query
    returns = env.ref("sos_reporting.ir_cron_return")
    env["ir.cron"].search([("id", "!=", returns.id)]).active = False
    env.flush_all()
    env.cr.commit()
    world = {
        "roles": {
            role: {"login": user.login, "name": user.name, "password": PASSWORD}
            for role, user in users.items()
        },
        "families": {},
        "records": {},
        "team": team.id,
        "manager": manager.id,
        "planted": planted,
    }
    path = os.environ["SOS_WORLD"]
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(world, file)


if "env" in globals():
    main(env)  # noqa: F821
