from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SosCommon

SAID = "sos_casework.families_to_delete"


@tagged("post_install", "-at_install")
class TestUninstall(SosCommon):
    """Families are not deleted by a click in Apps."""

    def _get_module(self, name):
        return self.env["ir.module.module"].search([("name", "=", name)])

    def test_refused_until_the_number_is_said(self):
        count = self.env["sos.case"].search_count([])
        casework = self._get_module("sos_casework")
        mail = self._get_module("mail")
        for said in (False, "yes", str(count + 1)):
            self.env["ir.config_parameter"].set_param(SAID, said)
            # of the addon, of what it is made of, and where it is done
            for refused in (
                casework.button_uninstall,
                mail.button_uninstall,
                casework.module_uninstall,
            ):
                with self.assertRaisesRegex(UserError, f"database: {count}. Uninst"):
                    refused()
        self.assertEqual(casework.state, "installed")
        self.env["ir.config_parameter"].set_param(SAID, str(count))
        casework.button_uninstall()
        self.assertEqual(casework.state, "to remove")

    def test_what_holds_no_family_goes(self):
        self._get_module("sos_hardening").button_uninstall()
