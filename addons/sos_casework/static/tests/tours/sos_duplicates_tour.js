import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("sos_duplicates", {
    steps: () => [
        {
            content: "Nobody is named yet, so nobody is proposed",
            trigger:
                ".o_form_view:not(:has(.o_sos_duplicates)) [name=first_name] input",
            run: "edit Sam",
        },
        {trigger: "[name=last_name] input", run: "edit Hill && press Tab"},
        {
            content: "The child is here already",
            trigger: ".o_sos_duplicates li:contains(Sam Hill)",
        },
        {
            content: "Somebody of another team is not found by what sounds alike",
            trigger: ".o_sos_duplicates:not(:contains(Ask the team South))",
        },
        {
            content: "Take the child who is here",
            trigger:
                ".o_sos_duplicates li:contains(Sam Hill) button:contains(Use this person instead)",
            run: "click",
        },
        {
            content: "Her own record is open, and nothing is left to save",
            trigger:
                ".o_form_view:has(.o_form_saved, .o_form_status_indicator_buttons.invisible) [name=summary]:contains(4 May 2017)",
        },
    ],
});
