import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";

/** The Enter key searches, as people expect of any field to search with. */
export class SosPersonSearchController extends FormController {
    setup() {
        super.setup();
        useHotkey("enter", () => this.search(), {
            bypassEditableProtection: true,
            area: () => this.rootRef.el,
            isAvailable: () => document.activeElement?.tagName === "INPUT",
        });
    }

    search() {
        this.rootRef.el.querySelector("button[name=action_search]").click();
    }
}

registry.category("views").add("sos_person_search", {
    ...formView,
    Controller: SosPersonSearchController,
});
