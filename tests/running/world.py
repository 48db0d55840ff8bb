"""Puts the families and users of the access tests into a database, and says what they
are. Read by odoo shell, from ``service.py``."""

import json
import os

from odoo.addons.sos_casework.tests.access_world import PASSWORD, World


def describe(world):
    return {
        "roles": {
            role: {
                "uid": user.id,
                "login": user.login,
                "name": user.name,
                # pragma: allowlist nextline secret
                "password": "admin" if role == "administrator" else PASSWORD,
                # words of families that they may not know of
                "hidden": world.get_spellings(world.get_hidden(role)),
            }
            for role, user in world.users.items()
            if role != "public"
        },
        "families": {
            key: {
                "mark": family.mark,
                "case": family.case and family.case.id,
                "child": family.child.id,
                "adult": family.adult.id,
                "readers": list(family.readers),
                "blocked": sorted(family.blocked),
                "records": {m: records.ids for m, records in family.made.items()},
            }
            for key, family in world.families.items()
        },
        # model → {id: the keys of its families}
        "records": {
            model: {i: sorted(keys) for i, keys in records.items()}
            for model, records in world.records.items()
        },
    }


def main(env):
    # Odoo makes hashing a password slow on purpose
    env["ir.config_parameter"].sudo().set_param("password.hashing.rounds", 1)
    world = World(env)
    world.env.flush_all()
    description = describe(world)
    env.cr.commit()
    path = os.environ["SOS_WORLD"]
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(description, file)


if "env" in globals():
    main(env)  # noqa: F821
