import {Component, onWillUpdateProps, useRef, useState} from "@odoo/owl";

/** Rows down and columns to the right. */
const MOVES = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/**
 * One cell: a length of time as text. It is saved when it is left or with Enter;
 * Escape gives back what is kept. What was refused stays until it is mended. Where
 * several entries are behind it, it shows their sum and opens them.
 */
export class WeekCell extends Component {
    static template = "sos_timetracking.WeekCell";
    static props = {
        row: Object,
        day: Object,
        cell: {type: Object, optional: true},
        draft: {type: Object, optional: true},
        proposal: {type: Object, optional: true},
        onSave: Function,
        onForget: Function,
        onMove: Function,
        onOpen: Function,
        onAccept: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({text: this.getText(this.props)});
        this.entered = false;
        onWillUpdateProps((next) => {
            const before = this.getText(this.props);
            // what is being typed is never taken away by news from the server
            if (this.state.text.trim() === before || !this.isActive) {
                this.state.text = this.getText(next);
            }
        });
    }

    getText({draft, cell}) {
        return draft ? draft.text : cell?.text || "";
    }

    get isActive() {
        return this.input.el && this.input.el === document.activeElement;
    }

    get label() {
        const {row, day} = this.props;
        return `${row.label}, ${row.kind}, ${day.name} ${day.number}`;
    }

    get hint() {
        return (this.props.cell?.notes || []).join("\n");
    }

    /** On leaving. After Enter what was refused is tried again, else left as it is. */
    commit() {
        const {draft, onSave, row, day} = this.props;
        const text = this.state.text.trim();
        const again = this.entered;
        this.entered = false;
        if (draft && text === draft.text && !again) {
            return;
        }
        if (draft || text !== this.getText(this.props)) {
            onSave(row, day, text);
        }
    }

    /** On the button of several entries. */
    onArrow(ev) {
        if (MOVES[ev.key]) {
            ev.preventDefault();
            this.props.onMove(ev.target, ...MOVES[ev.key]);
        }
    }

    onKeydown(ev) {
        const {selectionStart, selectionEnd, value} = ev.target;
        const whole = selectionStart === 0 && selectionEnd === value.length;
        const moves = {
            ...MOVES,
            Enter: [1, 0],
            ArrowLeft: (whole || selectionEnd === 0) && MOVES.ArrowLeft,
            ArrowRight: (whole || selectionStart === value.length) && MOVES.ArrowRight,
        };
        if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.onForget(this.props.row, this.props.day);
            this.state.text = this.props.cell?.text || "";
        } else if (moves[ev.key] && !ev.altKey && !ev.ctrlKey && !ev.metaKey) {
            ev.preventDefault();
            this.entered = ev.key === "Enter";
            this.props.onMove(ev.target, ...moves[ev.key]);
        }
    }
}
