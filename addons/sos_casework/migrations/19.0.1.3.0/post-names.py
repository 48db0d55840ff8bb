"""People are found by rows of names: the first are those of their records."""

from odoo import SUPERUSER_ID, api

BATCH = 5000


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    people = env["sos.person"].search([], order="id")
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        env["sos.person.name"]._follow(batch)
        env.flush_all()
        env.invalidate_all()
