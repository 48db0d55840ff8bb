import base64
import re
import time

from odoo.exceptions import AccessDenied
from odoo.tests import HttpCase, tagged

from odoo.addons.auth_totp.models.totp import TOTP, hotp

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestSecondStep(SosCommon, HttpCase):
    """Where the service asks for it, a password alone opens nothing."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param(
            "sos_casework.second_step", "required"
        )

    def _log_in(self, password="worker__"):
        page = self.url_open("/web/login").text
        token = re.search(r'name="csrf_token" value="(.*?)"', page)[1]
        form = {"login": "worker", "password": password, "csrf_token": token}
        return self.url_open("/web/login", data=form)

    def _send(self, page, code):
        token = re.search(r'name="csrf_token" value="(.*?)"', page.text)[1]
        form = {"code": code, "csrf_token": token}
        return self.url_open("/web/login/second-step", data=form)

    def _get_secret(self, page):
        return re.search(r"<code.*?>([A-Z2-7 ]+)<", page.text)[1]

    def _get_code(self, secret):
        key = base64.b32decode(secret.replace(" ", ""))
        return f"{hotp(key, int(time.time() / 30)):06}"

    def _is_logged_in(self):
        answer = self.url_open("/web/session/get_session_info", json={}).json()
        return "error" not in answer and answer["result"]["uid"] == self.worker.id

    def test_first_log_in_sets_it_up(self):
        self.worker.password = "worker__"
        page = self._log_in()
        self.assertTrue(page.url.endswith("/web/login/second-step"))
        self.assertFalse(self._is_logged_in())
        for code in ("", "abc", "000000"):
            page = self._send(page, code)
            self.assertIn("This code does not fit", page.text)
            self.assertFalse(self._is_logged_in())
        secret = self._get_secret(page)
        page = self._send(page, self._get_code(secret))
        self.assertIn("/odoo", page.url)
        self.assertTrue(self._is_logged_in())
        self.assertTrue(self.worker.totp_enabled)
        self.assertIsNotNone(
            TOTP(base64.b32decode(self.worker.sudo().totp_secret)).match(
                int(self._get_code(secret))
            )
        )
        self.url_open("/web/session/logout")
        self.assertIn("/web/login/totp", self._log_in().url)
        self.assertFalse(self._is_logged_in())

    def test_page_is_for_who_gave_the_password(self):
        self.assertIn("/web/login", self.url_open("/web/login/second-step").url)
        self.worker.password = "worker__"
        self._log_in("wrong password")
        page = self.url_open("/web/login/second-step")
        self.assertNotIn("second-step", page.url)

    def test_codes_are_not_guessed(self):
        self.worker.password = "worker__"
        page = self._log_in()
        for _n in range(6):
            page = self._send(page, "000000")
        self.assertIn("reached the limit", page.text)

    def test_no_way_round_over_the_api(self):
        # where sos_hardening is installed it closes them
        self.env["ir.config_parameter"].set_param(
            "sos_hardening.open_routes", "/web/session/authenticate"
        )
        self.worker.password = "worker__"
        with self.assertRaises(AccessDenied):
            self.worker.with_user(self.worker)._check_credentials(
                {"type": "password", "login": "worker", "password": "worker__"},
                {"interactive": False},
            )
        answer = self.url_open(
            "/web/session/authenticate",
            json={
                "params": {
                    "db": self.env.cr.dbname,
                    "login": "worker",
                    "password": "worker__",
                }
            },
        ).json()
        self.assertFalse(answer["result"]["uid"])
        self.assertFalse(self._is_logged_in())

    def test_without_the_setting_a_password_is_enough(self):
        self.env["ir.config_parameter"].set_param("sos_casework.second_step", False)
        self.worker.password = "worker__"
        self._log_in()
        self.assertTrue(self._is_logged_in())
