import json
from unittest.mock import patch

import requests

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged

from odoo.addons.sos_casework.hooks import (
    JOBS,
    NOWHERE,
    PARAMETERS,
    SERVICES,
    close_ways_out,
)

from .common import SosCommon

#: What no record about a family has: people who are told of it, links that open it
#: without logging in, pictures of a face.
WAYS_OUT = (
    "access_token",
    "access_url",
    "avatar_128",
    "message_follower_ids",
    "message_ids",
    "website_url",
)


def no_call(*args, **kwargs):
    raise AssertionError(f"called another machine: {args[1:]}")


@tagged("post_install", "-at_install")
class TestLeaks(SosCommon):
    """Ways by which something could leave the system are closed."""

    def test_no_record_has_followers_or_links(self):
        tried = 0
        for name, model in self.env.registry.items():
            if name.startswith("sos."):
                tried += 1
                self.assertFalse(set(WAYS_OUT) & set(model._fields), name)
        self.assertGreater(tried, 50)

    def test_reminders_stay_inside(self):
        """Odoo's activities mail and make followers; those of the mixin do not."""
        reminder = self.env.registry["sos.reminder.mixin"]
        found = {
            name: isinstance(self.env[name], reminder)
            for name, model in self.env.registry.items()
            if name.startswith("sos.") and "activity_ids" in model._fields
        }
        self.assertIn("sos.deadline", found)
        self.assertEqual([name for name, quiet in found.items() if not quiet], [])

    def test_what_calls_others_is_off(self):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        for name in SERVICES:
            self.assertEqual(get_param(name), NOWHERE)
        for name, value in PARAMETERS.items():
            self.assertEqual(get_param(name) or "", value, name)
        for name in JOBS:
            job = self.env.ref(name, raise_if_not_found=False)
            self.assertFalse(job and job.active, name)
        if "digest.digest" in self.env:
            self.assertNotIn(
                "activated", self.env["digest.digest"].search([]).mapped("state")
            )

    def test_what_came_later_is_switched_off_as_well(self):
        job = self.env.ref("mail.ir_cron_module_update_notification")
        job.active = True
        self.env["ir.config_parameter"].set_param("iap.endpoint", "https://x.example")
        close_ways_out(self.env)
        self.test_what_calls_others_is_off()

    def test_publisher_is_told_nothing(self):
        with patch.object(requests.Session, "request", no_call):
            contract = self.env["publisher_warranty.contract"]
            self.assertTrue(contract.update_notification(None))

    def test_no_service_is_called(self):
        """A call to one of Odoo's services ends before it leaves the machine."""
        if "iap.account" not in self.env:
            return
        from odoo.addons.iap.tools import iap_tools

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
        device = self.env["mail.push.device"].with_user(self.worker)
        with patch.object(requests.Session, "request", no_call):
            device.register_devices(endpoint="https://x.example/1", keys={"auth": "a"})
            self.assertFalse(self.env["mail.push.device"].search([]))
            known = self.env["mail.push.device"].create(
                {
                    "partner_id": self.worker.partner_id.id,
                    "endpoint": "https://x.example/1",
                    "keys": json.dumps({"p256dh": "a", "auth": "a"}),
                }
            )
            self.env["mail.thread"]._web_push_send_notification(
                known, "private", "public", payload={"title": "Hill"}
            )

    def test_lists_are_exported_by_who_needs_them(self):
        self._open("contact")
        allowed = {self.manager, self.auditor, self.service_manager}
        refused = {self.worker, self.support, self.chair, self.lead, self.outsider}
        cases = self.case.with_user
        for user in allowed:
            self.assertEqual(cases(user).export_data(["name"])["datas"], [["Hill"]])
        for user in refused:
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "export"):
                cases(user).export_data(["name"])
        export = "base.group_allow_export"
        self.assertTrue(self.analyst.has_group(export))
        self.assertFalse(self.configurator.has_group(export))


@tagged("post_install", "-at_install")
class TestLeaksOverHttp(SosCommon, HttpCase):
    def _call(self, route, **params):
        return self.make_jsonrpc_request(route, params)

    def test_editor_opens_no_address(self):
        """The first route is open to anybody, logged in or not."""
        with (
            patch.object(requests, "get", no_call),
            patch.object(requests, "head", no_call),
            patch.object(requests, "post", no_call),
        ):
            address = "http://x.example/Sam-Hill"
            for route in ("external", "internal"):
                if route == "internal":
                    self.authenticate("worker", "worker")
                self.assertFalse(
                    self._call(
                        f"/html_editor/link_preview_{route}", preview_url=address
                    )
                )
            self.assertEqual(
                self._call("/html_editor/media_library_search", query="Sam")["media"],
                [],
            )

    def test_editor_asks_no_service(self):
        self.authenticate("worker", "worker")
        calls = {
            "attachment/add_url": {"url": "http://x.example/a.png"},
            "generate_text": {"prompt": "Sam Hill", "conversation_history": []},
            "save_library_media": {"media": {}},
        }
        with (
            patch.object(requests, "head", no_call),
            patch.object(requests, "post", no_call),
        ):
            for route, params in calls.items():
                with (
                    self.subTest(route),
                    self.assertRaisesRegex(JsonRpcException, "UserError"),
                ):
                    self._call(f"/html_editor/{route}", **params)

    def fetch_proxy(self, url):
        self.outside.append(url)
        return super().fetch_proxy(url)

    def test_tab_and_address_name_nobody(self):
        """Nor does the client ask another machine for anything."""
        self.outside = []
        form = self._open("contact")
        pages = [
            f"/odoo/my-families/{self.case.id}",
            f"/odoo/my-families/{self.case.id}/sos.form/{form.id}",
            f"/odoo/sos.person/{self.sam.id}",
        ]
        for page in pages:
            self.browser_js(
                page,
                """
                const shown = document.querySelector(".o_form_view").innerText +
                    [...document.querySelectorAll("input")].map((i) => i.value) +
                    document.querySelector(".o_breadcrumb").innerText;
                const kept = document.title + location.href;
                if (!shown.includes("Hill")) {
                    console.error("The page does not show the family: " + shown);
                } else if (/Hill|Sam|Robin|undefined|Odoo/.test(kept)) {
                    console.error("The tab says: " + kept);
                } else {
                    console.log("test successful");
                }
                """,
                ready="!!document.querySelector('.o_form_view .o_form_saved,"
                " .o_form_view .o_field_widget')",
                login="worker",
            )
        self.assertEqual(self.outside, [])
