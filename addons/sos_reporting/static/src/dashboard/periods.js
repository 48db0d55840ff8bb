import {DashboardDateFilter} from "@spreadsheet_dashboard/bundle/dashboard_action/dashboard_date_filter/dashboard_date_filter";
import {DateFilterDropdown} from "@spreadsheet/global_filters/components/date_filter_dropdown/date_filter_dropdown";
import {GlobalFiltersCoreViewPlugin} from "@spreadsheet/global_filters/plugins/global_filters_core_view_plugin";
import {patch} from "@web/core/utils/patch";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;

/**
 * The periods that the server offers with the dashboard that is open (models/
 * spreadsheet_dashboard.py): a dashboard that counts no families has none, and is as in
 * Odoo.
 */
function usePeriods() {
    const loader = useService("spreadsheet_dashboard_loader");
    return () => {
        const filters = loader.getActiveDashboard()?.model?.getters.getGlobalFilters();
        return filters?.find((filter) => filter.periods)?.periods || [];
    };
}

const areSame = (one, other) => one?.from === other?.from && one?.to === other?.to;

patch(GlobalFiltersCoreViewPlugin.prototype, {
    _getDateValueFromDefaultValue(defaultValue) {
        return defaultValue?.type === "range"
            ? defaultValue
            : super._getDateValueFromDefaultValue(defaultValue);
    },
});

patch(DateFilterDropdown.prototype, {
    setup() {
        super.setup();
        this.getPeriods = usePeriods();
    },
    get dateOptions() {
        const periods = this.getPeriods();
        if (!periods.length) {
            return super.dateOptions;
        }
        const rest = super.dateOptions.filter(
            ({type}) => !type || type === "month" || type === "range"
        );
        return [
            ...periods.map((value) => ({
                id: value.name,
                type: "period",
                label: value.name,
                value,
            })),
            ...rest,
        ];
    },
    isSelected(option) {
        if (option.type === "period") {
            return areSame(this.props.value, option.value);
        }
        const period = this.getPeriods().some((one) => areSame(one, this.props.value));
        return !period && super.isSelected(option);
    },
    update(option) {
        return option.type === "period"
            ? this.props.update(option.value)
            : super.update(option);
    },
});

patch(DashboardDateFilter.prototype, {
    setup() {
        super.setup();
        this.getPeriods = usePeriods();
    },
    get inputValue() {
        return this.props.value?.name || super.inputValue;
    },
    selectPrevious() {
        return this.moveByMonths(-1) || super.selectPrevious();
    },
    selectNext() {
        return this.moveByMonths(1) || super.selectNext();
    },
    /**
     * Odoo moves a range by its number of days, which is not a year in every year.
     *
     * @param {Number} direction -1: the period before, 1: the period after
     * @returns {Boolean} whether it was moved: it is so many months, and one of ours
     */
    moveByMonths(direction) {
        const {value} = this.props;
        const periods = this.getPeriods();
        if (!periods.length || value?.type !== "range" || !value.from || !value.to) {
            return false;
        }
        const from = DateTime.fromISO(value.from);
        const after = DateTime.fromISO(value.to).plus({days: 1});
        const months = Math.round(after.diff(from, "months").months);
        if (!months || !from.plus({months}).hasSame(after, "day")) {
            return false;
        }
        const moved = {
            type: "range",
            from: from.plus({months: direction * months}).toISODate(),
            to: after
                .plus({months: direction * months})
                .minus({days: 1})
                .toISODate(),
        };
        this.props.update(periods.find((one) => areSame(one, moved)) || moved);
        return true;
    },
});
