import {Component, useRef, useState} from "@odoo/owl";
import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/** What is most often done: in a form, for a family, with the team. */
const USUAL_KINDS = {form: "recording", case: "direct", team: "meeting"};

/** Another row: a form, a family or the team, and the kind of work. */
export class WeekAdd extends Component {
    static template = "sos_timetracking.WeekAdd";
    static components = {AutoComplete};
    static props = {kinds: Array, onAdd: Function};

    setup() {
        this.orm = useService("orm");
        this.kindRef = useRef("kind");
        this.state = useState({work: null, kind: "recording"});
    }

    get value() {
        return this.state.work?.label || "";
    }

    get sources() {
        return [{options: (text) => this.find(text), placeholder: _t("Looking…")}];
    }

    async find(text) {
        const found = await this.orm.call("sos.time.week", "find_work", [text]);
        if (!found.length) {
            return [{label: _t("Nothing of yours by this name or number")}];
        }
        return found.map((work) => ({
            label: work.about ? `${work.label}, ${work.about}` : work.label,
            onSelect: () => this.choose(work),
        }));
    }

    choose(work) {
        this.state.work = work;
        this.state.kind = USUAL_KINDS[work.key.split(":")[0]];
        // after the list has closed, and given the focus back to the search
        setTimeout(() => this.kindRef.el?.focus());
    }

    onInput({inputValue}) {
        if (!inputValue) {
            this.state.work = null;
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.add();
        }
    }

    add() {
        const {work, kind} = this.state;
        if (work) {
            this.state.work = null;
            this.props.onAdd(`${work.key}:${kind}`);
        }
    }
}
