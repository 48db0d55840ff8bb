import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {openRow, openRows} from "./rows";
import {MobileFigureContainer} from "@spreadsheet_dashboard/bundle/dashboard_action/mobile_figure_container/mobile_figure_container";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/** How many rows of a list stand on a phone. */
const LIMIT = 10;

/**
 * The lists of a dashboard on a phone, where Odoo shows cards and charts alone: those
 * about families, with the rows that the dashboard's filters leave.
 */
export class PhoneLists extends Component {
    static template = "sos_reporting.PhoneLists";
    static props = {spreadsheetModel: Object};

    setup() {
        this.orm = useService("orm");
        this.fields = useService("field");
        this.state = useState({lists: []});
        onWillStart(() => this.load(this.props.spreadsheetModel));
        onWillUpdateProps((next) => this.load(next.spreadsheetModel));
    }

    async load({getters}) {
        const wanted = getters
            .getListIds()
            .map((id) => ({
                ...getters.getListDefinition(id),
                domain: getters.getListComputedDomain(id),
            }))
            .filter(({model}) => model.startsWith("sos."));
        // the model says so each time that a cell was worked out
        const asked = JSON.stringify(wanted);
        if (asked !== this.asked) {
            this.asked = asked;
            const lists = await Promise.all(wanted.map((one) => this.loadList(one)));
            if (asked === this.asked) {
                this.state.lists = lists;
            }
        }
    }

    async loadList({name, model, domain, columns, orderBy}) {
        const fields = await this.fields.loadFields(model);
        const specification = Object.fromEntries(
            columns.map((column) => [
                column,
                fields[column].type === "many2one" ? {fields: {display_name: {}}} : {},
            ])
        );
        const {length, records} = await this.orm.webSearchRead(model, domain, {
            specification,
            limit: LIMIT,
            order: orderBy.map((by) => `${by.name} ${by.asc ? "ASC" : "DESC"}`).join(),
        });
        const rows = records.map((record) => ({
            id: record.id,
            cells: columns.map((column) => ({
                label: fields[column].string,
                text: this.format(record[column], fields[column].type),
            })),
        }));
        return {name, model, domain, length, rows};
    }

    format(value, type) {
        if (value === false || value === null) {
            return "";
        }
        if (type === "many2one") {
            return value.display_name;
        }
        return type === "date" ? formatDate(deserializeDate(value)) : String(value);
    }

    getMore(list) {
        return _t("%s more", list.length - list.rows.length);
    }

    open(list, row) {
        return openRow(this.env, list.model, row.id);
    }

    openAll(list) {
        return openRows(this.env, list.model, list.name, list.domain);
    }
}

MobileFigureContainer.components = {...MobileFigureContainer.components, PhoneLists};
