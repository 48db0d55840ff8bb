"""What records of this addon are made of, for the tests of the access table."""

VALUES = {}


def _line(family, user):
    world = family.world
    employees = world.env["hr.employee"]
    employee = employees.search([("user_id", "=", user.id)], limit=1)
    employee = employee or employees.create({"name": user.name, "user_id": user.id})
    return {
        "sos_case_id": family.case.id,
        "sos_form_id": family.get("sos.form").id,
        "sos_work_kind_id": world.code("work_kind", "recording").id,
        "sos_note": family.mark,
        "unit_amount": 0.5,
        "employee_id": employee.id,
    }


VALUES["account.analytic.line"] = _line
