import {registry} from "@web/core/registry";
import {choose} from "./steps";

const cell = (list, name) => `[name=${list}] .o_selected_row [name=${name}] input`;
const add = (list) => ({
    content: "Add somebody",
    trigger: `[name=${list}] .o_field_x2many_list_row_add a`,
    run: "click",
});

registry.category("web_tour.tours").add("sos_new_contact", {
    steps: () => [
        {
            content: "The name of the family",
            trigger: "[name=family_name] input",
            run: "edit Marsh",
        },
        ...choose("source_id", "Police"),
        ...choose("need_id", "Abuse, neglect"),
        {
            content: "What was said",
            trigger: "[name=account] .odoo-editor-editable",
            run: "editor A neighbour heard shouting, and June crying.",
        },
        add("child_line_ids"),
        {
            content: "June",
            trigger: cell("child_line_ids", "first_name"),
            run: "edit June",
        },
        {
            content: "Marsh",
            trigger: cell("child_line_ids", "last_name"),
            run: "edit Marsh",
        },
        add("adult_line_ids"),
        {
            content: "Her mother",
            trigger: cell("adult_line_ids", "first_name"),
            run: "edit Rosa",
        },
        {
            content: "Marsh too",
            trigger: cell("adult_line_ids", "last_name"),
            run: "edit Marsh",
        },
        {
            content: "Rosa is the …",
            trigger: cell("adult_line_ids", "relation_id"),
            run: "edit mother",
        },
        {
            content: "mother",
            trigger: ".o-autocomplete--dropdown-item a:contains(mother)",
            run: "click",
        },
        {
            content: "Record it",
            trigger: "button[name=action_record]",
            run: "click",
        },
        {
            content: "The contact is open, and what was said is in it",
            trigger: ".o_sos_answers .o_kanban_record:contains(A neighbour heard)",
        },
    ],
});
