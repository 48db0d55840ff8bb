# shellcheck shell=bash
# A state of the service is a database, its files, the code that it was upgraded with
# and the head of its log's seals, all under one name:
#
#   sos            the one that serves
#   sos_next       being made by an installation or an upgrade
#   sos_restored   taken out of a backup
#   sos_before     the one that served until another was put in its place
#   sos_undone     the one that an upgrade made, after a way back
#
# What serves is never changed by halves: another state is made beside it and put in
# its place when it is whole. Sourced by install.sh and restore.sh, which set
# SOS_DATABASE (sos) and SOS_DATA (the data folder of Odoo).

say() { printf '%s\n' "$*"; }

# Says what is wrong and what to do, and ends.
die() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

ask() { psql -XAtq -v ON_ERROR_STOP=1 -d postgres -c "$1"; }
state() { printf '%s_%s\n' "$SOS_DATABASE" "$1"; }
database_exists() { [[ -n $(ask "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }

check_not_in_use() {
    [[ $(ask "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1'") == 0 ]] ||
        die "the database $1 is in use. Stop the service first (docker compose stop" \
            "odoo), then start this again. Nothing was changed."
}

# The parts of a state in the data folder; what is not there yet is left out.
state_parts() {
    printf '%s\n' "$SOS_DATA/filestore/$1" "$SOS_DATA/addons/$1" "$SOS_DATA/seals/$1.txt"
}

drop_state() {
    local part
    dropdb --if-exists "$1" 2>/dev/null
    state_parts "$1" | while read -r part; do rm -rf "${part:?}"; done
}

# Which state is being put in place; what is left of it is finished at the next start.
swap_mark() { printf '%s/putting-in-place' "$SOS_DATA"; }

# put_in_place STATE FORMER: FORMER is what the one that serves is called from then on.
put_in_place() {
    check_not_in_use "$SOS_DATABASE"
    check_not_in_use "$1"
    drop_state "$2"
    printf '%s %s\n' "$1" "$2" >"$(swap_mark)"
    finish_swap
}

# Can be ended at any point and run again: each part is moved once.
finish_swap() {
    local from to part served former
    [[ -s $(swap_mark) ]] || return 0
    read -r from to <"$(swap_mark)"
    if database_exists "$from"; then
        {
            ! database_exists "$SOS_DATABASE" ||
                printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$SOS_DATABASE" "$to"
            printf 'ALTER DATABASE "%s" RENAME TO "%s";\n' "$from" "$SOS_DATABASE"
        } | psql -Xq1 -v ON_ERROR_STOP=1 -d postgres
    fi
    while read -r part served former; do
        [[ -e $part ]] || continue
        # The former may have been moved already.
        [[ ! -e $served || -e $former ]] || mv "$served" "$former"
        mv -T "$part" "$served"
    done < <(paste <(state_parts "$from") <(state_parts "$SOS_DATABASE") <(state_parts "$to"))
    rm "$(swap_mark)"
}
