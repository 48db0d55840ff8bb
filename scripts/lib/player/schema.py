"""The format of a case, version 1: which keys there are and what each holds."""

from .kinds import (
    Child,
    Choice,
    Code,
    Day,
    FormType,
    Group,
    Kind,
    Line,
    ListOf,
    MapOf,
    Moment,
    NewRef,
    Number,
    Only,
    Ref,
    TextKind,
    YesNo,
)

ROLES = (
    "practitioner",
    "team_manager",
    "conference_chair",
    "business_support",
    "practice_lead",
    "quality_auditor",
    "performance_analyst",
    "service_manager",
    "configurator",
)

TEXT, YES_NO, DAY, SCORE = TextKind(), YesNo(), Day(), Number(0, 10)
PERSON, CHILD, USER, AGENCY = Ref("person"), Child(), Ref("user"), Ref("agency")
TEAM, FORM, DANGER = Ref("team"), Ref("form"), Ref("danger")
ANYBODY = Ref("person", "user", "agency")
CHILDREN, PEOPLE = ListOf(CHILD), ListOf(PERSON)
CATEGORY = Code("abuse_category")

# ------------------------------------------------------------- the top of a file

AGENCY_FIELDS = Group({"name": TEXT, "la_code": TEXT}, needs=("name",))
TEAM_FIELDS = Group({"name": TEXT}, needs=("name",))
USER_FIELDS = Group(
    {"name": TEXT, "role": Choice(*ROLES), "team": TEAM}, needs=("name", "role")
)
PARTNER_FIELDS = Group(
    {"name": TEXT, "kind": Code("agency_kind")}, needs=("name", "kind")
)
FAMILY_FIELDS = Group(
    {"name": TEXT, "restricted": YES_NO, "readers": ListOf(USER)}, needs=("name",)
)
PERSON_FIELDS = Group(
    {
        "kind": Choice("child", "adult"),
        "first": TEXT,
        "last": TEXT,
        "born": DAY,
        "expected": DAY,
        "sex": Code("sex"),
        "gender": Code("gender"),
        "ethnicity": Code("ethnicity"),
        "disabilities": ListOf(Code("disability"), low=0),
        "upn": TEXT,
        "upn_unknown": Code("upn_unknown"),
        "previous_plans": Number(0, 99),
        "address": TEXT,
        "address_confidential": YES_NO,
    },
    needs=("kind", "last"),
)


class Relationship(Kind):
    """``[a, type, b]``, or the same as a group of keys."""

    group = Group(
        {
            "from": PERSON,
            "type": Code("relationship"),
            "to": PERSON,
            "parental_responsibility": YES_NO,
            "carer": YES_NO,
            "since": DAY,
            "until": DAY,
        },
        needs=("from", "type", "to"),
    )

    def read(self, value, at):
        if isinstance(value, list):
            if len(value) != 3:
                at.fail("write [a, type, b]: a is the type of b.")
            value = dict(zip(("from", "type", "to"), value, strict=True))
        return self.group.read(value, at)


# --------------------------------------------------------------------- events


class OpenForm(Group):
    """A group that gives a form its reference."""

    def __init__(self, fields, needs=(), key="form", form_type=None):
        super().__init__(fields, needs)
        self.key, self.form_type = key, form_type

    def read(self, value, at):
        result = super().read(value, at)
        at.refs[result[self.key]].detail = self.form_type or result["type"]
        return result


class Write(Kind):
    """A form, and section code → text, or section code → {child: text}."""

    def read(self, value, at):
        if not isinstance(value, dict) or "form" not in value:
            at.fail("write { form: …, section: text }.")
        form = FORM.read(value["form"], at.inside("form", value["form"]))
        sections = {}
        for code, body in value.items():
            if code == "form":
                continue
            here = at.inside(code, body)
            by_child = isinstance(body, dict)
            here.ask("section", (at.refs[form].detail, code, by_child))
            kind = MapOf(CHILD, TEXT) if by_child else TEXT
            sections[code] = kind.read(body, here)
        if not sections:
            at.fail("nothing is written. Add a section and its text.")
        return {"form": form, "sections": sections}


