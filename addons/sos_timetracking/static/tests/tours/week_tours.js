import {registry} from "@web/core/registry";

const row = (words) => `tr.o_sos_week_row:contains(${words})`;
const cell = (words) => `${row(words)} td.o_sos_week_is_today`;
const said = (words) => `.o_notification:contains(${words})`;

function type(words, text) {
    return [
        {content: `Go to ${words}`, trigger: `${cell(words)} input`, run: "click"},
        {
            content: `Type ${text}`,
            trigger: `${cell(words)} input`,
            run: `edit ${text} && press Enter`,
        },
    ];
}

const undo = {
    content: "Undo",
    trigger: ".o_notification button:contains(Undo)",
    run: "click",
};

function holds(words, text) {
    return {
        content: `${words} holds ${text || "nothing"}`,
        trigger: `${cell(words)} input:value(/^${text}$/)`,
    };
}

registry.category("web_tour.tours").add("sos_time_week", {
    steps: () => [
        {content: "Nothing is kept yet", trigger: "h2.o_sos_week_title"},
        {
            content: "Take over the work of last week",
            trigger: ".o_sos_week_copy",
            run: "click",
        },
        ...type("Travel", "soon"),
        {
            content: "It is refused, and stays to be mended",
            trigger: ".o_sos_week_errors:contains(is not a length of time)",
        },
        holds("Travel", "soon"),
        {
            content: "Escape gives back what is kept",
            trigger: `${cell("Travel")} input`,
            run: "click && press Escape",
        },
        {
            content: "Nothing was kept",
            trigger: `body:not(:has(.o_sos_week_errors)) ${cell("Travel")} input:value(/^$/)`,
        },
        ...type("Travel", "25"),
        {
            content: "25 hours are refused",
            trigger: ".o_sos_week_errors:contains(up to a day)",
        },
        ...type("Travel", "10:35-9:00"),
        {
            content: "An end before the start as well",
            trigger: ".o_sos_week_errors:contains(is before the start)",
        },
        ...type("Travel", "9:15-10:35"),
        {content: "It is kept", trigger: said("1 h 20 kept")},
        holds("Travel", "1h20"),
        ...type("Travel", "2h"),
        {content: "Changed", trigger: said("2 h kept")},
        undo,
        holds("Travel", "1h20"),
        {
            content: "It is counted",
            trigger:
                ".o_sos_week_day_sum.o_sos_week_is_today:contains(1 h 20), .o_sos_week_day_sum:contains(1 h 20)",
        },
        {
            content: "Add a row for the team",
            trigger: ".o_sos_week_find input",
            run: "edit north",
        },
        {
            content: "Choose it",
            trigger:
                ".o-autocomplete--dropdown-item a:contains(Work for the team North)",
            run: "click",
        },
        {
            content: "A meeting, as is usual",
            trigger: ".o_sos_week_add select:value(meeting)",
        },
        {content: "Add it", trigger: ".o_sos_week_add .btn-primary", run: "click"},
        ...type("team North", "15m"),
        {content: "It is kept", trigger: said("15 min kept")},
        {
            content: "What was measured waits in its cell",
            trigger: `${cell("Assessment")} input[placeholder='45m?']`,
        },
        {
            content: "Put it right",
            trigger: ".o_sos_week_proposal:contains(Assessment) input",
            run: "edit 30m",
        },
        {
            content: "Accept",
            trigger: ".o_sos_week_proposal:contains(Assessment) .btn-primary",
            run: "click",
        },
        holds("Assessment", "30m"),
        {
            content: "The visit was no work",
            trigger: ".o_sos_week_proposal:contains(Visit) .btn-secondary",
            run: "click",
        },
        {
            content: "Nothing is proposed any more",
            trigger: "body:not(:has(.o_sos_week_proposals)) .o_sos_week_table",
        },
        {content: "The week before", trigger: ".o_sos_week_back", run: "click"},
        {
            content: "Its time is there",
            trigger: `${row("Travel")} input:value(/^1h$/)`,
        },
        {content: "And back", trigger: ".o_sos_week_today", run: "click"},
        holds("Travel", "1h20"),
    ],
});

registry.category("web_tour.tours").add("sos_time_week_phone", {
    steps: () => [
        {
            content: "One day is shown",
            trigger: `.o_sos_week_days button.btn-primary`,
        },
        holds("Phone calls", "20m"),
        ...type("Phone calls", "45m"),
        {content: "It is kept", trigger: said("45 min kept")},
        holds("Phone calls", "45m"),
    ],
});
