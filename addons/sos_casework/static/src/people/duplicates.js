import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * People who may be the one that is being entered, while they are being entered. To
 * take one of them, what was typed is let go first: leaving the form would save it, and
 * so make the second record that this list is there to prevent.
 */
export class SosDuplicates extends Component {
    static template = "sos_casework.Duplicates";
    static props = {...standardFieldProps, target: {type: String, optional: true}};

    setup() {
        this.action = useService("action");
    }

    get people() {
        return this.props.record.data[this.props.name] || [];
    }

    /** In a window over another form, the person is chosen in that form. */
    get inDialog() {
        return Boolean(this.env.inDialog);
    }

    /** Choose the person in a field of this very window. */
    choose(person) {
        return this.props.record.update({
            [this.props.target]: {id: person.id, display_name: person.name},
        });
    }

    async use(person) {
        await this.props.record.discard();
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "sos.person",
                res_id: person.id,
                views: [[false, "form"]],
            },
            {stackPosition: "replaceCurrentAction"}
        );
    }
}

registry.category("fields").add("sos_duplicates", {
    component: SosDuplicates,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({target: options.target}),
});
