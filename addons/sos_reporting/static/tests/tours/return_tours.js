import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

registry.category("web_tour.tours").add("sos_return_progress", {
    steps: () => [
        {
            content: "It waits, and is stopped from elsewhere",
            trigger: ".alert-info:contains(waits for its turn)",
            async run() {
                const id = Number(window.location.pathname.split("/").pop());
                await rpc("/web/dataset/call_kw/sos.return/action_stop", {
                    model: "sos.return",
                    method: "action_stop",
                    args: [[id]],
                    kwargs: {},
                });
            },
        },
        {
            content: "The screen hears it by itself, and goes on",
            trigger: "button[name=action_go_on]",
            run: "click",
        },
        {
            content: "It waits again",
            trigger: ".alert-info:contains(waits for its turn)",
        },
    ],
});
