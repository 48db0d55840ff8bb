from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestHealth(HttpCase):
    def _ask(self):
        answer = self.url_open("/web/health")
        return answer.status_code, answer.json()

    def test_code_and_database_of_one_version(self):
        self.assertEqual(self._ask(), (200, {"status": "pass"}))

    def test_an_upgrade_that_was_forgotten(self):
        module = self.env.ref("base.module_sos_casework")
        module.latest_version = "19.0.0.0.1"
        self.assertEqual(
            self._ask(),
            (503, {"status": "upgrade needed", "addons": ["sos_casework"]}),
        )

    def test_an_upgrade_that_did_not_end(self):
        self.env.ref("base.module_sos_casework").state = "to upgrade"
        self.assertEqual(self._ask()[0], 503)
