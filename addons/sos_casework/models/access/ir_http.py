import threading
from urllib.parse import urlsplit

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Odoo hides the request from what XML-RPC calls; where a call comes from is kept
    for the access log."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        httprequest = request.httprequest
        threading.current_thread().sos_way = (httprequest.url, httprequest.remote_addr)
        return super()._pre_dispatch(rule, args)

    def _sos_get_rpc_way(self):
        """:return: path and address of the call that this thread serves"""
        thread = threading.current_thread()
        url = getattr(thread, "url", "")
        kept, address = getattr(thread, "sos_way", (None, None))
        # a thread serves one call after the other
        return urlsplit(url).path, address if kept == url else None
