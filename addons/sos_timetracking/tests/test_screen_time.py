from datetime import date, timedelta
from functools import partial

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestScreenTime(RefusalsMixin, TimeCommon):
    """What is measured, whose it is, and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.case.with_user(cls.worker).open_form("assessment")
        cls.visit = cls.case.with_user(cls.worker).open_form("visit")

    def setUp(self):
        super().setUp()
        self.screen = self.env["sos.screen.time"].with_user(self.worker)
        self._at("2026-09-07 10:00:00")

    def _at(self, moment):
        clock = freeze_time(moment)
        clock.start()
        self.addCleanup(clock.stop)

    def _pass(self, seconds):
        self._at(fields.Datetime.now() + timedelta(seconds=seconds))

    def _beat(self, seconds=45, form=None, passed=None, user=None):
        """Work for some seconds, and say so."""
        self._pass(seconds if passed is None else passed)
        form = form or self.form
        return self.screen.with_user(user or self.worker).beat(form.id, seconds)

    def _work(self, minutes=10, form=None):
        """:return: what is proposed for it"""
        for _beat in range(minutes):
            self._beat(60, form)
        return self.screen.search(
            [("form_id", "=", (form or self.form).id), ("state", "=", "proposed")]
        )

    def _get_lines(self):
        return self.lines.search([("user_id", "=", self.worker.id)])

    # ---------------------------------------------------------------- measuring

    def test_beats_add_up_to_one_proposal_for_form_and_day(self):
        row = self._work(10)
        self.assertRecordValues(
            row,
            [
                {
                    "user_id": self.worker.id,
                    "day": date(2026, 9, 7),
                    "form_id": self.form.id,
                    "case_id": self.case.id,
                    "seconds": 600,
                    "minutes": 10,
                    "duration": "10 min",
                    "state": "proposed",
                }
            ],
        )
        self.assertFalse(self._get_lines(), "nothing is kept by itself")
        self.assertEqual(self._work(2, self.visit).minutes, 2)
        self._pass(24 * 3600)
        self.assertEqual(self._work(1).mapped("minutes"), [1, 10])

    def test_a_started_minute_is_a_minute(self):
        self._beat(5)
        self.assertEqual(self.screen.search([]).minutes, 1)

    def test_two_tabs_and_devices_count_once(self):
        self.assertEqual(self._beat(45), 45)
        self.assertEqual(self._beat(45, passed=0), 0)
        self.assertEqual(self._beat(45, self.visit, passed=15), 15)
        self.assertEqual(self._beat(45, passed=30), 30)
        self.assertEqual(sum(self.screen.search([]).mapped("seconds")), 90)

    def test_other_people_have_clocks_of_their_own(self):
        self._beat(45)
        self.assertEqual(self._beat(45, passed=0, user=self.manager), 45)

    def test_nobody_claims_more_than_has_passed(self):
        self.assertEqual(self._beat(10**6, passed=0), 120, "the first one")
        self.assertEqual(self._beat(10**6, passed=30), 30)
        self.assertEqual(self._beat(10**6, passed=8 * 3600), 120, "a closed lid")
        self.assertEqual(self._beat(20, passed=3600), 20)

    def test_day_is_that_of_england(self):
        self._at("2026-09-07 23:30:00")
        self.assertEqual(self._work(1).day, date(2026, 9, 8))

    def test_refuse_what_is_no_beat(self):
        for form_id, seconds in (
            (self.form.id, 0),
            (self.form.id, -5),
            (self.form.id, "45"),
            (self.form.id, 4.5),
            (self.form.id, True),
            (self.form.id, None),
            ([self.form.id], 45),
            (False, 45),
        ):
            with self._refused(UserError, "number of seconds"):
                self.screen.beat(form_id, seconds)
        self.assertFalse(self.screen.search([]))

    def test_refuse_form_that_the_user_may_not_read(self):
        with self._refused(AccessError, "."):
            self._beat(user=self.outsider)
        with self._refused(AccessError, "."):
            self._beat(form=self.env["sos.form"].browse(2**30))
        self.assertFalse(self.env["sos.screen.time"].search([]))

    def test_who_keeps_no_time_is_not_measured(self):
        self.assertEqual(self._beat(user=self.auditor), 0)
        for user in (self.auditor, self.lead, self.analyst, self.configurator):
            with self.subTest(user=user.login):
                self.assertIsNone(self.screen.with_user(user)._get_measuring())
        self.assertFalse(self.env["sos.screen.time"].search([]))

    def test_measuring_can_be_switched_off(self):
        self.assertEqual(self.screen._get_measuring(), {"idle": 120, "beat": 45})
        self.env.company.sos_screen_idle_minutes = 5
        self.assertEqual(self.screen._get_measuring()["idle"], 300)
        self.env.company.sos_screen_measured = False
        self.assertIsNone(self.screen._get_measuring())
        self.assertEqual(self._beat(), 0)
        self.assertFalse(self.screen.search([]))

    def test_timer_on_the_same_form_counts_instead(self):
        timers = self.env["sos.timer"].with_user(self.worker)
        timers.start("sos.form", self.form.id)
        self.assertEqual(self._beat(), 0)
        self.assertEqual(self._beat(form=self.visit), 45)
        self._pass(24 * 3600)
        self.assertEqual(self._beat(), 45, "a forgotten timer counts nothing")

    def test_beat_is_cheap_and_no_look(self):
        self._beat()
        self.env.flush_all()
        looks = self.env["sos.access.log"].sudo().search_count([])
        self._pass(45)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.screen.beat(self.form.id, 45)
        self.assertEqual(self.env["sos.access.log"].sudo().search_count([]), looks)
        self.assertFalse(
            self.env["sos.change.log"].search([("res_model", "=", "sos.screen.time")])
        )

    # ------------------------------------------------------------------- privacy

    def test_nobody_else_reads_it(self):
        row = self._work(3)
        admin = self.env.ref("base.user_admin")
        approver = new_test_user(
            self.env,
            login="approver",
            groups="base.group_user,hr_timesheet.group_timesheet_manager",
        )
        for user in (
            self.manager,
            self.service_manager,
            self.support,
            self.auditor,
            self.configurator,
            approver,
            admin,
        ):
            theirs = row.with_user(user)
            with self.subTest(user=user.login):
                for look in (
                    partial(theirs.read, ["seconds"]),
                    theirs.action_accept,
                    theirs.action_decline,
                    theirs.action_propose_again,
                    theirs.action_open,
                    partial(theirs.write, {"corrected_minutes": 1}),
                ):
                    with self.assertRaises(AccessError):
                        look()
                if theirs.has_access("read"):
                    self.assertFalse(theirs.search([]))
                    self.assertFalse(theirs.web_read_group([], ["day:day"])["groups"])
        self.assertEqual(row.state, "proposed")

    def test_measured_time_is_not_changed_by_hand(self):
        row = self._work(3)
        line = self.visit.log_time(20, "recording")
        for values in (
            {"seconds": 36000},
            {"state": "accepted"},
            {"form_id": self.visit.id},
            {"line_id": line.id},
            {"day": "2026-09-01"},
            {"user_id": self.manager.id},
        ):
            with self._refused(UserError, "cannot be changed"):
                row.write(values)
        for change in (
            lambda: self.screen.create({"form_id": self.form.id, "seconds": 60}),
            row.unlink,
        ):
            with self._refused(AccessError, "."):
                change()

    def test_row_of_a_lost_family_says_no_name(self):
        row = self._work(3)
        self.case.write({"restricted": True, "named_reader_ids": self.manager.ids})
        self.env.invalidate_all()
        self.assertNotIn("Hill", str(row.read()))
        with self._refused(AccessError, "."):
            row.action_accept()
        row.action_decline()

    # ----------------------------------------------------------------- proposals

    def test_accept(self):
        row = self._work(10)
        line = row.action_accept()
        self.assertRecordValues(
            line,
            [
                {
                    "sos_form_id": self.form.id,
                    "date": date(2026, 9, 7),
                    "sos_origin": "screen",
                    "sos_work_kind_id": self._code("work_kind", "recording").id,
                }
            ],
        )
        self.assertEqual(self.form.time_minutes, 10)
        self.assertEqual((row.state, row.line_id), ("accepted", line))
        row.action_accept(25, "reflection")
        self.assertEqual(self.form.time_minutes, 25, "the same line, put right")
        self.assertEqual(line.sos_work_kind_id.code, "reflection")
        self.assertEqual(len(self._get_lines()), 1)

    def test_correct_and_accept(self):
        row = self._work(10)
        row.duration = "0:35"
        self.assertEqual((row.minutes, row.seconds), (35, 600))
        row.action_accept()
        self.assertEqual(self.form.time_minutes, 35)
        self._work(10, self.visit).action_accept(minutes=4)
        self.assertEqual(self.visit.time_minutes, 4)

    def test_refuse_what_is_no_length_of_time(self):
        row = self._work(10)
        for text in ("soon", "", "25h", "-1", "1h75", "0"):
            with self.subTest(text=text), self._refused(UserError, "1h20, 1:20, 80m"):
                row.duration = text
        for minutes in (-1, 1441):
            with self._refused(UserError, "at most a day"):
                row.corrected_minutes = minutes
        for minutes in (0, -5, 1441, "30", 1.5):
            with self._refused(UserError, "not a number of minutes"):
                row.action_accept(minutes)
        self.assertEqual(row.duration, "10 min")
        self.assertFalse(self._get_lines())

    def test_accept_all(self):
        self._work(10)
        self._work(5, self.visit)
        self._beat(user=self.manager)
        self.screen.action_accept_all()
        self.assertEqual((self.form.time_minutes, self.visit.time_minutes), (10, 5))
        theirs = self.screen.with_user(self.manager).search([])
        self.assertEqual(theirs.state, "proposed")

    def test_decline_and_the_way_back(self):
        row = self._work(10)
        row.action_decline()
        self.assertEqual(row.state, "declined")
        self.assertFalse(self._get_lines())
        row.action_propose_again()
        self.assertEqual(row.state, "proposed")
        row.action_accept()
        with self._refused(UserError, "accepted already"):
            row.action_decline()
        row.action_propose_again()
        self.assertFalse(self._get_lines())
        self.assertEqual(row.minutes, 10)

    def test_who_goes_on_working_gets_a_new_proposal(self):
        row = self._work(10)
        row.action_accept()
        more = self._work(5)
        self.assertNotEqual(more, row)
        self.assertEqual(more.minutes, 5)
        self.assertEqual(more.kept_text, "10 min")
        row.action_propose_again()
        self.assertEqual(row.minutes, 15, "one proposal again")
        self.assertFalse(more.exists())
        self.assertFalse(self._get_lines())

    def test_number_in_the_top_bar(self):
        timers = self.env["sos.timer"].with_user(self.worker)
        self._work(1)
        self._pass(24 * 3600)
        row = self._work(1)[:1]
        self.assertEqual(timers.get_mine()["proposals"], 2)
        row.action_accept()
        self.assertEqual(timers.get_mine()["proposals"], 1)

    def test_refuse_locked_day(self):
        row = self._work(10)
        self.env.company.sos_time_locked_until = "2026-09-07"
        with self._refused(UserError, "07/09/2026 is locked"):
            self.screen.action_accept_all()
        self.assertEqual(row.state, "proposed")
        self.env.company.sos_time_locked_until = False
        row.action_accept()
        self.env.company.sos_time_locked_until = "2026-09-07"
        for change in (row.action_propose_again, lambda: row.action_accept(5)):
            with self._refused(UserError, "07/09/2026 is locked"):
                change()
        self.assertEqual((row.state, self.form.time_minutes), ("accepted", 10))

    def test_refuse_more_than_a_day(self):
        row = self._work(10)
        self.form.log_time(23 * 60 + 55, "recording")
        with self._refused(ValidationError, "more than 24 hours on 07/09/2026"):
            row.action_accept()
        self.assertEqual(row.state, "proposed")

    def test_old_rows_go_and_time_stays(self):
        self._work(10).action_accept()
        self._pass(91 * 24 * 3600)
        self.env["sos.screen.time"]._gc_screen_time()
        self.assertFalse(self.screen.search([]))
        self.assertEqual(self.form.time_minutes, 10)

    def test_row_follows_its_form_to_another_family(self):
        (self.form | self.visit).action_cancel("Opened by mistake.")
        form = self._open("visit", self.robin)
        row = self._work(5, form)
        case = self.case.with_user(self.manager)
        merge = case._split("Moor", self.robin, "Two households.", both=self.alex)
        self.env.invalidate_all()
        self.assertEqual(row.sudo().case_id, merge.merged_case_id)

    def test_subject_access_request_does_not_tell(self):
        self._work(10)
        requests = self.env["sos.subject.request"].with_user(self.service_manager)
        request = requests.create({"person_id": self.sam.id})
        request.action_gather()
        models = {key.partition(",")[0] for key in request.piece_ids.mapped("key")}
        self.assertIn("sos.case", models)
        self.assertNotIn("sos.screen.time", models)
