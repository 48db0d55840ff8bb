import {stepUtils} from "@web_tour/tour_utils";

/** Choose a value of a relation in a form: type it, and take the first that fits. */
export function choose(field, value) {
    return [
        {
            content: `Type ${value} in ${field}`,
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${value}`,
        },
        {
            content: `Choose ${value}`,
            trigger: `.o-autocomplete--dropdown-item a:contains(${value})`,
            run: "click",
        },
    ];
}

/** The same in a cell of the row that is being edited. */
export function chooseInRow(row, field, value) {
    return [
        {
            content: `Click in ${field}`,
            trigger: `${row} td[name=${field}]`,
            run: "click",
        },
        {
            content: `Type ${value} in ${field}`,
            trigger: `.o_selected_row td[name=${field}] input`,
            run: `edit ${value}`,
        },
        {
            content: `Choose ${value}`,
            trigger: `.o-autocomplete--dropdown-item a:contains(${value})`,
            run: "click",
        },
    ];
}

export function openTab(name) {
    return {content: `Tab ${name}`, trigger: `.nav-link[name=${name}]`, run: "click"};
}

export function confirm() {
    return {
        content: "Say yes",
        trigger: ".modal-footer .btn-primary",
        run: "click",
    };
}

/** From the list of families to a new form of a type, for all the children. */
export function openNewForm(family, type) {
    return [
        {
            content: "Open the family",
            trigger: `.o_sos_case_kanban .o_kanban_record:contains(${family})`,
            run: "click",
        },
        {
            content: "New form",
            trigger: "button[name=action_new_form]",
            run: "click",
        },
        {
            content: "All forms are there at once",
            trigger: ".modal .o_field_widget[name=type_id] input",
            run: "click",
        },
        {
            content: `Choose ${type}`,
            trigger: `.o_select_menu_item:contains(${type})`,
            run: "click",
        },
        {
            content: "Its purpose is shown",
            trigger: ".modal .o_field_widget[name=purpose]:not(:empty)",
        },
        {
            content: "Open it",
            trigger: ".modal button[name=action_open]:visible",
            run: "click",
        },
        {
            content: "It is being written",
            trigger: `.o_form_view h1:contains(${type})`,
        },
    ];
}

/** Open a section, write in it, and close it. */
export function writeSection(title, text) {
    const card = `.o_sos_answers .o_kanban_record:contains(${title})`;
    return [
        {content: `Open “${title}”`, trigger: card, run: "click"},
        {
            content: "The cursor stands in the text",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable:focus",
        },
        {
            content: "Write",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable",
            run: `editor ${text}`,
        },
        {
            content: "Save and close",
            trigger: ".modal-footer button:contains(Save and close)",
            run: "click",
        },
        {
            content: "The card shows what was written",
            trigger: `body:not(:has(.modal)) ${card}:contains(${text})`,
        },
    ];
}

export function submit(state) {
    return [
        {content: "Submit", trigger: "button[name=action_submit]", run: "click"},
        confirm(),
        {
            content: "It waits or is complete",
            trigger: `.o_arrow_button_current:contains(${state})`,
        },
    ];
}

export {stepUtils};
