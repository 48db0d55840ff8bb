"""One period of need of a family's children, from the contact to its end or to the
day of the data, whichever comes first."""

from .protection import Protection

#: What a contact leads to, and how often.
PLOTS = {
    "information": 5,
    "nfa": 13,
    "early_help": 6,
    "close": 16,
    "step_down": 8,
    "cin": 20,
    "strategy_nfa": 4,
    "section47": 8,
    "conference_nfa": 2,
    "conference_cin": 3,
    "cp": 13,
    "transfer": 2,
}
#: Reasons of a closure form; RC8 and RC9 are those of an assessment.
REASONS = ("RC7", "RC7", "RC7", "RC5", "RC3", "RC4", "RC6", "RC1")


class Later(Exception):
    """What comes next is after the day of the data."""


def choose_plot(rng, number):
    """The first families go through all of them."""
    if number < len(PLOTS):
        return list(PLOTS)[::-1][number]
    return rng.choices(list(PLOTS), PLOTS.values())[0]


class Story(Protection):
    def __init__(self, family, children, day, plot):
        self.family, self.children, self.plot = family, children, plot
        self.world, self.rows, self.rng = family.world, family.rows, family.rng
        self.forms, self.clocks = family.forms, family.clocks
        self.codes = family.world.codes
        self.referred_on = self.day = day
        self.episodes = {}
        self.seen_on = self.assessed_on = None
        self.ended_on = None
        self.died = False
        need = rng_need(self.rng, plot)
        self.need_id = self.codes["primary_need"][need]
        sources = list(self.codes["referral_source"].values())
        self.source_id = self.rng.choice(sources)

    def tell(self):
        """:return: the day on which it ended, or None while it goes on"""
        try:
            self._tell()
        except Later:
            self._supervise(self.world.as_at)
        return self.ended_on

    def _tell(self):
        contact = self._contact()
        if self.plot in ENDED:
            return
        if self.plot == "transfer":
            self.transfer(contact)
            return
        # clocks before the forms that show them, as a decision has it
        for child in self.children:
            self._start(child, "assessment", self.referred_on)
        self.assessment = self.forms.open("assessment", self.children, contact)
        if self.plot in ("close", "step_down", "cin"):
            try:
                self._assess(self.plot)
            except Later:
                # half of what is not signed yet waits for the manager
                if self.seen_on and self.family.number % 2:
                    self._write_assessment(self.plot)
                    self.forms.hand_in(self.assessment, self.children, self.plot)
                raise
            if self.plot == "cin":
                self.need_plan(self.day, self.assessment)
                return
            self._close(self.day, "RC8" if self.plot == "close" else "RC9")
            return
        try:
            self._begin_assessment()
        except Later:
            # a discussion can be before it
            self.seen_on = self.referred_on
        self.protect(contact)

    # -------------------------------------------------------------------- the days

    def until(self, start, low, high, late=0):
        """A working day, ``low`` to ``high`` working days after another; sometimes
        later than it should be, but only where it is over by the day of the data, so
        that what is still open is not overdue by chance.

        :raise Later: after the day of the data
        """
        number = self.rng.randint(low, high)
        if late and self.rng.random() < 0.12:
            after = self.world.add(start, number + late, "working_days")
            if after <= self.world.as_at:
                return after
        day = self.world.add(start, number, "working_days") if number else start
        return self.check(self.world.working(day))

    def check(self, day):
        if day > self.world.as_at:
            raise Later
        return day

    def _start(self, child, code, day, **links):
        episode = self.episodes[child["id"]]
        self.clocks.start(child, code, day, episode_id=episode["id"], **links)

    # ----------------------------------------------------------- contact, assessment

    def _contact(self):
        children, received = self.children, self.forms.at(self.referred_on, 9)
        transfer = self.plot == "transfer"
        form = self.forms.open(
            "contact",
            children,
            received_at=received,
            source_id=self.source_id,
            need_id=self.need_id,
            transfer_in=transfer,
            notified_on=self.referred_on if transfer else None,
        )
        for child in children:
            self.clocks.start(
                child,
                "contact",
                self.referred_on,
                form_id=form["id"],
                episode_id=self.forms.line(form, child)["episode_id"],
            )
        self.day = self.until(self.referred_on, 0, 1, late=2)
        decision = {
            "information": "information",
            "nfa": "nfa",
            "early_help": "early_help",
            "transfer": "transfer_in",
        }.get(self.plot, "assess" if self.plot in ASSESSED else "strategy")
        self.forms.sign(form, children, self.day, decision)
        if self.plot != "information":
            self._refer(form)
        if self.plot in ENDED:
            self.ended_on = self.family.case["closed_on"] = self.day
        else:
            self.family.case["closed_on"] = None
            self.family.allocate(self.day)
        return form

    def _refer(self, form):
        nfa = self.plot in ("nfa", "early_help")
        for child in self.children:
            episode = self.rows.add(
                "sos_episode",
                case_id=self.family.case["id"],
                child_id=child["id"],
                contact_id=form["id"],
                referred_on=self.referred_on,
                source_id=self.source_id,
                need_id=self.need_id,
                nfa=nfa,
                early_help=self.plot == "early_help",
                transfer_in=self.plot == "transfer",
                transfer_conference_on=None,
                closed_on=None,
                closure_reason_id=None,
                state="nfa" if nfa else "open",
                active=True,
            )
            self.family.episodes.append(episode)
            self.episodes[child["id"]] = episode
            self.forms.line(form, child)["episode_id"] = episode["id"]

    def _begin_assessment(self):
        started = self.until(self.referred_on, 0, 3)
        self.forms.set(self.assessment, started_on=started)
        self.seen_on = self.until(started, 1, 5)
        self.forms.visit(self.children, self.seen_on, statutory=False)

    def _assess(self, decision, not_before=None):
        if not self.assessment["started_on"]:
            self._begin_assessment()
        day = self.until(self.seen_on, 5, 30, late=20)
        day = max(day, not_before or day)
        self._write_assessment(decision)
        self.forms.sign(self.assessment, self.children, day, decision)
        self.day = self.assessed_on = day

    def _write_assessment(self, decision):
        for child in self.children:
            line = self.forms.line(self.assessment, child)
            if child["birth_date"] and child["birth_date"] <= self.day:
                line.update(seen="yes", seen_alone="yes")
            for code in self._choose_factors(decision):
                factor = self.codes["assessment_factor"][code]
                self.rows.link("sos_form_child_factor_rel", line["id"], factor)

    def _choose_factors(self, decision):
        # only where nothing else is done (8873Q)
        if self.plot == "close" and self.rng.random() < 0.3:
            return ["21"]
        # 18A and 19A are asked more closely (8945Q, 8950Q)
        codes = [
            code
            for code in self.codes["assessment_factor"]
            if code not in ("21", "18A", "19A")
        ]
        return self.rng.sample(codes, self.rng.randint(1, 4))

    # ----------------------------------------------------------------- need and end

    def assess_beside(self):
        """The assessment goes on while something else does, which does not wait for
        it; only a closure does."""
        day = self.day
        try:
            self._assess("continue_cp")
        except Later:
            self.assessed_on = None
        self.day = day

    def need_plan(self, day, decided_in):
        """A child in need plan from a day, its reviews, and the end."""
        plans = self._add_plans("cin", day, decided_in)
        for child in self.children:
            plan = plans[child["id"]]["id"]
            self._start(child, "cin_plan", day, plan_id=plan)
        form = self.forms.open("cin_plan", self.children, decided_in)
        for place in range(self.rng.randint(1, 8)):
            if place:
                day = self.until(day, 22, 29, late=6)
                form = self.forms.open("cin_plan", self.children, started_on=day)
            else:
                day = self.until(day, 5, 10, late=5)
                self.forms.set(form, started_on=day)
            self.forms.sign(form, self.children, day, "continue")
            for child in self.children:
                self.clocks.start(
                    child,
                    "cin_plan",
                    day,
                    again=True,
                    episode_id=self.episodes[child["id"]]["id"],
                    plan_id=plans[child["id"]]["id"],
                )
        day = self.until(day, 22, 29)
        last = self.forms.open("cin_plan", self.children, started_on=day)
        self.forms.sign(last, self.children, day, "close")
        self._end_plans(plans, day)
        self._say_goodbye(day, last)

    def _add_plans(self, kind, day, form, category=None):
        plans = {}
        for child in self.children:
            earlier = [
                plan
                for plan in self.family.plans
                if plan["child_id"] == child["id"] and plan["kind"] == "cp"
            ]
            count = child["previous_plans"] + len(earlier) if kind == "cp" else 0
            plan = self.rows.add(
                "sos_plan",
                case_id=self.family.case["id"],
                child_id=child["id"],
                episode_id=self.episodes[child["id"]]["id"],
                form_id=form["id"],
                kind=kind,
                started_on=day,
                ended_on=None,
                initial_category_id=category,
                latest_category_id=category,
                previous_plans=count,
                active=True,
            )
            plans[child["id"]] = plan
            self.family.plans.append(plan)
            self.forms.line(form, child)["plan_id"] = plan["id"]
        return plans

    def _end_plans(self, plans, day):
        ids = {plan["id"] for plan in plans.values()}
        for plan in plans.values():
            plan["ended_on"] = day
        self.clocks.end(day, lambda clock, step: clock["plan_id"] in ids)

    def _say_goodbye(self, day, opened_by=None):
        form = self.forms.open("closure", self.children, opened_by)
        day = self.until(day, 5, 20)
        self.forms.set(form, started_on=day)
        day = self.until(day, 0, 5)
        reason = self.rng.choice(REASONS)
        if len(self.family.children) == 1 and self.rng.random() < 0.02:
            reason = "RC2"
        code = self.codes["closure_reason"][reason]
        self.forms.sign(form, self.children, day, "close", closure_reason_id=code)
        if reason == "RC2":
            self.died = True
            self.children[0]["death_on"] = day
        self._close(day, reason)

    def _close(self, day, reason):
        self._supervise(day)
        for episode in self.episodes.values():
            episode.update(
                state="closed",
                closed_on=day,
                closure_reason_id=self.codes["closure_reason"][reason],
            )
        ids = {episode["id"] for episode in self.episodes.values()}
        self.clocks.end(day, lambda clock, step: clock["episode_id"] in ids)
        # all of the family's children are in each story
        self.family.case["closed_on"] = day
        self.clocks.end(day)
        self.ended_on = day

    def _supervise(self, until):
        """The manager and the worker talk once a month, or nearly."""
        day = self.referred_on
        while self.family.allocated_on:
            day = self.world.add(day, self.rng.randint(17, 22), "working_days")
            if day >= until:
                return
            children = self.family.children
            form = self.forms.open("supervision", children, started_on=day)
            self.forms.sign(form, children, day)


#: Plots that end with the contact.
ENDED = ("information", "nfa", "early_help")
#: Plots without a strategy discussion.
ASSESSED = ("close", "step_down", "cin")


def rng_need(rng, plot):
    if plot in ("cp", "section47", "transfer"):
        return "N1"
    return rng.choice(("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"))
