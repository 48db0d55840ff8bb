from odoo import api, models
from odoo.fields import Domain


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        if isinstance(operand, Domain) and self.env.user._is_internal():
            # Odoo asks the followers as superuser; what a client wants to know of the
            # partners is worked out under the client's own rules before that
            operand = self.env["res.partner"]._search(operand)
        return super()._search_message_partner_ids(operator, operand)

    def _web_push_send_notification(self, *args, **kwargs):
        """Nothing is sent to devices, see ``mail.push.device``."""
        return None
