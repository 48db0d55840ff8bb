import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("sos_person_search", {
    steps: () => [
        {trigger: "div[name=last_name] input", run: "edit Hill"},
        {trigger: "div[name=first_name] input", run: "edit Sam"},
        {
            content: "Enter searches, with what was typed last",
            trigger: "div[name=reason] input",
            run: "edit A school rang. && press Enter",
        },
        {
            content: "Known, and no more",
            trigger: ".o_kanban_record:contains(Known):contains(Ask the team North)",
        },
        {trigger: "button[name=action_open_emergency]", run: "click"},
        {
            trigger: ".modal div[name=reason] textarea",
            run: "edit The police found this child alone at night.",
        },
        {trigger: ".modal button[name=action_open]", run: "click"},
        {
            content: "The file, which says how it was opened",
            trigger: ".alert:contains(You opened this file in an emergency)",
        },
        {trigger: "button[name=action_end_emergency]", run: "click"},
        {trigger: ".o_list_view:not(:contains(Hill))"},
    ],
});
