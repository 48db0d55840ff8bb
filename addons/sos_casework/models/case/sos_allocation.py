from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.days import is_within


class SosAllocation(models.Model):
    """Who works with a family, from when to when. Decides who may read it, and its
    worker is told of it."""

    _name = "sos.allocation"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "Allocation"
    _order = "until desc, since desc, id desc"

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    user_id = fields.Many2one("res.users", "Worker", index=True)
    team_id = fields.Many2one("sos.team", "Team", index=True)
    role = fields.Selection(
        [
            ("lead", "Lead worker"),
            ("co_worker", "Co-worker"),
            ("manager", "Manager"),
            ("chair", "Conference chair"),
            ("business_support", "Business support"),
        ],
        required=True,
        default="lead",
    )
    child_ids = fields.Many2many(
        "sos.person", string="Children", help="Empty: all children of the family."
    )
    since = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._sos_today()
    )
    until = fields.Date(help="The last day of the allocation.")

    _somebody = models.Constraint(
        "CHECK(num_nonnulls(user_id, team_id) = 1)",
        "An allocation is to a worker or to a team.",
    )

    @api.constrains("since", "until")
    def _check_dates(self):
        for allocation in self:
            if allocation.until and allocation.until < allocation.since:
                raise ValidationError(
                    self.env._("The allocation ends before it begins.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        allocations.case_id._check_may_allocate()
        allocations._end_earlier_leads()
        allocations._transfer()
        allocations._apply()
        allocations._tell_worker()
        return allocations

    def write(self, vals):
        self.case_id._check_may_allocate()
        before = {one: (one.since, one.user_id) for one in self}
        result = super().write(vals)
        for allocation, (day, _user) in before.items():
            if allocation.since != day:
                self.env["sos.deadline"]._follow_allocation(allocation, day)
        self._apply()
        self._tell_again(self.filtered(lambda a: a.user_id != before[a][1]))
        return result

    def _is_current(self, day=None):
        self.ensure_one()
        day = day or self.env["res.company"]._sos_today()
        return is_within(day, self.since, self.until)

    def _end_earlier_leads(self):
        """A family (or a child) has one lead worker: the new one takes over; one who is
        entered late leads until the next one began."""
        for new in self.filtered(lambda a: a.role == "lead" and a.user_id):
            others = new.case_id.allocation_ids.filtered(
                lambda a, new=new: a != new
                and a.role == "lead"
                and a.user_id
                and a.child_ids == new.child_ids
            )
            others.filtered(lambda a, day=new.since: a._is_current(day)).write(
                {"until": new.since}
            )
            later = [a.since for a in others if a.since > new.since]
            if later and not new.until:
                new.until = min(later)
                # supervision runs from the first of them
                self.env["sos.deadline"]._follow_allocation(new, new.until)

    def _end_leads_elsewhere(self):
        """A family that goes to another team is led by somebody of that team: until
        then it has no lead worker, and stands on its manager's list."""
        for allocation in self:
            team = allocation.case_id.team_id
            leads = allocation.role == "lead" and allocation.user_id
            if leads and allocation._is_current() and leads not in team.member_ids:
                allocation.until = allocation._get_last_day()

    def _get_last_day(self):
        """Of who has the family no more from today on: yesterday."""
        yesterday = self.env["res.company"]._sos_today() - timedelta(days=1)
        return max(self.since, yesterday)

    def _end_with_file(self, day):
        """The file closed: nobody works with the family any more."""
        for allocation in self.filtered("user_id"):
            if not allocation.until or allocation.until > day:
                allocation.until = max(allocation.since, day)

    def _transfer(self):
        """Allocating a family to a team makes it that team's family."""
        for new in self.filtered(lambda a: a.role == "lead" and a.team_id):
            new.case_id.team_id = new.team_id

    def _apply(self):
        """Readers, reminders and the supervision clock follow the allocation."""
        self.case_id._refresh_readers()
        deadlines = self.env["sos.deadline"]
        for allocation in self.filtered(lambda a: a.role == "lead" and a.user_id):
            if allocation._is_current():
                deadlines._start_supervision(allocation)
        self.case_id.sudo().deadline_ids._sync_reminders()

    def _tell_worker(self):
        """Nobody is told of what they did themselves, nor of what is past, nor of a
        family that they may not read."""
        today = self.env["res.company"]._sos_today()
        roles = dict(self._fields["role"]._description_selection(self.env))
        kind = self.env.ref("sos_casework.mail_activity_type_allocated")
        for new in self.filtered("user_id"):
            # sudo: asked and not shown; a number is no secret
            case = new.case_id.sudo()
            if new.user_id == self.env.user or (new.until and new.until < today):
                continue
            reads = new.user_id in case.reader_ids or new.since > today
            if not reads or new.user_id in case.blocked_user_ids:
                continue
            summary = f"{roles[new.role]} – {case.reference}"
            new._remind(new.user_id, kind, summary, max(new.since, today))

    def _tell_again(self, changed):
        """Another worker is told instead of the first; of what has ended nobody is.

        :param changed: those of these allocations whose worker is another one now
        """
        today = self.env["res.company"]._sos_today()
        ended = self.filtered(lambda a: a.until and a.until <= today)
        # sudo: reminders are the system's own
        (changed | ended).sudo().activity_ids.unlink()
        changed._tell_worker()

    def action_open_case(self):
        """Open the family file."""
        self.ensure_one()
        return self.case_id._get_records_action(context={})

    @api.model
    def _follow_accounts(self, users):
        """Who has left is reminded of nothing, and somebody else is; who is back is
        reminded again."""
        own = self.search(
            [("user_id", "in", users.ids), ("case_id.closed_on", "=", False)]
        )
        own.filtered(lambda a: a._is_current()).case_id.deadline_ids._sync_reminders()

    def _end_for_merge(self, moves):
        """The family goes on with the workers of the kept file: these had it until
        yesterday."""
        for allocation in self:
            values = {"until": allocation._get_last_day()}
            self.env["sos.merge"]._take_over(allocation, values, moves)

    def _get_display_label(self):
        return self.user_id.name or self.team_id.name
