#!/usr/bin/env bash
# Runs in a container of PostgreSQL (docker-compose.yml): every night at two, the
# database and then the files, so that every file that a record names is in the copy;
# with --once, now, before an upgrade. restore.sh puts one back.
set -euo pipefail
umask 077

: "${SOS_BACKUP_DAYS:?set it in .env to the number of days to keep backups for}"
backups=${SOS_BACKUPS:-/backups}
database=${SOS_DATABASE:-sos}
data=${SOS_DATA:-/var/lib/odoo}

backup() {
    local day part parts=() name
    day=$backups/$(date +%Y-%m-%dT%H%M%S)
    part=$day.part
    rm -rf "$backups"/*.part
    mkdir -p "$part"
    pg_dump --format=custom --file="$part/sos.dump" "$database"
    # A dump that cannot be read back is no backup.
    pg_restore --list "$part/sos.dump" >/dev/null
    for name in "filestore/$database" "addons/$database" "seals/$database.txt"; do
        [[ ! -e $data/$name ]] || parts+=("$name")
    done
    # 1: files appeared or went while they were read, which is fine here.
    tar -C "$data" -czf "$part/files.tar.gz" "${parts[@]}" || (($? == 1))
    (cd "$part" && sha256sum sos.dump files.tar.gz >SHA256SUMS)
    mv "$part" "$day"
    touch "$backups/last-success"
    find "$backups" -maxdepth 1 -name '20??-??-??*' -mtime "+$SOS_BACKUP_DAYS" -exec rm -rf {} +
    echo "Backup of $(date -Is): $(basename "$day"), $(du -sh "$day" | cut -f1)"
}

seconds_until_two() {
    local now next
    now=$(date +%s)
    next=$(date -d '02:00' +%s)
    ((next > now)) || next=$(date -d 'tomorrow 02:00' +%s)
    echo $((next - now))
}

if [[ ${1:-} == --once ]]; then
    backup
    exit
fi
# The first one at once, so that a new service is never without; a restart of this
# container makes none beside a new one.
if [[ -z $(find "$backups/last-success" -mmin -720 2>/dev/null) ]]; then
    wait=0
else
    wait=$(seconds_until_two)
fi
while sleep "$wait"; do
    # In a shell of its own, so that an error ends the backup and not the service.
    bash "${BASH_SOURCE[0]}" --once ||
        echo "The backup of $(date -Is) FAILED (lines above)." >&2
    wait=$(seconds_until_two)
done
