"""What an installation does to the settings of other apps: parameters, jobs, rules and
rights of two databases, compared.

scripts/what-changed BEFORE AFTER [--of-all]: prints what differs, and ends with 1 if
anything does.
"""

import argparse
import sys

import psycopg2

#: what every database, or every start of a server, has its own of
VOLATILE = (
    "database.create_date",
    "database.secret",
    "database.uuid",
    "mail.web_push_vapid_private_key",
    "mail.web_push_vapid_public_key",
    "web.base.url",
)
#: kind: the query of its rows, as (addon, name, what it is)
QUERIES = {
    "parameter": """
        SELECT COALESCE(d.module, ''), p.key, p.value
        FROM ir_config_parameter p
        LEFT JOIN ir_model_data d
            ON d.model = 'ir.config_parameter' AND d.res_id = p.id""",
    "job": """
        SELECT d.module, d.module || '.' || d.name,
            CASE WHEN c.active THEN 'on' ELSE 'off' END
            || ', every ' || c.interval_number || ' ' || c.interval_type
        FROM ir_cron c JOIN ir_model_data d
            ON d.model = 'ir.cron' AND d.res_id = c.id""",
    "rule": """
        SELECT d.module, d.module || '.' || d.name,
            concat_ws(' ', m.model, r.domain_force,
                'active', r.active, 'r', r.perm_read, 'w', r.perm_write,
                'c', r.perm_create, 'd', r.perm_unlink, 'of', (
                    SELECT string_agg(g.module || '.' || g.name, ' '
                        ORDER BY g.module, g.name)
                    FROM rule_group_rel rel JOIN ir_model_data g
                        ON g.model = 'res.groups' AND g.res_id = rel.group_id
                    WHERE rel.rule_group_id = r.id))
        FROM ir_rule r JOIN ir_model m ON m.id = r.model_id
        JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id""",
    "right": """
        SELECT d.module, d.module || '.' || d.name,
            concat_ws(' ', m.model, 'of', a.group_id IS NOT NULL, 'active', a.active,
                'r', a.perm_read, 'w', a.perm_write, 'c', a.perm_create,
                'd', a.perm_unlink)
        FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id
        JOIN ir_model_data d ON d.model = 'ir.model.access' AND d.res_id = a.id""",
    # of another app's group: what it brings, ours included
    "group": """
        SELECT d.module, d.module || '.' || d.name, COALESCE((
            SELECT string_agg(i.module || '.' || i.name, ' ' ORDER BY i.module, i.name)
            FROM res_groups_implied_rel rel JOIN ir_model_data i
                ON i.model = 'res.groups' AND i.res_id = rel.hid
            WHERE rel.gid = g.id), '')
        FROM res_groups g JOIN ir_model_data d
            ON d.model = 'res.groups' AND d.res_id = g.id""",
    # of Odoo's own users
    "user": """
        SELECT d.module, u.login || ' in ' || d.module || '.' || d.name, 'yes'
        FROM res_groups_users_rel rel JOIN res_users u ON u.id = rel.uid
        JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = rel.gid
        JOIN ir_model_data o ON o.model = 'res.users' AND o.res_id = u.id""",
}
#: what only some apps have
IF_THERE = {
    "digest_digest": (
        "digest",
        "SELECT 'digest', 'digest ' || id, state FROM digest_digest",
    ),
}


def take(cr):
    """``{(kind, name): what it is}`` of what is not ours, and the addons."""
    cr.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
    addons = {name for (name,) in cr.fetchall() if not name.startswith("sos_")}
    queries = dict(QUERIES)
    for table, (kind, query) in IF_THERE.items():
        cr.execute("SELECT to_regclass(%s)", [table])
        if cr.fetchone()[0]:
            queries[kind] = query
    settings = {}
    for kind, query in queries.items():
        cr.execute(query)
        for addon, name, value in cr.fetchall():
            ours = addon.startswith("sos_") or name.startswith("sos_")
            if not ours and name not in VOLATILE:
                settings[kind, name] = (addon, value)
    return addons, settings


def compare(before, after, of_all=False):
    """What differs, a line each: of the apps that are in both databases, or of all.

    :param before: as ``take`` returns it
    """
    addons = before[0] & after[0]
    # what nobody's file brings, and only one of them has, may be an app's that only
    # that one has
    shared = before[1].keys() & after[1].keys()
    if before[0] == after[0]:
        shared = before[1].keys() | after[1].keys()

    def keep(settings):
        kept = {}
        for key, (addon, value) in settings.items():
            if of_all:
                kept[key] = value
            elif addon in addons or (not addon and key in shared):
                # of the groups that one brings, those of apps that both have
                words = value.split() if key[0] == "group" else []
                known = [w for w in words if w.split(".")[0] in addons]
                kept[key] = " ".join(known) if words else value
        return kept

    old, new = keep(before[1]), keep(after[1])
    return [
        f"{kind} {name}: {old.get((kind, name), 'was not there')}"
        f" -> {new.get((kind, name), 'is not there')}"
        for kind, name in sorted(old.keys() | new.keys())
        if old.get((kind, name)) != new.get((kind, name))
    ]


def count(settings):
    """“12 jobs, 40 parameters, …”"""
    kinds = [kind for kind, _name in settings]
    return ", ".join(f"{kinds.count(kind)} {kind}s" for kind in sorted(set(kinds)))


def take_of(database):
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cr:
            return take(cr)
    finally:
        connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", help="a database")
    parser.add_argument("after", help="a database")
    parser.add_argument(
        "--of-all",
        action="store_true",
        help="also what belongs to apps that only one of them has",
    )
    options = parser.parse_args()
    before, after = take_of(options.before), take_of(options.after)
    print(f"Compared: {count(before[1])}; with {count(after[1])}.")
    lines = compare(before, after, options.of_all)
    print("\n".join(lines) if lines else "Nothing differs.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
