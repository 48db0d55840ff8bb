"""What a record of each model is made of, for the tests of the access table.

A model that is not here is filled by itself: what it requires, and texts. Each function
gets the family and the user who writes, and may add what the record hangs on."""

from odoo import Command, fields

VALUES = {}
#: model → the field that is written, where it is not the first that users fill in
WRITTEN = {
    "sos.deadline": "late_reason",
    "sos.form.answer": "body",
    "sos.legal.hold": "lift_reason",
}


def values(model):
    def register(function):
        VALUES[model] = function
        return function

    return register


@values("sos.case")
def _case(family, user):
    return {"name": f"{family.mark} again", "team_id": family.case.team_id.id}


@values("sos.person")
def _person(family, user):
    return {
        "first_name": f"{family.marks.first_name}pat",
        "last_name": family.mark,
        "kind": "adult",
        "birth_date": family.marks.adult_born,
        # one number is one child's, and the child has it
        "upn": False,
        "former_upn": False,
    }


@values("sos.case.member")
def _case_member(family, user):
    person = family.new_person(user)
    return {"case_id": family.case.id, "person_id": person.id, "role": "network"}


@values("sos.allocation")
def _allocation(family, user):
    team = family.case.team_id.id
    return {"case_id": family.case.id, "team_id": team, "role": "co_worker"}


@values("sos.relationship")
def _relationship(family, user):
    kind = family.world.code("relationship", "grandparent")
    other = family.new_member(user)
    return {"person_id": family.adult.id, "type_id": kind.id, "other_id": other.id}


@values("sos.person.name")
def _person_name(family, user):
    return {
        "person_id": family.adult.id,
        "kind": "before",
        "last_name": family.mark,
    }


@values("sos.address")
def _address(family, user):
    return {
        "person_id": family.adult.id,
        "text": f"1 {family.mark} Road",
        "postcode": family.marks.postcode,
    }


@values("sos.person.flag")
def _person_flag(family, user):
    return {
        "person_id": family.adult.id,
        "text": f"{family.mark}: a dog.",
        "review_on": fields.Date.add(fields.Date.today(), months=2),
    }


@values("sos.danger")
def _danger(family, user):
    text = f"We worry about {family.mark}."
    return {"case_id": family.case.id, "text": text, "goal": f"{family.mark} is safe."}


@values("sos.rating")
def _rating(family, user):
    danger, person = family.get("sos.danger").id, family.adult.id
    return {"danger_id": danger, "person_id": person, "score": 4}


@values("sos.opinion")
def _opinion(family, user):
    danger, person = family.get("sos.danger").id, family.adult.id
    return {"danger_id": danger, "person_id": person, "opinion": "agrees"}


@values("sos.share.wish")
def _share_wish(family, user):
    return {
        "case_id": family.case.id,
        "child_id": family.child.id,
        "person_id": family.new_member(user).id,
    }


@values("sos.network.member")
def _network_member(family, user):
    person = family.new_member(user)
    return {"case_id": family.case.id, "person_id": person.id, "role": family.mark}


@values("sos.form")
def _form(family, user):
    return {
        "case_id": family.case.id,
        "type_id": family.world.env["sos.form.type"]._get("assessment").id,
        "child_ids": [Command.create({"child_id": family.child.id})],
    }


@values("sos.form.child")
def _form_child(family, user):
    child = family.new_member(user, role="child")
    return {"form_id": family.get("sos.form").id, "child_id": child.id}


@values("sos.form.answer")
def _form_answer(family, user):
    """As the system adds it, with a child that the section is not asked for."""
    form = family.get("sos.form")
    return {
        "form_id": form.id,
        "section_id": form.version_id.section_ids[0].id,
        "child_id": family.new_member(user, role="child").id,
        "body": f"{family.mark} answers.",
        "written_by_id": user.id,
    }


@values("sos.form.attendance")
def _form_attendance(family, user):
    form = family.get("sos.form")
    return {"form_id": form.id, "person_id": family.new_member(user).id}


@values("sos.form.document")
def _form_document(family, user):
    text = f'{{"name":"{family.mark}"}}'
    documents = family.world.env["sos.form.document"]
    return {
        "form_id": family.get("sos.form").id,
        "number": 1 + documents.search_count([]),
        "frozen_at": fields.Datetime.now(),
        "frozen_by_id": user.id,
        "content": text,
        "sha256": documents._fingerprint(text),
    }


@values("sos.form.addendum")
def _form_addendum(family, user):
    form = family.new_form(user)
    form.state = "complete"
    return {"form_id": form.id, "text": f"{family.mark} added."}


@values("sos.output.release")
def _output_release(family, user):
    return {
        "case_id": family.case.id,
        "child_id": family.child.id,
        "person_id": family.adult.id,
        "reason": f"{family.mark} asked.",
    }


@values("sos.access.log")
def _access_log(family, user):
    """Made by its one way to write, which creates nothing that Odoo knows of."""
    logs = family.world.env["sos.access.log"]
    logs.with_user(user).sudo(False)._record("opened", family.case)
    return logs.search([], order="id desc", limit=1)