class DecideChild(Kind):
    """A decision's code, or a group with category and reason."""

    says = "the code of a decision"
    group = Group(
        {"decision": TEXT, "category": CATEGORY, "reason": TEXT}, needs=("decision",)
    )

    def read(self, value, at):
        if not isinstance(value, dict):
            return {"decision": self._scalar(value, at)}
        return self.group.read(value, at)


class DecideAll(Group):
    def __init__(self):
        super().__init__(
            {"form": FORM, "children": MapOf(CHILD, DecideChild())},
            needs=("form", "children"),
        )

    def read(self, value, at):
        result = super().read(value, at)
        form_type = at.refs[result["form"]].detail
        for name, choice in result["children"].items():
            here = at.inside("children").inside(name)
            here.ask("decision", (form_type, choice["decision"]))
        return result


class Lines(ListOf):
    """A list of lines; one alone may stand without its brackets."""

    def read(self, value, at):
        return super().read([value] if isinstance(value, dict) else value, at)


#: key in a file → (field of sos.form, kind)
FORM_FACTS = {
    "received": ("received_at", Moment()),
    "source": ("source_id", Code("referral_source")),
    "need": ("need_id", Code("primary_need")),
    "transfer_in": ("transfer_in", YES_NO),
    "notified": ("notified_on", DAY),
    "started": ("started_on", DAY),
    "booked": ("booked_on", DAY),
    "held": ("held_on", DAY),
    "chair": ("chair_id", USER),
    "quorate": ("quorate", YES_NO),
    "participation": ("participation_id", Code("review_participation")),
    "statutory": ("statutory", YES_NO),
    "announced": ("announced", YES_NO),
    "query_reason": ("query_reason", TEXT),
    "override_reason": ("override_reason", TEXT),
}
#: key in a file → (field of sos.form.child, kind)
CHILD_FACTS = {
    "seen": ("seen", YES_NO),
    "alone": ("seen_alone", YES_NO),
    "reason_not": ("reason_not", TEXT),
    "bedroom": ("bedroom_seen", YES_NO),
    "factors": ("factor_ids", ListOf(Code("assessment_factor"), low=0)),
    "category": ("category_id", CATEGORY),
    "closure_reason": ("closure_reason_id", Code("closure_reason")),
    "against_reason": ("against_reason", TEXT),
}


def _with_field_names(facts):
    """The names of the columns may be used as well as the short words."""
    return {**facts, **{field: (field, kind) for field, kind in facts.values()}}


FORM_FACTS = _with_field_names(FORM_FACTS)
CHILD_FACTS = _with_field_names(CHILD_FACTS)

VISITED = Group({key: CHILD_FACTS[key][1] for key in list(CHILD_FACTS)[:4]})

MAP_KINDS = (
    "past_harm",
    "complicating",
    "strength",
    "existing_safety",
    "family_goal",
    "next_step",
    "unknown",
)
OPINIONS = ("agrees", "partly", "disagrees")
TOOLS = ("three_houses", "wizard", "fairy", "safety_house", "words", "drawing")
TOOL_PARTS = (
    "worries",
    "good_things",
    "dreams",
    "inside",
    "rules",
    "visitors",
    "unsafe",
    "path",
)
ATTENDEE = Group(
    {
        "person": PERSON,
        "agency": AGENCY,
        "user": USER,
        "apologies": YES_NO,
        "report": YES_NO,
        "view": TEXT,
        "category": CATEGORY,
        "scale": SCORE,
    },
    needs=(("person", "agency", "user"),),
)
RULE = Line(
    "rule",
    {
        "text": TEXT,
        "child_text": TEXT,
        "who": PERSON,
        "backup": PERSON,
        "when": TEXT,
        "trigger": TEXT,
        "danger": DANGER,
        "proposed_by": PERSON,
        "status": Choice("proposed", "testing", "kept", "changed", "ended"),
    },
    needs=("text",),
)
FORM_AND_REASON = Group({"form": FORM, "reason": TEXT}, needs=("form",))


