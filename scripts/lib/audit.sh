# shellcheck shell=bash
# Keys and passwords in the files, and published weaknesses of the pinned packages.

# The files of the repository, those that are not committed yet included.
sos_own_files() {
    git -C "$SOS_ROOT" ls-files -z --cached --others --exclude-standard --deduplicate |
        while IFS= read -r -d '' file; do
            [[ ! -f $SOS_ROOT/$file ]] || printf '%s\0' "$file"
        done
}

# sos_find_secrets FILE…: 0 when there are none. What is known to be none, and which
# files are left out, is in config/secrets-baseline.json.
sos_find_secrets() {
    local baseline=$SOS_LOCAL/secrets-baseline.json result=0
    # A copy: the tool writes the numbers of the lines into it, which ends with 3.
    cp "$SOS_ROOT/config/secrets-baseline.json" "$baseline"
    "$SOS_LOCAL/lint/bin/detect-secrets-hook" --no-verify --baseline "$baseline" "$@" ||
        result=$?
    ((result == 3)) || return "$result"
}

sos_check_secrets() {
    local planted files
    # A tool that finds nothing any more would say that all is well.
    planted=$SOS_LOCAL/planted-key.py
    printf 'key = "%s%s"\n' 'AKIA' 'Q3EGUY7XWLK5PDT2' >"$planted"
    if sos_find_secrets "$planted" >/dev/null 2>&1; then
        echo 'A key that was planted was not found: the scan does not work.'
        return 1
    fi
    rm "$planted"
    mapfile -d '' files < <(sos_own_files)
    sos_find_secrets "${files[@]}"
}

# Whether the list of weaknesses answers, and with something: many networks let only
# packages through.
sos_advisories_reachable() {
    "$SOS_LOCAL/lint/bin/python" - <<'PY'
import json
import sys
import urllib.request

# a release with published weaknesses
address = "https://pypi.org/pypi/jinja2/2.4.1/json"
try:
    with urllib.request.urlopen(address, timeout=5) as answer:
        sys.exit(not json.load(answer).get("vulnerabilities"))
except (OSError, ValueError):
    sys.exit(1)
PY
}

# sos_audit REQUIREMENTS: without installing anything. config/audit-ignore.txt names
# what was looked into, and why it does not matter here.
sos_audit() {
    local ignore=() id
    while read -r id _; do
        [[ -z $id || $id == '#'* ]] || ignore+=(--ignore-vuln "$id")
    done <"$SOS_ROOT/config/audit-ignore.txt"
    timeout 90 "$SOS_LOCAL/lint/bin/pip-audit" --disable-pip --no-deps \
        --progress-spinner=off --timeout=10 "${ignore[@]}" -r "$1"
}

# What Odoo itself pins is left out: in a real service it comes with Odoo's image and
# is renewed with it.
sos_check_weaknesses() {
    local file result=0
    for file in "$SOS_ROOT"/config/requirements-*.txt; do
        [[ $file == */requirements-odoo.txt ]] || sos_audit "$file" || result=1
    done
    return "$result"
}
