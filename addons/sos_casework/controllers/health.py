import json

from odoo import http
from odoo.http import request
from odoo.modules.module import Manifest
from odoo.tools import SQL

from odoo.addons.web.controllers.home import Home


class SosHealth(Home):
    @http.route()
    def health(self, db_server_status=False):
        """Not well either is code of another version than the database was upgraded
        with: its screens may fail, and what it writes may be wrong."""
        answer = super().health(db_server_status)
        waiting = self._get_waiting() if request.db else []
        if waiting:
            info = json.loads(answer.data)
            info.update(status="upgrade needed", addons=waiting)
            answer.data = json.dumps(info)
            answer.status_code = 503
        return answer

    def _get_waiting(self):
        """The addons of which code and database have different versions."""
        # the table and not the model: what answers here has to do so half upgraded too
        rows = request.env.execute_query(
            SQL(
                """SELECT name, latest_version, state FROM ir_module_module
                WHERE left(name, 4) = 'sos_' AND state NOT IN
                    ('uninstalled', 'uninstallable', 'to install')
                ORDER BY name"""
            )
        )
        return [
            name
            for name, version, state in rows
            if state != "installed"
            or not (manifest := Manifest.for_addon(name))
            or manifest.version != version
        ]
