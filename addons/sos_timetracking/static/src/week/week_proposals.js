import {Component, useState} from "@odoo/owl";

/** Time at the screen that waits for a yes, a correction or a no, day by day. */
export class WeekProposals extends Component {
    static template = "sos_timetracking.WeekProposals";
    static props = {
        days: Array,
        rows: Array,
        proposals: Array,
        onAccept: Function,
        onDecline: Function,
    };

    setup() {
        // what was typed, and what is wrong with it, by the number of the proposal
        this.texts = useState({});
        this.errors = useState({});
    }

    get groups() {
        const {days, rows, proposals} = this.props;
        const byKey = Object.fromEntries(rows.map((row) => [row.key, row]));
        return days
            .map((day) => ({
                day,
                items: proposals
                    .filter((item) => item.day === day.date)
                    .map((item) => ({...item, row: byKey[item.key]})),
            }))
            .filter((group) => group.items.length);
    }

    getText(item) {
        return this.texts[item.id] ?? item.text;
    }

    async accept(item) {
        const text = this.getText(item);
        const changed = text.trim() !== item.text;
        this.errors[item.id] = await this.props.onAccept(
            [item.id],
            changed ? text : null
        );
    }

    /** All of a day; what was put right before goes by itself, with its own length. */
    async acceptAll(group) {
        const changed = group.items.filter((i) => this.getText(i).trim() !== i.text);
        const ids = group.items.filter((i) => !changed.includes(i)).map((i) => i.id);
        for (const item of changed) {
            await this.accept(item);
        }
        if (ids.length) {
            const error = await this.props.onAccept(ids, null);
            for (const id of ids) {
                this.errors[id] = error;
            }
        }
    }

    onKeydown(ev, item) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.accept(item);
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            delete this.texts[item.id];
            delete this.errors[item.id];
        }
    }
}
