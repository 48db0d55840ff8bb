import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {useAutofocus} from "@web/core/utils/hooks";

/** A timer that was forgotten: only the person knows how long it was. */
export class ForgottenDialog extends Component {
    static template = "sos_timetracking.ForgottenDialog";
    static components = {Dialog};
    static props = {
        question: String,
        answer: Function,
        discard: Function,
        close: Function,
    };

    setup() {
        this.state = useState({duration: "", busy: false});
        useAutofocus({refName: "duration"});
    }

    async end(method, ...args) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await method(...args);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }

    keep() {
        return this.end(this.props.answer, this.state.duration);
    }

    discard() {
        return this.end(this.props.discard);
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.keep();
        }
    }
}
