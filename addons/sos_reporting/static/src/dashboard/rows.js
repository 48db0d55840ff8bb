import {SEE_RECORD_LIST} from "@spreadsheet/list/list_actions";
import {astToFormula, components, registries} from "@odoo/o-spreadsheet";
import {getFirstListFunction} from "@spreadsheet/list/list_helpers";
import {patch} from "@web/core/utils/patch";

/** Models whose rows stand for something else, which their ``action_open`` opens. */
const ROWS = /^sos\.(measure\.|whiteboard$)/;

/** Open what a row of a dashboard is about: the family, or the form. */
export async function openRow({services}, model, id, newWindow = false) {
    const action = ROWS.test(model)
        ? await services.orm.call(model, "action_open", [[id]])
        : {
              type: "ir.actions.act_window",
              res_model: model,
              res_id: id,
              views: [[false, "form"]],
          };
    await services.action.doAction(action, {newWindow});
}

/** Open the rows that were counted. */
export async function openRows({services}, model, name, domain, newWindow = false) {
    await services.action.doAction(
        {
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [[false, "list"]],
            domain,
        },
        {newWindow}
    );
}

const {clickableCellRegistry} = registries;
const listCell = clickableCellRegistry.get("list");

clickableCellRegistry.replace("list", {
    ...listCell,
    async execute(position, env, newWindow) {
        const {getters} = env.model;
        const listId = getters.getListIdFromPosition(position);
        const {model} = getters.getListDefinition(listId);
        if (!ROWS.test(model)) {
            return SEE_RECORD_LIST(position, env, newWindow);
        }
        const cell = getters.getCorrespondingFormulaCell(position);
        const {args} = getFirstListFunction(cell.compiledFormula.tokens);
        const place = getters.evaluateFormula(position.sheetId, astToFormula(args[1]));
        const rows = await getters.getAsyncListDataSource(listId);
        const id = rows.getIdFromPosition(place - 1);
        if (id) {
            await openRow(env, model, id, newWindow);
        }
    },
});

patch(components.ScorecardChart.prototype, {
    /**
     * @returns {String|undefined} the pivot whose number the card shows, if it counts
     *      what is about families
     */
    get countedPivotId() {
        const {getters} = this.env.model;
        const {keyValue} = getters.getChartDefinition(this.props.chartId);
        if (!keyValue) {
            return undefined;
        }
        const {sheetId, zone} = getters.getRangeFromSheetXC(
            getters.getActiveSheetId(),
            keyValue
        );
        const id = getters.getPivotIdFromPosition({
            sheetId,
            col: zone.left,
            row: zone.top,
        });
        const model = id && getters.getPivotCoreDefinition(id).model;
        return model?.startsWith("sos.") ? id : undefined;
    },
    get hasOdooMenu() {
        return Boolean(this.countedPivotId) || super.hasOdooMenu;
    },
    async onClick() {
        const {getters} = this.env.model;
        const id = this.env.isDashboard() && this.countedPivotId;
        if (!id) {
            return super.onClick();
        }
        const pivot = getters.getPivot(id);
        await pivot.load();
        const {title} = getters.getChartDefinition(this.props.chartId);
        const {model} = getters.getPivotCoreDefinition(id);
        await openRows(this.env, model, title.text, pivot.getPivotCellDomain([]));
    },
});
