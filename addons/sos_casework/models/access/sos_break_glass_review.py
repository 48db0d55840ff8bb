from odoo import api, fields, models
from odoo.exceptions import UserError


class SosBreakGlass(models.Model):
    """A manager says whether it was justified. Nobody does so for themself."""

    _inherit = "sos.break.glass"

    reviewed_at = fields.Datetime("Reviewed", readonly=True, index=True)
    reviewed_by_id = fields.Many2one("res.users", "Reviewed by", readonly=True)
    verdict = fields.Selection(
        [("justified", "Justified"), ("not_justified", "Not justified")], readonly=True
    )
    review_text = fields.Char("Review", compute="_compute_review_text")
    note = fields.Text("What the manager says")
    may_review = fields.Boolean(compute="_compute_may_review")
    is_mine = fields.Boolean(compute="_compute_may_review")

    @api.depends("verdict")
    def _compute_review_text(self):
        words = dict(self._fields["verdict"]._description_selection(self.env))
        for access in self:
            access.review_text = words.get(
                access.verdict, self.env._("Waits for review")
            )

    @api.depends_context("uid")
    @api.depends("reviewed_at", "user_id")
    def _compute_may_review(self):
        writable = self._origin._filtered_access("write")
        for access in self:
            access.is_mine = access.user_id == self.env.user
            access.may_review = (
                access._origin in writable
                and not access.reviewed_at
                and not access.is_mine
            )

    def write(self, vals):
        if not self.env.su:
            # of what was opened in an emergency nothing but the note is typed in
            self._check_may_review()
        return super().write(vals)

    def action_justified(self):
        """It was right to open the file."""
        return self._review("justified")

    def action_not_justified(self):
        """It was not right to open the file: say why, and what follows."""
        if any(not (access.note or "").strip() for access in self):
            raise UserError(
                self.env._("Write down why it was not justified, and what follows.")
            )
        self._get_open().action_end()
        return self._review("not_justified")

    def _review(self, verdict):
        self.check_access("write")
        self._queue()
        self.invalidate_recordset(["reviewed_at"])
        self._check_may_review()
        # sudo: the verdict is written by this method only
        self.sudo().write(
            {
                "verdict": verdict,
                "reviewed_at": fields.Datetime.now(),
                "reviewed_by_id": self.env.uid,
            }
        )
        self._sync_reminders()
        return True

    def _check_may_review(self):
        for access in self:
            if access.reviewed_at:
                raise UserError(self.env._("This was reviewed already."))
            if access.user_id == self.env.user:
                raise UserError(
                    self.env._("Nobody reviews their own emergency access.")
                )
            access.case_id._check_may_allocate()

    # -------------------------------------------------------------- reminders

    def _get_reviewers(self):
        """The managers of the family; of a restricted one with named readers, those
        named. Where there is none: the service managers, who read of a restricted
        family this entry only."""
        # sudo: the user may not read who reads the file
        case = self.case_id.sudo()
        readers = case.named_reader_ids if case.restricted else None
        possible = (readers or case.team_id.member_ids).filtered(
            lambda user: user.active
            and user.has_groups(
                "sos_casework.group_team_manager,sos_casework.group_service_manager"
            )
        )
        barred = case.blocked_user_ids | self.user_id
        if possible - barred:
            return possible - barred
        service = self.env.ref("sos_casework.group_service_manager").sudo()
        return service._get_active_users() - barred

    def _sync_reminders(self):
        """Each reviewer is reminded until one of them has reviewed it."""
        kind = self.env.ref("sos_casework.mail_activity_type_emergency")
        # sudo: reminders are the system's own
        for access in self.sudo():
            existing = access.activity_ids.filtered(
                lambda a: a.activity_type_id == kind and a.active
            )
            due_on = self.env["res.company"]._sos_local_date(access.opened_at)
            wanted = self.env["res.users"]
            if not access.reviewed_at:
                wanted = access._get_reviewers()
            for user in wanted:
                own = existing.filtered(lambda a, user=user: a.user_id == user)
                existing -= own
                label = access._get_display_label()
                access._keep_reminder(own, kind, user, due_on, label)
            existing.unlink()

    def _may_close_reminder(self):
        return bool(self.reviewed_at)
