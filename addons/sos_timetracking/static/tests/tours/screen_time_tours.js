import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

let now = null;
let told = [];

const getMeter = () => odoo.__WOWL_DEBUG__.root.env.services.sos_screen_time.meter;

/** From here on time passes only when a step says so. */
const stopClock = {
    content: "The clock stands still",
    trigger: ".o_sos_case_kanban",
    run() {
        const meter = getMeter();
        const tell = meter.tell;
        now = Date.now();
        told = [];
        Date.now = () => now;
        meter.tell = (form, seconds) => told.push({seconds, sent: tell(form, seconds)});
    },
};

/** Time passes, and the browser's clock ticks on. */
function pass(seconds) {
    for (let i = 0; i < seconds; i += 5) {
        now += 5000;
        getMeter().tick(now);
    }
}

const step = (content, run) => ({content, trigger: ".o_form_view", run});

const passing = (content, seconds) => step(content, () => pass(seconds));

const type = () =>
    document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "a", bubbles: true})
    );

const expectTold = (expected) =>
    step(`${expected} seconds were told`, async () => {
        await Promise.all(told.map(({sent}) => sent));
        const sum = told.reduce((total, {seconds}) => total + seconds, 0);
        if (sum !== expected) {
            throw new Error(`${sum} seconds were told instead of ${expected}.`);
        }
    });

function show(state) {
    return step(`The tab is ${state}`, () => {
        Object.defineProperty(document, "visibilityState", {
            configurable: true,
            get: () => state,
        });
        document.dispatchEvent(new Event("visibilitychange"));
    });
}

const openForm = [
    {
        content: "Open the family",
        trigger: ".o_sos_case_kanban .o_kanban_record:contains(Hill)",
        run: "click",
    },
    {
        content: "Time on a family file is not measured",
        trigger: "button[name=action_new_form]",
        run: () => {
            type();
            pass(60);
        },
    },
    {
        content: "Its forms",
        trigger: ".nav-link[name=forms]",
        run: "click",
    },
    {
        content: "Open the form",
        trigger: ".o_field_widget[name=form_ids] .o_data_row:contains(Visit) td",
        run: "click",
    },
    {content: "It is open", trigger: ".o_form_view h1:contains(Visit)"},
];

const leaveForm = [
    {
        content: "Back to the family",
        trigger: ".breadcrumb-item a:contains(Hill), .o_back_button a",
        run: "click",
    },
    {content: "The family", trigger: "button[name=action_new_form]"},
];

tours.add("sos_screen_time", {
    steps: () => [
        stopClock,
        ...openForm,
        // what is typed in a section counts for its form
        {
            content: "Open a section",
            trigger: ".o_sos_answers .o_kanban_record",
            run: "click",
        },
        {
            content: "Type for a minute and a half",
            trigger: ".modal .odoo-editor-editable",
            run() {
                this.anchor.focus();
                for (let i = 0; i < 18; i++) {
                    type();
                    pass(5);
                }
            },
        },
        {
            content: "Save and close",
            trigger: ".modal-footer button:contains(Save and close)",
            run: "click",
        },
        {content: "It is closed", trigger: "body:not(:has(.modal)) .o_sos_answers"},
        expectTold(90),
        // the hand leaves the mouse: two minutes more, and not the rest of the hour
        passing("Idle", 3600),
        show("hidden"),
        expectTold(210),
        // what happens while the tab is out of sight is no work on this form
        step("Type elsewhere", type),
        passing("Out of sight", 60),
        show("visible"),
        expectTold(210),
        // a closed lid: nothing ticks for an hour
        step("Type", type),
        step("Close the lid and open it", () => {
            now += 3600 * 1000;
            type();
        }),
        passing("Go on for a minute", 60),
        ...leaveForm,
        {...expectTold(270), trigger: "button[name=action_new_form]"},
        {
            content: "It is proposed",
            trigger: ".o_sos_timer .o_sos_proposals:contains(1)",
        },
    ],
});

tours.add("sos_screen_time_tab", {
    steps: () => [
        stopClock,
        ...openForm,
        step("Type", type),
        passing("A minute and a half", 90),
        ...leaveForm,
        {...expectTold(90), trigger: "button[name=action_new_form]"},
    ],
});

tours.add("sos_screen_time_accept", {
    steps: () => [
        {
            content: "Something is proposed",
            trigger: ".o_sos_timer .o_sos_proposals:contains(2)",
            run: "click",
        },
        {
            content: "Look at it",
            trigger: ".o_sos_open_proposals:contains(2 to look at)",
            run: "click",
        },
        {
            content: "Put the time right",
            trigger: ".o_data_row:contains(Visit) td[name=duration]",
            run: "click",
        },
        {
            content: "It was longer",
            trigger: ".o_selected_row td[name=duration] input",
            run: "edit 1h05",
        },
        {
            content: "Accept it",
            trigger: ".o_selected_row button[name=action_accept]",
            run: "click",
        },
        {
            content: "One is left",
            trigger: ".o_sos_timer .o_sos_proposals:contains(1)",
        },
        {
            content: "Decline it",
            trigger: ".o_data_row:contains(Assessment) button[name=action_decline]",
            run: "click",
        },
        {
            content: "Nothing is left",
            trigger: ".o_menu_systray:has(.o_sos_timer):not(:has(.o_sos_proposals))",
        },
        {content: "And that is said", trigger: ".o_view_nocontent"},
    ],
});
