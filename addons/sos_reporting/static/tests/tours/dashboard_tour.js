import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("sos_dashboard_card", {
    steps: () => [
        {
            content: "The periods are those of lists and measures",
            trigger: ".o-date-filter-value:contains(Last 90 days)",
            run: "click",
        },
        {
            trigger: ".o-date-filter-dropdown:contains(This year, April to March)",
            run: "click",
        },
        {trigger: ".o-date-filter-value:contains(This year, April to March)"},
        {trigger: ".btn-previous-date", run: "click"},
        {trigger: ".o-date-filter-value:contains(Last year, April to March)"},
        {
            content: "A card opens the rows that it counted",
            trigger: ".o-figure[data-id='card-late_now'] canvas",
            run: "click",
        },
        {trigger: ".o_breadcrumb:contains(Late today)"},
        {
            content: "One child of the two is late",
            trigger: ".o_list_view .o_data_row",
            run() {
                const rows = document.querySelectorAll(".o_data_row");
                if (rows.length !== 1) {
                    throw new Error(`${rows.length} rows, and one step is late`);
                }
            },
        },
    ],
});

tours.add("sos_dashboard_phone", {
    steps: () => [
        {
            content: "A phone has the lists of the dashboard",
            trigger:
                ".o_sos_phone_list:contains(To be signed) button:contains(Contact)",
            run: "click",
        },
        {
            content: "A form that waits opens, and not its figures",
            trigger: ".o_form_view button[name=action_authorise]",
        },
    ],
});

tours.add("sos_whiteboard_export", {
    steps: () => [
        {trigger: ".o_data_row .o_list_record_selector", run: "click"},
        {trigger: ".o_cp_action_menus button:contains(Actions)", run: "click"},
        {trigger: ".o_menu_item:contains(Export)", run: "click"},
        {trigger: ".modal:contains(team managers, service managers, quality auditors)"},
    ],
});
