import {Component, onWillUnmount, xml} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** How often the server is asked, in milliseconds. */
const INTERVAL = 3000;

/**
 * While a return waits or is being made, the server is asked how far it is, and the
 * form is loaded again once that has changed. A form in which somebody writes is left
 * alone.
 */
export class SosReturnProgress extends Component {
    static template = xml`<t/>`;
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        const interval = browser.setInterval(() => this.look(), INTERVAL);
        onWillUnmount(() => browser.clearInterval(interval));
    }

    async look() {
        const {record} = this.props;
        if (document.hidden) {
            return;
        }
        const now = await this.orm.silent.call(record.resModel, "get_progress", [
            record.resId,
        ]);
        const changed = Object.keys(now).some(
            (name) => now[name] !== record.data[name]
        );
        if (changed && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("sos_return_progress", {
    component: SosReturnProgress,
    fieldDependencies: [
        {name: "run_state", type: "selection"},
        {name: "done_count", type: "integer"},
    ],
});
