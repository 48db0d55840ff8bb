# shellcheck shell=bash
# The demonstration database sos_demo.

# The families that are played into it.
SOS_DEMO_CASES=(tests/cases/ashdown.yaml tests/cases/brook.yaml)
SOS_DEMO_ROLES=(practitioner team_manager conference_chair business_support
    practice_lead quality_auditor performance_analyst service_manager configurator)

# A copy of the template brings its data but not the note of what it is made of,
# which is written last: what was interrupted is made again.
sos_demo_make() {
    local template
    template=$(sos_template_name)
    sos_template_copy sos_demo
    sos_demo_play
    sos_demo_passwords
    sos_db_set_comment sos_demo "$(sos_db_comment "$template")"
}

sos_demo_usable() { sos_db_exists sos_demo && [[ -n $(sos_db_comment sos_demo) ]]; }

# Makes the database, or brings it to the state of the work tree.
sos_demo() {
    sos_export
    if sos_demo_usable; then
        sos_db_upgrade sos_demo || sos_die "the addons could not be upgraded in the" \
            "demonstration (lines above). 'scripts/run --fresh' makes it anew."
        [[ -f $SOS_LOCAL/demo-password ]] || sos_demo_passwords
    else
        sos_demo_make
    fi
}

sos_demo_play() {
    local case cases=()
    for case in "${SOS_DEMO_CASES[@]}"; do
        [[ ! -f $SOS_ROOT/$case ]] || cases+=("$case")
    done
    if [[ ! -x $SOS_ROOT/scripts/play ]] || ((${#cases[@]} == 0)); then
        echo "Left out: there is no scripts/play or no case to play."
        return
    fi
    (cd "$SOS_ROOT" && scripts/play "${cases[@]}" --db sos_demo)
}

# Made once per installation: a password that is the same everywhere would end up
# on a machine that others can reach.
sos_demo_passwords() {
    local file=$SOS_LOCAL/demo-password
    [[ -s $file ]] || (
        umask 077
        "$SOS_PYTHON" -c 'import secrets; print(secrets.token_urlsafe(9))' >"$file"
    )
    SOS_DEMO_PASSWORD=$(<"$file") sos_odoo_run shell -c "$SOS_LOCAL/odoo.conf" \
        -d sos_demo --no-http --log-level=error <"$SOS_LIB/demo_users.py"
}

# "role login": the first user of each role, as the database has it.
sos_demo_logins() {
    local role
    for role in "${SOS_DEMO_ROLES[@]}"; do
        printf '  %-22s %s\n' "${role//_/ }" "$(sos_psql sos_demo "
            SELECT u.login FROM res_users u
            JOIN res_groups_users_rel r ON r.uid = u.id
            JOIN ir_model_data d ON d.res_id = r.gid AND d.model = 'res.groups'
            WHERE d.module = 'sos_casework' AND d.name = 'group_$role' AND u.active
            ORDER BY u.login = 'admin', u.id LIMIT 1")"
    done
}
