# shellcheck shell=bash
# Databases with the addons in them, made once and brought up to date.
#
#   sos_base      what the addons depend on, without the addons
#   sos_template  sos_base and the addons; every test run works on a copy of it
#   sos_demo      the demonstration (scripts/run)
#   sos_week_N    N generated children (tests/long/test_managers_week.py)
#
# What each database was made from is kept as its comment (so that it goes when
# the database goes): a line "addon hash" per addon.

# SOS_ADDONS="sos_casework …" in the environment limits the work to those, with
# a template of its own: to go on while another addon cannot be installed.

# The addons of this repository, one a line.
sos_addons() {
    local manifest addon
    for manifest in "$SOS_ROOT"/addons/*/__manifest__.py; do
        [[ -f $manifest ]] || continue
        addon=$(basename "$(dirname "$manifest")")
        [[ -n ${SOS_ADDONS:-} && " $SOS_ADDONS " != *" $addon "* ]] || printf '%s\n' "$addon"
    done
}

sos_template_name() {
    local suffix=${SOS_ADDONS:+_${SOS_ADDONS// /_}}
    printf 'sos_template%s\n' "${suffix//sos_/}"
}

# "addon hash" for each addon: of everything that an upgrade reads, so not of
# its tests and its papers.
sos_addon_hashes() {
    local addon
    cd "$SOS_ROOT/addons" || return 1
    for addon in $(sos_addons); do
        printf '%s %s\n' "$addon" "$(
            find "$addon" -type f -not -path '*/tests/*' -not -path '*/__pycache__/*' \
                -not -name 'README*' -not -name '*.orig' -print0 | sort -z |
                xargs -0 sha256sum | sha256sum | cut -c 1-16
        )"
    done
}

sos_db_exists() { [[ -n $(sos_psql postgres "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }
sos_psql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
sos_db_comment() {
    sos_psql postgres "SELECT shobj_description(oid, 'pg_database')
        FROM pg_database WHERE datname = '$1'"
}
sos_db_set_comment() { sos_psql postgres "COMMENT ON DATABASE \"$1\" IS '$2'"; }

sos_db_drop() {
    dropdb --if-exists --force "$1" 2>/dev/null || dropdb --if-exists "$1"
    rm -rf "${SOS_LOCAL:?}/data/filestore/$1" "$SOS_LOCAL/data/seals/$1.txt"
}

# A copy with its files. These are named after their content and never change,
# so hard links are enough.
sos_db_copy() {
    local from=$1 to=$2 files=$SOS_LOCAL/data/filestore
    createdb -T "$from" "$to"
    rm -rf "${files:?}/$to"
    [[ ! -d $files/$from ]] || cp -al "$files/$from" "$files/$to"
}

sos_odoo_run() { "$SOS_LOCAL/bin/odoo" "$@" 2>&1; }

# sos_db_update DATABASE -i|-u ADDON,…: the log goes to .local/log/DATABASE-update.log
sos_db_update() {
    local log=$SOS_LOCAL/log/$1-update.log
    rm -f "$log"
    sos_odoo_run -c "$SOS_LOCAL/odoo.conf" -d "$1" "${@:2}" --stop-after-init \
        --no-http --log-level=warn --logfile="$log" || {
        [[ ! -s $log ]] || tail -n 60 "$log"
        return 1
    }
}

# Asset bundles take ten seconds to make; made here once instead of at the first
# page of every copy.
sos_db_make_assets() {
    printf 'env["ir.qweb"]._pregenerate_assets_bundles()\nenv.cr.commit()\n' |
        sos_odoo_run shell -c "$SOS_LOCAL/odoo.conf" -d "$1" --no-http --log-level=error
}

# What the addons need from Odoo, by their manifests.
sos_dependencies() {
    local addon manifests=()
    # All of them, whatever SOS_ADDONS says: the base is the same for every template.
    for addon in $(SOS_ADDONS='' sos_addons); do
        manifests+=("$SOS_ROOT/addons/$addon/__manifest__.py")
    done
    "$SOS_PYTHON" - "${manifests[@]}" <<'PY'
import ast
import pathlib
import sys

manifests = {
    pathlib.Path(name).parent.name: ast.literal_eval(pathlib.Path(name).read_text())
    for name in sys.argv[1:]
}
needed = {name for manifest in manifests.values() for name in manifest["depends"]}
print(",".join(sorted((needed | {"web"}) - set(manifests))))
PY
}

sos_base_database() {
    local needs stamp
    needs=$(sos_dependencies)
    stamp=$(sos_base_stamp)
    if sos_db_exists sos_base; then
        [[ $(sos_db_comment sos_base) != "$stamp" ]] || return 0
        sos_db_drop sos_base
    fi
    sos_db_update sos_base -i "$needs" || {
        sos_db_drop sos_base
        sos_die "Odoo's own addons ($needs) could not be installed (lines above)." \
            "Are the names in 'depends' of the manifests right?"
    }
    sos_db_set_comment sos_base "$stamp"
}

# Known noise in the log of an installation: expressions, each with its reason.
SOS_KNOWN_NOISE=(
    # Only test machines run as root; a service does not.
    "Running as user 'root' is a security risk"
    # Odoo and its libraries use what newer versions of the libraries drop.
    'py\.warnings: .*/(\.local/|site-packages/|dist-packages/).*DeprecationWarning'
)

