from datetime import timedelta

from odoo import api, models


class SosDeadline(models.Model):
    """Reminders are Odoo activities on a clock: one for the worker for each group of
    clocks that start and fall due together, one more for the manager when it is
    overdue."""

    _inherit = "sos.deadline"

    def _sync_reminders(self):
        """Make the reminders of these clocks' families what they should be.

        Can run any number of times: what is right is left as it is.
        """
        if self._get_cause().correction_id:
            return  # once, when all of the correction is carried out
        clocks = self.sudo()
        cases = clocks.case_id
        open_clocks = self.sudo().search(
            [("case_id", "in", cases.ids), ("state", "=", "open")], order="id"
        )
        wanted = {}
        for group in open_clocks.grouped(
            lambda c: (c.case_id, c.step_id, c.started_on, c.due_on)
        ).values():
            for kind, user in group._get_reminders().items():
                wanted[kind, group[0]] = (group, user)
        existing = self._find_reminders(cases)
        for (kind, first), (group, user) in wanted.items():
            mine = existing.filtered(
                lambda a, k=kind, g=group: a.activity_type_id == k and a.res_id in g.ids
            )
            existing -= mine
            summary = f"{first.step_id.name} – {first.case_id.reference}"
            first._keep_reminder(mine, kind, user, first.due_on, summary)
        # sudo: reminders are the system's own; what they remind of has ended
        existing.sudo().unlink()

    @api.model
    def _find_reminders(self, cases):
        types = self._get_reminder_types()
        clocks = self.sudo().search([("case_id", "in", cases.ids)])
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", clocks.ids),
                    ("activity_type_id", "in", types.ids),
                ]
            )
        )

    @api.model
    def _get_reminder_types(self):
        return self.env.ref("sos_casework.mail_activity_type_due") | self.env.ref(
            "sos_casework.mail_activity_type_overdue"
        )

    def _get_reminders(self):
        """Who is reminded of a group: dict from activity type to user."""
        due, overdue = self._get_reminder_types()
        clock = self[0]
        reminders = {}
        worker = clock.case_id._get_worker(clock.child_id)
        if worker:
            reminders[due] = worker
        asks_both = clock.step_id.starts_from == "death"
        if asks_both or clock.due_on < self.env["res.company"]._sos_today():
            manager = clock.case_id._get_manager()
            if manager:
                reminders[overdue] = manager
        return reminders

    @api.model
    def _cron_nightly(self):
        """Every night, see ``_nightly``; commits after each family."""
        self._nightly(self.env["ir.cron"]._commit_progress)

    @api.model
    def _nightly(self, progress=lambda done=0, remaining=None: True):
        """Allocations that began or ended, babies who became children, reminders and
        escalation. Running twice does nothing twice.

        :param progress: called as ``ir.cron._commit_progress``; false ends the run
        """
        self._follow_allocations()
        self.env["sos.person"]._follow_stages()
        self.env["sos.form"]._follow_readers()
        groups = self._read_group([("state", "=", "open")], ["case_id"], [])
        progress(remaining=len(groups))
        for (case,) in groups:
            case.deadline_ids._sync_reminders()
            if not progress(1):
                break

    @api.model
    def _follow_allocations(self):
        """Lead workers, readers and supervision follow the days of their allocations.
        A night on which the job did not run is made up for."""
        today = self.env["res.company"]._sos_today()
        begun = self.env["sos.allocation"].search(
            [("since", "<=", today), ("since", ">=", today - timedelta(days=14))]
        )
        for allocation in begun:
            if allocation.role == "lead" and allocation._is_current():
                self._start_supervision(allocation)
        ended = self.env["sos.allocation"].search([("until", "<", today)])
        cases = (begun | ended).case_id
        self.env.add_to_compute(cases._fields["lead_id"], cases)
        cases._refresh_readers()
