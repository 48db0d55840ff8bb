"""Decisions that took effect before corrections were kept: what each of them set off is
noted from the links that there are, so that it can be corrected like any other."""

from odoo import SUPERUSER_ID, api

#: effect → what it makes, and which field of that leads back to the form
MADE = {
    "refer": ("sos.episode", "contact_id"),
    "refer_nfa": ("sos.episode", "contact_id"),
    "refer_early_help": ("sos.episode", "contact_id"),
    "start_enquiry": ("sos.enquiry", "strategy_id"),
    "record_review": ("sos.plan.review", "form_id"),
    "start_cp_plan": ("sos.plan", "form_id"),
    "start_cin_plan": ("sos.plan", "form_id"),
}
CLOSING = ("close_assessed", "close_early_help", "close_episode")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["sos.form.child"].search(
        [("confirmed_at", "!=", False), ("set_off", "=", False)]
    )
    for line in lines.sorted(lambda c: (c.confirmed_at, c.id)):
        notes = []
        for effect in line.decision_id.effect_ids.sorted("sequence"):
            source = f"effect:{effect.code}"
            notes += _get_made(line, source, effect.code)
            notes += _get_changed(line, source, effect.code)
        notes += _get_clocks(line)
        notes += _get_forms(line)
        line.set_off = notes


def _note(source, record, names, old=None):
    return {
        "by": source,
        "model": record._name,
        "id": record.id,
        "old": old,
        "new": {name: record._get_raw(name) for name in names},
    }


def _get_made(line, source, effect):
    if effect not in MADE:
        return []
    model, link = MADE[effect]
    domain = [(link, "=", line.form_id.id)]
    owner = "plan_id.child_id" if model == "sos.plan.review" else "child_id"
    domain.append((owner, "=", line.child_id.id))
    if model == "sos.plan":
        domain.append(("kind", "=", "cp" if "_cp_" in effect else "cin"))
    return [
        _note(source, record, _get_stored(record))
        for record in line.env[model].search(domain)
    ]


def _get_stored(record):
    return [
        name
        for name, field in record._fields.items()
        if field.store
        and not field.compute
        and not field.related
        and field.type in ("date", "many2one", "boolean")
        and name not in ("create_uid", "write_uid", "correction_id", "active")
    ]


def _get_changed(line, source, effect):
    """What ended on the day of the decision, as it was before."""
    env, day = line.env, line.confirmed_on
    child = [("child_id", "=", line.child_id.id)]
    ended = [*child, ("ended_on", "=", day)]
    plans, enquiries = env["sos.plan"], env["sos.enquiry"]
    episodes = env["sos.episode"]
    if effect in ("end_cp_plan", "end_cin_plan"):
        kind = effect.split("_")[1]
        plans = plans.search([*ended, ("kind", "=", kind)])
    elif effect in ("end_enquiry", "end_enquiry_conference"):
        enquiries = line.enquiry_id.filtered(lambda e: e.ended_on == day)
    elif effect in CLOSING:
        episodes = line.episode_id.filtered(lambda e: e.closed_on == day)
        plans = plans.search([*ended, ("episode_id", "in", episodes.ids)])
        enquiries = enquiries.search([*ended, ("episode_id", "in", episodes.ids)])
    notes = [_note(source, r, ["ended_on"], {"ended_on": False}) for r in plans]
    names = ["ended_on", "conference_required"]
    notes += [_note(source, r, names, dict.fromkeys(names, False)) for r in enquiries]
    names = ["closed_on", "closure_reason_id"]
    notes += [_note(source, r, names, dict.fromkeys(names, False)) for r in episodes]
    case = line.case_id
    if episodes and case.closed_on == day:
        notes.append(_note(source, case, ["closed_on"], {"closed_on": False}))
    clocks = env["sos.deadline"].search(
        [
            *child,
            "|",
            "&",
            ("ended_on", "=", day),
            "|",
            ("plan_id", "in", plans.ids),
            ("episode_id", "in", episodes.ids),
            "&",
            ("cancelled_on", "=", day),
            ("enquiry_id", "in", enquiries.ids),
        ]
    )
    for clock in clocks:
        name = "cancelled_on" if clock.cancelled_on else "ended_on"
        notes.append(_note(source, clock, [name], {name: False}))
    return notes


def _get_clocks(line):
    deadlines, notes = line.env["sos.deadline"], []
    for step in line.decision_id.step_ids:
        clocks = deadlines.search(
            [
                ("case_id", "=", line.case_id.id),
                ("child_id", "=", line.child_id.id),
                ("step_id", "=", step.id),
            ],
            order="id",
        )
        for clock in clocks:
            started = deadlines._get_start(line, step, line.confirmed_on, clock)
            if clock.started_on == started:
                names = ["started_on", "due_on"]
                notes.append(_note(f"clock:{step.code}", clock, names))
                break
    return notes


def _get_forms(line):
    opened = line.env["sos.form"].search(
        [
            ("from_form_id", "=", line.form_id.id),
            ("type_id", "in", line.decision_id.opens_type_ids.ids),
            ("child_ids.child_id", "=", line.child_id.id),
        ]
    )
    return [_note(f"form:{form.type_code}", form, []) for form in opened]
