from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimer(RefusalsMixin, TimeCommon):
    """One timer a person, kept on the server; what it becomes when it is stopped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.case.with_user(cls.worker).open_form("visit")

    def setUp(self):
        super().setUp()
        self._at("2026-09-07 10:00:00")
        self.timers = self.env["sos.timer"].with_user(self.worker)

    def _at(self, moment):
        """It is this moment now, in UTC; England is an hour ahead in summer."""
        clock = freeze_time(moment)
        clock.start()
        self.addCleanup(clock.stop)

    def _start(self, record=None, **options):
        record = record or self.form
        return self.timers.start(record._name, record.id, **options)

    def _get_lines(self):
        return self.lines.search([("user_id", "=", self.worker.id)])

    def _assert_runs_and_nothing_kept(self, number=0):
        self.assertEqual(len(self._get_lines()), number)
        self.assertTrue(self.timers._get_running())

    # ------------------------------------------------------------ start and stop

    def test_stop_makes_a_line(self):
        shown = self._start(kind_code="direct")
        self.assertEqual(shown["timer"]["label"], f"Visit {self.form.reference}")
        self._at("2026-09-07 10:47:10")
        self.assertEqual(self.timers.get_mine()["timer"]["seconds"], 47 * 60 + 10)
        shown = self.timers.stop()
        self.assertIsNone(shown["timer"])
        self.assertEqual(shown["message"], f"Visit {self.form.reference}: 47 min kept.")
        line = self._get_lines()
        self.assertRecordValues(
            line,
            [
                {
                    "sos_form_id": self.form.id,
                    "date": date(2026, 9, 7),
                    "sos_origin": "timer",
                    "sos_work_kind_id": self._code("work_kind", "direct").id,
                }
            ],
        )
        self.assertEqual(round(line.unit_amount * 60), 47)

    def test_runs_on_a_family_file_and_for_a_team(self):
        case, team = self.case.with_user(self.worker), self.team
        self.assertEqual(
            self._start(case)["timer"]["label"], f"Family file {case.reference}"
        )
        self._at("2026-09-07 10:30:00")
        shown = self._start(team, kind_code="meeting", stop_running=True)
        self.assertIn("30 min kept", shown["message"])
        self.assertEqual(case.time_minutes, 30)
        self._at("2026-09-07 11:30:00")
        self.timers.stop()
        self.assertEqual(team.with_user(self.worker).time_minutes, 60)

    def test_label_says_no_name(self):
        for record in (self.form, self.case):
            with self.subTest(model=record._name):
                self._start(record)
                self.assertNotIn("Hill", str(self.timers.get_mine()))
                self.timers.discard()

    def test_kind_of_work_is_changed_while_it_runs(self):
        self._start()
        shown = self.timers.set_kind("travel")
        self.assertEqual(shown["timer"]["kind"], "travel")
        self._at("2026-09-07 10:20:00")
        self.timers.stop()
        self.assertEqual(self._get_lines().sos_work_kind_id.code, "travel")

    def test_discard_keeps_nothing(self):
        self._start()
        self._at("2026-09-07 10:20:00")
        self.assertIsNone(self.timers.discard()["timer"])
        self.assertFalse(self._get_lines())

    def test_no_rounding_unless_set(self):
        for step, seconds, minutes in (
            (0, 61, 1),
            (0, 90, 2),
            (0, 30, 1),
            (6, 61, 6),
            (6, 6 * 60, 6),
            (15, 16 * 60, 30),
        ):
            with self.subTest(step=step, seconds=seconds):
                self._get_lines().sudo().unlink()
                self.env.company.sos_timer_round_minutes = step
                self._at("2026-09-07 10:00:00")
                self._start()
                with patch.object(
                    type(self.timers), "_get_seconds", lambda timer, s=seconds: s
                ):
                    self.timers.stop()
                self.assertEqual(self.form.time_minutes, minutes)

    def test_under_half_a_minute_is_said_and_not_kept(self):
        self._start()
        self._at("2026-09-07 10:00:20")
        self.assertIn("nothing was kept", self.timers.stop()["message"])
        self.assertFalse(self._get_lines())

    def test_time_of_who_lost_the_family_is_thrown_away_or_added_elsewhere(self):
        self._start()
        self.case.write({"restricted": True, "named_reader_ids": self.manager.ids})
        self.env.invalidate_all()
        shown = self.timers.get_mine()
        self.assertNotIn("Hill", str(shown))
        self._at("2026-09-07 11:00:00")
        with self._refused(AccessError, "."):
            self.timers.stop()
        self._assert_runs_and_nothing_kept()
        self.timers.discard()

    # ---------------------------------------------------------------- forgotten

    def test_forgotten_over_night(self):
        self._at("2026-09-07 15:02:00")
        self._start()
        self._at("2026-09-08 07:30:00")
        question = self.timers.get_mine()["timer"]["question"]
        self.assertEqual(
            question,
            f"You started “Visit {self.form.reference}” yesterday at 16:02. "
            "How long was it?",
        )
        with self._refused(UserError, "yesterday at 16:02"):
            self.timers.stop()
        self._assert_runs_and_nothing_kept()
        self.timers.answer("1h20")
        line = self._get_lines()
        self.assertEqual((line.date, line.sos_origin), (date(2026, 9, 7), "timer"))
        self.assertEqual(self.form.time_minutes, 80)

    def test_forgotten_on_the_same_day(self):
        self._at("2026-09-07 06:00:00")
        self._start()
        self._at("2026-09-07 16:00:00")
        self.assertIsNone(self.timers.get_mine()["timer"]["question"])
        self._at("2026-09-07 16:00:01")
        self.assertIn("today at 07:00", self.timers.get_mine()["timer"]["question"])
        self.env.company.sos_timer_hours = 12
        self.assertIsNone(self.timers.get_mine()["timer"]["question"])

    def test_forgotten_since_last_week(self):
        self._start()
        self._at("2026-09-14 08:00:00")
        self.assertIn(
            "07/09/2026 at 11:00", self.timers.get_mine()["timer"]["question"]
        )
        self.timers.discard()
        self.assertFalse(self._get_lines())

    def test_midnight_is_that_of_england(self):
        self._at("2026-09-07 22:50:00")
        self._start()
        self._at("2026-09-07 23:10:00")
        self.assertIn("yesterday at 23:50", self.timers.get_mine()["timer"]["question"])

    def test_forgotten_one_stops_no_new_one_by_itself(self):
        self._start()
        self._at("2026-09-08 08:00:00")
        with self._refused(UserError, "How long was it"):
            self._start(self.case, stop_running=True)
        self._assert_runs_and_nothing_kept()

    # ----------------------------------------------------------------- refusals

    def test_overlapping_timers(self):
        self._start()
        with self._refused(UserError, "A timer runs already: Visit .* since 11:00"):
            self._start(self.case)
        self.assertEqual(self.timers._get_running().form_id, self.form)
        # nor past the method
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.timers._get_running().sudo().copy()

    def test_somebody_elses_timer_is_not_touched(self):
        self._start()
        other = self.env["sos.timer"].with_user(self.manager)
        with self._refused(UserError, "No timer runs"):
            other.stop()
        self.assertIsNone(other.get_mine()["timer"])
        timer = self.timers._get_running().sudo(False)
        for user in (self.manager, self.service_manager, self.support):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                timer.with_user(user).read(["started_at"])
        for change in (
            lambda: timer.write({"started_at": "2026-09-01 08:00:00"}),
            lambda: timer.unlink(),
            lambda: self.timers.create(
                {
                    "form_id": self.form.id,
                    "kind_id": timer.kind_id.id,
                    "started_at": "2026-09-01 08:00:00",
                }
            ),
        ):
            with self._refused(AccessError, "."):
                change()

    def test_who_is_blocked_throws_the_timer_away(self):
        """Not kept on a family that may not be read any more, and no way blocked."""
        self._start()
        self.env["sos.access.block"].create(
            {
                "case_id": self.case.id,
                "user_id": self.worker.id,
                "reason": "The family is known to them.",
            }
        )
        self._at("2026-09-07 10:40:00")
        with self._refused(AccessError, "."):
            self.timers._get_running().sudo(False).read(["started_at"])
        shown = self.timers.get_mine()["timer"]
        self.assertEqual(shown["label"], f"Visit {self.form.reference}")
        with self._refused(AccessError, "."):
            self.timers.stop()
        self._assert_runs_and_nothing_kept()
        self.assertIsNone(self.timers.discard()["timer"])
        self.assertFalse(self._get_lines())

    def test_refuse_without_rights(self):
        outside = self.env["sos.timer"].with_user(self.outsider)
        for record in (self.form, self.case):
            with self._refused(AccessError, "."):
                outside.start(record._name, record.id)
        with self._refused(UserError, "not in the team North"):
            outside.start("sos.team", self.team.id)
        for user in (self.auditor, self.configurator, self.analyst):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["sos.timer"].with_user(user).start("sos.form", self.form.id)

    def test_refuse_what_no_timer_runs_on(self):
        for model, number, kind, words in (
            ("res.users", self.worker.id, "recording", "on a form"),
            ("sos.person", self.sam.id, "recording", "on a form"),
            ("sos.form", str(self.form.id), "recording", "on a form"),
            ("sos.form", 0, "recording", "not there"),
            ("sos.form", 2**30, "recording", "not there"),
            ("sos.form", self.form.id, "sleeping", "recording, direct"),
        ):
            with self.subTest(words=words), self._refused(UserError, words):
                self.timers.start(model, number, kind)
        self.assertFalse(self.timers._get_running())

    def test_refuse_without_employee(self):
        self.worker.employee_id.active = False
        with self._refused(UserError, "list of employees"):
            self._start()

    def test_refuse_when_none_runs(self):
        for call in (
            self.timers.stop,
            self.timers.discard,
            lambda: self.timers.answer("1h"),
            lambda: self.timers.set_kind("travel"),
        ):
            with self._refused(UserError, "No timer runs"):
                call()

    def test_refuse_what_is_no_length_of_time(self):
        self._start()
        self._at("2026-09-08 08:00:00")
        for text in ("", "soon", "0", "-1", "25h", "1h75", None, 90):
            with self.subTest(text=text), self._refused(UserError, "1h20, 1:20, 80m"):
                self.timers.answer(text)
            self._assert_runs_and_nothing_kept()

    def test_refuse_longer_than_it_ran(self):
        self._at("2026-09-07 22:30:00")
        self._start()
        self._at("2026-09-08 00:00:00")
        with self._refused(UserError, "has not run for 2 h yet"):
            self.timers.answer("2h")
        self._assert_runs_and_nothing_kept()
        self.timers.answer("1h30")

    def test_refuse_end_before_start(self):
        self._start()
        self._at("2026-09-07 09:00:00")
        with self._refused(UserError, "ends before it starts"):
            self.timers.stop()
        self._assert_runs_and_nothing_kept()

    def test_refuse_locked_day(self):
        self._start()
        self.env.company.sos_time_locked_until = "2026-09-07"
        self._at("2026-09-07 11:00:00")
        with self._refused(UserError, "07/09/2026 is locked"):
            self.timers.stop()
        self._assert_runs_and_nothing_kept()
        with self._refused(UserError, "07/09/2026 is locked"):
            self._start(self.case, stop_running=True)
        self.assertEqual(self.timers._get_running().form_id, self.form)

    def test_refuse_more_than_a_day(self):
        self.form.log_time(23 * 60 + 30, "recording")
        self._start()
        self._at("2026-09-07 11:00:00")
        with self._refused(ValidationError, "more than 24 hours on 07/09/2026"):
            self.timers.stop()
        self._assert_runs_and_nothing_kept(1)

    def test_settings_have_limits(self):
        for values in (
            {"sos_timer_round_minutes": -1},
            {"sos_timer_hours": 0},
            {"sos_timer_hours": 25},
            {"sos_screen_idle_minutes": 0},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.env.company.write(values)
                self.env.flush_all()

    # ------------------------------------------------------------------- merging

    def test_timer_follows_its_family(self):
        timer = self.env["sos.timer"].sudo()
        other = self._new_family()
        self._start(other)
        self.case.with_user(self.manager)._merge(
            other.with_user(self.manager), "One family."
        )
        self.assertEqual(timer.search([]).case_id, self.case)
        self._at("2026-09-07 10:30:00")
        self.timers.stop()
        self.assertEqual(self._get_lines().sos_case_id, self.case)