# The lines of a log that a clean installation must not have, with what follows
# them up to the next dated line (a traceback).
sos_log_problems() {
    [[ -s $1 ]] || return 0
    # In the environment, since awk -v would read the backslashes.
    NOISE=$(IFS='|' && printf '%s' "${SOS_KNOWN_NOISE[*]}") awk '
        /^[0-9-]+ [0-9:]+,[0-9]+ [0-9]+ / {
            bad = ($4 == "WARNING" || $4 == "ERROR" || $4 == "CRITICAL") &&
                $0 !~ ENVIRON["NOISE"]
        }
        bad' "$1"
}

sos_warnings_of() { printf '%s/log/warnings-%s' "$SOS_LOCAL" "$1"; }

# Addons of which the database has another state than the work tree: lines
# "-i addon" or "-u addon".
sos_db_changes() {
    local have addon hash
    have=$(sos_db_comment "$1")
    sos_addon_hashes | while read -r addon hash; do
        if ! grep -q "^$addon " <<<"$have"; then
            printf -- '-i %s\n' "$addon"
        elif ! grep -qxF "$addon $hash" <<<"$have"; then
            printf -- '-u %s\n' "$addon"
        fi
    done
}

# Brings a database to the state of the work tree: only what changed. The
# warnings of its last update stay beside it until another update is clean.
sos_db_upgrade() {
    local database=$1 changes options=() install upgrade hashes warnings
    warnings=$(sos_warnings_of "$database")
    changes=$(sos_db_changes "$database")
    [[ -n $changes ]] || return 0
    # Before the update: a file that changes while it runs is then read again.
    hashes=$(sos_addon_hashes)
    install=$(sed -n 's/^-i //p' <<<"$changes" | paste -sd,)
    upgrade=$(sed -n 's/^-u //p' <<<"$changes" | paste -sd,)
    # What had warnings is read again, so that they are either gone or shown.
    [[ ! -s $warnings ]] || upgrade=$(sos_installed_addons "$database" | paste -sd,)
    [[ -z $install ]] || options+=(-i "$install")
    [[ -z $upgrade ]] || options+=(-u "$upgrade")
    printf 'odoo -d %s %s\n' "$database" "${options[*]}"
    sos_db_update "$database" "${options[@]}" || return 1
    sos_log_problems "$SOS_LOCAL/log/$database-update.log" >"$warnings"
    sos_db_make_assets "$database" || return 1
    sos_db_set_comment "$database" "$hashes"
}

sos_installed_addons() { sos_db_comment "$1" | sed -n 's/ .*//p'; }

sos_template_from_nothing() {
    sos_db_drop "$1"
    sos_base_database
    sos_db_copy sos_base "$1" || return 1
    rm -f "$(sos_warnings_of "$1")"
    sos_db_upgrade "$1"
}

sos_base_stamp() {
    printf '%s %s\n' "$(sos_dependencies)" \
        "$(cat "$SOS_LOCAL"/venv/lib/python3.*/site-packages/odoo-19.pth)"
}

# Fit to be upgraded: made on this Odoo, and every addon in it still exists.
sos_template_usable() {
    local addon
    sos_db_exists "$1" && sos_db_exists sos_base || return 1
    [[ -n $(sos_db_comment "$1") ]] || return 1
    [[ "$(sos_db_comment sos_base)" == "$(sos_base_stamp)" ]] || return 1
    for addon in $(sos_installed_addons "$1"); do
        [[ -f $SOS_ROOT/addons/$addon/__manifest__.py ]] || return 1
    done
}

sos_template() {
    local template
    template=$(sos_template_name)
    [[ -n $(sos_addons) ]] || sos_die \
        "there is no addon in addons/${SOS_ADDONS:+ with the name $SOS_ADDONS}."
    if sos_template_usable "$template"; then
        sos_db_upgrade "$template" && return
        echo "The upgrade failed; from nothing, then."
    fi
    sos_template_from_nothing "$template" || {
        sos_db_drop "$template"
        sos_die "the addons could not be installed (lines above). Mend what they" \
            "name, and start again."
    }
}

# sos_template_copy DATABASE: a new database with the addons as they are now. One
# at a time, since the template is read while it is copied.
sos_template_copy() {
    local template
    sos_export
    template=$(sos_template_name)
    exec 8>"$SOS_LOCAL/template.lock"
    flock 8
    sos_template
    sos_db_drop "$1"
    sos_db_copy "$template" "$1"
    exec 8>&-
}

# sos_week_copy DATABASE CHILDREN: a copy of a database of generated children, which is
# made once and kept until an addon changes. They end ten days ago: so some of what they
# wait for is late.
sos_week_copy() {
    local kept=sos_week_$2 hashes
    sos_export
    hashes=$(sos_addon_hashes)
    if [[ $(sos_db_comment "$kept") != "$hashes" ]]; then
        sos_db_drop "$kept"
        "$SOS_ROOT/scripts/generate" "$2" --database "$kept" \
            --as-at "$(date -d '10 days ago' +%F)"
        sos_db_set_comment "$kept" "$hashes"
    fi
    sos_db_drop "$1"
    sos_db_copy "$kept" "$1"
}
