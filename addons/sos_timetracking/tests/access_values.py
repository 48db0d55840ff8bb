"""What records of this addon are made of, for the tests of the access table."""

from datetime import timedelta

from odoo import fields

VALUES = {}
WRITTEN = {"account.analytic.line": "sos_note"}


def _line(family, user):
    world = family.world
    employees = world.env["hr.employee"]
    employee = employees.search([("user_id", "=", user.id)], limit=1)
    employee = employee or employees.create({"name": user.name, "user_id": user.id})
    # a day of its own for each: nobody has more than 24 hours in one; all in one
    # month, of which a share is the sum
    lines = world.env["account.analytic.line"]
    earlier = lines.search_count([("employee_id", "=", employee.id)])
    return {
        "date": fields.Date.today().replace(day=1) - timedelta(days=1 + earlier),
        "sos_case_id": family.case.id,
        "sos_form_id": family.get("sos.form").id,
        "sos_work_kind_id": world.code("work_kind", "recording").id,
        "sos_note": family.mark,
        "unit_amount": family.marks.hours,
        "employee_id": employee.id,
    }


VALUES["account.analytic.line"] = _line


def _study(family, user):
    return {"name": "A study"}


def _study_type(family, user):
    world = family.world
    study = world.env["sos.time.study"].create({"name": "A study"})
    return {"study_id": study.id, "form_type_id": _get_type(family).id}


def _get_type(family):
    return family.world.env["sos.form.type"].search([], limit=1)


VALUES["sos.time.study"] = _study
VALUES["sos.time.study.type"] = _study_type


def _share(family, user):
    """The user's own month, in the team of the family."""
    world = family.world
    world.make("account.analytic.line", family, user)
    world.env.flush_all()
    return world.env["sos.time.share"].search(
        [("user_id", "=", user.id), ("team_id", "=", family.case.team_id.id)], limit=1
    )


def _share_team(family, user):
    """A month of five people."""
    world = family.world
    for number in range(5):
        login = f"share_{number}"
        person = world.env["res.users"].search([("login", "=", login)])
        person = person or person.create({"name": login, "login": login})
        world.make("account.analytic.line", family, person)
    world.env.flush_all()
    return world.env["sos.time.share.team"].search([], limit=1)


def _timer(family, user):
    """Whoever has one running starts no other."""
    running = family.world.env["sos.timer"].search([("user_id", "=", user.id)])
    return running or {}


VALUES["sos.timer"] = _timer
VALUES["sos.time.share"] = _share
VALUES["sos.time.share.team"] = _share_team
