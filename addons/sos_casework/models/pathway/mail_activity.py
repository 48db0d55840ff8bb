from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Reminders of a clock are the system's: nobody takes away a colleague's, least of
    all the manager's that something is overdue."""

    _inherit = "mail.activity"

    def _check_ones_own_reminder(self):
        if self.env.su:
            return
        # sudo: whose reminder it is, whether or not the user may read it
        reminders = self.sudo().filtered(
            lambda a: a.res_model == "sos.deadline" and a.automated
        )
        if reminders.user_id - self.env.user:
            raise UserError(
                self.env._(
                    "This is somebody else's reminder. It goes by itself when the "
                    "work is done."
                )
            )

    def write(self, vals):
        self._check_ones_own_reminder()
        return super().write(vals)

    def unlink(self):
        self._check_ones_own_reminder()
        return super().unlink()
