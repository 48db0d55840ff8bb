import {GraphModel} from "@web/views/graph/graph_model";
import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/**
 * Ratings over time. Odoo draws a day without a rating as 0, and 0 is the worst that
 * anybody can say: here a day on which a person did not rate is no point at all.
 */
export class ScaleGraphModel extends GraphModel {
    load(searchParams) {
        const context = {fill_temporal: false, ...searchParams.context};
        return super.load({...searchParams, context});
    }

    _getData() {
        const data = super._getData(...arguments);
        if (this.metaData.mode === "line") {
            for (const dataset of data.datasets) {
                // Only a real group has a domain
                dataset.data = dataset.data.map((value, index) =>
                    dataset.domains[index].length ? value : null
                );
            }
        }
        return data;
    }
}

export class ScaleGraphRenderer extends GraphRenderer {
    getLineChartData() {
        const data = super.getLineChartData();
        for (const dataset of data.datasets) {
            dataset.spanGaps = true;
        }
        return data;
    }

    getScaleOptions() {
        const scales = super.getScaleOptions();
        if (scales.y && this.model.metaData.measure === "score") {
            Object.assign(scales.y, {min: 0, max: 10});
            Object.assign(scales.y.ticks, {stepSize: 1});
        }
        return scales;
    }
}

registry.category("views").add("sos_scale_graph", {
    ...graphView,
    Model: ScaleGraphModel,
    Renderer: ScaleGraphRenderer,
});
