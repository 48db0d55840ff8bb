import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ReturnCommon, read_census


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosReturnExport(ReturnCommon):
    def _export(self, user=None, **values):
        export = self.env["sos.return.export"].with_user(user or self.analyst)
        return export.create(values)

    def test_census(self):
        self._refer_on("2025-09-03")
        export = self._export()
        self.assertEqual(export.year, "2026", "the last one that is over")
        action = export.action_export()
        self.assertIn(f"/{export.id}/file/cin_2026.xml", action["url"])
        content = base64.b64decode(export.file)
        self.assertEqual(list(read_census(content)), [self.sam.reference])

    def test_annex_a(self):
        export = self._export(kind="annex_a", as_at="2026-03-31")
        export.action_export()
        self.assertEqual(export.file_name, "annex_a_2026-03-31.xlsx")
        content = io.BytesIO(base64.b64decode(export.file))
        self.assertIn("List 11", openpyxl.load_workbook(content).sheetnames)

    def test_who_made_a_return_is_in_the_access_log(self):
        self._refer_on("2025-09-03")
        self._export().action_export()
        self._export(kind="annex_a", as_at="2026-03-31").action_export()
        lines = self.env["sos.access.log"].search([], limit=2, order="id desc")
        self.assertEqual(lines.user_id, self.analyst)
        self.assertEqual(
            lines.sorted("id").mapped(lambda x: (x.operation, x.res_model, x.detail)),
            [
                ("exported", "sos.census", "cin_2026.xml"),
                ("exported", "sos.annex.a", "annex_a_2026-03-31.xlsx"),
            ],
        )

    def test_who_opened_a_dashboard_is_in_the_access_log(self):
        dashboard = self.env["spreadsheet.dashboard"].create(
            {
                "name": "Timeliness",
                "spreadsheet_data": "{}",
                "dashboard_group_id": self.env["spreadsheet.dashboard.group"]
                .create({"name": "Practice"})
                .id,
            }
        )
        dashboard.with_user(self.analyst)._get_serialized_readonly_dashboard()
        line = self.env["sos.access.log"].search([], limit=1)
        self.assertEqual(
            (line.user_id, line.operation, line.res_model, line.detail),
            (self.analyst, "opened", "spreadsheet.dashboard", "Timeliness"),
        )

    def test_what_is_not_a_year_or_missing(self):
        for year in ("26", "next", ""):
            with self.assertRaisesRegex(UserError, "four digits"):
                self._export(year=year).action_export()
        with self.assertRaisesRegex(UserError, "Choose the day"):
            self._export(kind="annex_a", as_at=False).action_export()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else(self):
        for user in (self.worker, self.manager, self.auditor, self.configurator):
            with self.assertRaises(AccessError):
                self._export(user)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_file_is_its_makers(self):
        self._refer_on("2025-09-03")
        export = self._export()
        export.action_export()
        with self.assertRaises(AccessError):
            export.with_user(self.service_manager).read(["file"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_dashboards_are_not_shared_by_link(self):
        dashboard = self.env["spreadsheet.dashboard"].create(
            {
                "name": "Measures",
                "dashboard_group_id": self.env["spreadsheet.dashboard.group"]
                .create({"name": "Casework"})
                .id,
            }
        )
        for user in (self.worker, self.analyst):
            with self.assertRaises(AccessError):
                self.env["spreadsheet.dashboard.share"].with_user(user).create(
                    {"dashboard_id": dashboard.id, "spreadsheet_data": "{}"}
                )

    def test_menu(self):
        menu = self.env.ref("sos_reporting.sos_return_export_menu")
        seen = {
            user: menu.id in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for user in (self.analyst, self.service_manager, self.worker, self.manager)
        }
        self.assertEqual(list(seen.values()), [True, True, False, False])
