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
    names = [f"Task {number:05d}" for number in range(count)]
    tasks = quiet.env["project.task"].create(
        [
            {
                "name": name,
                "project_id": project.id,
                "user_ids": [Command.set(users[place % len(users)].ids)],
            }
            for place, name in enumerate(names)
        ]
    )
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
