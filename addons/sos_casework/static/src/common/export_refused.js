import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {ListController} from "@web/views/list/list_controller";
import {OF_FAMILIES} from "./neutral_title";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

/**
 * Odoo leaves the export out for who may not: somebody looks for it and thinks that it is
 * broken. Of our lists it says why, and what to do.
 */
patch(ListController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        if (!this.isExportEnable && OF_FAMILIES.test(this.props.resModel)) {
            items.export = {
                ...items.export,
                isAvailable: () => true,
                callback: () => this.explainExport(),
            };
        }
        return items;
    },
    explainExport() {
        this.dialogService.add(AlertDialog, {
            title: _t("Your role does not export lists"),
            body: _t(
                "A list of families leaves the system only with who answers for the work, audits it or counts it: team managers, service managers, quality auditors and performance analysts. If you need this list, ask your team manager for it."
            ),
        });
    },
});
