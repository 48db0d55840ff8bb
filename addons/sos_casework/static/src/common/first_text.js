import {FormRenderer} from "@web/views/form/form_renderer";
import {hasTouch} from "@web/core/browser/feature_detection";
import {patch} from "@web/core/utils/patch";
import {useEffect, useRef} from "@odoo/owl";

const EDITOR = ".o_field_html:not(.o_readonly_modifier)";
const TEXTS = [EDITOR, ".o_field_widget input[type=text]", ".o_field_widget textarea"];

/**
 * In a window about a family the cursor stands in the first text that can be written;
 * where there is none, and until its editor is there, in the window itself. Odoo puts it
 * on a button, which the first space or Enter that somebody types would press.
 */
patch(FormRenderer.prototype, {
    setup() {
        super.setup();
        const root = useRef("compiled_view_root");
        if (this.env.inDialog && this.props.record.resModel.startsWith("sos.")) {
            useEffect(putCursor, () => [root.el]);
        }
    },
});

function putCursor(root) {
    if (!root || root.matches(":has(:focus:not(button))")) {
        return;
    }
    const text = hasTouch() ? null : root.querySelector(TEXTS.join());
    if (text && !text.matches(EDITOR)) {
        text.focus();
        return;
    }
    root.tabIndex = -1;
    root.focus();
    if (text) {
        return whenEditable(text, (editable) => {
            if (document.activeElement === root) {
                editable.focus();
                getSelection().selectAllChildren(editable);
                getSelection().collapseToEnd();
            }
        });
    }
}

/** An editor is loaded after the field in which it stands. */
function whenEditable(field, act) {
    const find = () => field.querySelector("[contenteditable=true]");
    const observer = new MutationObserver(() => {
        const editable = find();
        if (editable) {
            observer.disconnect();
            act(editable);
        }
    });
    observer.observe(field, {attributes: true, childList: true, subtree: true});
    const editable = find();
    if (editable) {
        observer.disconnect();
        act(editable);
    }
    return () => observer.disconnect();
}
