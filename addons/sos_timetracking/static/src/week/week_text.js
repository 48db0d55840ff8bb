import {_t} from "@web/core/l10n/translation";

/** Minutes as people read them: "1 h 20". */
export function formatMinutes(minutes) {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (!hours && rest) {
        return _t("%s min", rest);
    }
    return rest ? _t("%(hours)s h %(rest)s", {hours, rest}) : _t("%s h", hours);
}

/** What a refusal of the server says; anything else that went wrong goes on. */
export function getRefusal(error) {
    const name = error.exceptionName || error.data?.name || "";
    if (!name.startsWith("odoo.exceptions.")) {
        throw error;
    }
    return error.data.message;
}
