#!/usr/bin/env bash
# Makes everything that the scripts need, under .local/, and remembers it.
#
#   source scripts/lib/setup.sh && sos_setup
#
# Every step can be repeated: what is there already is left alone, so a second
# call takes about a second. Nothing outside .local/ is changed except, as root
# on Debian, the packages that are missing (apt-get install).
#
# Settings that a person may give in the environment:
#   ODOO_HOME    a folder with Odoo 19 (holds odoo-bin, or the odoo package)
#   SOS_PYTHON3  the Python (3.10 to 3.13) to build the virtual environment with
#   SOS_HTTP_PORT  the port of the browser tests, for two work trees side by side

SOS_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOS_ROOT=$(cd "$SOS_LIB/../.." && pwd)
SOS_LOCAL=$SOS_ROOT/.local
export SOS_ROOT SOS_LOCAL

# shellcheck source=packages.sh
source "$SOS_LIB/packages.sh"
# shellcheck source=odoo.sh
source "$SOS_LIB/odoo.sh"
# shellcheck source=python.sh
source "$SOS_LIB/python.sh"
# shellcheck source=postgres.sh
source "$SOS_LIB/postgres.sh"
# shellcheck source=databases.sh
source "$SOS_LIB/databases.sh"
# shellcheck source=lint_tools.sh
source "$SOS_LIB/lint_tools.sh"
# shellcheck source=audit.sh
source "$SOS_LIB/audit.sh"
# shellcheck source=demo.sh
source "$SOS_LIB/demo.sh"

SOS_STEP=0
SOS_STEPS=${SOS_STEPS:-5}

sos_say() { printf '%s\n' "$*"; }

# Says what is wrong and what to do, and stops the step it is called in.
sos_die() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

# sos_step TITLE FUNCTION [ARGUMENT…]: one numbered line of progress. The
# function runs in a bash of its own, so that "stop at the first error" holds
# whatever the caller's settings are; what it prints goes to a log that is
# shown only when it fails.
sos_step() {
    local title=$1 began=$SECONDS log rc=0
    shift
    SOS_STEP=$((SOS_STEP + 1))
    mkdir -p "$SOS_LOCAL/log"
    log=$SOS_LOCAL/log/$1.log
    printf '[%s/%s] %s ... ' "$SOS_STEP" "$SOS_STEPS" "$title"
    bash -euo pipefail -c 'source "$1"; shift; "$@"' sos "$SOS_LIB/setup.sh" "$@" \
        >"$log" 2>&1 || rc=$?
    if ((rc)); then
        printf 'FAILED (%s s)\n' $((SECONDS - began))
        tail -n 25 "$log" >&2
        printf 'The whole log: %s\n' "$log" >&2
        return 1
    fi
    printf 'done (%s s)\n' $((SECONDS - began))
}

# The environment of everything else; only computes, makes nothing.
sos_export() {
    local pg_bin
    pg_bin=$(sos_pg_bin) || pg_bin=/nonexistent
    SOS_PYTHON=$SOS_LOCAL/venv/bin/python
    ODOO_ADDONS=$(sos_odoo_addons)
    PGHOST=$(sos_pg_socket_dir)
    PGPORT=5432
    PGUSER=sos
    case ":$PATH:" in
        *":$SOS_LOCAL/venv/bin:"*) ;;
        *) PATH=$SOS_LOCAL/venv/bin:$SOS_LOCAL/bin:$pg_bin:$PATH ;;
    esac
    export SOS_PYTHON ODOO_ADDONS PGHOST PGPORT PGUSER PATH
    # Anything else that libpq reads would lead to another server.
    unset PGDATABASE PGPASSWORD PGSERVICE PGHOSTADDR PGOPTIONS
}

# .local/odoo.conf: the development settings and the paths of this machine.
# .local/env.sh: what another shell sources to have the same environment.
sos_write_settings() {
    sos_export
    {
        sed '/^;/d' "$SOS_ROOT/config/odoo-development.conf"
        printf '%s\n' \
            "addons_path = $ODOO_ADDONS,$SOS_ROOT/addons" \
            "data_dir = $SOS_LOCAL/data" \
            "db_host = $PGHOST" "db_port = $PGPORT" "db_user = $PGUSER" \
            "http_port = ${SOS_HTTP_PORT:-8069}" \
            "screenshots = $SOS_LOCAL/screenshots"
    } >"$SOS_LOCAL/odoo.conf.new"
    mv "$SOS_LOCAL/odoo.conf.new" "$SOS_LOCAL/odoo.conf"
    mkdir -p "$SOS_LOCAL/data" "$SOS_LOCAL/screenshots"
    chmod 700 "$SOS_LOCAL/data"
    # "odoo shell", "odoo db dump"… as in an ordinary installation. A program file
    # and not "python -m odoo": with workers, Odoo starts it a second time.
    printf '%s\n' 'from odoo.cli import main' '' 'main()' >"$SOS_LOCAL/odoo-bin"
    printf '#!/bin/sh\nexec "%s" -W ignore::DeprecationWarning "%s" "$@"\n' \
        "$SOS_PYTHON" "$SOS_LOCAL/odoo-bin" >"$SOS_LOCAL/bin/odoo"
    chmod 755 "$SOS_LOCAL/bin/odoo"
    {
        printf '# Made by scripts/lib/setup.sh: source this file in a shell.\n'
        printf 'export %s=%q\n' SOS_ROOT "$SOS_ROOT" SOS_LOCAL "$SOS_LOCAL" \
            SOS_PYTHON "$SOS_PYTHON" ODOO_ADDONS "$ODOO_ADDONS" \
            ODOO_RC "$SOS_LOCAL/odoo.conf" \
            PGHOST "$PGHOST" PGPORT "$PGPORT" PGUSER "$PGUSER"
        printf 'export PATH=%q:%q:%q:"$PATH"\n' "$SOS_LOCAL/venv/bin" \
            "$SOS_LOCAL/bin" "$(sos_pg_bin)"
    } >"$SOS_LOCAL/env.sh.new"
    mv "$SOS_LOCAL/env.sh.new" "$SOS_LOCAL/env.sh"
}

# Two scripts started at once must not both unpack or initialise.
sos_locked() {
    (
        flock 9
        "$@"
    ) 9>"$SOS_LOCAL/setup.lock"
}

sos_setup_steps() {
    # 9>&-: PostgreSQL stays behind and must not keep the lock.
    {
        sos_step 'Programs (PostgreSQL, proxy, PDF printer, browser)' sos_programs &&
            sos_step "Odoo 19$(sos_odoo_origin)" sos_odoo &&
            sos_step 'Python packages' sos_venv &&
            sos_step 'Database server' sos_pg_start &&
            sos_step 'Settings' sos_write_settings
    } 9>&-
}

sos_setup() {
    mkdir -p "$SOS_LOCAL/log" "$SOS_LOCAL/bin" || return 1
    # The server of PostgreSQL may run as another user: it must be able to
    # pass through; what is private inside has its own mode.
    chmod 711 "$SOS_LOCAL" || return 1
    sos_locked sos_setup_steps || return 1
    SOS_STEP=5
    sos_export
    export ODOO_RC=$SOS_LOCAL/odoo.conf
}
