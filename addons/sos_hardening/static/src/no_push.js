import {WebClient} from "@web/webclient/webclient";
import {patch} from "@web/core/utils/patch";

// mail asks the browser's maker for a way to push notices to this device: see
// mail.push.device
patch(WebClient.prototype, {
    async _subscribePush() {},
});
