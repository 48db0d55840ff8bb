from odoo import models
from odoo.exceptions import AccessDenied

#: other programs log in with each call here, and have no session
INTERFACES = ("/jsonrpc", "/xmlrpc")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _check_uid_passwd(self, uid, passwd):
        # a call that names its database is served before Odoo looks at routes
        opened = self.env["ir.http"]._sos_get_open_routes()
        if not any(route.startswith(INTERFACES) for route in opened):
            raise AccessDenied()
        return super()._check_uid_passwd(uid, passwd)
