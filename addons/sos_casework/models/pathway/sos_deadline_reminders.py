from odoo import api, models


class SosDeadline(models.Model):
    """Reminders are Odoo activities on a clock: one for the worker for each group of
    clocks that start and fall due together, one more for the manager when it is
    overdue. Their words are a reference and a step, never a name; they send nothing."""

    _inherit = "sos.deadline"

    def _sync_reminders(self):
        """Make the reminders of these clocks' families what they should be.

        Can run any number of times: what is right is left as it is.
        """
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
            first._keep_reminder(mine, kind, user)
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
        worker = clock._get_worker()
        if worker:
            reminders[due] = worker
        if clock.due_on < self.env["res.company"]._sos_today():
            manager = clock._get_manager()
            if manager:
                reminders[overdue] = manager
        return reminders

    def _get_worker(self):
        """Who is lead for the child, else for the family, else the manager."""
        current = self.case_id.allocation_ids.filtered(
            lambda a: a.role == "lead" and a.user_id and a._is_current()
        ).sorted("since")
        own = current.filtered(lambda a: self.child_id in a.child_ids)
        family = current.filtered(lambda a: not a.child_ids)
        lead = (own or family or current)[-1:].user_id
        return lead or self._get_manager()

    def _get_manager(self):
        """The allocated manager, else a manager of the team."""
        current = self.case_id.allocation_ids.filtered(
            lambda a: a.role == "manager" and a.user_id and a._is_current()
        ).sorted("since")
        if current:
            return current[-1].user_id
        managers = self.case_id.team_id.member_ids.filtered(
            lambda u: u.has_group("sos_casework.group_team_manager")
        )
        return (managers & self.case_id.reader_ids).sorted("id")[:1]

    def _keep_reminder(self, existing, kind, user):
        """One reminder of this kind, for this user, on this clock and day."""
        self.ensure_one()
        summary = f"{self.step_id.name} – {self.case_id.reference}"
        values = {
            "res_id": self.id,
            "user_id": user.id,
            "date_deadline": self.due_on,
            "summary": summary,
        }
        keep, extra = existing[:1], existing[1:]
        extra.unlink()
        # quick update: an activity that is assigned sends a mail otherwise
        if keep:
            changed = {
                name: value
                for name, value in values.items()
                if (keep[name].id if name == "user_id" else keep[name]) != value
            }
            if changed:
                keep.with_context(mail_activity_quick_update=True).write(changed)
            return
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            {
                **values,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "activity_type_id": kind.id,
                "automated": True,
            }
        )

    # Odoo's activities post, mail and subscribe on the record that they hang on. A
    # clock has no chatter and no followers: nothing about a family leaves by mail.

    @api.private
    def message_subscribe(self, *args, **kwargs):
        return True

    @api.private
    def message_notify(self, *args, **kwargs):
        return self.env["mail.message"]

    @api.private
    def message_post_with_source(self, *args, **kwargs):
        return self.env["mail.message"]

    @api.model
    def _cron_nightly(self):
        """Every night, see ``_nightly``; commits after each family."""
        self._nightly(self.env["ir.cron"]._commit_progress)

    @api.model
    def _nightly(self, progress=lambda done=0, remaining=None: True):
        """Allocations that began or ended, reminders and escalation. Running twice
        does nothing twice.

        :param progress: called as ``ir.cron._commit_progress``; false ends the run
        """
        self._follow_allocations()
        groups = self._read_group([("state", "=", "open")], ["case_id"], [])
        progress(remaining=len(groups))
        for (case,) in groups:
            case.deadline_ids._sync_reminders()
            if not progress(1):
                break

    @api.model
    def _follow_allocations(self):
        """Lead workers and readers follow the days of their allocations."""
        today = self.env["res.company"]._sos_today()
        allocations = self.env["sos.allocation"].search(
            ["|", ("since", "=", today), ("until", "<", today)]
        )
        cases = allocations.case_id
        self.env.add_to_compute(cases._fields["lead_id"], cases)
        cases._refresh_readers()
