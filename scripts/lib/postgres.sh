# shellcheck shell=bash
# A PostgreSQL server of our own: no network, a socket in a folder that only its
# owner may enter, data in .local/pg. The system's own servers are left alone.

# The folder of the programs of the newest PostgreSQL that is at least 15.
sos_pg_bin() {
    local dir version best='' found=0
    for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$(sos_pg_bin_in_path)"; do
        [[ -x $dir/postgres && -x $dir/initdb ]] || continue
        version=$("$dir/postgres" -V 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        if ((${version:-0} >= 15 && version > found)); then
            found=$version best=$dir
        fi
    done
    if [[ -z $best && -x $SOS_LOCAL/bin/postgres ]]; then
        best=$SOS_LOCAL/bin
    fi
    [[ -n $best ]] || return 1
    printf '%s\n' "$best"
}

sos_pg_bin_in_path() {
    local program
    program=$(command -v postgres) && dirname "$(readlink -f "$program")"
}

# As the user of the server, which refuses to run as root.
sos_pg_as_owner() {
    if ((EUID == 0)); then
        # From / because that user may not be able to enter the current folder.
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Where the data are and where the socket is; both remembered, since the short
# path of a socket (107 characters at most) and the other user's rights can make
# .local impossible.
sos_pg_home() { cat "$SOS_LOCAL/pg-home" 2>/dev/null || printf '%s\n' "$SOS_LOCAL/pg"; }
sos_pg_socket_dir() {
    cat "$SOS_LOCAL/pg-socket" 2>/dev/null || printf '%s/run\n' "$(sos_pg_home)"
}

sos_pg_ready() {
    PGUSER=sos PGDATABASE=postgres "$(sos_pg_bin)/psql" -h "$(sos_pg_socket_dir)" \
        -p 5432 -XAtqc 'SELECT 1' >/dev/null 2>&1
}

sos_pg_owned_dir() {
    mkdir -p "$1"
    chmod 700 "$1"
    ((EUID != 0)) || chown postgres: "$1"
}

sos_pg_choose_home() {
    local home=$SOS_LOCAL/pg
    [[ -f $SOS_LOCAL/pg-home ]] && home=$(<"$SOS_LOCAL/pg-home")
    if [[ -d $home ]] && sos_pg_as_owner test -x "$home"; then
        return
    fi
    rm -f "$SOS_LOCAL/pg-home" "$SOS_LOCAL/pg-socket"
    if sos_pg_as_owner test -x "$SOS_LOCAL"; then
        sos_pg_owned_dir "$SOS_LOCAL/pg"
        return
    fi
    # For example a work tree under root's home, which postgres cannot enter.
    home=$(mktemp -d /var/tmp/sos-pg.XXXXXX)
    sos_pg_owned_dir "$home"
    printf '%s\n' "$home" >"$SOS_LOCAL/pg-home"
    echo "The user postgres cannot enter $SOS_LOCAL; its data are in $home."
}

sos_pg_choose_socket() {
    local dir name=/.s.PGSQL.5432
    dir=$(sos_pg_socket_dir)
    if [[ -f $SOS_LOCAL/pg-socket && ! -d $dir ]]; then
        rm -f "$SOS_LOCAL/pg-socket"
        dir=$(sos_pg_socket_dir)
    fi
    if ((${#dir} + ${#name} > 107)); then
        dir=$(mktemp -d /tmp/sos-pg.XXXXXX)
        printf '%s\n' "$dir" >"$SOS_LOCAL/pg-socket"
    fi
    sos_pg_owned_dir "$dir"
}

sos_pg_init() {
    local data=$1
    sos_pg_as_owner "$(sos_pg_bin)/initdb" -D "$data" -U postgres -E UTF8 \
        --locale=C.UTF-8 --auth=trust --no-sync
}

# Written at each start, so that a change of this file reaches old clusters.
sos_pg_settings() {
    local megabytes shared
    megabytes=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    shared=$((megabytes / 8 > 512 ? 512 : megabytes / 8))
    cat <<CONF
# Databases for trying and testing: they can be made again at any time, so the
# server need not wait for the disk. Never copy these settings to a real server.
listen_addresses = ''
unix_socket_directories = '$(sos_pg_socket_dir)'
unix_socket_permissions = 0700
port = 5432
max_connections = 100
shared_buffers = ${shared}MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = $((megabytes / 2))MB
random_page_cost = 1.1
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
jit = off
max_parallel_workers_per_gather = 0
timezone = 'UTC'
log_min_messages = warning
CONF
}

# A pid file left behind by a crash, a restart of the machine or a copied folder.
sos_pg_forget_dead() {
    local data=$1 file=$1/postmaster.pid pid
    [[ -f $file ]] || return 0
    pid=$(sed -n 1p "$file")
    if [[ $(sed -n 2p "$file") == "$data" && $(cat "/proc/$pid/comm" 2>/dev/null) == postgres ]]; then
        return 0
    fi
    rm -f "$file"
}

sos_pg_version_fits() {
    local data=$1 is
    [[ -f $data/PG_VERSION ]] || return 0
    is=$("$(sos_pg_bin)/postgres" -V | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [[ $(<"$data/PG_VERSION") == "$is" ]] || sos_die \
        "the databases in $data are of PostgreSQL $(<"$data/PG_VERSION"), the program" \
        "is $is. Remove that folder (they are only for trying and testing)," \
        "and start again."
}

sos_pg_start() {
    local data bin
    sos_pg_ready && return
    bin=$(sos_pg_bin) || sos_die "PostgreSQL 15 or later is missing: install it."
    if ((EUID == 0)) && ! id postgres >/dev/null 2>&1; then
        sos_die "there is no user 'postgres' to run the server as. Install the" \
            "package postgresql, or run this script as an ordinary user."
    fi
    sos_pg_choose_home
    sos_pg_choose_socket
    data=$(sos_pg_home)/data
    [[ -s $data/PG_VERSION ]] || sos_pg_init "$data"
    sos_pg_version_fits "$data"
    sos_pg_forget_dead "$data"
    sos_pg_settings | sos_pg_as_owner tee "$data/postgresql.auto.conf" >/dev/null
    sos_pg_as_owner "$bin/pg_ctl" -D "$data" -l "$(sos_pg_home)/server.log" \
        -w -t 120 start </dev/null || {
        sos_pg_as_owner tail -n 20 "$(sos_pg_home)/server.log"
        sos_die "PostgreSQL did not start (lines above). If its data are damaged," \
            "remove $data: they are only for trying and testing."
    }
    # The role that Odoo uses: may make databases, is no superuser.
    "$bin/psql" -h "$(sos_pg_socket_dir)" -p 5432 -U postgres -d postgres -Xq <<'SQL'
SELECT 'CREATE ROLE sos LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sos') \gexec
SQL
    sos_pg_ready
}

sos_pg_stop() {
    sos_pg_ready || return 0
    sos_pg_as_owner "$(sos_pg_bin)/pg_ctl" -D "$(sos_pg_home)/data" -m fast -w stop
}
