import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";

/**
 * The sections of a form as cards; one click opens a section to write in. A section is
 * saved by itself and never with the form, so that two people who write in two sections
 * don't meet.
 */
export class SosAnswers extends X2ManyField {
    async openRecord(record) {
        const root = this.props.record;
        if (!(await root.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "action_write",
            resModel: record.resModel,
            resId: record.resId,
            resIds: [record.resId],
            context: this.props.context,
            onClose: () => root.load(),
        });
    }
}

registry.category("fields").add("sos_answers", {...x2ManyField, component: SosAnswers});

/**
 * A section that is being written: it is saved with the number of the text that the
 * writer had before them, so that nobody overwrites what a colleague saved meanwhile.
 */
export class SosAnswerController extends FormController {
    async onWillSaveRecord(record, changes) {
        if ("body" in changes) {
            changes.revision = record.data.revision;
        }
        return super.onWillSaveRecord(...arguments);
    }
}

registry
    .category("views")
    .add("sos_answer_form", {...formView, Controller: SosAnswerController});
