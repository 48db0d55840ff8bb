"""What stands in which column of the whiteboard, as SQL.

Each column is a sub-select on the rows of one case, so that PostgreSQL works it out
for the rows that are shown and not for the authority, and leaves out what nobody asks
for. They use the index on ``case_id`` that every one of these tables has."""

from odoo.tools import SQL

from ..tools.sql import local_day, one

DEPENDS = {
    "sos.case": ["active", "name", "reference", "team_id", "lead_id", "closed_on"],
    "sos.case.member": ["active", "case_id", "role", "person_id"],
    "sos.person": ["birth_date", "expected_on"],
    "sos.episode": ["active", "case_id", "referred_on", "state"],
    "sos.plan": ["active", "case_id", "child_id", "kind", "ended_on"],
    "sos.map.line": ["case_id", "recorded_on", "done_on", "ended_on"],
    "sos.danger": ["case_id", "goal", "ended_on"],
    "sos.rating": [
        "case_id",
        "danger_id",
        "person_id",
        "user_id",
        "partner_id",
        "score",
        "rated_at",
    ],
    "sos.voice": ["case_id", "child_id", "on_date"],
    "sos.words.pictures": ["case_id", "recorded_on", "ended_on"],
    "sos.network.member": ["case_id", "knows_since", "left_on"],
    "sos.bottom.line": ["case_id", "met", "ended_on"],
    "sos.safety.plan": ["case_id", "kind", "recorded_on", "ended_on"],
    "sos.journal.entry": ["case_id", "at"],
    "sos.form.given": ["case_id", "audience", "given_at"],
    "sos.form": ["case_id", "type_id", "state", "date", "submitted_at"],
    "sos.deadline": ["case_id", "step_id", "state", "due_on"],
    "sos.change.log": ["case_id", "res_model", "at"],
}

OF_CASE = "case_id = family.id"
OPEN = f"{OF_CASE} AND ended_on IS NULL"
CLOCKS = f"{OF_CASE} AND state = 'open'"
FIRST = "ORDER BY due_on, id LIMIT 1"
CHILDREN = f"{OF_CASE} AND role = 'child' AND active"
#: of a danger statement: it has its goal, and somebody rated it
PAIRED = (
    "(coalesce(goal, '') != '' AND EXISTS"
    " (SELECT FROM sos_rating WHERE danger_id = sos_danger.id))"
)
#: of a child of the family: born, so that the child can be heard
BORN = (
    "EXISTS (SELECT FROM sos_person AS child WHERE child.id = sos_case_member.person_id"
    " AND (child.expected_on IS NULL OR child.birth_date IS NOT NULL))"
)
#: of a child of the family: a tool or words of the child's are in this file
HEARD = (
    "EXISTS (SELECT FROM sos_voice AS voice WHERE voice.case_id = family.id"
    " AND voice.child_id = sos_case_member.person_id)"
)
LAST_PLAN = "ORDER BY id DESC LIMIT 1"


def get_query(today):
    """:return: the rows of the whiteboard on a day, as a query"""
    return SQL(
        "SELECT %s FROM sos_case AS family"
        " WHERE family.closed_on IS NULL AND family.active IS NOT FALSE",
        SQL(", ").join(
            SQL("%s AS %s", value, SQL.identifier(name))
            for name, value in _get_columns(today).items()
        ),
    )


def _get_columns(today):
    opened = one(
        "min(referred_on)", "sos_episode", f"{OF_CASE} AND active AND state = 'open'"
    )
    return {
        "id": SQL("family.id"),
        "case_id": SQL("family.id"),
        "name": SQL("family.name"),
        "reference": SQL("family.reference"),
        "team_id": SQL("family.team_id"),
        "lead_id": SQL("family.lead_id"),
        "opened_on": opened,
        "days_open": SQL("%s - %s", today, opened),
        "child_count": one("count(*)", "sos_case_member", CHILDREN),
        "protected_count": _count_plans("cp"),
        "planned_count": _count_plans("cin"),
        "map_on": _get_map_day(),
        "danger_count": one("count(*)", "sos_danger", OPEN),
        "paired_count": one("count(*)", "sos_danger", f"{OPEN} AND {PAIRED}"),
        "unpaired_count": one("count(*)", "sos_danger", f"{OPEN} AND NOT {PAIRED}"),
        **_get_scale_columns(),
        "heard_count": one("count(*)", "sos_case_member", f"{CHILDREN} AND {HEARD}"),
        "unheard_count": one(
            "count(*)", "sos_case_member", f"{CHILDREN} AND {BORN} AND NOT {HEARD}"
        ),
        "story_on": one("max(recorded_on)", "sos_words_pictures", OPEN),
        "network_count": _count_network("TRUE"),
        "told_count": _count_network("knows_since IS NOT NULL"),
        "untold_count": _count_network("knows_since IS NULL"),
        "line_count": one("count(*)", "sos_bottom_line", OPEN),
        "met_count": one("count(*)", "sos_bottom_line", f"{OPEN} AND met"),
        "safety_plan": one("kind", "sos_safety_plan", OPEN, LAST_PLAN),
        "safety_plan_on": one("recorded_on", "sos_safety_plan", OPEN, LAST_PLAN),
        "journal_on": local_day(one("max(at)", "sos_journal_entry", OF_CASE)),
        "given_on": local_day(
            one(
                "max(given_at)",
                "sos_form_given",
                f"{OF_CASE} AND audience IN ('family', 'child')",
            )
        ),
        "supervised_on": _get_supervision_day(),
        "next_step_id": one("step_id", "sos_deadline", CLOCKS, FIRST),
        "next_due_on": one("due_on", "sos_deadline", CLOCKS, FIRST),
        "late_count": SQL(
            f"(SELECT count(*) FROM sos_deadline WHERE {CLOCKS} AND due_on < %s)", today
        ),
    }


