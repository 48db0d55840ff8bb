from odoo import models

#: a log-in that waits until the user has set up a second step
SET_UP = "sos_set_up"


class ResUsers(models.Model):
    """Where the service asks for it (system parameter ``sos_casework.second_step``),
    nobody who works in it logs in with a password alone.

    Odoo's own policy mails a code to who has set up nothing: that needs a mail server
    before the first log-in, and a code in a mailbox is no second step for whoever
    reads that mailbox. Here the first log-in ends at setting one up.
    """

    _inherit = "res.users"

    def _must_set_up_second_step(self):
        self.ensure_one()
        # sudo: a setting; asked before anybody is logged in
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return bool(
            get_param("sos_casework.second_step")
            and not self.totp_enabled
            and self._is_internal()
        )

    def _mfa_type(self):
        kind = super()._mfa_type()
        if kind is None and self._must_set_up_second_step():
            return SET_UP
        return kind

    def _mfa_url(self):
        if self._mfa_type() == SET_UP:
            return "/web/login/second-step"
        return super()._mfa_url()

    def _rpc_api_keys_only(self):
        return self._must_set_up_second_step() or super()._rpc_api_keys_only()

    def _get_auth_methods(self):
        # what unlocks a locked screen
        return [kind for kind in super()._get_auth_methods() if kind != SET_UP]
