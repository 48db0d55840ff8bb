import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const openMenu = {content: "The timer", trigger: ".o_sos_timer", run: "click"};
const runs = (label) => ({
    content: "It runs on the form, by kind and number",
    trigger: `.o_sos_timer_menu .o_sos_timer_label:contains(${label})`,
});
const noTimer = {
    content: "None runs",
    trigger: ".o_menu_systray:has(.o_sos_timer):not(:has(.o_sos_elapsed))",
};

tours.add("sos_timer_start", {
    steps: () => [
        noTimer,
        {content: "Start", trigger: ".o_sos_timer_start", run: "click"},
        {content: "It runs", trigger: ".o_sos_timer_stop:contains(0:00)"},
        openMenu,
        runs("Visit F"),
        {
            content: "It is a call",
            trigger: ".o_sos_timer_kind",
            run: "select direct",
        },
        {
            content: "The server knows",
            trigger: ".o_sos_timer_kind",
            async run() {
                const {state} = odoo.__WOWL_DEBUG__.root.env.services.sos_time;
                // set by the server's answer; the step ends in an error if none comes
                while (state.timer.kind !== "direct") {
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
            },
        },
    ],
});

tours.add("sos_timer_stop", {
    steps: () => [
        {
            content: "It went on while the browser was closed",
            trigger: ".o_sos_timer .o_sos_elapsed:contains(0:25)",
        },
        {content: "Stop", trigger: "button.o_sos_timer_stop", run: "click"},
        {
            content: "What was kept is said",
            trigger: ".o_notification:contains(25 min kept)",
        },
        {
            content: "The form shows it",
            trigger: "button[name=action_time_lines]:contains(25 min)",
        },
        noTimer,
        {content: "Another one can start", trigger: ".o_sos_timer_start"},
    ],
});

tours.add("sos_timer_second", {
    steps: () => [
        {content: "Start here, too", trigger: ".o_sos_timer_start", run: "click"},
        {
            content: "It asks",
            trigger: ".modal:contains(It runs on “Visit F) .btn-primary",
            run: "click",
        },
        {
            content: "The first one is kept",
            trigger: ".o_notification:contains(25 min kept)",
        },
        {content: "The new one runs", trigger: ".o_sos_timer_stop:contains(0:00)"},
        openMenu,
        runs("Family file"),
        {content: "Throw it away", trigger: ".o_sos_timer_discard", run: "click"},
        {
            content: "Yes",
            trigger: ".modal:contains(is not kept) .btn-primary",
            run: "click",
        },
        noTimer,
    ],
});

tours.add("sos_timer_forgotten", {
    steps: () => [
        {
            content: "It asks how long it was",
            trigger: ".modal:contains(yesterday at) .o_sos_forgotten_duration",
            run: "edit an hour",
        },
        {content: "Keep", trigger: ".o_sos_forgotten_keep", run: "click"},
        {
            content: "That is no length of time",
            trigger: ".modal:contains(“an hour” is not a length of time) .btn-primary",
            run: "click",
        },
        {
            content: "What was typed is still there",
            trigger: "body:not(:has(.o_error_dialog)) .o_sos_forgotten_duration",
            run: "edit 1h20",
        },
        {content: "Keep", trigger: ".o_sos_forgotten_keep", run: "click"},
        {
            content: "It is kept",
            trigger: ".o_notification:contains(1 h 20 min kept)",
        },
        noTimer,
    ],
});
