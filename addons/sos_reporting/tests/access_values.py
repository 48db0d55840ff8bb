"""What records of this addon are made of, for the tests of the access table."""

from odoo import fields

VALUES = {}
WRITTEN = {
    "sos.census.check": "query_ids",
    "sos.census.check.line": "reason",
    "sos.return.issue": "reason",
}


def _return(family, user):
    return {"kind": "cin", "year": "2026"}


def _make_return(family):
    return family.world.env["sos.return"].create({"kind": "cin", "year": "2026"})


VALUES["sos.return"] = _return
VALUES["sos.return.row"] = lambda family, user: {
    "return_id": _make_return(family).id,
    "number": "P1",
}
VALUES["sos.return.issue"] = lambda family, user: {
    "return_id": _make_return(family).id,
    "kind": "query",
    "code": "8897Q",
}
VALUES["sos.census.check.line"] = lambda family, user: {
    "check_id": family.world.make("sos.census.check", family, user).id,
    "kind": "query",
    "code": "8897Q",
}
VALUES["sos.return.answer"] = lambda family, user: {
    "company_id": family.world.env.company.id,
    "code": "8897Q",
    "number": str(family.case.id),
    "reason": "It is so.",
}
VALUES["sos.return.task"] = lambda family, user: {
    "return_id": _make_return(family).id,
    "case_id": family.case.id,
    "text": f"Rule 4220: {family.mark}",
    "given_on": fields.Date.today(),
}


def _row(model, of):
    """A row of a view has the number of the record that it is about."""

    def get(family, user):
        return family.world.env[model].browse(family.get(of).id)

    return get


def _submitted(family, user):
    form = family.new_form(user)
    form.write({"state": "submitted", "submitted_at": fields.Datetime.now()})
    return family.world.env["sos.measure.form"].browse(form.id)


VALUES["sos.measure.step"] = _row("sos.measure.step", "sos.deadline")
VALUES["sos.measure.episode"] = _row("sos.measure.episode", "sos.episode")
VALUES["sos.measure.plan"] = _row("sos.measure.plan", "sos.plan")
VALUES["sos.measure.caseload"] = _row("sos.measure.caseload", "sos.case")
VALUES["sos.whiteboard"] = _row("sos.whiteboard", "sos.case")
VALUES["sos.measure.form"] = _submitted
