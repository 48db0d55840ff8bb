import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";

/**
 * A list within a form whose rows open on a page of their own and not in a window
 * over the form: for records that are large themselves, such as forms. A list with
 * an action of its own (<list action="…" type="object">) runs that.
 */
export class SosOpenList extends X2ManyField {
    async openRecord(record) {
        const {openAction} = this.archInfo;
        if (!openAction) {
            return this.switchToForm(record, {});
        }
        if (await this.props.record.save()) {
            return this.action.doActionButton({
                type: openAction.type,
                name: openAction.action,
                resModel: record.resModel,
                resId: record.resId,
                resIds: [record.resId],
                context: this.props.context,
            });
        }
    }
}

export const sosOpenList = {...x2ManyField, component: SosOpenList};

registry.category("fields").add("sos_open_list", sosOpenList);
