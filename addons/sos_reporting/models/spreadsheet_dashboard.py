import json
import re

from odoo import models

#: a family's model or field, in what a dashboard counts
OF_FAMILIES = re.compile(r"\bsos[._]")


class SpreadsheetDashboard(models.Model):
    """Who opens a dashboard is in the access log, as who opens a family. What counts
    families offers the periods of lists and measures, so that the same words mean the
    same days."""

    _inherit = "spreadsheet.dashboard"

    def _get_serialized_readonly_dashboard(self):
        self.env["sos.access.log"]._record("opened", self, self.name)
        content = super()._get_serialized_readonly_dashboard()
        return self._offer_periods(content) if OF_FAMILIES.search(content) else content

    def _offer_periods(self, content):
        """Odoo's own periods count years from January and twelve months without the one
        that goes on, by the clock of the browser.

        :param content: the dashboard as JSON, as the client gets it
        :return: the same; a filter by days has ``periods``, the days of each, and the
            one that it begins with in the place of its code
        """
        dashboard = json.loads(content)
        rows = self.env["sos.measure.rows"]
        names = rows._get_period_names()
        periods = {
            code: {
                "type": "range",
                "from": period.first.isoformat(),
                "to": period.last.isoformat(),
                "name": names[code],
            }
            for code, period in rows._get_periods().items()
        }
        for one in dashboard["snapshot"].get("globalFilters", ()):
            if one["type"] == "date":
                one["periods"] = list(periods.values())
                code = one.get("defaultValue")
                one["defaultValue"] = periods.get(code, code)
        return json.dumps(dashboard)