class Correct(Group):
    """``form``, ``child``, one fact → its new value, ``reason``, ``authorised_by``.
    ``part``: the child was not part of the form (false), or is missing from it (true,
    with the decision). A decision may bring its category or reason."""

    of_child = {
        **{key: kind for key, (_field, kind) in CHILD_FACTS.items()},
        "decision": TEXT,
        "counts_from": DAY,
        "part": YES_NO,
    }
    of_form = {key: kind for key, (_field, kind) in FORM_FACTS.items()}
    #: what comes with a decision
    beside = {"decision", "category", "closure_reason", "against_reason"}

    def __init__(self):
        super().__init__(
            {
                "form": FORM,
                "child": CHILD,
                "reason": TEXT,
                "authorised_by": USER,
                **self.of_form,
                **self.of_child,
            },
            needs=("form", "reason", "authorised_by"),
        )

    def read(self, value, at):
        result = super().read(value, at)
        facts = result.keys() & (self.of_child.keys() | self.of_form.keys())
        if not facts:
            at.fail("nothing is corrected. Add a fact and its new value.")
        if facts & self.of_child.keys() and "child" not in result:
            at.fail("“child” is missing: say whose fact it is.")
        several = len(facts) > 1 and not ({"decision", "part"} & facts)
        if several or facts - {"part"} - self.beside and {"decision", "part"} & facts:
            at.fail("one correction is of one fact. Write an event for each.")
        if "decision" in result:
            form_type = at.refs[result["form"]].detail
            at.inside("decision").ask("decision", (form_type, result["decision"]))
        return result


