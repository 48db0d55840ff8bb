"""The protection part of a story: strategy discussion, enquiry, conferences, plan."""

from datetime import date, timedelta


class Protection:
    def protect(self, contact):
        discussion = self.forms.open("strategy", self.children, contact)
        held = self.until(self.day, 0, 3)
        self.forms.set(discussion, booked_on=held, held_on=held, started_on=held)
        if self.plot == "strategy_nfa":
            self.forms.sign(discussion, self.children, held, "nfa")
            self._assess("cin", held)
            self.need_plan(self.day, self.assessment)
            return
        category = self._choose_category()
        joint = self.rng.random() < 0.4
        decision = "section47_joint" if joint else "section47_single"
        self.forms.sign(discussion, self.children, held, decision, category_id=category)
        enquiries = self._start_enquiries(discussion, held, category, joint)
        enquiry_form = self.forms.open("section47", self.children, discussion)
        self.forms.set(enquiry_form, started_on=held)
        visited = self.until(held, 1, 3)
        visit = self.forms.visit(self.children, visited, statutory=False)
        self.forms.take_over_seen(enquiry_form, visit, self.children)
        day = self.until(visited, 2, 6)
        if self.plot == "section47":
            self._drop(enquiries, enquiry_form, day)
            return
        self.forms.sign(enquiry_form, self.children, day, "conference")
        for enquiry in enquiries.values():
            enquiry.update(ended_on=day, conference_required="yes")
        self._confer(enquiries, enquiry_form, held, day, category)

    def _choose_category(self):
        return self.rng.choice(list(self.codes["abuse_category"].values()))

    def _start_enquiries(self, discussion, held, category, joint):
        enquiries = {}
        for child in self.children:
            episode = self.episodes[child["id"]]
            enquiry = self.rows.add(
                "sos_enquiry",
                case_id=self.family.case["id"],
                child_id=child["id"],
                episode_id=episode["id"],
                strategy_id=discussion["id"],
                category_id=category,
                joint=joint,
                started_on=held,
                target_on=self.world.add(held, *self.world.steps[CONFERENCE].due),
                ended_on=None,
                conference_required=None,
                conference_on=None,
                active=True,
            )
            enquiries[child["id"]] = enquiry
            self.family.enquiries.append(enquiry)
            self.forms.line(discussion, child)["enquiry_id"] = enquiry["id"]
            self._start(child, CONFERENCE, held, enquiry_id=enquiry["id"])
        return enquiries

    def _drop(self, enquiries, form, day):
        """The worry was not borne out; the assessment goes on."""
        self.forms.sign(form, self.children, day, "not_substantiated")
        ids = set()
        for enquiry in enquiries.values():
            enquiry.update(ended_on=day, conference_required="no")
            ids.add(enquiry["id"])
        self.clocks.end(day, lambda c, s: c["enquiry_id"] in ids, state="cancelled")
        if self.rng.random() < 0.5:
            self._assess("cin", day)
            self.need_plan(self.day, self.assessment)
            return
        self._assess("close", day)
        # there was an enquiry, so it is not RC8
        self._close(self.day, "RC7")

    def _confer(self, enquiries, enquiry_form, held, day, category):
        for child in self.children:
            due = self.world.add(
                self.clocks.get_due(child, CONFERENCE), -3, "working_days"
            )
            enquiry = enquiries[child["id"]]["id"]
            self._start(child, "conference_report", day, due=due, enquiry_id=enquiry)
        report = self.forms.open("conference_report", self.children, enquiry_form)
        form = self.forms.open(CONFERENCE, self.children, enquiry_form)
        self.forms.set(report, started_on=day)
        conference = self.until(held, 12, 15, late=3)
        self.forms.set(form, booked_on=conference, chair_id=self.family.chair)
        self.family.has_chair = True
        self.clocks.book(self.children, conference)
        decision = "recommend_plan" if self.plot == "cp" else "recommend_no_plan"
        told = max(day, self.world.add(conference, -4, "working_days"))
        self.forms.sign(report, self.children, told, decision)
        self.forms.set(form, held_on=conference, quorate="yes")
        for enquiry in enquiries.values():
            enquiry["conference_on"] = conference
        self._decide(form, conference, category)

    def transfer(self, contact):
        """A child who comes with a plan has a conference here, and no enquiry."""
        for child in self.children:
            child["previous_plans"] = self.rng.choice((0, 0, 1))
            self._start(child, CONFERENCE, self.referred_on)
        form = self.forms.open(CONFERENCE, self.children, contact)
        self.plot = "cp"
        conference = self.until(self.day, 8, 13)
        self.family.has_chair = True
        self.forms.set(
            form,
            booked_on=conference,
            held_on=conference,
            chair_id=self.family.chair,
            quorate="yes",
        )
        for episode in self.episodes.values():
            episode["transfer_conference_on"] = conference
        self.assessed_on = conference
        self._decide(form, conference, self._choose_category())

    def _decide(self, form, day, category):
        self.day = day
        if self.plot == "cp":
            self.forms.sign(form, self.children, day, "cp_plan", category_id=category)
            plans = self._add_plans("cp", day, form, category)
            if not self.assessed_on:
                self.assess_beside()
            self._keep_plan(plans, day, category)
        elif self.plot == "conference_cin":
            self.forms.sign(form, self.children, day, "cin")
            self.assess_beside()
            self.need_plan(day, form)
        else:
            self.forms.sign(form, self.children, day, "nfa")
            self.assess_beside()
            # who is still being assessed is not closed
            self._say_goodbye(max(day, self.check(self.assessed_on or date.max)))

    # ---------------------------------------------------------------- the plan itself

    def _keep_plan(self, plans, day, category):
        for child in self.children:
            links = {"plan_id": plans[child["id"]]["id"]}
            self._start(child, "core_group", day, **links)
            self._start(child, "visit", day, **links)
            self._start(child, "review_conference", day, **links)
        self._visited = self._met = day
        started, number = day, self.rng.randint(1, 4)
        for place in range(number):
            gap = self.rng.randint(75, 88) if not place else self.rng.randint(140, 178)
            held = self.world.working(day + timedelta(days=gap))
            self._work_with(min(held, self.world.as_at), first=day == started)
            self.check(held)
            form = self.forms.open(
                "review_conference",
                self.children,
                booked_on=held,
                held_on=held,
                chair_id=self.family.chair,
                quorate="yes",
            )
            day = held
            last = place == number - 1
            if self.rng.random() < 0.2:
                category = self._choose_category()
            self._review(form, plans, day, category, last)

    def _review(self, form, plans, day, category, last):
        decision, extra = "continue", {"category_id": category}
        if last:
            decision = "end_cin" if self.rng.random() < 0.6 else "end_close"
            extra = {}
        self.forms.sign(form, self.children, day, decision, **extra)
        for child in self.children:
            plan = plans[child["id"]]
            self.forms.line(form, child)["plan_id"] = plan["id"]
            self.rows.add(
                "sos_plan_review",
                plan_id=plan["id"],
                case_id=plan["case_id"],
                form_id=form["id"],
                held_on=day,
                category_id=extra.get("category_id"),
                active=True,
            )
            if not last:
                plan["latest_category_id"] = category
                self.clocks.start(
                    child,
                    "review_conference",
                    day,
                    again=True,
                    episode_id=plan["episode_id"],
                    plan_id=plan["id"],
                )
        if not last:
            return
        self._end_plans(plans, day)
        if decision == "end_cin":
            self.need_plan(day, form)
        else:
            self._say_goodbye(day, form)

    def _work_with(self, until, first):
        """Visits and core groups up to a day."""
        while True:
            day = self.world.add(self._visited, self.rng.randint(7, 11), "working_days")
            if day >= until:
                break
            self._visited = day
            self.forms.visit(self.children, day, statutory=True)
        while True:
            low, high = (5, 10) if first else (22, 30)
            day = self.world.add(self._met, self.rng.randint(low, high), "working_days")
            if day >= until:
                break
            self._met, first = day, False
            form = self.forms.open(
                "core_group", self.children, booked_on=day, held_on=day, started_on=day
            )
            self.forms.sign(form, self.children, day)


CONFERENCE = "initial_conference"
