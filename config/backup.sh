#!/usr/bin/env bash
# Runs in the backup container (docker-compose.yml): every night at two, the
# database and then the files, so that every file a record names is in the copy.
#
# To put a backup back, with the service "odoo" stopped:
#   docker compose exec -T db createdb -U NAME -T template0 sos
#   docker compose exec -T db pg_restore -U NAME -d sos --no-owner < DAY/sos.dump
#   docker compose run --rm --no-deps -T --entrypoint \
#       "tar -C /var/lib/odoo/filestore -xzf -" odoo < DAY/filestore.tar.gz
set -euo pipefail
umask 077

: "${SOS_BACKUP_DAYS:?set it in .env to the number of days to keep backups for}"

backup() {
    local day part
    day=/backups/$(date +%Y-%m-%d)
    part=$day.part
    rm -rf "$part"
    mkdir -p "$part"
    pg_dump --format=custom --file="$part/sos.dump" sos
    # A dump that cannot be read back is no backup.
    pg_restore --list "$part/sos.dump" >/dev/null
    # 1: files appeared or went while they were read, which is fine here.
    tar -C /var/lib/odoo/filestore -czf "$part/filestore.tar.gz" sos || (($? == 1))
    rm -rf "$day"
    mv "$part" "$day"
    touch /backups/last-success
    find /backups -maxdepth 1 -name '20??-??-??' -mtime "+$SOS_BACKUP_DAYS" -exec rm -rf {} +
    echo "Backup of $(date -Is): $(du -sh "$day" | cut -f1)"
}

seconds_until_two() {
    local now next
    now=$(date +%s)
    next=$(date -d '02:00' +%s)
    ((next > now)) || next=$(date -d 'tomorrow 02:00' +%s)
    echo $((next - now))
}

# The first one at once, so that a new service is never without.
while true; do
    # In a shell of its own, so that an error ends the backup and not the service.
    bash -euo pipefail -c "$(declare -f backup); umask 077; backup" ||
        echo "The backup of $(date -Is) FAILED (lines above)." >&2
    sleep "$(seconds_until_two)"
done
