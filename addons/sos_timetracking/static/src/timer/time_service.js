import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {registry} from "@web/core/registry";
import {rpcBus} from "@web/core/network/rpc";
import {session} from "@web/session";
import {ForgottenDialog} from "./forgotten_dialog";
import {reactive} from "@odoo/owl";

/** A tab that was out of sight for so long asks the server what runs. */
const STALE = 30000;

/**
 * The user's timer as the server knows it, for the top bar and the buttons on forms and
 * family files. The record on the server is the timer; this only shows it.
 */
export const timeService = {
    dependencies: ["dialog", "notification", "orm"],
    start(env, {dialog, notification, orm}) {
        const state = reactive({
            enabled: Boolean(session.sos_time),
            timer: null,
            kinds: [],
            teams: [],
            proposals: 0,
            measuring: null,
            // what time was kept on last, for a screen that shows its sum
            kept: null,
        });
        let readAt = 0;
        let asking = false;

        /** Show what the server says. */
        function take({message, ...values}) {
            const {timer} = values;
            if (timer) {
                // from now backwards, so that a wrong clock of the device changes nothing
                timer.startedAt = Date.now() - timer.seconds * 1000;
            }
            Object.assign(state, values);
            readAt = Date.now();
            if (message) {
                notification.add(message, {type: "success"});
            }
        }

        async function call(method, args = [], kwargs = {}) {
            take(await orm.call("sos.timer", method, args, kwargs));
        }

        async function load() {
            if (state.enabled) {
                await call("get_mine");
            }
        }

        /** Ask how long a forgotten timer was; once, however often it is noticed. */
        function askForgotten() {
            if (!state.timer?.question || asking) {
                return;
            }
            asking = true;
            dialog.add(
                ForgottenDialog,
                {
                    question: state.timer.question,
                    answer: (duration) => keep("answer", [duration]),
                    discard: () => call("discard"),
                },
                {onClose: () => (asking = false)}
            );
        }

        /** Call a method that ends the timer and keeps its time. */
        async function keep(method, args, kwargs) {
            const {res_model, res_id} = state.timer || {};
            await call(method, args, kwargs);
            state.kept = {resModel: res_model, resId: res_id};
        }

        /** Whether the timer may be stopped: a forgotten one is asked about first. */
        async function isClear() {
            await load();
            askForgotten();
            return !state.timer?.question;
        }

        async function start(resModel, resId, kind = "recording") {
            if (!(await isClear())) {
                return;
            }
            if (!state.timer) {
                return call("start", [resModel, resId, kind]);
            }
            dialog.add(ConfirmationDialog, {
                title: _t("A timer runs already"),
                body: _t(
                    "It runs on “%s”. Stop it, keep its time and start the new one?",
                    state.timer.label
                ),
                confirmLabel: _t("Stop it and start"),
                cancelLabel: _t("Let it run"),
                confirm: () =>
                    keep("start", [resModel, resId, kind], {stop_running: true}),
                cancel: () => {},
            });
        }

        async function stop() {
            if (await isClear()) {
                await keep("stop");
            }
        }

        function discard() {
            dialog.add(ConfirmationDialog, {
                title: _t("Throw the timer away?"),
                body: _t("The time on “%s” is not kept.", state.timer.label),
                confirmLabel: _t("Throw it away"),
                cancelLabel: _t("Let it run"),
                confirm: () => call("discard"),
                cancel: () => {},
            });
        }

        if (state.enabled) {
            take(session.sos_time);
            // a page that opens closes dialogs, so ask when it is there
            env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", askForgotten, {
                once: true,
            });
            document.addEventListener("visibilitychange", async () => {
                const stale = Date.now() - readAt > STALE;
                if (document.visibilityState === "visible" && stale) {
                    // without a connection there is nothing new to show
                    await load().catch(() => {});
                    askForgotten();
                }
            });
            rpcBus.addEventListener("RPC:RESPONSE", ({detail}) => {
                const {model, method} = detail.data.params || {};
                if (model === "sos.screen.time" && method?.startsWith("action_")) {
                    browser.setTimeout(load);
                }
            });
        }

        return {
            state,
            load,
            start,
            stop,
            discard,
            setKind: (kind) => call("set_kind", [kind]),
        };
    },
};

registry.category("services").add("sos_time", timeService);
