from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _web_push_send_notification(self, *args, **kwargs):
        """Nothing is sent to devices, see ``mail.push.device``."""
        return None
