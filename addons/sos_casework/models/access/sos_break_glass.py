from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

#: A reason is a sentence: at least so many words and letters.
WORDS, LETTERS = 4, 20


class SosBreakGlass(models.Model):
    """A family file opened in an emergency by somebody who may not read it: for a few
    hours, with a reason. A manager hears of it at once and says afterwards whether it
    was justified (``sos_break_glass_review``); until then every reader of the file
    sees it."""

    _name = "sos.break.glass"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "Emergency access"
    _order = "opened_at desc, id desc"
    _rec_name = "case_id"
    _log_fields = ("user_id", "ended_at", "verdict", "note")

    case_id = fields.Many2one(
        "sos.case", "Family file", required=True, index=True, readonly=True
    )
    reference = fields.Char(
        "Number", compute="_compute_reference", compute_sudo=True, store=True
    )
    user_id = fields.Many2one(
        "res.users", "Opened by", required=True, index=True, readonly=True
    )
    reason = fields.Text("Why", required=True, readonly=True)
    opened_at = fields.Datetime("Opened", required=True, readonly=True)
    until = fields.Datetime("Closes", required=True, readonly=True)
    ended_at = fields.Datetime(
        "Closed", readonly=True, help="When it ran out, or was closed by hand before."
    )
    ended_by_id = fields.Many2one(
        "res.users", "Closed by", readonly=True, help="Empty: it ran out."
    )
    is_open = fields.Boolean("Open now", compute="_compute_is_open")

    _open_idx = models.Index("(user_id, until) WHERE ended_at IS NULL")

    @api.depends("case_id.reference")
    def _compute_reference(self):
        for access in self:
            access.reference = access.case_id.reference

    @api.depends("ended_at", "until")
    def _compute_is_open(self):
        for access in self:
            access.is_open = bool(access._get_open())

    def _get_open(self):
        """Those that give access now, to the second."""
        now = fields.Datetime.now()
        return self.filtered(lambda a: not a.ended_at and a.until > now)

    # ---------------------------------------------------------------- opening

    @api.model
    def _open(self, case, reason, hours):
        """Let the user read the file for some hours.

        :param case: the file, which the user may not read
        :raise AccessError: for who is blocked, or has no role that reads files
        :raise UserError: for a reason or a time that will not do
        """
        self.env["sos.case"].check_access("read")
        user = self.env.user
        # sudo: the user may not read the file, which is why they are here
        file = case.sudo()
        if user in file.blocked_user_ids:
            # as little as possible: perhaps they do not know that they are
            raise AccessError(
                self.env._("This file is not opened in this way. Ask your manager.")
            )
        self._check_reason(reason)
        self._check_hours(hours)
        now = fields.Datetime.now()
        access = self.sudo().create(
            {
                "case_id": case.id,
                "user_id": user.id,
                "reason": reason.strip(),
                "opened_at": now,
                "until": now + timedelta(hours=hours),
            }
        )
        access._log_creation()
        access._apply()
        self.env["sos.access.log"]._record("emergency", case, reason.strip())
        access._sync_reminders()
        # sudo: who opens a file starts no jobs otherwise
        job = self.env.ref("sos_casework.ir_cron_break_glass").sudo()
        job._trigger(at=access.until)
        return access

    @api.model
    def _check_reason(self, reason):
        reason = (reason or "").strip()
        if len(reason) < LETTERS or len(reason.split()) < WORDS:
            raise UserError(
                self.env._(
                    "Say in a sentence why you must see this file now: your reason is "
                    "what the manager reads."
                )
            )

    @api.model
    def _check_hours(self, hours):
        authority = self.env["res.company"]._sos_get_authority()
        most = authority.sos_emergency_hours_max
        if not 1 <= hours <= most:
            raise UserError(
                self.env._("Choose between 1 and %s hours.", most)
                if most > 1
                else self.env._("A file is opened in an emergency for 1 hour.")
            )

    # ----------------------------------------------------------------- ending

    def action_end(self):
        """Close it before its time: whoever opened it, or a manager of the family."""
        self.check_access("read")
        for access in self._get_open():
            if access.user_id != self.env.user:
                access.check_access("write")
                access.case_id._check_may_allocate()
            access._end(self.env.user)
        return True

    def _end(self, user=None):
        # sudo: ended by these methods only
        for access in self.sudo():
            access.write(
                {
                    "ended_at": min(fields.Datetime.now(), access.until),
                    "ended_by_id": user and user.id,
                }
            )
        self._apply()

    def _apply(self):
        """The readers of the file follow, and what Odoo keeps of the next end."""
        self.env.registry.clear_cache()
        # sudo: whose access has ended reads the file no more
        self.sudo().case_id._refresh_readers()

    @api.model
    def _end_over(self, domain=()):
        """Close what has run out. Can run any number of times."""
        # sudo: run for everybody
        over = self.sudo().search(
            [("ended_at", "=", False), ("until", "<=", fields.Datetime.now()), *domain]
        )
        if over:
            over._end()

    @api.model
    def _end_on_time(self):
        """The job that closes a file may be late, or not run at all; the user's next
        step closes it then. Asked at each step of every user: a look into a cache."""
        until = self._get_next_end(self.env.uid)
        if until and until <= fields.Datetime.now():
            self._end_over([("user_id", "=", self.env.uid)])

    @api.model
    @tools.ormcache("uid")
    def _get_next_end(self, uid):
        """When the next access of a user runs out, or None."""
        # sudo: what is known of the time only
        following = self.sudo().search(
            [("user_id", "=", uid), ("ended_at", "=", False)], order="until", limit=1
        )
        return following.until or None

    @api.model
    def _cron_run(self):
        """Each night, and when an access runs out."""
        self._end_over()
        self.search([("reviewed_at", "=", False)])._sync_reminders()

    def _get_display_label(self):
        # Odoo copies this into its reminders: a reference and a step, never a name
        return self.env._("Emergency access – %s", self.reference)

    def _get_public_label(self):
        return self._get_display_label()
