import {
    Component,
    onWillDestroy,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {useSetupAction} from "@web/search/action_hook";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {WeekAdd} from "./week_add";
import {WeekCell} from "./week_cell";
import {WeekProposals} from "./week_proposals";
import {formatMinutes, getRefusal} from "./week_text";

const {DateTime} = luxon;
const MODEL = "sos.time.week";

/**
 * A person's own week: work down, days across, a day at a time on a phone. The server
 * decides what may be kept; each cell is saved by itself, and can be undone.
 */
export class SosTimeWeek extends Component {
    static template = "sos_timetracking.Week";
    static components = {Layout, WeekAdd, WeekCell, WeekProposals};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.time = useService("sos_time");
        this.root = useRef("root");
        this.turn = 0;
        this.formatMinutes = formatMinutes;
        const before = this.props.state || {};
        this.state = useState({
            week: null,
            // the day that is shown on a phone
            day: before.day || null,
            // what was typed and is not kept: {text, error}, by row and day
            drafts: before.drafts || {},
            weekend: false,
        });
        useSetupAction({
            getLocalState: () => ({day: this.state.day, drafts: this.state.drafts}),
        });
        // the timer in the top bar, and other windows, change the week
        const time = useState(this.time.state);
        useEffect(
            (kept) => {
                if (kept) {
                    this.load();
                }
            },
            () => [time.kept]
        );
        useExternalListener(window, "focus", () => this.load());
        // the way back needs this page
        onWillDestroy(() => this.closeMessage?.());
        onWillStart(() => this.load(this.state.day));
    }

    // ------------------------------------------------------------- the week

    async load(day = this.state.day) {
        const turn = ++this.turn;
        const call = [day, this.getWorks(day)];
        const week = await this.orm.call(MODEL, "get_week", call);
        if (turn !== this.turn) {
            return; // a later one is on its way
        }
        const inWeek = (date) => week.days.some((d) => d.date === date);
        this.state.week = week;
        this.state.day =
            [day, week.today].find((date) => date && inWeek(date)) || week.start;
    }

    show(day) {
        this.state.weekend = false;
        return this.load(day);
    }

    /** The same weekday of another week. */
    move(weeks) {
        return this.show(DateTime.fromISO(this.state.day).plus({weeks}).toISODate());
    }

    get rows() {
        return this.state.week.rows;
    }

    get hasWeekend() {
        const {week} = this.state;
        return week.days.some(
            (day) =>
                day.weekend &&
                (day.date === week.today ||
                    day.expected ||
                    this.getDayMinutes(day) ||
                    week.proposals.some((item) => item.day === day.date) ||
                    Object.keys(this.state.drafts).some((id) => id.endsWith(day.date)))
        );
    }

    get days() {
        const {week, day, weekend} = this.state;
        if (this.env.isSmall) {
            return week.days.filter((d) => d.date === day);
        }
        const all = weekend || this.hasWeekend;
        return week.days.filter((d) => all || !d.weekend);
    }

    getRowMinutes(row) {
        return Object.values(row.cells).reduce((sum, cell) => sum + cell.minutes, 0);
    }

    getDayMinutes(day) {
        return this.rows.reduce(
            (sum, row) => sum + (row.cells[day.date]?.minutes || 0),
            0
        );
    }

    get weekMinutes() {
        return this.rows.reduce((sum, row) => sum + this.getRowMinutes(row), 0);
    }

    get weekExpected() {
        return this.state.week.days.reduce((sum, day) => sum + (day.expected || 0), 0);
    }

    /** What is not kept yet of a day that is over. */
    getGap(day) {
        const missing = (day.expected || 0) - this.getDayMinutes(day);
        return day.date < this.state.week.today && missing > 0 ? missing : 0;
    }

    getDraft(row, day) {
        return this.state.drafts[`${row.key}|${day.date}`];
    }

    getProposal(row, day) {
        return this.state.week.proposals.find(
            (item) => item.key === row.key && item.day === day.date
        );
    }

    /** What was refused in a row, on the days that are seen. */
    getErrors(row) {
        return this.days
            .map((day) => ({day, ...this.getDraft(row, day)}))
            .filter((draft) => draft.error);
    }

    // ---------------------------------------------------- rows without time

    // The browser keeps which rows were added, by their keys, until it is closed: no
    // name is in them.
    get storageKey() {
        return `sos_time_week:${user.userId}`;
    }

    get stored() {
        return JSON.parse(browser.sessionStorage.getItem(this.storageKey) || "{}");
    }

    getMonday(day) {
        return (day ? DateTime.fromISO(day) : DateTime.local())
            .startOf("week")
            .toISODate();
    }

    getWorks(day) {
        return this.stored[this.getMonday(day)] || [];
    }

    setWorks(works) {
        const stored = {...this.stored, [this.state.week.start]: works};
        browser.sessionStorage.setItem(this.storageKey, JSON.stringify(stored));
        return this.load();
    }

    async addRow(key) {
        await this.setWorks([...new Set([...this.getWorks(this.state.day), key])]);
        const day = this.days.find((d) => d.date === this.state.day) || this.days[0];
        // once the row is drawn
        setTimeout(() => {
            const cells = this.root.el?.querySelectorAll(".o_sos_week_cell") || [];
            const found = [...cells].find(
                (cell) => cell.dataset.key === key && cell.dataset.day === day.date
            );
            found?.querySelector("input, button")?.focus();
        });
    }

    canRemove(row) {
        return (
            !Object.keys(row.cells).length &&
            this.getWorks(this.state.day).includes(row.key)
        );
    }

    removeRow(row) {
        for (const day of this.state.week.days) {
            this.forget(row, day);
        }
        return this.setWorks(
            this.getWorks(this.state.day).filter((key) => key !== row.key)
        );
    }

    // --------------------------------------------------------------- saving

    forget(row, day) {
        delete this.state.drafts[`${row.key}|${day.date}`];
    }

    async save(row, day, text) {
        const known = row.cells[day.date]?.minutes || 0;
        const id = `${row.key}|${day.date}`;
        this.state.drafts[id] = {text, error: ""};
        let done = null;
        try {
            const call = [row.key, day.date, text, known];
            done = await this.orm.call(MODEL, "set_cell", call);
        } catch (error) {
            this.state.drafts[id] = {text, error: _t("This is not kept.")};
            this.state.drafts[id].error = getRefusal(error);
            return this.load();
        }
        if (this.state.drafts[id]?.text === text) {
            delete this.state.drafts[id];
        }
        // a row stays when its only time is taken out, to be mended
        if (!done.minutes && !this.getWorks(this.state.day).includes(row.key)) {
            await this.setWorks([...this.getWorks(this.state.day), row.key]);
        } else {
            await this.load();
        }
        if (done.undo) {
            const what = done.minutes
                ? _t("%(time)s kept on %(day)s", {
                      time: formatMinutes(done.minutes),
                      day: `${day.name} ${day.number}`,
                  })
                : _t("Taken out on %s", `${day.name} ${day.number}`);
            this.sayDone(what, () => this.undoCell(row, day, done));
        }
    }

    undoCell(row, day, {minutes, undo}) {
        if (undo.proposal) {
            return this.proposeAgain([undo.proposal]);
        }
        return this.orm.call(MODEL, "set_cell", [
            row.key,
            day.date,
            undo.text,
            minutes,
            undo.note,
            undo.origin,
        ]);
    }

    /** One message at a time, with the way back. */
    sayDone(message, undo) {
        this.closeMessage?.();
        const close = this.notification.add(message, {
            type: "success",
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: async () => {
                        close();
                        await this.attempt(undo);
                    },
                },
            ],
        });
        this.closeMessage = close;
    }

    /** Do it, say why not if it is refused, and show the week as it is now. */
    async attempt(change) {
        let result = null;
        try {
            result = await change();
        } catch (error) {
            this.notification.add(getRefusal(error), {type: "danger"});
        }
        await this.load();
        return result;
    }

    // ------------------------------------------------------------ proposals

    proposeAgain(ids) {
        return this.orm.call("sos.screen.time", "action_propose_again", [ids]);
    }

    /** Returns what is wrong, or nothing. */
    async accept(ids, text = null) {
        try {
            await this.orm.call(MODEL, "accept_proposals", [ids, text]);
            // the top bar says how much is proposed
            this.time.load();
        } catch (error) {
            const words = getRefusal(error);
            await this.load();
            return words;
        }
        await this.load();
        this.sayDone(_t("Kept as time"), () => this.proposeAgain(ids));
    }

    /** From the cell, where nothing is beside to say what is wrong. */
    async acceptInCell(proposal) {
        const words = await this.accept([proposal.id]);
        if (words) {
            this.notification.add(words, {type: "danger"});
        }
    }

    async decline(ids) {
        await this.attempt(async () => {
            await this.orm.call("sos.screen.time", "action_decline", [ids]);
            this.sayDone(_t("Not kept as time"), () => this.proposeAgain(ids));
        });
    }

    // -------------------------------------------------------- other actions

    async copyLastWeek(withTime) {
        const works = this.getWorks(this.state.day);
        const copied = await this.attempt(() =>
            this.orm.call(MODEL, "copy_last_week", [this.state.day, withTime])
        );
        if (!copied) {
            return;
        }
        if (!copied.works.length) {
            this.notification.add(_t("There is no work in the week before."), {
                type: "info",
            });
            return;
        }
        await this.setWorks([...new Set([...works, ...copied.works])]);
        let message = _t("The work of last week is here");
        if (withTime) {
            message = copied.lines.length
                ? _t("Taken over: %s.", copied.lines.length)
                : _t("No time was taken over.");
            if (copied.left) {
                message += " ";
                message += _t(
                    "Left alone: %s. There is time already, or some is proposed, or the day is locked or still to come.",
                    copied.left
                );
            }
        }
        this.sayDone(message, async () => {
            if (copied.lines.length) {
                await this.orm.unlink("account.analytic.line", copied.lines);
            }
            await this.setWorks(works);
        });
    }

    async openCell(row, day) {
        const action = await this.attempt(() =>
            this.orm.call(MODEL, "action_open_cell", [row.key, day.date])
        );
        return action && this.action.doAction(action);
    }

    openWork(row) {
        const [model, id] = row.key.split(":");
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: `sos.${model}`,
            res_id: Number(id),
            views: [[false, "form"]],
        });
    }

    /** From a cell to the next one, up, down or to the side. */
    moveFocus(from, down, right) {
        const here = from.closest("td");
        const rows = [...this.root.el.querySelectorAll("tr.o_sos_week_row")];
        let row = rows.indexOf(here.parentElement);
        let column = here.cellIndex;
        for (;;) {
            row += down;
            column += right;
            const cell = rows[row]?.cells[column];
            if (!cell?.classList.contains("o_sos_week_cell")) {
                return down ? from.blur() : undefined;
            }
            const target = cell.querySelector("input, button.o_sos_week_several");
            if (target) {
                target.focus();
                target.select?.();
                return;
            }
        }
    }
}

registry.category("actions").add("sos_time_week", SosTimeWeek);
