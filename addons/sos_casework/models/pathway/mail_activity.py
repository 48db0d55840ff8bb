from odoo import api, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Reminders are the system's: nobody takes away a colleague's, least of all the
    manager's that something is overdue."""

    _inherit = "mail.activity"
    _sos_texts = ("res_name", "summary", "note", "feedback")

    def _get_reminders(self):
        """Those that the system keeps about families, as superuser."""
        reminder = self.env.registry["sos.reminder.mixin"]
        # sudo: whose reminder it is, whether or not the user may read it
        return self.sudo().filtered(
            lambda activity: (
                activity.automated
                and isinstance(self.env.get(activity.res_model), reminder)
            )
        )

    def _check_reminders(self):
        if self.env.su:
            return
        for activity in self._get_reminders():
            record = activity.env[activity.res_model].browse(activity.res_id)
            if activity.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "This is somebody else's reminder. It goes by itself when the "
                        "work is done."
                    )
                )
            if not record._may_close_reminder():
                raise UserError(
                    self.env._(
                        "This reminder goes by itself when the work is done. Open it, "
                        "and do what it asks."
                    )
                )

    def write(self, vals):
        self._check_reminders()
        return super().write(vals)

    def unlink(self):
        self._check_reminders()
        if self.env.context.get("sos_too_old"):
            self -= self.browse(self._get_reminders().ids)
        return super().unlink()

    @api.autovacuum
    def _gc_delete_old_overdue_activities(self):
        """Odoo deletes what has been overdue for years; when a reminder about a family
        ends is decided by what it reminds of."""
        too_old = self.with_context(sos_too_old=True)
        return super(MailActivity, too_old)._gc_delete_old_overdue_activities()
