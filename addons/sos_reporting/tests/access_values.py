"""What records of this addon are made of, for the tests of the access table."""

import base64

VALUES = {}


def _share(family, user):
    dashboards = family.world.env["spreadsheet.dashboard"]
    return {
        "dashboard_id": dashboards.search([], limit=1).id,
        "spreadsheet_binary_data": base64.b64encode(b"{}"),
    }


VALUES["spreadsheet.dashboard.share"] = _share
