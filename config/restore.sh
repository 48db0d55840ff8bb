#!/usr/bin/env bash
# Runs in a container of PostgreSQL (docker-compose.yml) and puts a backup back:
#
#   docker compose run --rm restore                     lists the backups
#   docker compose run --rm restore BACKUP              reads one, beside what serves
#   docker compose stop odoo
#   docker compose run --rm restore --put-in-place      what was read serves from now on
#   docker compose up -d
#
# What serves is never written into: it is kept under another name (sos_before).
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
backups=${SOS_BACKUPS:-/backups}
SOS_DATABASE=${SOS_DATABASE:-sos}
SOS_DATA=${SOS_DATA:-/var/lib/odoo}
# shellcheck source=state.sh
source "$here/state.sh"
restored=$(state restored)

list() {
    local day
    for day in "$backups"/20*/; do
        [[ -s $day/SHA256SUMS ]] || continue
        printf '%s  %s\n' "$(basename "$day")" "$(du -sh "$day" | cut -f1)"
    done
}

# shellcheck disable=SC2317  # called by the trap
give_up() {
    drop_state "$restored"
    say "The backup could not be read (lines above); what serves was not touched." >&2
}

read_backup() {
    local day=$backups/$1
    [[ $1 != */* && -s $day/SHA256SUMS ]] || die \
        "there is no backup $1. There are: $(list | cut -d ' ' -f1 | paste -sd ' ')"
    say "Checking that nothing of $1 is damaged …"
    (cd "$day" && sha256sum --quiet -c SHA256SUMS) || die \
        "the backup $1 is damaged: take another one."
    drop_state "$restored"
    trap give_up EXIT
    say 'Reading the database …'
    createdb -T template0 "$restored"
    pg_restore --no-owner --exit-on-error -d "$restored" "$day/sos.dump"
    say 'Reading the files …'
    mkdir -p "$SOS_DATA"
    tar -C "$SOS_DATA" -xzf "$day/files.tar.gz" --numeric-owner \
        --transform "s#^\(filestore\|addons\|seals\)/$SOS_DATABASE\b#\1/$restored#"
    trap - EXIT
    say "$1 is read, and what serves goes on. To put it in its place: docker compose" \
        'stop odoo, then docker compose run --rm restore --put-in-place'
}

case ${1:-} in
    '') list ;;
    --put-in-place)
        finish_swap
        if database_exists "$restored"; then
            put_in_place "$restored" "$(state before)"
        else
            die 'no backup was read yet: docker compose run --rm restore BACKUP'
        fi
        say "It is in place: docker compose up -d. What served until now is kept as $(state before)."
        ;;
    -*) die "there is no option $1; see the head of $0." ;;
    *) read_backup "$1" ;;
esac
