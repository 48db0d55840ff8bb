import {checkIdentityService} from "@auth_timeout/services/check_identity/check_identity";
import {patch} from "@web/core/utils/patch";

const LOCKED = "o_sos_locked";

/**
 * Windows, lists to choose from and hints go when the screen is locked. Odoo empties the
 * page alone: what stands above it stayed readable, and failed for want of the page.
 */
function closeWindows({dialog, overlay}) {
    dialog.closeAll();
    // a window waits for what is done after it, and the server answers nothing now
    for (const id of Object.keys(overlay.overlays)) {
        delete overlay.overlays[id];
    }
}

patch(checkIdentityService, {
    start(env, services) {
        this.eventBus.addEventListener("start", () =>
            document.body.classList.add(LOCKED)
        );
        this.eventBus.addEventListener("stop", () =>
            document.body.classList.remove(LOCKED)
        );
        const dialog = {
            ...services.dialog,
            add(...lock) {
                closeWindows(env.services);
                return services.dialog.add(...lock);
            },
        };
        return super.start(env, {...services, dialog});
    },
});
