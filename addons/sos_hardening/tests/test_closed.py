import json
from unittest.mock import patch

import requests

from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sos_hardening.models.sos_hardening_setting import (
    JOBS,
    NOWHERE,
    PARAMETERS,
)


def no_call(*args, **kwargs):
    raise AssertionError(f"called another machine: {args[1:]}")


@tagged("post_install", "-at_install")
class TestClosed(TransactionCase):
    """Ways by which something could leave the database are closed, for everybody and
    whichever app it is about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_allow_export"
        cls.employee = new_test_user(cls.env, "employee", groups)
        cls.colleague = new_test_user(cls.env, "colleague", groups)

    def test_what_calls_others_is_off(self):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        tried = 0
        for addon, parameters in PARAMETERS.items():
            for name, value in parameters.items():
                if addon in self.env.registry._init_modules:
                    tried += 1
                    self.assertEqual(get_param(name) or "", value, name)
        self.assertGreater(tried, 5)
        jobs = [self.env.ref(name, raise_if_not_found=False) for name in JOBS]
        self.assertEqual([job.name for job in jobs if job and job.active], [])
        self.assertNotIn(
            "activated", self.env["digest.digest"].search([]).mapped("state")
        )

    def test_publisher_is_told_nothing(self):
        with patch.object(requests.Session, "request", no_call):
            contract = self.env["publisher_warranty.contract"]
            self.assertTrue(contract.update_notification(None))

    def test_no_other_program_logs_in(self):
        """By name and password, in each call, as JSON-RPC and XML-RPC do."""
        users, password = self.env["res.users"], self.employee.login
        with self.assertRaises(AccessDenied):
            users._check_uid_passwd(self.employee.id, password)
        # an agency has opened the way
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("sos_hardening.open_routes", "/xmlrpc")
        self.assertIsNone(users._check_uid_passwd(self.employee.id, password))

    def test_no_service_is_called(self):
        """A call to one of Odoo's services ends before it leaves the machine."""
        from odoo.addons.iap.tools import iap_tools

        self.assertTrue(iap_tools.iap_get_endpoint(self.env).startswith(NOWHERE))
        with (
            patch("odoo.modules.module.current_test", None),
            patch("socket.socket.connect", no_call),
            patch("socket.getaddrinfo", no_call),
            self.assertLogs("odoo.addons.iap.tools.iap_tools"),
            self.assertRaisesRegex(UserError, "switched-off"),
        ):
            iap_tools.iap_jsonrpc(
                iap_tools.iap_get_endpoint(self.env) + "/x", timeout=1
            )

    def test_no_notice_goes_to_a_device(self):
        device = self.env["mail.push.device"].with_user(self.employee)
        with patch.object(requests.Session, "request", no_call):
            device.register_devices(endpoint="https://x.example/1", keys={"auth": "a"})
            self.assertFalse(self.env["mail.push.device"].search([]))
            known = self.env["mail.push.device"].create(
                {
                    "partner_id": self.employee.partner_id.id,
                    "endpoint": "https://x.example/1",
                    "keys": json.dumps({"p256dh": "a", "auth": "a"}),
                }
            )
            self.env["mail.thread"]._web_push_send_notification(
                known, "private", "public", payload={"title": "Hill"}
            )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_dashboards_are_not_shared_by_link(self):
        dashboard = self.env["spreadsheet.dashboard"].create(
            {
                "name": "Sales",
                "dashboard_group_id": self.env["spreadsheet.dashboard.group"]
                .create({"name": "Shop"})
                .id,
            }
        )
        shares = self.env["spreadsheet.dashboard.share"].with_user(self.employee)
        with self.assertRaises(AccessError):
            shares.create({"dashboard_id": dashboard.id, "spreadsheet_data": "{}"})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_saved_exports_are_their_owners(self):
        exports = self.env["ir.exports"]
        saved = exports.with_user(self.employee).create(
            {
                "name": "Customers",
                "resource": "res.partner",
                "export_fields": [(0, 0, {"name": "name"})],
            }
        )
        other = saved.with_user(self.colleague)
        self.assertNotIn(saved, other.search([]))
        for act in (
            lambda: other.read(["name"]),
            lambda: other.export_fields.write({"name": "email"}),
        ):
            with self.assertRaises(AccessError):
                act()


@tagged("post_install", "-at_install")
class TestClosedOverHttp(HttpCase):
    def test_editor_opens_no_address(self):
        """The first route is open to anybody, logged in or not."""
        password = "employee_"  # pragma: allowlist secret
        new_test_user(self.env, "employee", "base.group_user", password=password)
        with (
            patch.object(requests, "get", no_call),
            patch.object(requests, "head", no_call),
            patch.object(requests, "post", no_call),
        ):
            preview = {"preview_url": "http://x.example/Sam-Hill"}
            for login in (None, "employee"):
                if login:
                    self.authenticate(login, "employee_")
                self.assertFalse(
                    self.make_jsonrpc_request(
                        "/html_editor/link_preview_external", preview
                    )
                )
            found = self.make_jsonrpc_request(
                "/html_editor/media_library_search", {"query": "Sam"}
            )
            self.assertEqual(found["media"], [])
