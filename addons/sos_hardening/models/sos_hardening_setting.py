import json

from odoo import api, fields, models

#: No address at all: a call ends before it leaves the machine.
NOWHERE = "switched-off://"

#: By the addon of Odoo that reads them; nothing is written for what is not installed,
#: since the addon may bring a row of its own later.
PARAMETERS = {
    # Nobody makes an account for themselves.
    "auth_signup": {"auth_signup.invitation_scope": "b2b"},
    # Nobody gets figures by mail who did not ask for them.
    "digest": {"digest.default_digest_emails": ""},
    # An address in a message is not fetched.
    "mail": {"mail.link_preview_throttle": "0"},
    # Services of others, by the parameter that holds the address of each.
    "crm_iap_mine": {"reveal.endpoint": NOWHERE},
    "html_editor": {
        "html_editor.media_library_endpoint": NOWHERE,
        "html_editor.olg_api_endpoint": NOWHERE,
    },
    "iap": {"iap.endpoint": NOWHERE, "enrich.endpoint": NOWHERE},
    "partner_autocomplete": {"iap.partner_autocomplete.endpoint": NOWHERE},
    "sms": {"sms.endpoint": NOWHERE},
    "snailmail": {"snailmail.endpoint": NOWHERE},
    "website": {
        "website.website_api_endpoint": NOWHERE,
        "website.olg_api_endpoint": NOWHERE,
    },
    "website_crm_iap_reveal": {"reveal.endpoint": NOWHERE},
}

#: Jobs that send something to others by themselves.
JOBS = (
    "digest.ir_cron_digest_scheduler_action",
    "mail.ir_cron_module_update_notification",
    "mail.ir_cron_web_push_notification",
    "sms.ir_cron_sms_scheduler_action",
    "snailmail.snailmail_print",
)

#: All records of a kind that send, or let somebody in: a field and its value.
KINDS = {
    "digest.digest": ("state", "deactivated"),
    "website": ("auth_signup_uninvited", "b2b"),
}

#: How everybody logs in. parameter: the laxest value that will do, and which of two
#: values is the stricter
LOG_IN = {
    "auth_password_policy.minlength": (12, max),
    # Counted for each address: an office behind one must not lock itself out.
    "base.login_cooldown_after": (10, min),
    "base.login_cooldown_duration": (60, max),
    # A session that nobody used for half a day is over, whatever became of its tab.
    "sessions.max_inactivity_seconds": (12 * 60 * 60, min),
    # As client_max_body_size in nginx.conf.
    "web.max_file_upload_size": (25 * 1024 * 1024, min),
}
#: of everybody who works in the system, in minutes
LOCKS = {"lock_timeout_inactivity": 15, "lock_timeout": 12 * 60}