EVENTS = {
    "referral": OpenForm(
        {
            "ref": NewRef("form"),
            "source": Code("referral_source"),
            "need": Code("primary_need"),
            "children": CHILDREN,
            "received": Moment(),
            "text": TEXT,
        },
        needs=("ref",),
        key="ref",
        form_type="contact",
    ),
    "allocate": Group(
        {
            "user": USER,
            "team": TEAM,
            "role": Choice("lead", "co_worker", "manager", "chair", "business_support"),
            "children": CHILDREN,
            "until": DAY,
        },
        needs=(("user", "team"),),
    ),
    "open": OpenForm(
        {"form": NewRef("form"), "type": FormType(), "children": CHILDREN, "date": DAY},
        needs=("form", "type"),
    ),
    "book": OpenForm(
        {
            "form": NewRef("form"),
            "type": FormType(),
            "children": CHILDREN,
            "date": DAY,
            "chair": USER,
        },
        needs=("form", "type", "date"),
    ),
    "held": Group({"form": FORM, "date": DAY}, needs=("form",)),
    "confirm": Group({"form": FORM, "children": CHILDREN}, needs=("form",)),
    "write": Write(),
    "attend": Group(
        {"form": FORM, "people": ListOf(ATTENDEE)}, needs=("form", "people")
    ),
    "map": Lines(
        Line(
            "map",
            {
                "kind": Choice(*MAP_KINDS),
                "text": TEXT,
                "children": CHILDREN,
                "words_of": PERSON,
                "when": DAY,
                "danger": DANGER,
                "who": ANYBODY,
                "by_when": DAY,
            },
            needs=("kind", "text"),
        )
    ),
    "danger": Line(
        "danger",
        {
            "text": TEXT,
            "children": CHILDREN,
            "goal": TEXT,
            "scale_0": TEXT,
            "scale_10": TEXT,
            "views": MapOf(PERSON, Choice(*OPINIONS)),
        },
        needs=("ref", "text"),
    ),
    "rate": Group(
        {
            "danger": DANGER,
            "overall": Only(),
            "form": FORM,
            "ratings": MapOf(
                ANYBODY, Group({"score": SCORE, "reason": TEXT}, needs=("score",))
            ),
            "blind": YES_NO,
        },
        needs=(("danger", "overall"), "ratings"),
    ),
    "bottom_line": Line(
        "bottom_line",
        {"danger": DANGER, "text": TEXT, "evidence": TEXT, "met": YES_NO},
        needs=("ref", "danger", "text"),
    ),
    "voice": Group(
        {
            "child": CHILD,
            "tool": Choice(*TOOLS),
            "parts": MapOf(Choice(*TOOL_PARTS), TEXT),
            "words": TEXT,
            "image": TEXT,
            "present": PEOPLE,
            "share": MapOf(PERSON, YES_NO),
        },
        needs=("child", "tool"),
    ),
    "network": Lines(
        Group(
            {
                "person": PERSON,
                "role": TEXT,
                "found_by": PERSON,
                "knows_since": DAY,
                "told_by": PERSON,
                "child_can_tell": ListOf(CHILD, low=0),
            },
            needs=("person",),
        )
    ),
    "plan": Line(
        "plan",
        {"kind": Choice("interim", "long_term"), "rules": ListOf(RULE)},
        needs=("ref",),
    ),
    "journal": Group(
        {
            "rule": Ref("rule"),
            "written_by": PERSON,
            "kept": Choice("kept", "partly", "not_kept"),
            "text": TEXT,
        },
        needs=("rule", "written_by", "kept"),
    ),
    "timeline": Lines(
        Line("timeline", {"step": TEXT, "due": DAY, "done": DAY}, needs=("step",))
    ),
    "words_and_pictures": Group(
        {
            "children": CHILDREN,
            "panels": ListOf(Group({"text": TEXT, "image": TEXT}, needs=("text",))),
            "agreed_by": PEOPLE,
            "read_to": PEOPLE,
        },
        needs=("panels",),
    ),
    "visit": Group(
        {
            "children": MapOf(CHILD, VISITED),
            "statutory": YES_NO,
            "announced": YES_NO,
            "text": TEXT,
        },
        needs=("children",),
    ),
    "note": Group(
        {
            "kind": Code("note_kind"),
            "children": CHILDREN,
            "text": TEXT,
            "significant": YES_NO,
        },
        needs=("kind", "text"),
    ),
    "born": Group(
        {"child": CHILD, "date": DAY, "sex": Code("sex"), "first": TEXT},
        needs=("child", "date", "sex"),
    ),
    "facts": Group(
        {
            "form": FORM,
            **{key: kind for key, (_field, kind) in FORM_FACTS.items()},
            "children": MapOf(
                CHILD, Group({key: kind for key, (_f, kind) in CHILD_FACTS.items()})
            ),
        },
        needs=("form",),
    ),
    "correct": Correct(),
    "release": Group({"form": FORM, "reason": TEXT}, needs=("form", "reason")),
    "decide": DecideAll(),
    "submit": FORM_AND_REASON,
    "authorise": FORM_AND_REASON,
    "send_back": FORM_AND_REASON,
    "cancel": FORM_AND_REASON,
    "time": Group(
        {
            "form": FORM,
            "case": Only(),
            "minutes": Number(0, 24 * 60),
            "kind": Code("work_kind"),
        },
        needs=(("form", "case"), "minutes", "kind"),
    ),
    "give": Group(
        {
            "form": FORM,
            "audience": Choice("family", "child", "professionals"),
            "to": Ref("person", "agency"),
            "how": Code("given_how"),
            "talked_through": YES_NO,
            "feedback": Group(
                {"rating": Choice("helpful", "unhelpful", "confusing"), "text": TEXT},
                needs=("rating",),
            ),
        },
        needs=("form", "audience", "to", "how"),
    ),
}


class Refused(Kind):
    """An event that must fail, and what the person is told."""

    def read(self, value, at):
        group = Group({"try": Attempt(), "says": TEXT}, needs=("try", "says"))
        # it does not happen: what it would name stays free
        return group.read(value, at.with_own_refs())


class Attempt(Kind):
    def read(self, value, at):
        if not isinstance(value, dict) or len(value) != 1:
            at.fail("write the one event that must fail: try: { event: … }.")
        [(name, content)] = value.items()
        return name, read_event(name, content, at)


def read_event(name, content, at):
    """One event's content as typed values."""
    kind = EVENTS.get(name)
    if not kind:
        at.fail(f"there is no event “{name}”. Known are: {', '.join(EVENTS)}.")
    return kind.read(content, at.inside(name, content))


EVENTS["refused"] = Refused()
