from odoo import models
from odoo.http import request

#: Interfaces of other programs, whose keys lead past the second step, and what
#: describes them; pages for people from outside; the management of databases; a log-in
#: that no page uses.
CLOSED = (
    "/json",
    "/jsonrpc",
    "/xmlrpc",
    "/doc",
    "/doc-bearer",
    "/my",
    "/dashboard",
    "/web/database",
    "/web/session/authenticate",
)
#: beginnings of these that are open, with commas between them: "/json/2, /xmlrpc"
OPEN = "sos_hardening.open_routes"


def begins_with(route, beginnings):
    return any(route == b or route.startswith(f"{b}/") for b in beginnings)


class IrHttp(models.AbstractModel):
    """The proxy closes these too (nginx.conf); this holds where there is another."""

    _inherit = "ir.http"

    @classmethod
    def _sos_is_closed(cls, route):
        if super()._sos_is_closed(route):
            return True
        return begins_with(route, CLOSED) and not begins_with(
            route, request.env["ir.http"]._sos_get_open_routes()
        )

    def _sos_get_open_routes(self):
        # sudo: a setting; asked before anybody is logged in
        value = self.env["ir.config_parameter"].sudo().get_param(OPEN) or ""
        return [route.strip() for route in value.split(",") if route.strip()]
