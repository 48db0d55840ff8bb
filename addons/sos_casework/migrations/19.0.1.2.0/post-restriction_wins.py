from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """A restricted file wins over an open one: who reads a person of both is worked
    out again. Nobody else's readers change."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        SELECT DISTINCT person_id FROM sos_case_member
          JOIN sos_case ON sos_case.id = case_id
         WHERE restricted
        """
    )
    people = env["sos.person"].with_context(active_test=False)
    people = people.browse(row[0] for row in cr.fetchall())
    people |= people.merged_ids
    for name in ("reader_ids", "in_open_file"):
        env.add_to_compute(people._fields[name], people)
    people.flush_recordset(["reader_ids", "in_open_file"])
