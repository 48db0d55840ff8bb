from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sos_step import UNITS

#: What the due day of a clock is worked out from.
COUNTED_FROM = ("started_on", "booked_on", "due_number", "due_unit", "paused_days")


class SosDeadline(models.Model):
    """One clock of one child and step. Timeliness is read from here and from
    nothing else. How clocks start and stop is in ``sos_deadline_clock``, their
    reminders in ``sos_deadline_reminders``."""

    _name = "sos.deadline"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "Clock"
    _order = "due_on, id"
    _rec_name = "step_id"

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    step_id = fields.Many2one("sos.step", "Step", required=True, index=True)
    team_id = fields.Many2one(related="case_id.team_id", store=True)
    lead_id = fields.Many2one(related="case_id.lead_id", store=True, index=True)
    episode_id = fields.Many2one("sos.episode", index="btree_not_null")
    enquiry_id = fields.Many2one("sos.enquiry", index="btree_not_null")
    plan_id = fields.Many2one("sos.plan", index="btree_not_null")
    form_id = fields.Many2one(
        "sos.form", "Form", index="btree_not_null", help="Which meets it or will."
    )
    started_on = fields.Date("Started", required=True)
    due_on = fields.Date("Due", required=True, index=True)
    # what the due day is worked out from: kept, so that it can be worked out again
    # when one of them turns out to be another (``_recount``)
    due_number = fields.Integer("Due after", required=True, default=0)
    due_unit = fields.Selection(UNITS, required=True, default="days")
    booked_on = fields.Date(
        "Conference on",
        help="What is due before a conference is counted back from its day.",
    )
    paused_days = fields.Integer("Days it was paused", required=True, default=0)
    met_on = fields.Date("Met")
    ended_on = fields.Date("Ended", help="What it was for ended.")
    cancelled_on = fields.Date("Cancelled")
    paused_on = fields.Date("Paused")
    pause_reason = fields.Char("Why it is paused")
    paused_by_death = fields.Boolean(readonly=True)
    late_reason = fields.Char("Why it was late")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("ended", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    late = fields.Boolean(
        compute="_compute_late",
        store=True,
        help="Met after the day it was due, or never: what it was for ended after it.",
    )

    # a team's clocks of some months, out of those of all years
    _team_due_idx = models.Index("(team_id, due_on)")
    _open_idx = models.Index("(case_id, step_id) WHERE state = 'open'")
    # what is next for a family: asked for every row of a list
    _next_idx = models.Index("(case_id, due_on, id) WHERE state = 'open'")

    @api.depends("met_on", "ended_on", "cancelled_on", "paused_on")
    def _compute_state(self):
        for deadline in self:
            deadline.state = (
                (deadline.met_on and "met")
                or (deadline.cancelled_on and "cancelled")
                or (deadline.ended_on and "ended")
                or (deadline.paused_on and "paused")
                or "open"
            )

    @api.depends("state", "due_on")
    def _compute_overdue(self):
        today = self.env["res.company"]._sos_today()
        for deadline in self:
            deadline.overdue = deadline.state == "open" and deadline.due_on < today

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._sos_today()
        return [("state", "=", "open"), ("due_on", "<", today)]

    @api.depends("state", "met_on", "ended_on", "due_on")
    def _compute_late(self):
        for deadline in self:
            stopped = {"met": deadline.met_on, "ended": deadline.ended_on}
            day = stopped.get(deadline.state)
            deadline.late = bool(day and day > deadline.due_on)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Clocks are started by decisions."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) - {"late_reason", "activity_ids"}:
            raise UserError(self.env._("Clocks are met and ended by the work itself."))
        return super().write(vals)

    def action_pause(self, reason=None):
        """Stop a clock for a while, with a reason. Managers only."""
        self.check_access("write")
        self.case_id._check_may_allocate()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: a reason is needed."))
        # sudo: users change clocks through these methods only
        self.sudo().filtered(lambda d: d.state == "open").write(
            {
                "paused_on": self.env["res.company"]._sos_today(),
                "pause_reason": reason,
            }
        )
        self.sudo()._sync_reminders()
        return True

    def action_resume(self):
        """Let a paused clock run on; the days of the pause are added to it."""
        self.check_access("write")
        self.case_id._check_may_allocate()
        today = self.env["res.company"]._sos_today()
        for deadline in self.sudo().filtered(lambda d: d.state == "paused"):
            days = deadline.paused_days + (today - deadline.paused_on).days
            deadline._recount(paused_days=days, paused_on=False)
        self.sudo()._sync_reminders()
        return True

    @api.model
    def _get_due(self, case, values):
        """The day on which a clock falls due.

        :param dict values: its ``started_on``, ``booked_on``, ``due_number``,
            ``due_unit``, ``paused_days``
        """
        begin = values["booked_on"] or values["started_on"]
        day = case.company_id._sos_add(begin, values["due_number"], values["due_unit"])
        return day + timedelta(values["paused_days"])

    def _recount(self, **values):
        """Something is another than it was when the due day was worked out: the day
        from which the clock counts, a pause, the calendar.

        :param values: what is another; without any it is the calendar
        """
        for deadline in self:
            known = {name: deadline[name] for name in COUNTED_FROM}
            due = self._get_due(deadline.case_id, {**known, **values})
            changed = {
                name: value
                for name, value in {**values, "due_on": due}.items()
                if deadline[name] != value
            }
            if changed:
                deadline.write(changed)

    @api.model
    def _recount_from(self, day):
        """A day off was added or taken away: what still runs past it falls due on
        another day. What is met is not judged again."""
        clocks = self.search(
            [
                ("state", "in", ("open", "paused")),
                ("due_unit", "=", "working_days"),
                "|",
                ("due_on", ">=", day),
                ("booked_on", ">=", day),
            ]
        )
        clocks._recount()
        clocks._sync_reminders()

    def _get_display_label(self):
        # Odoo copies this into its reminders: a reference and a step, never a name
        return f"{self.step_id.name} – {self.case_id.reference}"
