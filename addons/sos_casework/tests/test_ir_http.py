from unittest.mock import Mock, patch

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessDenied
from odoo.http import SessionExpiredException
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_world import PASSWORD
from .common import SosCommon

READ = "/web/dataset/call_kw"
WEBSOCKET = "odoo.addons.sos_casework.models.access.ir_websocket.wsrequest"


@tagged("post_install", "-at_install")
class TestIrHttp(SosCommon, HttpCase):
    """Nobody is superuser, and nobody acts from another's page. The same against a
    service behind its proxy: ``tests/test_door.py``."""

    def _let_in(self):
        """A superuser whom Odoo lets in, as it does not without a change past it."""
        root = self.env["res.users"].browse(SUPERUSER_ID)
        root.password = PASSWORD
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_users SET active = TRUE WHERE id = 1")
        self.env.invalidate_all()
        return root

    def test_password_of_the_superuser_opens_nothing(self):
        root = self._let_in()
        credential = {"type": "password", "login": root.login, "password": PASSWORD}
        with self.assertRaises(AccessDenied):
            root.with_user(root)._check_credentials(credential, {"interactive": True})

    @mute_logger("odoo.http")
    def test_key_of_the_superuser_opens_nothing(self):
        """It leads in by another way than a password."""
        # where sos_hardening is installed it closes them
        self.env["ir.config_parameter"].set_param(
            "sos_hardening.open_routes", "/json/2"
        )
        root = self._let_in()
        for user, opens in ((self.worker, True), (root, False)):
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            key = keys._generate("rpc", "Key", None)
            answer = self.url_open(
                "/json/2/res.users/search_count",
                json={"domain": []},
                headers={"Authorization": f"bearer {key}"},
            )
            self.assertEqual(answer.ok, opens, user.login)

    def test_nobody_becomes_superuser(self):
        self.authenticate("admin", "admin")
        for path in ("/web/become", "/en_US/web/become"):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    def test_nobody_listens_as_superuser(self):
        request = Mock(session=Mock(uid=SUPERUSER_ID))
        with patch(WEBSOCKET, request), self.assertRaises(SessionExpiredException):
            self.env["ir.websocket"]._authenticate()
        request.session.logout.assert_called_once_with(keep_db=True)

    @mute_logger("odoo.http")
    def test_page_of_somebody_else_writes_nothing(self):
        """A page is left open; in a second tab somebody else has logged in since."""
        self.authenticate("manager", "manager")

        def rename(uid, header=None):
            return self.url_open(
                READ,
                json={
                    "params": {
                        "model": "sos.case",
                        "method": "write",
                        "args": [self.case.ids, {"name": "Hills"}],
                        "kwargs": {"context": {"uid": uid}},
                    }
                },
                headers=header and {"X-Page-User": str(header)},
            ).json()

        for answer in (
            rename(self.worker.id),
            rename(self.manager.id, self.worker.id),
        ):
            message = answer["error"]["data"]["message"]
            self.assertIn("somebody else has logged in here", message)
            self.env.invalidate_all()
            self.assertEqual(self.case.name, "Hill")
        self.assertTrue(rename(self.manager.id, self.manager.id)["result"])
