import base64
import os
import re

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from odoo.addons.auth_totp.models.totp import TOTP_SECRET_SIZE
from odoo.addons.web.controllers.home import Home

from ..models.access.res_users_second_step import SET_UP


class SosSecondStep(Home):
    @http.route(
        "/web/login/second-step", type="http", auth="public", methods=["GET", "POST"]
    )
    def set_up_second_step(self, redirect=None, code=None, **kwargs):
        """Who gave the right password and has no second step yet sets one up; only
        then are they logged in."""
        session = request.session
        user = request.env["res.users"].browse(session.get("pre_uid"))
        if session.uid or not user or user._mfa_type() != SET_UP:
            return request.redirect("/web/login")
        user = user.with_user(user)
        # it stays in the session: nobody who sends a form chooses it
        secret = session.setdefault("sos_second_step", self._make_secret())
        error = None
        if request.httprequest.method == "POST":
            try:
                self._try_code(user, secret, code)
            except AccessDenied as refusal:
                error = str(refusal)
            else:
                session.pop("sos_second_step")
                session.finalize(request.env)
                request.update_env(user=session.uid)
                request.update_context(**session.context)
                return request.redirect(self._login_redirect(session.uid, redirect))
        wizard = request.env["auth_totp.wizard"].with_user(user)
        values = {
            "wizard": wizard.new({"user_id": user.id, "secret": secret}),
            "error": error,
            "redirect": redirect,
        }
        return request.render("sos_casework.second_step", values)

    def _make_secret(self):
        secret = base64.b32encode(os.urandom(TOTP_SECRET_SIZE // 8)).decode()
        return " ".join(re.findall("....", secret))

    def _try_code(self, user, secret, code):
        """:raise AccessDenied: for a wrong code, or too many of them"""
        with user._assert_can_auth(user=user.id):
            user._totp_rate_limit("code_check")
            digits = re.sub(r"\s", "", code or "")
            if not (digits.isascii() and digits.isdigit()) or not (
                user._totp_try_setting(secret, int(digits))
            ):
                raise AccessDenied(
                    user.env._(
                        "This code does not fit. Enter the six digits that your app "
                        "shows now."
                    )
                )
            user._totp_rate_limit_purge("code_check")
