from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimerScreens(TimeCommon, HttpCase):
    """The timer and the measuring of time at the screen in a browser. Time passes only
    as the steps say, in the browser and on the server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].search([]).tz = "Europe/London"
        cls.visit = cls.case.with_user(cls.worker).open_form("visit")
        cls.env["sos.allocation"].with_user(cls.manager).create(
            {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"}
        )
        cls.timers = cls.env["sos.timer"].with_user(cls.worker)
        cls.screen = cls.env["sos.screen.time"].with_user(cls.worker)

    def _get_lines(self):
        return self.lines.search([("user_id", "=", self.worker.id)])

    def _start(self, **ago):
        self.timers.start("sos.form", self.visit.id)
        self._put_back(**ago)

    def _put_back(self, **ago):
        timer = self.timers._get_running().sudo()
        timer.started_at = fields.Datetime.now() - timedelta(**ago)
        self.env.flush_all()

    def _tour(self, name, url=None):
        url = url or f"/odoo/sos.form/{self.visit.id}"
        self.start_tour(url, name, login="worker")
        self.env.invalidate_all()

    # -------------------------------------------------------------------- timer

    def test_timer_survives_the_browser(self):
        noon = self.env["res.company"]._sos_local_date(fields.Datetime.now())
        self._tour("sos_timer_start")
        self.assertEqual(self.timers._get_running().form_id, self.visit)
        self._put_back(minutes=25, seconds=10)
        with patch.object(type(self.timers), "_is_forgotten", lambda timer: False):
            # a new browser, logged in again
            self._tour("sos_timer_stop")
        line = self._get_lines()
        self.assertEqual(line.sos_origin, "timer")
        self.assertEqual(line.sos_work_kind_id.code, "direct")
        self.assertEqual(round(line.unit_amount * 60), 25)
        self.assertLessEqual(line.date, noon)

    def test_second_timer_asks_and_keeps_the_first(self):
        self._start(minutes=25)
        with patch.object(type(self.timers), "_is_forgotten", lambda timer: False):
            self._tour("sos_timer_second", f"/odoo/sos.case/{self.case.id}")
        self.assertEqual(self._get_lines().sos_form_id, self.visit)
        self.assertFalse(self.timers._get_running())

    def test_forgotten_timer_asks(self):
        self._start(days=1)
        self._tour("sos_timer_forgotten")
        line = self._get_lines()
        self.assertEqual(round(line.unit_amount * 60), 80)
        self.assertLess(line.date, self._today())

    # -------------------------------------------------------------- screen time

    def _clock(self, step):
        """The server's clock goes on by so many seconds from beat to beat."""
        moments = iter(range(0, 10**6, step or 1))
        start = fields.Datetime.now()
        return patch.object(
            type(self.screen),
            "_get_now",
            lambda model: start + timedelta(seconds=step and next(moments)),
        )

    def test_typing_counts_and_nothing_else(self):
        with self._clock(120):
            self._tour("sos_screen_time", "/odoo/my-families")
        row = self.screen.search([])
        self.assertEqual(row.form_id, self.visit)
        self.assertEqual(row.seconds, 270)
        self.assertFalse(self._get_lines(), "nothing is kept by itself")

    def test_two_tabs_count_once(self):
        with self._clock(0):
            self._tour("sos_screen_time_tab", "/odoo/my-families")
            once = self.screen.search([]).seconds
            self._tour("sos_screen_time_tab", "/odoo/my-families")
        self.assertGreater(once, 0)
        self.assertEqual(self.screen.search([]).seconds, once)

    def test_proposals_are_put_right_accepted_and_declined(self):
        assessment = self._open("assessment")
        with self._clock(120):
            for form in (self.visit, assessment):
                self.screen.beat(form.id, 100)
        self._tour("sos_screen_time_accept")
        self.assertEqual(self.visit.time_minutes, 65)
        self.assertEqual(len(self._get_lines()), 1)
        rows = self.screen.search([])
        self.assertEqual(
            {row.form_id: row.state for row in rows},
            {self.visit: "accepted", assessment: "declined"},
        )
