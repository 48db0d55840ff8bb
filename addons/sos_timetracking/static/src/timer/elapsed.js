import {Component, onWillUnmount, useState, xml} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

/** How long something has been running: 0:07, 1:20. */
export class Elapsed extends Component {
    static template = xml`<span class="o_sos_elapsed" t-out="text"/>`;
    static props = {since: Number};

    setup() {
        this.state = useState({now: Date.now()});
        const interval = browser.setInterval(() => (this.state.now = Date.now()), 5000);
        onWillUnmount(() => browser.clearInterval(interval));
    }

    get text() {
        const passed = Math.max(0, this.state.now - this.props.since);
        const minutes = Math.floor(passed / 60000);
        return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
    }
}
