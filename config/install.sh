#!/usr/bin/env bash
# Runs in the container of Odoo (docker-compose.yml). Makes the database with the
# addons when there is none; with --upgrade, reads the addons again. Sets what a real
# service needs (production.py). The user "admin" never keeps the password that Odoo
# gives a new database.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
addons=$(basename -a "${SOS_ADDONS_DIR:-/mnt/extra-addons}"/*/ | grep '^sos_' | paste -sd,)
config=${ODOO_RC:-/etc/odoo/odoo.conf}
: "${SOS_ADMIN_PASSWORD:?set it in .env to a long random password}"

# The entry point hands these to Odoo on its command line, where other processes
# can see them; this way they stay in the environment.
export PGHOST=$HOST PGPORT=$PORT PGUSER=$USER PGPASSWORD=$PASSWORD

# Odoo's own, which the addons do without.
with=auth_password_policy
options=(-i "$addons,$with")
[[ ${1:-} != --upgrade ]] || options=(-i "$with" -u "$addons")
# Odoo installs many addons unasked, some of which call services of others.
odoo -c "$config" "${options[@]}" --skip-auto-install --stop-after-init --no-http

odoo shell -c "$config" --no-http --log-level=warn <"$here/production.py"

odoo shell -c "$config" --no-http --log-level=warn <<'PY'
import os

from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")
try:
    credential = {"type": "password", "login": admin.login, "password": "admin"}
    admin.with_user(admin)._check_credentials(credential, {"interactive": True})
except AccessDenied:
    print("The administrator has a password of its own.")
else:
    admin.password = os.environ["SOS_ADMIN_PASSWORD"]
    env.cr.commit()
    print("The administrator got the password of .env.")
PY
