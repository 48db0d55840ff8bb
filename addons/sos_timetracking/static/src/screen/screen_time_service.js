import {browser} from "@web/core/browser/browser";
import {FormController} from "@web/views/form/form_controller";
import {Meter} from "./meter";
import {onWillUnmount, useEffect} from "@odoo/owl";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const TICK = 5000;
const ACTIVITY = [
    "keydown",
    "pointerdown",
    "pointermove",
    "touchstart",
    "wheel",
    "scroll",
];
const BEAT = "/web/dataset/call_kw/sos.screen.time/beat";

/**
 * Measures how long the user works on the form that is open: while the tab can be seen
 * and something is typed, pointed at or scrolled. What was measured goes to the server,
 * which proposes it to the user.
 */
export const screenTimeService = {
    dependencies: ["sos_time"],
    start(env, {sos_time: time}) {
        const measuring = session.sos_time?.measuring;
        if (!measuring) {
            return {open() {}};
        }
        const proposed = new Set();

        /** As a call of its own that a page which is being left still sends, and that
         * shows nothing when there is no connection. */
        async function tell(form, seconds) {
            const params = {
                model: "sos.screen.time",
                method: "beat",
                args: [form, seconds],
                // whose time it is: another may have logged in since, in another tab
                kwargs: {context: user.context},
            };
            try {
                const response = await browser.fetch(BEAT, {
                    method: "POST",
                    keepalive: true,
                    headers: {"Content-Type": "application/json"},
                    body: JSON.stringify({jsonrpc: "2.0", method: "call", params}),
                });
                const {result} = await response.json();
                if (result && !proposed.has(form)) {
                    proposed.add(form);
                    await time.load();
                }
            } catch {
                // measured time is no record: what cannot be sent is left out
            }
        }

        const meter = new Meter({
            idle: measuring.idle * 1000,
            beat: measuring.beat * 1000,
            tell,
        });
        for (const name of ACTIVITY) {
            document.addEventListener(name, () => meter.touch(Date.now()), {
                capture: true,
                passive: true,
            });
        }
        document.addEventListener("visibilitychange", () =>
            meter.show(document.visibilityState === "visible", Date.now())
        );
        browser.addEventListener("pagehide", () => meter.show(false, Date.now()));
        browser.addEventListener("pageshow", () => meter.show(true, Date.now()));
        browser.setInterval(() => meter.tick(Date.now()), TICK);
        return {open: (form) => meter.open(form, Date.now()), meter};
    },
};

registry.category("services").add("sos_screen_time", screenTimeService);

patch(FormController.prototype, {
    setup() {
        super.setup();
        if (this.props.resModel !== "sos.form" || this.env.inDialog) {
            return;
        }
        const screenTime = useService("sos_screen_time");
        useEffect(
            (form) => screenTime.open(form || null),
            () => [this.model.root.resId]
        );
        onWillUnmount(() => screenTime.open(null));
    },
});
