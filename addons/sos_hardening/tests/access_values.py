"""What records of this addon are made of, for the tests of the access table."""

import base64

VALUES = {}


def _share(family, user):
    env = family.world.env
    # one that counts no families: theirs are shared by nobody's link
    group = env["spreadsheet.dashboard.group"].search([], limit=1)
    dashboards = env["spreadsheet.dashboard"]
    values = {"name": "Empty", "dashboard_group_id": group.id}
    found = dashboards.search([(name, "=", value) for name, value in values.items()])
    dashboard = found or dashboards.create(values)
    return {
        "dashboard_id": dashboard.id,
        "spreadsheet_binary_data": base64.b64encode(b"{}"),
    }


VALUES["spreadsheet.dashboard.share"] = _share
VALUES["sos.hardening.setting"] = lambda family, user: {
    "name": "A setting",
    "res_model": "ir.config_parameter",
    "field": f"a.setting.of.{user.id}",
}
