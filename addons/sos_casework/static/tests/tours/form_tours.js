import {registry} from "@web/core/registry";
import {
    choose,
    chooseInRow,
    confirm,
    openNewForm,
    openTab,
    stepUtils,
    submit,
    writeSection,
} from "./steps";

const tours = registry.category("web_tour.tours");
const row = (name) => `[name=child_ids] .o_data_row:contains(${name})`;

const decided = (name) => ({
    content: `Nothing is asked for ${name} any more`,
    trigger: `.o_form_view:not(:has([name=todo_html] li:contains(${name})))`,
});

tours.add("sos_write_contact", {
    steps: () => [
        ...openNewForm("Hill", "Contact and referral"),
        {
            content: "What is missing is said",
            trigger: "[name=todo_html] li:contains(no decision yet)",
        },
        ...choose("source_id", "Police"),
        ...choose("need_id", "Abuse, neglect"),
        ...writeSection("Why we are doing this now", "The school rang this morning."),
        openTab("children"),
        ...chooseInRow(row("Robin"), "decision_id", "A Child and Family"),
        decided("Robin"),
        ...chooseInRow(row("Sam"), "decision_id", "A Child and Family"),
        ...stepUtils.saveForm(),
        {
            content: "Nothing is missing",
            trigger: ".alert-success:contains(Nothing is missing)",
        },
        ...submit("Waiting for authorisation"),
    ],
});

tours.add("sos_write_strategy", {
    steps: () => [
        ...openNewForm("Hill", "Strategy Discussion"),
        {
            content: "Held today",
            trigger:
                ".o_field_widget[name=held_on] input, .o_field_widget[name=held_on] button",
            run: "click",
        },
        {
            content: "Today",
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        ...writeSection("Why we are doing this now", "Robin has a bruise on his arm."),
        ...writeSection("What happens today", "The paediatrician sees Robin at two."),
        openTab("attendance"),
        {
            content: "Add somebody",
            trigger: "[name=attendance_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "What is missing has been worked out again",
            trigger:
                ".o_form_view:not(:has([name=todo_html] li:contains(Who took part)))",
        },
        {
            content: "Who",
            trigger: "[name=attendance_ids] .o_selected_row td[name=person_id] input",
            run: "edit Alex",
        },
        {
            content: "Alex",
            trigger: ".o-autocomplete--dropdown-item a:contains(Alex Hill)",
            run: "click",
        },
        openTab("children"),
        ...["Robin", "Sam"].flatMap((name) => [
            ...chooseInRow(row(name), "decision_id", "An enquiry by social care"),
            ...chooseInRow(row(name), "category_id", "Physical"),
            decided(name),
        ]),
        {
            content: "Police and health were not there",
            trigger: "[name=todo_html] li:contains(Nobody came from “Police”)",
        },
        {
            content: "Why they were not",
            trigger: ".o_field_widget[name=query_reason] :is(input, textarea)",
            run: "edit Both were rung; they could not come within the hour.",
        },
        ...stepUtils.saveForm(),
        ...submit("Waiting for authorisation"),
    ],
});

tours.add("sos_authorise", {
    steps: () => [
        {
            content: "Open what waits for me",
            trigger: ".o_data_row:contains(Hill) td[name=type_id]",
            run: "click",
        },
        {
            content: "The document is what is signed",
            trigger: ".o_field_widget[name=document_html]:not(:empty)",
        },
        {
            content: "Authorise",
            trigger: "button[name=action_authorise]",
            run: "click",
        },
        confirm(),
        {
            content: "It is authorised",
            trigger: ".o_arrow_button_current:contains(Authorised)",
        },
    ],
});

tours.add("sos_send_back", {
    steps: () => [
        {
            content: "Open what waits for me",
            trigger: ".o_data_row:contains(Hill) td[name=type_id]",
            run: "click",
        },
        {
            content: "Send back",
            trigger: "button[name=action_ask_send_back]",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal [name=reason] textarea",
            run: "edit Say what Robin said.",
        },
        {
            content: "Send it",
            trigger: ".modal button[name=action_apply]:visible",
            run: "click",
        },
        {
            content: "The reason stands at the top",
            trigger: "body:not(:has(.modal)) .alert:contains(Say what Robin said.)",
        },
    ],
});
