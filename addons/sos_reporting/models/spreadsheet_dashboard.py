from odoo import models


class SpreadsheetDashboard(models.Model):
    """Who opens a dashboard is in the access log, as who opens a family."""

    _inherit = "spreadsheet.dashboard"

    def _get_serialized_readonly_dashboard(self):
        self.env["sos.access.log"]._record("opened", self, self.name)
        return super()._get_serialized_readonly_dashboard()
