import {Component, useEffect, useState} from "@odoo/owl";
import {Elapsed} from "./elapsed";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** On a form or a family file: start the timer on it, or stop it. */
export class TimerButton extends Component {
    static template = "sos_timetracking.TimerButton";
    static components = {Elapsed};
    static props = {...standardWidgetProps};

    setup() {
        this.time = useService("sos_time");
        this.state = useState(this.time.state);
        useEffect(
            (kept) => {
                const {record} = this.props;
                // the sum of the time is shown here; what is being written stays
                if (kept && this.isHere(kept) && !record.dirty) {
                    record.load();
                }
            },
            () => [this.state.kept]
        );
    }

    isHere({resModel, resId}) {
        const {record} = this.props;
        return resModel === record.resModel && resId === record.resId;
    }

    get timer() {
        const {timer} = this.state;
        const here =
            timer && this.isHere({resModel: timer.res_model, resId: timer.res_id});
        return here ? timer : null;
    }

    start() {
        const {resModel, resId} = this.props.record;
        return this.time.start(resModel, resId);
    }
}

registry.category("view_widgets").add("sos_timer", {component: TimerButton});
