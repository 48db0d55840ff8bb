from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimeScreens(TimeCommon, HttpCase):
    """A week is put right in a browser; what came of it is read from the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # browsers of the tests are told the time of the server
        cls.env["res.users"].search([]).tz = "Europe/London"
        cls.today = cls.env["res.company"]._sos_today()
        cls.monday = cls.today - timedelta(days=cls.today.weekday())
        cls.form = cls.case.with_user(cls.worker).open_form("assessment")

    def _own(self, *domain):
        lines = self.lines.sudo()
        return lines.search([("user_id", "=", self.worker.id), *domain], order="id")

    def _propose(self, form, seconds):
        return self.env["sos.screen.time"].create(
            {
                "user_id": self.worker.id,
                "form_id": form.id,
                "day": self.today,
                "seconds": seconds,
            }
        )

    def test_week_is_put_right(self):
        last = self.today - timedelta(days=7)
        self.case.with_user(self.worker).log_time(60, "travel", date=last)
        visit = self.case.with_user(self.worker).open_form("visit")
        accepted = self._propose(self.form, 2700)
        declined = self._propose(visit, 600)
        self.start_tour("/odoo/my-week", "sos_time_week", login="worker")
        self.assertEqual(accepted.state, "accepted")
        self.assertEqual(declined.state, "declined")
        self.assertAlmostEqual(accepted.line_id.unit_amount, 0.5)
        kept = {
            (line.sos_work_kind_id.code, round(line.unit_amount * 60))
            for line in self._own(("date", "=", self.today))
        }
        self.assertEqual(kept, {("recording", 30), ("travel", 80), ("meeting", 15)})

    def test_week_on_a_phone(self):
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.case.with_user(self.worker).log_time(20, "phone")
        self.start_tour("/odoo/my-week", "sos_time_week_phone", login="worker")
        self.assertEqual(
            [round(line.unit_amount * 60) for line in self._own()],
            [45],
        )
