from odoo.tests import HttpCase, tagged

from .common import ReturnCommon


@tagged("post_install", "-at_install")
class TestDashboardScreens(ReturnCommon, HttpCase):
    """What a manager presses on a dashboard, on a wide screen and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].search([]).tz = "Europe/London"

    def test_card_opens_its_rows(self):
        """Sam's assessment is late; the decision on the contact was in time."""
        self._refer_on("2025-09-03")
        self.start_tour("/odoo/dashboards", "sos_dashboard_card", login="manager")

    def test_phone_has_the_lists(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        form = self._open(
            "contact",
            self.sam,
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        self._fill(form, decision="nfa").with_user(self.worker).action_submit()
        self.start_tour("/odoo/dashboards", "sos_dashboard_phone", login="manager")

    def test_export_says_why_who_may_not(self):
        self.assertFalse(self.worker.has_group("base.group_allow_export"))
        self.start_tour("/odoo/whiteboard", "sos_whiteboard_export", login="worker")
