from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

NOWHERE = "switched-off://"


@tagged("post_install", "-at_install")
class TestSettings(TransactionCase):
    """What is changed is listed with what it was, changed once, and given back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settings = cls.env["sos.hardening.setting"]
        # as it was before this addon came
        cls.settings._give_back()
        cls.parameters = cls.env["ir.config_parameter"]
        cls.job = cls.env.ref("mail.ir_cron_module_update_notification")
        cls.digest = cls.env.ref("digest.digest_digest_default")
        cls.job.active = True
        cls.digest.state = "activated"
        for key in ("sms.endpoint", "iap.endpoint"):
            cls.parameters.set_param(key, False)

    def _get_setting(self, name):
        return self.settings.search([("name", "=", name)])

    def test_kept_with_what_it_was(self):
        self.parameters.set_param("sms.endpoint", "https://sms.example")
        self.settings._close()
        self.assertEqual(self.parameters.get_param("sms.endpoint"), NOWHERE)
        kept = self._get_setting("sms.endpoint")
        self.assertEqual((kept.former, kept.value), ("https://sms.example", NOWHERE))
        self.assertFalse(kept.changed_since)
        self.assertFalse(self._get_setting("iap.endpoint").former)
        self.assertEqual(self._get_setting(f"{self.job.name}: Active").former, "true")
        self.settings._give_back()
        self.assertEqual(
            self.parameters.get_param("sms.endpoint"), "https://sms.example"
        )
        self.assertFalse(self.parameters.search([("key", "=", "iap.endpoint")]))
        self.assertTrue(self.job.active)
        self.assertEqual(self.digest.state, "activated")

    def test_what_an_administrator_sets_afterwards_stays(self):
        self.settings._close()
        self.parameters.set_param("sms.endpoint", "https://sms.example")
        self.job.active = True
        self.digest.state = "activated"
        other = self.digest.copy({"state": "activated"})
        self.assertTrue(self._get_setting("sms.endpoint").changed_since)
        self.settings._close()
        self.assertTrue(self.job.active)
        self.assertEqual((self.digest | other).mapped("state"), ["activated"] * 2)
        self.settings._give_back()
        self.assertEqual(
            self.parameters.get_param("sms.endpoint"), "https://sms.example"
        )

    def test_of_what_is_not_installed_nothing_is_written(self):
        self.env.registry._init_modules.discard("sms")
        self.addCleanup(self.env.registry._init_modules.add, "sms")
        self.settings._close()
        self.assertFalse(self.parameters.search([("key", "=", "sms.endpoint")]))
        self.assertFalse(self._get_setting("sms.endpoint"))

    def test_what_is_installed_later_is_closed_then(self):
        self.env.registry._init_modules.discard("sms")
        self.settings._close()
        self.env.registry._init_modules.add("sms")
        module = self.env["ir.module.module"].search([("name", "=", "sms")])
        module.write({"state": "installed"})
        self.assertEqual(self.parameters.get_param("sms.endpoint"), NOWHERE)

    def test_log_in(self):
        """What is stricter stays; nothing, and 0, is no limit at all."""
        everybody = self.env.ref("base.group_user")
        self.parameters.set_param("auth_password_policy.minlength", "16")
        self.parameters.set_param("base.login_cooldown_after", "0")
        everybody.write({"lock_timeout_inactivity": 5, "lock_timeout": 9999})
        before = everybody.lock_timeout_mfa
        self.settings._set_log_in()
        get_param = self.parameters.get_param
        self.assertEqual(get_param("auth_password_policy.minlength"), "16")
        self.assertEqual(get_param("base.login_cooldown_after"), "10")
        self.assertEqual(get_param("sos_casework.second_step"), "required")
        self.assertEqual(
            (everybody.lock_timeout_inactivity, everybody.lock_timeout), (5, 720)
        )
        self.assertTrue(everybody.lock_timeout_mfa)
        self.settings._give_back()
        self.assertEqual(get_param("base.login_cooldown_after"), "0")
        self.assertFalse(get_param("sos_casework.second_step"))
        self.assertEqual(everybody.lock_timeout, 9999)
        self.assertEqual(everybody.lock_timeout_mfa, before)

    def test_only_administrators_see_and_use_it(self):
        employee = new_test_user(self.env, "employee", "base.group_user")
        administrator = new_test_user(self.env, "system", "base.group_system")
        with self.assertRaises(AccessError):
            self.settings.with_user(employee).action_set_log_in()
        settings = self.settings.with_user(administrator)
        settings.action_set_log_in()
        self.assertTrue(settings.search([]).mapped("now"))
        with self.assertRaises(AccessError):
            settings.search([], limit=1).write({"former": "x"})
