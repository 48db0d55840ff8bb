import {Component, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {Elapsed} from "./elapsed";
import {registry} from "@web/core/registry";
import {useDropdownState} from "@web/core/dropdown/dropdown_hooks";
import {useService} from "@web/core/utils/hooks";

/** The user's timer in the top bar, and how much time at the screen is proposed. */
export class TimerMenu extends Component {
    static template = "sos_timetracking.TimerMenu";
    static components = {Dropdown, Elapsed};
    static props = {};

    setup() {
        this.time = useService("sos_time");
        this.action = useService("action");
        this.state = useState(this.time.state);
        this.dropdown = useDropdownState();
    }

    stop() {
        this.dropdown.close();
        return this.time.stop();
    }

    discard() {
        this.dropdown.close();
        this.time.discard();
    }

    start(team) {
        this.dropdown.close();
        return this.time.start("sos.team", team.id, "meeting");
    }

    openRecord() {
        this.dropdown.close();
        const {res_model, res_id} = this.state.timer;
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        });
    }

    openProposals() {
        this.dropdown.close();
        return this.action.doAction("sos_timetracking.sos_screen_time_action", {
            clearBreadcrumbs: true,
        });
    }
}

registry.category("systray").add(
    "sos_timetracking.timer",
    {
        Component: TimerMenu,
        isDisplayed: (env) => env.services.sos_time.state.enabled,
    },
    {sequence: 30}
);
