import threading
from urllib.parse import urlsplit

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request

#: what the client names its user with in each of its calls (static/src/common)
PAGE_USER = "X-Page-User"
#: makes an administrator superuser, who is bound by no rule and leaves no line
CLOSED = ("/web/become",)


class IrHttp(models.AbstractModel):
    """What holds for every request, whatever it asks for: nobody is superuser, nobody
    acts from another's page, and no browser keeps what it was given."""

    _inherit = "ir.http"

    def session_info(self):
        """Who works with families in a language that reads 03/04 as the fourth of March
        is told so by the page."""
        info = super().session_info()
        user = self.env.user
        if user.has_group("sos_casework.group_reader"):
            lang = self.env["res.lang"]._get_data(code=user.lang)
            info["sos_month_first"] = self.env["res.lang"]._sos_is_month_first(
                lang.date_format
            )
        return info

    # ------------------------------------------------------------------- ways in

    @classmethod
    def _match(cls, path_info):
        # here the language is off, and what was written in another way is one rule
        rule, args = super()._match(path_info)
        if cls._sos_is_closed(rule.rule):
            raise NotFound()
        return rule, args

    @classmethod
    def _sos_is_closed(cls, route):
        """Whether nobody is served what Odoo has at this route.

        :param route: as it stands in the code of Odoo, such as ``/json/2/<…>``
        """
        return route.startswith(CLOSED)

    @classmethod
    def _authenticate(cls, endpoint):
        if request.session.uid == SUPERUSER_ID:
            # such a session may be older than the door that is closed now
            request.session.logout(keep_db=True)
            request.env = api.Environment(request.env.cr, None, request.session.context)
        result = super()._authenticate(endpoint)
        # whichever other way has led to it: a key, an addon
        if request.env.uid == SUPERUSER_ID:
            raise AccessDenied()
        return result

    # --------------------------------------------------------------------- calls

    @classmethod
    def _pre_dispatch(cls, rule, args):
        # Odoo hides the request from what XML-RPC calls; where a call comes from is
        # kept for the access log
        httprequest = request.httprequest
        threading.current_thread().sos_way = (httprequest.url, httprequest.remote_addr)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _dispatch(cls, endpoint):
        cls._sos_check_page_user()
        return super()._dispatch(endpoint)

    @classmethod
    def _sos_check_page_user(cls):
        """Two tabs share one log-in. A page that was opened by who used this browser
        before neither reads nor writes as who uses it now, not even with its last
        words: Odoo sends what is not saved when a tab is closed.

        :raise UserError: for a page of somebody else
        """
        if not request.env.uid:
            return
        said = [request.httprequest.headers.get(PAGE_USER)]
        kwargs = request.params.get("kwargs")
        for params in (request.params, kwargs):
            context = params.get("context") if isinstance(params, dict) else None
            if isinstance(context, dict):
                said.append(context.get("uid"))
        if any(uid and str(uid) != str(request.env.uid) for uid in said):
            raise UserError(
                request.env._(
                    "Since this page was opened, somebody else has logged in here, in "
                    "another tab or window. Nothing of this page was stored. Copy what "
                    "you have typed, then load the page again and log in as yourself."
                )
            )

    def _sos_get_rpc_way(self):
        """:return: path and address of the call that this thread serves"""
        thread = threading.current_thread()
        url = getattr(thread, "url", "")
        kept, address = getattr(thread, "sos_way", (None, None))
        # a thread serves one call after the other
        return urlsplit(url).path, address if kept == url else None

    # ------------------------------------------------------------------- answers

    @classmethod
    def _post_dispatch(cls, response):
        super()._post_dispatch(response)
        if not request.session.uid:
            return
        # what may be kept says so itself, but does not know what it is about
        if "max-age" not in response.headers.get("Cache-Control", "") or (
            getattr(request, "sos_about_family", False)
        ):
            response.headers["Cache-Control"] = "no-store"

    @classmethod
    def _post_logout(cls):
        # the next person at this computer finds no picture and no list of the last
        request.future_response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return super()._post_logout()
