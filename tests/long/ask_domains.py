"""Asks, as each role, all that a client may ask of all models in a domain, an order or
a grouping, and writes down what was worked out as superuser. Read by odoo shell."""

import json
import os

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.sos_casework.tests.access_world import USERS
from odoo.addons.sos_casework.tests.domain_watch import (
    DomainWatch,
    get_ways_to_families,
)


def get_users(env):
    for role, (groups, _team) in USERS.items():
        internal = "" if role == "portal" else "base.group_user,"
        user = new_test_user(env, login=f"watch_{role}", groups=f"{internal}{groups}")
        yield role, user
    everything = env.ref("base.user_admin")
    outside = env.ref("base.group_portal") | env.ref("base.group_public")
    everything.group_ids = [
        Command.link(group.id)
        for group in env["res.groups"].search([])
        if not (group | group.all_implied_ids) & outside
    ]
    yield "administrator", everything
    yield "public", env.ref("base.public_user")


def ask_all(env):
    result = {"said": {}, "found": {}, "worked_out": 0, "ways": {}}
    for role, user in get_users(env):
        watch = DomainWatch(env)
        watch.ask(user)
        result["said"][role] = str(watch)
        result["found"][role] = watch.get_unreasoned()
        result["worked_out"] += watch.worked_out
        if role in ("no_role", "portal", "public"):
            result["ways"][role] = get_ways_to_families(env, user)
    return result


with open(os.environ["SOS_ASKED"], "w") as file:
    json.dump(ask_all(env), file)  # noqa: F821  (of odoo shell)
