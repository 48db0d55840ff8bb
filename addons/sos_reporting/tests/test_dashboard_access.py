from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

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

    def test_dashboards_about_families_are_not_shared_by_link(self):
        """Of others sos_hardening says it, which is left aside here."""
        self.env["ir.rule"].search(
            [("model_id.model", "=", "spreadsheet.dashboard.share")]
        ).active = False
        ours = self.env.ref("sos_reporting.spreadsheet_dashboard_manager_week")
        numbers = ours.spreadsheet_data
        shares = self.env["spreadsheet.dashboard.share"].with_user(self.manager)
        for dashboard, sent in (
            (ours, numbers),
            (ours, "{}"),
            # of another one, with the numbers of ours in it
            (self.dashboard, numbers),
        ):
            with self.assertRaisesRegex(ValidationError, "counts families"):
                shares.create({"dashboard_id": dashboard.id, "spreadsheet_data": sent})
        other = {"dashboard_id": self.dashboard.id, "spreadsheet_data": "{}"}
        self.assertTrue(shares.create(other))

    def test_administrators_see_what_they_can_count(self):
        """Odoo shows them every dashboard; ours would be full of errors."""
        administrator = new_test_user(
            self.env,
            login="administrator",
            groups="base.group_system,spreadsheet_dashboard.group_dashboard_manager",
        )
        ours = self.env.ref("sos_reporting.spreadsheet_dashboard_manager_week")
        seen = self.env["spreadsheet.dashboard"].with_user(administrator).search([])
        self.assertIn(self.dashboard, seen)
        self.assertNotIn(ours, seen)
        administrator.group_ids += self.env.ref("sos_casework.group_team_manager")
        self.assertIn(ours, seen.search([]))
