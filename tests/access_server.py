"""Fills a database for test_access_server.py: the world of the access table, a key for
each role, and what each role may do with which record. Read by odoo shell."""

import json
import os
from datetime import date, datetime

from odoo.addons.sos_casework.tests.access_world import World

NAMES = ("read", "write", "unlink", "export")


def as_json(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return value.decode()


def get_key(user):
    keys = user.env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "Access test", None)


def get_records(world, model, role):
    """One record for each answer that the table gives this role: the tests on the ORM
    try every kind of family."""
    seen = set()
    for record_id in world.get_samples(model):
        may = {name: world.may(role, name, model, record_id) for name in NAMES}
        if tuple(may.values()) not in seen:
            seen.add(tuple(may.values()))
            vals = world.get_same(world.env[model].browse(record_id))
            yield {"id": record_id, "may": may, "vals": vals}


def get_new(world, model, role):
    """What a new record would be made of, in a family of their own and a stranger's."""
    user = world.users[role]
    seen = set()
    for family in world.families.values():
        may = world.may(role, "create", model, family=family)
        if not family.case or may in seen:
            continue
        seen.add(may)
        vals = world.get_values(model, family, user)
        vals = vals if isinstance(vals, dict) else {}
        filled_in = getattr(world.env[model], "_is_filled_in", lambda name: False)
        vals = {name: value for name, value in vals.items() if not filled_in(name)}
        yield {"may": may, "vals": vals}


def get_plan(world):
    plan = {"marks": world.get_spellings(), "roles": {}}
    for role in world.roles:
        user = world.users[role]
        models = {
            model: {
                "all": list(world.records[model]),
                "read": sorted(world.get_allowed(role, "read", model)),
                "records": list(get_records(world, model, role)),
                "new": list(get_new(world, model, role)),
            }
            for model in world.table.models
        }
        plan["roles"][role] = {
            "uid": user.id,
            "login": user.login,
            "key": None if role == "public" else get_key(user),
            "hidden": world.get_spellings(world.get_hidden(role)),
            "models": models,
        }
    return plan


def main(env):
    # nobody logs in with a password here; Odoo makes hashing one slow on purpose
    parameters = env["ir.config_parameter"].sudo()
    parameters.set_param("password.hashing.rounds", 1)
    parameters.set_param("sos_hardening.open_routes", "/json/2, /xmlrpc")
    plan = get_plan(World(env))
    env.cr.commit()
    path = os.environ["SOS_ACCESS_PLAN"]
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(plan, file, default=as_json)


if "env" in globals():
    main(env)  # noqa: F821
