from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Reminders are the system's: nobody takes away a colleague's, least of all the
    manager's that something is overdue."""

    _inherit = "mail.activity"

    def _check_reminders(self):
        if self.env.su:
            return
        reminder = self.env.registry["sos.reminder.mixin"]
        # sudo: whose reminder it is, whether or not the user may read it
        for activity in self.sudo().filtered("automated"):
            model = self.env.get(activity.res_model)
            if model is None or not isinstance(model, reminder):
                continue
            record = model.sudo().browse(activity.res_id)
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
        return super().unlink()
