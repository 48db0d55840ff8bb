from odoo.tests import HttpCase, tagged

from .common import SosCommon

#: whoever sits down at a screen that is locked looks here
LOCK = """
(async () => {
    // whatever is asked of the server while it is locked ends so; nothing else may
    const logError = console.error;
    console.error = (error, ...rest) => {
        if (!`${error?.stack || error}`.includes("Odoo Session Expired")) {
            logError(error, ...rest);
        }
    };
    const {FormViewDialog} = odoo.loader.modules.get(
        "@web/views/view_dialogs/form_view_dialog"
    );
    const {rpc} = odoo.loader.modules.get("@web/core/network/rpc");
    const {env} = odoo.__WOWL_DEBUG__.root;
    const ask = async (url, params) => {
        try {
            return await rpc(url, params);
        } catch (error) {
            throw new Error(`${url}: ${error.data?.name}: ${error.data?.message}`);
        }
    };
    const wait = async (what, found) => {
        for (let tries = 0; tries < 100; tries++) {
            if (found()) return;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`waited for ${what}: ${document.body.innerText}`);
    };
    const check = (truth, what) => {
        if (!truth) throw new Error(`${what}: ${document.body.innerHTML}`);
    };
    const find = (selector) => document.querySelector(selector);
    const type = (input, text) => {
        input.value = text;
        input.dispatchEvent(new Event("input", {bubbles: true}));
        input.dispatchEvent(new Event("change", {bubbles: true}));
    };
    const NAME = ".modal .o_field_widget[name=first_name] input";
    const FAMILY = "Zqlockedqz";

    await wait("the page", () => find(".o_form_view"));
    check(document.body.innerText.includes(FAMILY), "the page shows a family");
    env.services.dialog.add(FormViewDialog, {
        resModel: "sos.person",
        context: {default_kind: "child"},
        title: `Somebody of ${FAMILY}`,
    });
    await wait("the window", () => find(NAME));
    env.services.notification.add(`About ${FAMILY}`, {sticky: true});
    await wait("the notice", () => find(".o_notification"));

    // nobody has touched it for an hour
    const poll = {channels: [], last: 0, is_first_poll: true};
    await ask("/websocket/peek_notifications", poll);
    await ask("/websocket/update_bus_presence", {inactivity_period: 3600 * 1000});
    rpc("/web/session/check");
    rpc("/web/session/check");
    await wait("the lock", () => find(".o_check_identity_form"));
    check(!document.body.innerText.includes(FAMILY), "readable");
    check(!find(NAME), "the window is there");
    check(!find(".o_form_view"), "the page is there");
    check(document.querySelectorAll(".modal").length === 1, "two locks");
    // what arrives meanwhile waits
    env.services.notification.add("Arrived while locked");
    env.services.dialog.add(FormViewDialog, {resModel: "sos.person", title: FAMILY});
    await new Promise((resolve) => setTimeout(resolve, 500));
    check(!document.body.innerText.includes("Arrived"), "a notice shows");
    check(!document.body.innerText.includes(FAMILY), "a window shows");

    type(find("input[name=password]"), "worker-password-1");
    find(".o_check_identity_form button[type=submit]").click();
    await wait("the page again", () => find(".o_form_view"));
    await wait("the lock to go", () => !find(".o_check_identity_form"));
    check(document.body.innerText.includes(FAMILY), "the page is not back");
    check(!find(".o_error_dialog"), "an error");
    // and it goes on as before
    await ask("/web/session/check");
    check(!find(".modal .o_error_dialog"), "an error after it");
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestScreenLock(SosCommon, HttpCase):
    def test_lock_closes_windows(self):
        self.env.ref("base.group_user").lock_timeout_inactivity = 15
        self.case.name = "Zqlockedqz"
        self.worker.password = "worker-password-1"  # pragma: allowlist secret
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
        )
        self.authenticate("worker", "worker-password-1")
        self.browser_js(
            f"/odoo/sos.case/{self.case.id}?debug=1",
            LOCK,
            "odoo.isReady",
            login="worker",
            timeout=90,
        )
