"""What records of this addon are made of, for the tests of the access table."""

VALUES = {}


def _idea(family, user):
    kind = family.world.env["sos.form.type"]._get("assessment")
    return {"form_type_id": kind.id, "problem": "Too long.", "proposal": "Shorter."}


VALUES["sos.form.idea"] = _idea
