#!/usr/bin/env bash
# Runs in the container of Odoo (docker-compose.yml). Makes the database with the
# addons when there is none; with --upgrade, reads the addons again. The user
# "admin" never keeps the password that Odoo gives a new database.
set -euo pipefail

addons=$(basename -a /mnt/extra-addons/*/ | grep '^sos_' | paste -sd,)
config=${ODOO_RC:-/etc/odoo/odoo.conf}
: "${SOS_ADMIN_PASSWORD:?set it in .env to a long random password}"

# The entry point hands these to Odoo on its command line, where other processes
# can see them; this way they stay in the environment.
export PGHOST=$HOST PGPORT=$PORT PGUSER=$USER PGPASSWORD=$PASSWORD

option=-i
[[ ${1:-} != --upgrade ]] || option=-u
odoo -c "$config" "$option" "$addons" --stop-after-init --no-http

odoo shell -c "$config" --no-http --log-level=warn <<'PY'
import os

from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")
try:
    credential = {"type": "password", "login": admin.login, "password": "admin"}
    admin.with_user(admin)._check_credentials(credential, {"interactive": False})
except AccessDenied:
    print("The administrator has a password of its own.")
else:
    admin.password = os.environ["SOS_ADMIN_PASSWORD"]
    env.cr.commit()
    print("The administrator got the password of .env.")
PY
