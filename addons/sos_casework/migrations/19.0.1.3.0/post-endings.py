from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What ends the work may be about a day after a child's death; nobody works with a
    family whose file is closed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    types = env["sos.form.type"].with_context(active_test=False)
    codes = ("review_conference", "closure")
    types.search([("code", "in", codes)]).after_death = True
    allocations = env["sos.allocation"].search(
        [("case_id.closed_on", "!=", False), ("user_id", "!=", False)]
    )
    for case, own in allocations.grouped("case_id").items():
        own._end_with_file(case.closed_on)
    allocations.case_id._refresh_readers()