@values("sos.access.seal")
def _access_seal(family, user):
    seals = family.world.env["sos.access.seal"]
    seals._seal()
    return seals.search([], limit=1)


@values("sos.oversight")
def _oversight(family, user):
    """Made by its one way to write, of a family that few overseers may read."""
    notices = family.world.env["sos.oversight"]
    name = f"Somebody restricted {family.case.reference}"
    notices.with_user(user).sudo(False)._tell("restriction", name, family.case)
    return notices.search([], limit=1)


@values("sos.oversight.trace")
def _oversight_trace(family, user):
    return family.world.env["sos.oversight.trace"].search([], limit=1)


@values("sos.access.notice")
def _access_notice(family, user):
    viewer = family.world.users["quality_auditor"]
    return {
        "case_id": family.case.id,
        "viewer_id": viewer.id,
        "name": f"Somebody looked at {family.case.reference}",
    }


@values("sos.access.block")
def _access_block(family, user):
    again = "sos.access.block" in family.made
    blocked = family.world.users["configurator" if again else "no_role"]
    return {"case_id": family.case.id, "user_id": blocked.id}


@values("sos.break.glass")
def _break_glass(family, user):
    """Over, and without a name: quality audit reads it of restricted families too."""
    now = fields.Datetime.now()
    return {
        "case_id": family.case.id,
        "user_id": user.id,
        "reason": "Nobody else was there to help.",
        "note": False,
        "opened_at": now,
        "until": now,
        "ended_at": now,
    }


@values("sos.break.glass.open")
def _break_glass_open(family, user):
    return {"reference": family.case.reference, "hours": 1}


@values("sos.person.search.result")
def _person_search_result(family, user):
    searches = family.world.env["sos.person.search"].with_user(user).sudo()
    return {"search_id": searches.create({"last_name": "Nobody"}).id}


@values("sos.change.log")
def _change_log(family, user):
    return {
        "case_id": family.case.id,
        "res_model": "sos.case",
        "res_id": family.case.id,
        "field": "name",
        "old": family.mark,
        "new": f"{family.mark} anew",
        "user_id": user.id,
        "at": fields.Datetime.now(),
    }


@values("sos.subject.piece")
def _subject_piece(family, user):
    """Of a request that is in review: what is decided before is decided anew."""
    request = family.get("sos.subject.request")
    request.state = "gathered"
    return {"request_id": request.id}


@values("ir.attachment")
def _attachment(family, user):
    """A file that is put to a record, beside the pictures in its fields."""
    return {
        "name": family.mark,
        "raw": f"%PDF-1.4\n% {family.mark}\n%%EOF\n".encode(),
        "res_model": "sos.voice",
        "res_id": family.get("sos.voice").id,
    }


@values("sos.person.merge.line")
def _person_merge_line(family, user):
    return {"merge_id": family.get("sos.person.merge").id}


@values("sos.merge")
def _merge(family, user):
    return {"kind": "families", "merged_case_id": family.case.id}


@values("mail.activity")
def _activity(family, user):
    """The reminder of a clock, as the system makes it."""
    clock = family.get("sos.deadline")
    return {
        "res_model_id": family.world.env["ir.model"]._get_id(clock._name),
        "res_id": clock.id,
        "activity_type_id": family.world.env.ref("mail.mail_activity_data_todo").id,
        "summary": clock.case_id.reference,
        "user_id": user.id,
        "automated": True,
    }


@values("sos.form.open")
def _form_open(family, user):
    kind = family.world.env["sos.form.type"]._get("visit")
    return {"case_id": family.case.id, "type_id": kind.id}


@values("sos.form.reason")
def _form_reason(family, user):
    form = family.get("sos.form").id
    return {"form_id": form, "operation": "action_cancel", "reason": family.mark}


@values("sos.deadline.pause")
def _deadline_pause(family, user):
    clocks = family.get("sos.deadline")
    return {"deadline_ids": [Command.set(clocks.ids)], "reason": family.mark}


@values("sos.referral")
def _referral(family, user):
    return {
        "case_id": family.case.id,
        "family_name": family.mark,
        "team_id": family.case.team_id.id,
        "source_id": family.world.code("referral_source", "2A").id,
        "need_id": family.world.code("primary_need", "N1").id,
    }


@values("sos.person.birth")
def _person_birth(family, user):
    return {"person_id": family.child.id, "sex_id": family.world.code("sex", "F").id}


def _new_version(family):
    env = family.world.env
    kind = env["sos.form.type"]._get("assessment")
    return env["sos.form.version"].create({"type_id": kind.id})


@values("sos.form.section")
def _form_section(family, user):
    version = _new_version(family).id
    return {"version_id": version, "code": "more", "name": "More"}


@values("sos.decision")
def _decision(family, user):
    version = _new_version(family).id
    return {"version_id": version, "code": "more", "name": "More"}
