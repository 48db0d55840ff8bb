from odoo import SUPERUSER_ID, models
from odoo.http import SessionExpiredException

from odoo.addons.bus.websocket import wsrequest


class IrWebsocket(models.AbstractModel):
    """As for requests (ir.http): nobody listens as superuser."""

    _inherit = "ir.websocket"

    @classmethod
    def _authenticate(cls):
        if wsrequest.session.uid == SUPERUSER_ID:
            wsrequest.session.logout(keep_db=True)
            raise SessionExpiredException()
        return super()._authenticate()
