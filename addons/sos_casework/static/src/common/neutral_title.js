import {registry} from "@web/core/registry";
import {titleService} from "@web/core/browser/title_service";

/**
 * The name of a tab stays in the browser's history, in its list of open pages and on
 * a shared screen: of a record about a family it says which screen this is, never whose.
 */
export const OF_FAMILIES = /^(sos\.|account\.analytic\.line$)/;

export const neutralTitleService = {
    ...titleService,
    start(env) {
        const service = titleService.start(env);
        const setParts = service.setParts;
        service.setParts = (parts) => {
            const {action} = env.services.action?.currentController || {};
            const record = parts.action && OF_FAMILIES.test(action?.res_model);
            setParts(record ? {...parts, action: action.name || "Casework"} : parts);
        };
        return service;
    },
};

registry.category("services").add("title", neutralTitleService, {force: true});
