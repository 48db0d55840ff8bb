"""The practice record of a family: worries, statements with goals and ratings,
network, safety plan, the children's words."""

from dateutil.relativedelta import relativedelta

from .texts import DANGER, GOAL, RULES, SCALE, VOICE, WORDS

COLUMNS = {
    "past_harm": "worries",
    "complicating": "worries",
    "strength": "working_well",
    "existing_safety": "working_well",
    "family_goal": "needs",
    "next_step": "needs",
}


def write_practice(family):
    rows, rng, day = family.rows, family.rng, family.allocated_on
    common = {
        "case_id": family.case["id"],
        "sequence": 10,
        "recorded_on": day,
        "recorded_by_id": family.worker,
        "ended_on": None,
    }
    danger = rows.add(
        "sos_danger",
        **common,
        text=DANGER,
        goal=GOAL,
        scale_0=SCALE[0],
        scale_10=SCALE[1],
    )
    if len(family.children) > 1:
        eldest = family.children[0]
        rows.link("sos_danger_sos_person_rel", danger["id"], eldest["id"])
    for kind, column in COLUMNS.items():
        for _ in range(rng.randint(1, 3)):
            safe = kind == "existing_safety"
            rows.add(
                "sos_map_line",
                **common,
                kind=kind,
                column=column,
                text=rng.choice(WORDS),
                danger_id=danger["id"] if safe else None,
                happened_on=day if safe else None,
            )
    _add_ratings(family, danger)
    for _ in range(rng.randint(1, 3)):
        person = family.add_network()
        member = rows.add(
            "sos_network_member",
            case_id=family.case["id"],
            person_id=person["id"],
            role="Comes when called",
            knows_since=day,
            found_by_id=family.adults[0]["id"],
        )
        child = rng.choice(family.children)
        rows.link("sos_network_child_rel", member["id"], child["id"])
    plan = rows.add(
        "sos_safety_plan",
        **common,
        kind="interim",
        signs_of_danger="Somebody has drunk, or nobody answers the phone.",
    )
    for rule in RULES:
        rows.add(
            "sos_safety_rule",
            **common,
            plan_id=plan["id"],
            danger_id=danger["id"],
            text=rule,
            child_text=rule,
            who_id=family.adults[0]["id"],
            backup_id=rng.choice(family.network)["id"],
            status="testing",
        )
    _add_voices(family, day)


def _add_ratings(family, danger):
    at = family.forms.at(family.allocated_on, 14)
    mother = family.adults[0]
    raters = (
        ("user_id", family.worker, family.worker_name, "worker"),
        ("person_id", mother["id"], mother["name"], "adult"),
    )
    for field, number, name, kind in raters:
        family.rows.add(
            "sos_rating",
            case_id=family.case["id"],
            danger_id=danger["id"],
            **{"user_id": None, "person_id": None, field: number},
            rater_name=name,
            rater_kind=kind,
            score=family.rng.randint(1, 9),
            reason=family.rng.choice(WORDS),
            blind=True,
            rated_at=at,
        )


def _add_voices(family, day):
    for child in family.children:
        born = child["birth_date"]
        # old enough to speak; the age is told in full years
        if born and (day - born).days > 4 * 366:
            years = relativedelta(day, born).years
            family.rows.add(
                "sos_voice",
                case_id=family.case["id"],
                child_id=child["id"],
                tool="three_houses",
                on_date=day,
                age_text=f"{years} years",
                worries=VOICE[0],
                good_things=VOICE[1],
                dreams=VOICE[2],
                taken_by_id=family.worker,
            )