def _count_plans(kind):
    return one(
        "count(DISTINCT child_id)", "sos_plan", f"{OPEN} AND active AND kind = '{kind}'"
    )


def _count_network(condition):
    return one(
        "count(*)",
        "sos_network_member",
        f"{OF_CASE} AND left_on IS NULL AND {condition}",
    )


def _get_map_day():
    """When the map last grew, or when somebody last wrote in it."""
    lines = "GREATEST(max(recorded_on), max(done_on), max(ended_on))"
    return SQL(
        "GREATEST(%s, %s)",
        one(lines, "sos_map_line", OF_CASE),
        local_day(
            one(
                "max(at)", "sos_change_log", f"{OF_CASE} AND res_model = 'sos.map.line'"
            )
        ),
    )


def _get_supervision_day():
    return SQL(
        """(
            SELECT max(coalesce(form.date, %s))
            FROM sos_form AS form JOIN sos_form_type AS kind ON kind.id = form.type_id
            WHERE form.case_id = family.id AND kind.code = 'supervision'
                AND form.state IN ('submitted', 'authorised', 'complete')
        )""",
        local_day(SQL("form.submitted_at")),
    )


def _get_scale_columns():
    """The scale on which somebody rated last, as ``sos.rating._get_scale`` has it."""
    # the newest rating says which scale: that of a danger statement, or the overall one
    last = SQL(
        """
        SELECT rating.danger_id, rating.score, rating.rated_at, %s AS day
        FROM sos_rating AS rating
        LEFT JOIN sos_danger AS danger ON danger.id = rating.danger_id
        WHERE rating.case_id = family.id AND danger.ended_on IS NULL
        ORDER BY rating.rated_at DESC, rating.id DESC LIMIT 1
        """,
        local_day(SQL("rating.rated_at")),
    )
    newest = SQL(
        """
        SELECT DISTINCT ON (rating.person_id, rating.user_id, rating.partner_id)
            rating.person_id, rating.user_id, rating.partner_id, rating.score,
            last.day AS last_day, %s AS day, last.danger_id
        FROM sos_rating AS rating JOIN last
            ON rating.danger_id IS NOT DISTINCT FROM last.danger_id
        WHERE rating.case_id = family.id
        ORDER BY rating.person_id, rating.user_id, rating.partner_id,
            rating.rated_at DESC, rating.id DESC
        """,
        local_day(SQL("rating.rated_at")),
    )
    moved = SQL(
        """
        SELECT newest.score - (
            SELECT before.score FROM sos_rating AS before
            WHERE before.case_id = family.id
                AND before.danger_id IS NOT DISTINCT FROM newest.danger_id
                AND before.person_id IS NOT DISTINCT FROM newest.person_id
                AND before.user_id IS NOT DISTINCT FROM newest.user_id
                AND before.partner_id IS NOT DISTINCT FROM newest.partner_id
                AND %s < newest.last_day
            ORDER BY before.rated_at DESC, before.id DESC LIMIT 1
        ) AS step
        FROM newest WHERE newest.day = newest.last_day
        """,
        local_day(SQL("before.rated_at")),
    )
    return {
        "score": SQL("(SELECT last.score FROM (%s) AS last)", last),
        "scored_on": SQL("(SELECT last.day FROM (%s) AS last)", last),
        "movement": SQL(
            """(WITH last AS (%s), newest AS (%s)
            SELECT round(avg(moved.step), 1) FROM (%s) AS moved)""",
            last,
            newest,
            moved,
        ),
        "spread": SQL(
            """(WITH last AS (%s), newest AS (%s)
            SELECT max(newest.score) - min(newest.score) FROM newest)""",
            last,
            newest,
        ),
    }
