import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {useService} from "@web/core/utils/hooks";

/**
 * In a language that reads the month first, a birth date typed as in England is another
 * day, or another year's trouble: it is said for as long as it is so.
 */
export class MonthFirst extends Component {
    static template = "sos_casework.MonthFirst";
    static props = {};

    setup() {
        this.dialog = useService("dialog");
    }

    explain() {
        this.dialog.add(AlertDialog, {
            title: _t("03/04 is the fourth of March here"),
            body: _t(
                "Your language reads the month first, so a date that you type as 3 April is stored as 4 March. Choose English (UK) as your language: your name at the top right, My Preferences. If it is not in the list, ask your administrator to add it (Settings, Languages)."
            ),
        });
    }
}

registry
    .category("systray")
    .add(
        "sos_casework.month_first",
        {Component: MonthFirst, isDisplayed: () => session.sos_month_first},
        {sequence: 200}
    );
