from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

SCRIPT = "sos_casework/migrations/19.0.1.2.0/post-ways_out.py"
JOB = "mail.ir_cron_module_update_notification"


@tagged("post_install", "-at_install")
class TestWaysOutUpgrade(TransactionCase):
    """What earlier versions had switched off for the whole database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parameters = cls.env["ir.config_parameter"]
        cls.job = cls.env.ref(JOB)
        cls.hardening = cls.env["ir.module.module"].search(
            [("name", "=", "sos_hardening")]
        )
        # as an own Odoo is without it
        cls.hardening.state = "uninstalled"

    def _set(self, **values):
        for key, value in values.items():
            self.parameters.set_param(key.replace("__", "."), value)

    def _get(self, key):
        return self.parameters.search([("key", "=", key)]).mapped("value")

    def _migrate(self):
        spec = spec_from_file_location("upgrade", file_path(SCRIPT))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.1.0")

    def test_given_back(self):
        self._set(
            iap__endpoint="switched-off://",
            mail__link_preview_throttle="0",
            mail__activity__gc__delete_overdue_years="100",
        )
        self.job.active = False
        self._migrate()
        self.assertFalse(self._get("iap.endpoint"))
        self.assertFalse(self._get("mail.link_preview_throttle"))
        self.assertEqual(self._get("mail.activity.gc.delete_overdue_years"), ["3"])
        self.assertTrue(self.job.active)
        self.assertEqual(self.hardening.state, "uninstalled")

    def test_row_that_stood_in_the_way_of_apps(self):
        key = "digest.default_digest_emails"
        self._set(**{"digest__default_digest_emails": ""})
        ours = self.env.ref("digest.default_emails_digest", raise_if_not_found=False)
        self.assertTrue(ours)
        self._migrate()
        self.assertEqual(self._get(key), [""])
        # as where digest is not installed
        self.env["ir.model.data"].search(
            [("module", "=", "digest"), ("name", "=", "default_emails_digest")]
        ).unlink()
        self._migrate()
        self.assertFalse(self._get(key))

    def test_what_an_administrator_has_set_stays(self):
        self._set(
            sms__endpoint="https://sms.example", auth_signup__invitation_scope="b2b"
        )
        self._migrate()
        self.assertEqual(self._get("sms.endpoint"), ["https://sms.example"])
        self.assertEqual(self._get("auth_signup.invitation_scope"), ["b2b"])

    def test_real_service_is_closed_again(self):
        self._set(sos_casework__second_step="required")
        self._migrate()
        self.assertEqual(self.hardening.state, "to install")
