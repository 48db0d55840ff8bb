from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sos_casework.tests.common import SosCommon


@tagged("post_install", "-at_install")
class TestDashboardAccess(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env["spreadsheet.dashboard"].create(
            {
                "name": "Timeliness",
                "spreadsheet_data": "{}",
                "dashboard_group_id": cls.env["spreadsheet.dashboard.group"]
                .create({"name": "Practice"})
                .id,
            }
        )

    def test_who_opened_a_dashboard_is_in_the_access_log(self):
        self.dashboard.with_user(self.analyst)._get_serialized_readonly_dashboard()
        line = self.env["sos.access.log"].search([], limit=1)
        self.assertEqual(
            (line.user_id, line.operation, line.res_model, line.detail),
            (self.analyst, "opened", "spreadsheet.dashboard", "Timeliness"),
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_dashboards_are_not_shared_by_link(self):
        for user in (self.worker, self.analyst):
            with self.assertRaises(AccessError):
                self.env["spreadsheet.dashboard.share"].with_user(user).create(
                    {"dashboard_id": self.dashboard.id, "spreadsheet_data": "{}"}
                )
