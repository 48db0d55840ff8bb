"""Odoo's own records that screens are compared with, as many as there are of ours."""

from odoo.fields import Command
from odoo.tools import SQL

SUB_TASKS, MESSAGES = 20, 30


def give_rights(env, users):
    group = env.ref("project.group_project_user")
    users.write({"group_ids": [Command.link(group.id)]})


def make_tasks(env, users, count):
    """Tasks in a project that only its followers see: under a rule, as families."""
    quiet = env["project.project"].with_context(
        mail_auto_subscribe_no_notify=True, tracking_disable=True
    )
    project = quiet.create(
        {"name": "Bench", "privacy_visibility": "followers", "user_id": users[0].id}
    )
    project.message_subscribe(partner_ids=users.partner_id.ids)
    tasks = quiet.env["project.task"].create(
        [
            {
                "name": f"Task {place:06d}",
                "project_id": project.id,
                "user_ids": [Command.set(user.ids)],
            }
            for place, user in enumerate(users)
        ]
    )
    _multiply(env, tasks, count)
    first = tasks[0]
    first.write(
        {
            "description": "<p>Words.</p>",
            "child_ids": [
                Command.create({"name": f"Part {n}", "project_id": project.id})
                for n in range(SUB_TASKS)
            ],
        }
    )
    for number in range(MESSAGES):
        first.message_post(body=f"Message {number}", message_type="comment")
    return tasks


def _multiply(env, tasks, count):
    """As many tasks as there are of ours, each with what Odoo hangs on the first."""
    env.flush_all()
    cr = env.cr
    turns = count // len(tasks)
    # they were made in one go, so their ids follow each other
    step = len(tasks)
    for table, key, extra in (
        ("project_task", "id", SQL("TRUE")),
        ("project_task_user_rel", "task_id", SQL("TRUE")),
        ("mail_followers", "res_id", SQL("res_model = 'project.task'")),
    ):
        cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = %s AND column_name NOT IN ('id', %s, 'name')",
                table,
                key,
            )
        )
        columns = SQL(", ").join(SQL.identifier(name) for (name,) in cr.fetchall())
        named = table == "project_task"
        cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s%s) SELECT %s + turn * %s, %s%s "
                "FROM %s, generate_series(1, %s) AS turn WHERE %s IN %s AND %s",
                SQL.identifier(table),
                SQL.identifier(key),
                columns,
                SQL(", name" if named else ""),
                SQL.identifier(key),
                step,
                columns,
                SQL(", 'Task ' || lpad((turn * 10 + id %% 10)::text, 6, '0')")
                if named
                else SQL(""),
                SQL.identifier(table),
                turns,
                SQL.identifier(key),
                tasks._ids,
                extra,
            )
        )
    cr.execute(
        "SELECT setval('project_task_id_seq', (SELECT max(id) FROM project_task))"
    )
    env.invalidate_all()


def make_partners(env):
    """A contact for each person, with the same names and numbers."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (name, complete_name, ref, active, type,
                                     is_company, create_date, write_date, barcode)
            SELECT name, name, reference, true, 'contact', false, now(), now(), null
              FROM sos_person
            """
        )
    )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id "
        "WHERE commercial_partner_id IS NULL"
    )
    env.cr.execute("ANALYZE res_partner; ANALYZE project_task")
    env.invalidate_all()
