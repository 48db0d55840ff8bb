from datetime import date

from odoo import api, models

#: What stops a clock.
STOPS = ("met_on", "ended_on", "paused_on", "pause_reason", "paused_by_death")


class SosDeadline(models.Model):
    """How clocks start, are met, go on to the next one, and end. All of it runs as
    superuser: clocks follow from work whose rights were checked."""

    _inherit = "sos.deadline"

    # ------------------------------------------------------------------- start

    def _start(self, case, child, step, started_on, **values):
        """Start a clock, unless the child has an open one of this step.

        :param values: of the clock; how long it runs is the step's otherwise

        :return: the open clock
        """
        existing = self.search(
            [
                ("child_id", "=", child.id),
                ("case_id", "=", case.id),
                ("step_id", "=", step.id),
                ("state", "in", ("open", "paused")),
            ],
            limit=1,
        )
        if existing:
            return existing
        values = {
            "case_id": case.id,
            "child_id": child.id,
            "step_id": step.id,
            "started_on": started_on,
            "booked_on": False,
            "due_number": step.due_number,
            "due_unit": step.due_unit,
            "paused_days": 0,
            **values,
        }
        return self.create({**values, "due_on": self._get_due(case, values)})

    @api.model
    def _start_on_receipt(self, form):
        """A contact's clock runs from the moment it was received."""
        steps = self.env["sos.step"].search(
            [("starts_from", "=", "received"), ("form_type_id", "=", form.type_id.id)]
        )
        for step in steps if form.received_at else ():
            started = self.env["res.company"]._sos_local_date(form.received_at)
            # sudo: whoever may enter a contact opens the file with it
            form.case_id.sudo()._open_for_work()
            for line in form.child_ids:
                self._start(
                    form.case_id,
                    line.child_id,
                    step,
                    started,
                    form_id=form.id,
                    episode_id=line.episode_id.id,
                )
        if steps:
            form.deadline_ids._sync_reminders()

    @api.model
    def _start_supervision(self, allocation):
        """The supervision clock runs from the first lead worker on, and again from the
        first one after the file was closed. While it runs, it goes on whoever leads."""
        case = allocation.case_id.sudo()
        if case.closed_on:
            return
        started = self._get_supervised_from(case, allocation.since)
        steps = (
            self.env["sos.step"]
            .sudo()
            .search([("starts_from", "=", "lead_allocation")])
        )
        for step in steps:
            for child in allocation.child_ids or case.child_ids:
                self.sudo()._start(case, child, step, started)

    @api.model
    def _get_supervised_from(self, case, day):
        """Who leads from before the family was referred again is supervised from the
        referral on."""
        needs = case.episode_ids.filtered(lambda need: need.state == "open")
        return max(day, min(needs.mapped("referred_on"), default=day))

    @api.model
    def _follow_allocation(self, allocation, before):
        """The first lead worker began on another day than the clocks count from."""
        case = allocation.case_id.sudo()
        clocks = case.deadline_ids.filtered(
            lambda clock: clock.step_id.starts_from == "lead_allocation"
            and clock.state in ("open", "paused")
            and clock.started_on == self._get_supervised_from(case, before)
            and clock.child_id in (allocation.child_ids or case.child_ids)
        )
        clocks._recount(started_on=self._get_supervised_from(case, allocation.since))

    @api.model
    def _start_for_decision(self, line, step, day):
        """Start the clock of a step for the child of a decided line."""
        self._start(
            line.case_id,
            line.child_id,
            step,
            self._get_start(line, step, day),
            **self._get_length(line, step),
            episode_id=line.episode_id.id,
            enquiry_id=line.enquiry_id.id if step.ends_with == "enquiry" else False,
            plan_id=line._get_plan_of(step).id,
        )

    @api.model
    def _get_length(self, line, step):
        """How long the clock of a step runs that a decision starts: values of it."""
        if step.repeat_number and line.form_id.type_id == step.form_type_id:
            return self._get_repeat(step)
        if step.before_booked_days:
            return {
                "booked_on": self._get_conference_day(line),
                "due_number": -step.before_booked_days,
                "due_unit": "working_days",
            }
        return {}

    @api.model
    def _get_repeat(self, step):
        """How long the next clock of a step runs: values of it."""
        return {"due_number": step.repeat_number, "due_unit": step.repeat_unit}

    @api.model
    def _get_start(self, line, step, day, clock=None):
        """The day from which a step's clock runs that a decision starts.

        :param clock: the clock itself, when it runs already
        """
        form = line.form_id
        if step.starts_from == "referral":
            if form.received_at:
                return self.env["res.company"]._sos_local_date(form.received_at)
            domain = [
                ("episode_id", "=", line.episode_id.id),
                ("step_id", "=", step.id),
            ]
            if clock:
                domain.append(("id", "<", clock.id))
            assessed = self.search_count(domain, limit=1)
            # a second assessment in one period of need cannot have been due already
            return day if assessed else line.episode_id.referred_on or day
        if step.starts_from == "discussion_held":
            return form.held_on or form.notified_on or day
        return day

    @api.model
    def _get_conference_day(self, line):
        """The day for which the child's conference is booked, or else the one on which
        its own clock falls due."""
        conference = self.search(
            [
                ("child_id", "=", line.child_id.id),
                ("case_id", "=", line.case_id.id),
                ("step_id.code", "=", "initial_conference"),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        return conference.form_id.booked_on or conference.due_on or line.confirmed_on

    @api.model
    def _move_to_booking(self, form):
        """A conference is booked: what is due before it moves with it."""
        steps = self.env["sos.step"].search([("before_booked_days", "!=", 0)])
        if form.type_code != "initial_conference" or not steps:
            return
        clocks = self.search(
            [
                ("case_id", "=", form.case_id.id),
                ("child_id", "in", form.child_ids.child_id.ids),
                ("step_id", "in", steps.ids),
                ("state", "=", "open"),
            ]
        )
        clocks._recount(booked_on=form.booked_on)
        clocks._sync_reminders()

    @api.model
    def _link_form(self, form):
        """The open clocks that this form will meet show it."""
        clocks = self.search(
            [
                ("case_id", "=", form.case_id.id),
                ("child_id", "in", form.child_ids.child_id.ids),
                ("step_id.form_type_id", "=", form.type_id.id),
                ("state", "=", "open"),
                ("form_id", "=", False),
            ]
        )
        clocks.filtered(lambda c: c.step_id.met_by != "visit_seen").form_id = form

    # --------------------------------------------------------------------- met

    @api.model
    def _meet_by_form(self, form, event, day):
        """A form was held, submitted or authorised: the clocks of its children that
        this meets are met. When a held day is put right, its clocks move with it.

        :param day: False when it was taken away again: then the form meets nothing
        """
        clocks = self.search(
            [
                ("case_id", "=", form.case_id.id),
                ("child_id", "in", form.child_ids.child_id.ids),
                ("step_id.form_type_id", "=", form.type_id.id),
                ("step_id.met_by", "=", event),
                "|",
                "&",
                ("state", "in", ("open", "paused")),
                # what happened before a clock ran does not meet it
                ("started_on", "<=", day or date.min),
                "&",
                ("form_id", "=", form.id),
                ("state", "=", "met"),
            ]
        )
        # a day that is put right may be one on which a clock did not run yet
        met = clocks.filtered("met_on")
        too_early = met.filtered(lambda clock: not day or clock.started_on > day)
        too_early._release(form)
        met -= too_early
        clocks -= too_early
        # a form meets one clock of a step for each child, however often it is saved
        (met | clocks.filtered(lambda c: c.child_id not in met.child_id))._meet(
            form, day
        )

    @api.model
    def _meet_by_visit(self, form):
        """A statutory visit meets the clock of each child who was seen in it."""
        seen = form._get_visited()
        clocks = self.search(
            [
                ("case_id", "=", form.case_id.id),
                ("child_id", "in", seen.ids),
                ("step_id.met_by", "=", "visit_seen"),
                ("started_on", "<=", form.held_on),
                ("state", "in", ("open", "paused")),
            ]
        )
        clocks._meet(form, form.held_on)

    def _meet(self, form, day):
        for clock in self:
            before = clock.met_on
            clock.write({"met_on": day, "form_id": form.id})
            if before and before != day:
                clock._move_next(before, day)
                clock._get_ended_by(before).write({"ended_on": day})
            elif not before and clock.step_id.repeat_when == "met":
                clock._start_next(day)
        self._end_before_conference(day)
        self._sync_reminders()

    def _get_before_conference(self):
        """The clocks of what is due before these clocks' conferences."""
        conferences = self.filtered(
            lambda c: c.step_id.ends_with == "enquiry" and c.step_id.met_by == "held"
        )
        return self.search(
            [
                ("enquiry_id", "in", conferences.enquiry_id.ids),
                ("step_id.before_booked_days", "!=", 0),
            ]
        )

    def _end_before_conference(self, day):
        """A conference was held: what was due before it is not needed any more."""
        self._get_before_conference()._end(day)

    def _get_ended_by(self, day):
        """What the conference of this clock, held on a day, has ended."""
        return self._get_before_conference().filtered(lambda c: c.ended_on == day)

    def _start_next(self, day):
        self.ensure_one()
        step = self.step_id
        self._start(
            self.case_id,
            self.child_id,
            step,
            day,
            **self._get_repeat(step),
            episode_id=self.episode_id.id,
            plan_id=self.plan_id.id,
        )

    def _get_next(self, day):
        """The clock that followed this one when it was met on a day."""
        self.ensure_one()
        return self.search(
            [
                ("case_id", "=", self.case_id.id),
                ("child_id", "=", self.child_id.id),
                ("step_id", "=", self.step_id.id),
                ("started_on", "=", day),
                ("cancelled_on", "=", False),
                ("id", ">", self.id),
            ],
            order="id",
            limit=1,
        )

    def _move_next(self, before, day):
        """The held day was put right: the clock that followed starts from it."""
        self.ensure_one()
        following = self._get_next(before)
        if following and self.step_id.repeat_number:
            following._recount(started_on=day)

    @api.model
    def _release_form(self, form, children=None):
        """A form that was cancelled, or was not about these children, meets nothing:
        the clocks that it met run again, or are met by what came next."""
        clocks = self.search([("form_id", "=", form.id)])
        if children is not None:
            clocks = clocks.filtered(lambda c: c.child_id in children)
        clocks._release()

    def _release(self, form=None):
        """Run again, or be met by what came next.

        :param form: which goes on, and may meet them yet
        """
        today = self.env["res.company"]._sos_today()
        for clock in self:
            if clock.met_on:
                clock._get_ended_by(clock.met_on).write({"ended_on": False})
            following = clock.met_on and clock._get_next(clock.met_on)
            values = {"form_id": form and form.id, "met_on": False}
            if following:
                # what happened to the one that followed happens to this one
                values = {name: following[name] for name in STOPS}
                values["form_id"] = following.form_id.id
                following._void(today)
            elif clock.met_on:
                values["ended_on"] = (
                    clock.plan_id.ended_on or clock.episode_id.closed_on
                )
            clock.write(values)
        self._sync_reminders()

    # ------------------------------------------------------------------- death

    @api.model
    def _pause_for_death(self, children):
        """A child died: nothing is due for them any more, but that the work is ended.
        Lead worker and manager are asked for that."""
        # sudo: follows from a day that the user may write
        clocks = self.sudo().search(
            [("child_id", "in", children.ids), ("state", "=", "open")]
        )
        today = self.env["res.company"]._sos_today()
        clocks.write(
            {
                "paused_on": today,
                "paused_by_death": True,
                "pause_reason": clocks._in_words_of_authority()._get_death_words(),
            }
        )
        steps = self.env["sos.step"].sudo().search([("starts_from", "=", "death")])
        needs = children.sudo().episode_ids.filtered(lambda need: need.state == "open")
        for need in needs:
            for step in steps:
                self.sudo()._start(
                    need.case_id, need.child_id, step, today, episode_id=need.id
                )
        (clocks | needs.deadline_ids)._sync_reminders()

    @api.model
    def _get_death_words(self):
        return self.env._("The child died.")

    @api.model
    def _resume_from_death(self, children):
        """The day of death was entered in error: the clocks run as if they had never
        been paused, and nobody is asked to end the work."""
        # sudo: as above
        clocks = self.sudo().search(
            [("child_id", "in", children.ids), ("state", "in", ("open", "paused"))]
        )
        for clock in clocks:
            if clock.step_id.starts_from == "death":
                clock._void()
            elif clock.paused_by_death:
                clock.write(
                    {
                        "paused_on": False,
                        "paused_by_death": False,
                        "pause_reason": False,
                    }
                )
        clocks._sync_reminders()

    # --------------------------------------------------------------------- end

    def _end(self, day):
        """What the clocks were for ended."""
        self._stop("ended_on", day)

    def _cancel(self, day):
        """The clocks turned out not to be needed."""
        self._stop("cancelled_on", day)

    def _stop(self, field, day):
        clocks = self.filtered(lambda d: d.state in ("open", "paused"))
        clocks.write({field: day})
        clocks._sync_reminders()
