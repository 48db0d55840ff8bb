"""Which services a meeting needs, and whether it needs the social worker's report, is
said by its type: at first as the forms that ship say it."""

import json

from odoo import SUPERUSER_ID, api, tools


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    types = env["sos.form.type"]
    with tools.file_open("sos_casework/data/forms.json") as file:
        specification = json.load(file)
    for entry in specification["types"]:
        form_type = types.search([("code", "=", entry["code"])])
        form_type.write(types._prepare_meeting(entry))
