"""The clocks of one family, as ``sos.deadline`` starts, meets and ends them."""


class Clocks:
    def __init__(self, world, rows, case):
        self._world, self._rows, self._case = world, rows, case
        self.all, self._open = [], []

    def start(self, child, code, started, again=False, **links):
        """Unless the child has an open one of this step.

        :param again: as long as the step says for the next one
        """
        step = self._world.steps[code]
        number, unit = step.repeat if again else step.due
        for clock in self._open:
            if clock["child_id"] == child["id"] and clock["step_id"] == step.id:
                return
        clock = self._rows.add(
            "sos_deadline",
            case_id=self._case["id"],
            child_id=child["id"],
            step_id=step.id,
            team_id=self._case["team_id"],
            lead_id=self._case["lead_id"],
            started_on=started,
            due_on=self._world.add(started, number, unit),
            due_number=number,
            due_unit=unit,
            booked_on=None,
            paused_days=0,
            met_on=None,
            ended_on=None,
            cancelled_on=None,
            form_id=links.get("form_id"),
            episode_id=links.get("episode_id"),
            enquiry_id=links.get("enquiry_id"),
            plan_id=links.get("plan_id"),
            state="open",
            late=False,
        )
        self.all.append(clock)
        self._open.append(clock)

    def _find(self, test):
        """Open clocks and their steps."""
        steps = {step.id: step for step in self._world.steps.values()}
        pairs = [(clock, steps[clock["step_id"]]) for clock in self._open]
        return [pair for pair in pairs if test(*pair)]

    def link(self, form, type_code, children):
        """The clocks that a new form will meet show it."""
        ids = {child["id"] for child in children}
        for clock, _ in self._find(
            lambda c, s: c["child_id"] in ids
            and s.form_type == type_code
            and s.met_by != "visit_seen"
            and not c["form_id"]
        ):
            clock["form_id"] = form["id"]

    def meet(self, form, type_code, children, event, day):
        ids = {child["id"] for child in children}
        met = self._find(
            lambda c, s: c["child_id"] in ids
            and s.form_type == type_code
            and s.met_by == event
            and (event != "visit_seen" or c["started_on"] <= day)
        )
        by_id = {child["id"]: child for child in children}
        for clock, step in met:
            clock.update(met_on=day, form_id=form["id"], state="met")
            clock["late"] = day > clock["due_on"]
            self._open.remove(clock)
            if step.repeats:
                self.start(
                    by_id[clock["child_id"]],
                    step.code,
                    day,
                    again=True,
                    episode_id=clock["episode_id"],
                    plan_id=clock["plan_id"],
                )
            if step.code == "initial_conference" and clock["enquiry_id"]:
                self.end(
                    day,
                    lambda c, s, e=clock["enquiry_id"]: c["enquiry_id"] == e
                    and s.before,
                )

    def book(self, children, day):
        """A conference is booked: what is due before it moves with it."""
        ids = {child["id"] for child in children}
        for clock, step in self._find(lambda c, s: c["child_id"] in ids and s.before):
            clock.update(
                booked_on=day,
                due_number=-step.before,
                due_unit="working_days",
                due_on=self._world.add(day, -step.before, "working_days"),
            )

    def get_due(self, child, code):
        step_id = self._world.steps[code].id
        dues = [
            clock["due_on"]
            for clock in self._open
            if clock["child_id"] == child["id"] and clock["step_id"] == step_id
        ]
        return dues[0] if dues else None

    def end(self, day, test=lambda clock, step: True, state="ended"):
        for clock, _ in self._find(test):
            clock.update({"state": state, f"{state}_on": day})
            clock["late"] = state == "ended" and day > clock["due_on"]
            self._open.remove(clock)
