import {rpc} from "@web/core/network/rpc";
import {user} from "@web/core/user";

// Each call says whose page it comes from. Two tabs share one log-in, and the server
// refuses a page of who was logged in before (ir.http).
const send = rpc._rpc;
rpc._rpc = (url, params, settings = {}) => {
    const headers = {...settings.headers, "X-Page-User": user.userId};
    return send(url, params, {...settings, headers});
};
