from odoo import api, models

from .sos_deadline_clock import STOPS


class SosDeadline(models.Model):
    """What a correction does to clocks: they are what they would have been."""

    _inherit = "sos.deadline"

    def _void(self, day=None):
        """These clocks should never have run: cancelled, whether met or not."""
        self.filtered(lambda clock: clock.state != "cancelled").write(
            {
                **dict.fromkeys(STOPS, False),
                "cancelled_on": day or self.env["res.company"]._sos_today(),
            }
        )
        self._sync_reminders()

    def _take_back_made(self, line):
        self._void()

    @api.model
    def _follow_receipt(self, form):
        """The day on which a contact was received was put right."""
        clocks = self.search(
            [("form_id", "=", form.id), ("step_id.starts_from", "=", "received")]
        )
        received = self.env["res.company"]._sos_local_date(form.received_at)
        clocks._recount(started_on=received)
        clocks._sync_reminders()

    @api.model
    def _follow_visit(self, form):
        """The day of a signed visit, whom it saw, or whether it was statutory, was put
        right."""
        met = self.search(
            [
                ("form_id", "=", form.id),
                ("step_id.met_by", "=", "visit_seen"),
                ("state", "=", "met"),
            ]
        )
        seen = form._get_visited()
        known = met.child_id
        self._release_form(form, known - seen)
        kept = met.filtered(lambda c: c.form_id == form and c.met_on)
        kept.filtered(lambda c: c.met_on != form.held_on)._meet(form, form.held_on)
        for child in seen - known:
            self._meet_afterwards(form, child, "visit_seen", form.held_on)

    @api.model
    def _follow_child(self, form, child):
        """A child was part of a signed form after all: what the form meets is met for
        this child as well."""
        days = {"held": form.held_on}
        for event, at in (
            ("submitted", form.submitted_at),
            ("authorised", form.authorised_at),
        ):
            days[event] = at and self.env["res.company"]._sos_local_date(at)
        if child in form._get_visited():
            days["visit_seen"] = form.held_on
        for event, day in days.items():
            if day:
                self._meet_afterwards(form, child, event, day)

    @api.model
    def _meet_afterwards(self, form, child, event, day):
        """A form turns out to have met the clock that ran on that day, if one did.
        What stopped it later stopped the one that followed."""
        clock = self.search(
            [
                ("case_id", "=", form.case_id.id),
                ("child_id", "=", child.id),
                ("step_id.form_type_id", "=", form.type_id.id),
                ("step_id.met_by", "=", event),
                ("started_on", "<=", day),
                ("cancelled_on", "=", False),
                "|",
                ("met_on", "=", False),
                ("met_on", ">", day),
                "|",
                ("ended_on", "=", False),
                ("ended_on", ">", day),
            ],
            order="started_on desc, id desc",
            limit=1,
        )
        if not clock:
            return
        if clock.state in ("open", "paused"):
            clock._meet(form, day)
            return
        later = {name: clock[name] for name in STOPS}
        later["form_id"] = clock.form_id.id
        clock.write({**dict.fromkeys(STOPS, False), "met_on": day, "form_id": form.id})
        if clock.step_id.repeat_when == "met":
            following = clock.copy(
                {
                    **later,
                    **self._get_repeat(clock.step_id),
                    "started_on": day,
                    "paused_days": 0,
                }
            )
            following._recount()
