from odoo import api, models
from odoo.exceptions import ValidationError

from .spreadsheet_dashboard import OF_FAMILIES


class SpreadsheetDashboardShare(models.Model):
    """A shared dashboard is a link that works without logging in, and Odoo lets every
    user make one. Nothing about families leaves by a link."""

    _inherit = "spreadsheet.dashboard.share"

    @api.constrains("dashboard_id", "spreadsheet_binary_data")
    def _check_not_about_families(self):
        # sudo: what the dashboard counts, whoever shares it
        for share in self.sudo():
            texts = (share.spreadsheet_data, share.dashboard_id.spreadsheet_data)
            if any(OF_FAMILIES.search(text or "") for text in texts):
                raise ValidationError(
                    self.env._(
                        "This dashboard counts families: it is not shared by a link. "
                        "Whoever needs it gets a role that opens it."
                    )
                )