class SosHardeningSetting(models.Model):
    """A setting of Odoo that this addon changed, with what it was before.

    Each is changed once: what an administrator sets afterwards stays. When the addon
    is uninstalled, what is still as it was set here becomes what it was before.
    """

    _name = "sos.hardening.setting"
    _description = "Setting of a closed database"
    _order = "name, id"

    name = fields.Char("Setting", required=True)
    # a parameter has no record here: it may come and go
    res_model = fields.Char("Kind", required=True)
    res_id = fields.Integer()
    field = fields.Char(required=True)
    former = fields.Char("Before", help="Empty: it was not set.")
    value = fields.Char("Set to")
    now = fields.Char("Now", compute="_compute_now", help="Empty: it is not set.")
    changed_since = fields.Boolean(
        "Changed since",
        compute="_compute_now",
        help="An administrator has set it otherwise, and that stays.",
    )

    _unique = models.Constraint(
        "UNIQUE(res_model, res_id, field)", "This setting is kept already."
    )

    @api.depends("res_model", "res_id", "field", "value")
    def _compute_now(self):
        for setting in self:
            now = setting._read()
            setting.now = now
            setting.changed_since = now != setting.value

    # ---------------------------------------------------------------- closing

    @api.model
    def _close(self):
        """Switch off what would send something out of the system unasked, and let
        anybody in. Can be run again at any time, for what was installed since."""
        installed = self.env.registry._init_modules
        for addon, parameters in PARAMETERS.items():
            if addon in installed:
                for key, value in parameters.items():
                    self._set("ir.config_parameter", 0, key, value, key)
        for xml_id in JOBS:
            job = self.env.ref(xml_id, raise_if_not_found=False)
            if job:
                self._set("ir.cron", job.id, "active", "false", job.name)
        kept = set(
            self.sudo().search([("res_model", "in", list(KINDS))]).mapped("res_model")
        )
        for model, (field, value) in KINDS.items():
            # once: what an administrator makes or switches on afterwards stays on
            if model in self.env and model not in kept:
                records = self.env[model].sudo()
                # each of them, of which there are a few
                for record in records.search([]):  # pylint: disable=no-search-all
                    self._set(model, record.id, field, value, record.display_name)

    @api.model
    def _set_log_in(self):
        """Ask everybody for a second step and a long password, slow down who guesses,
        and lock screens that nobody works at. What is stricter already stays."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        for key, (value, stricter) in LOG_IN.items():
            # nothing, and 0, switch these off
            now = int(get_param(key) or 0)
            value = str(stricter(now, value) if now else value)
            self._set("ir.config_parameter", 0, key, value, key)
        key = "sos_casework.second_step"
        self._set("ir.config_parameter", 0, key, "required", key)
        everybody = self.env.ref("base.group_user")
        locks = {
            name: str(min(everybody[name] or minutes, minutes))
            for name, minutes in LOCKS.items()
        }
        # The day's first log-in asks for the second step again; a locked screen
        # does not.
        for name, value in (locks | {"lock_timeout_mfa": "true"}).items():
            self._set("res.groups", everybody.id, name, value, everybody.name)

    @api.model
    def _set(self, model, res_id, field, value, name):
        """
        :param name: what an administrator calls the record or parameter
        """
        key = {"res_model": model, "res_id": res_id, "field": field}
        # sudo: settings; whoever installs an app may be no administrator of others
        settings = self.sudo()
        if settings.search_count([(n, "=", v) for n, v in key.items()]):
            return
        if res_id:
            label = settings.env[model]._fields[field].string
            name = f"{name}: {label}"
        setting = settings.create({**key, "name": name, "value": value})
        setting.former = setting._read()
        setting._write_to_odoo(value)

    # ----------------------------------------------------------- giving back

    @api.model
    def _give_back(self):
        """What is still as it was set here becomes what it was before."""
        # the whole list, some dozens
        for setting in self.sudo().search([]):  # pylint: disable=no-search-all
            if setting._read() == setting.value:
                setting._write_to_odoo(setting.former)
            setting.unlink()

    # ---------------------------------------------------------- one setting

    def _get_record(self):
        # sudo: who may read the list may read what each setting is now
        model = self.sudo().env.get(self.res_model)
        if model is None:
            return None
        return model.with_context(active_test=False).browse(self.res_id).exists()

    def _read(self):
        """The setting as Odoo has it now, as text; False: it is not set."""
        if self.res_model == "ir.config_parameter":
            parameters = self.env["ir.config_parameter"].sudo()
            row = parameters.search([("key", "=", self.field)], limit=1)
            return row.value if row else False
        record = self._get_record()
        if not record or self.field not in record._fields:
            return False
        value = record[self.field]
        if record._fields[self.field].type == "selection":
            return value
        return json.dumps(value)

    def _write_to_odoo(self, text):
        if self.res_model == "ir.config_parameter":
            self.env["ir.config_parameter"].sudo().set_param(self.field, text)
        elif record := self._get_record():
            is_text = record._fields[self.field].type == "selection"
            record[self.field] = text if is_text else json.loads(text)

    # --------------------------------------------------------------- screen

    def action_set_log_in(self):
        # whoever reads the list is one of Odoo's administrators
        self.check_access("read")
        self._set_log_in()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
