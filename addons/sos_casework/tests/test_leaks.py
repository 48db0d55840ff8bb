from unittest.mock import patch

import requests

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged

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
        """For who works with families; of others sos_hardening says it."""
        with (
            patch.object(requests, "get", no_call),
            patch.object(requests, "head", no_call),
            patch.object(requests, "post", no_call),
        ):
            address = "http://x.example/Sam-Hill"
            self.authenticate("worker", "worker")
            for route in ("external", "internal"):
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
