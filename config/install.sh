#!/usr/bin/env bash
# Runs in the container of Odoo (docker-compose.yml).
#
#   install.sh             the first start: makes the database with the addons; later,
#                          only finishes what was interrupted
#   install.sh --upgrade   upgrades a copy of the database with the code that is there
#                          now, and puts it in place when it is whole
#   install.sh --back      puts back what served before the last upgrade
#
# A migration that fails leaves everything as it was: the service starts again with the
# code and the database that it had. Sets what a real service needs (production.py), and
# closes the database (sos_hardening) where .env says so: what is closed is printed, each
# setting is set once and remembered with what it was.
# The user "admin" never keeps the password that Odoo gives a new database.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
code=${SOS_ADDONS_DIR:-/mnt/extra-addons}
config=${ODOO_RC:-/etc/odoo/odoo.conf}
SOS_DATABASE=$(sed -n 's/^db_name = //p' "$config")
SOS_DATA=$(sed -n 's/^data_dir = //p' "$config")
# shellcheck source=state.sh
source "$here/state.sh"

addons=$(basename -a "$code"/*/ | grep '^sos_' | paste -sd,)
next=$(state next)

odoo_next() { odoo "$1" -c "$config" -d "$next" --addons-path="$code" --no-http "${@:2}"; }

# The copy of a state shares its files, which are named by their content and never change.
copy_state() {
    createdb -T "$1" "$2"
    [[ ! -d $SOS_DATA/filestore/$1 ]] || cp -al "$SOS_DATA/filestore/$1" "$SOS_DATA/filestore/$2"
    [[ ! -f $SOS_DATA/seals/$1.txt ]] || cp -p "$SOS_DATA/seals/$1.txt" "$SOS_DATA/seals/$2.txt"
}

set_admin_password() {
    odoo_next shell --log-level=warn <<'PY'
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
}

# make_next OPTION…: installs or upgrades the addons in the next state.
make_next() {
    # Odoo installs many addons unasked, some of which call services of others.
    odoo_next server "$@" --skip-auto-install --stop-after-init
    odoo_next shell --log-level=warn <"$here/production.py"
    set_admin_password
    mkdir -p "$SOS_DATA/addons"
    cp -r "$code" "$SOS_DATA/addons/$next"
}

warn_about_role() {
    [[ $(ask 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user') != t ]] ||
        say 'Warning: the role of Odoo may do everything in PostgreSQL. It was made' \
            'so by an earlier version; "PostgreSQL" in config/README.md says how it ends.'
}

# shellcheck disable=SC2317  # called by the trap
give_up() {
    drop_state "$next"
    say "It failed (lines above), and nothing was changed: what served serves again with" \
        "the code that it had (docker compose up -d)." >&2
}

finish_swap
case ${1:-} in
    '')
        if database_exists "$SOS_DATABASE"; then
            [[ -d $SOS_DATA/addons/$SOS_DATABASE ]] || die \
                "this database was made by an earlier version of these scripts. Run" \
                "the upgrade once: docker compose run --rm upgrade"
            diff -rq -x __pycache__ "$code" "$SOS_DATA/addons/$SOS_DATABASE" >/dev/null ||
                say 'There is newer code than what serves: docker compose run --rm upgrade'
            warn_about_role
            exit
        fi
        begin=()
        ;;
    --upgrade)
        database_exists "$SOS_DATABASE" ||
            die 'there is no database yet: docker compose up -d makes it.'
        check_not_in_use "$SOS_DATABASE"
        begin=(copy_state "$SOS_DATABASE" "$next")
        ;;
    --back)
        database_exists "$(state before)" || die \
            'there is nothing to go back to: no upgrade was put in place, or a later' \
            'one replaced it. A backup can be restored: config/README.md.'
        put_in_place "$(state before)" "$(state undone)"
        say 'What served before the upgrade is in place again: docker compose up -d'
        exit
        ;;
    *) die "there is no option $1; see the head of $0." ;;
esac

: "${SOS_ADMIN_PASSWORD:?set it in .env to a long random password}"
: "${SOS_HARDENING:?set it in .env to yes or no: is the database closed for all its apps?}"
case $SOS_HARDENING in
    yes) new=$addons closing=sos_hardening ;;
    no) new=$(tr , '\n' <<<"$addons" | grep -vx sos_hardening | paste -sd,) closing= ;;
    *) die "SOS_HARDENING is “$SOS_HARDENING”: write yes or no in .env." ;;
esac
drop_state "$next"
trap give_up EXIT
"${begin[@]}"
if ((${#begin[@]})); then
    make_next ${closing:+-i "$closing"} -u "$addons"
else
    make_next -i "$new"
fi
trap - EXIT
put_in_place "$next" "$(state before)"
warn_about_role
say 'The service is up to date: docker compose up -d'
