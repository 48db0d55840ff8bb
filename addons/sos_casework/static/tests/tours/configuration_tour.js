import {registry} from "@web/core/registry";
import {confirm} from "./steps";

registry.category("web_tour.tours").add("sos_new_version", {
    steps: () => [
        {
            content: "Open the form",
            trigger: ".o_data_row td[name=name]:contains(Visit)",
            run: "click",
        },
        {
            content: "New version",
            trigger: "button[name=action_new_version]",
            run: "click",
        },
        {
            content: "It is a draft; open its first section",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains(Draft)) [name=section_ids] .o_data_row:first td[name=name]",
            run: "click",
        },
        {
            content: "Ask it in other words",
            trigger: ".modal [name=prompt] textarea",
            run: "edit What brought us to the door today?",
        },
        {
            content: "Close the section",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Say why",
            trigger: "body:not(:has(.modal)) [name=note] textarea",
            run: "edit The old question was answered with a date.",
        },
        {
            content: "Publish",
            trigger: "button[name=action_publish]",
            run: "click",
        },
        confirm(),
        {
            content: "It is live",
            trigger: ".o_arrow_button_current:contains(Live)",
        },
    ],
});
