from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import TimeCommon

MONDAY, TUESDAY = "2026-09-07", "2026-09-08"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-09 10:00:00")
class TestTimeWeek(RefusalsMixin, TimeCommon):
    """A Wednesday. The week is the worker's own, and so is each cell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.case.with_user(cls.worker).open_form("assessment")
        cls.recording = f"form:{cls.form.id}:recording"
        cls.travel = f"case:{cls.case.id}:travel"
        cls.meeting = f"team:{cls.team.id}:meeting"

    def _week(self, user=None):
        return self.env["sos.time.week"].with_user(user or self.worker)

    def _get(self, user=None, day=None, works=()):
        return self._week(user).get_week(day, works)

    def _rows(self, *args, **kwargs):
        return {row["key"]: row for row in self._get(*args, **kwargs)["rows"]}

    def _set(self, key, day, text, known=0, user=None, **values):
        return self._week(user).set_cell(key, day, text, known, **values)

    def _own(self, user=None):
        user = user or self.worker
        return self.lines.sudo().search([("user_id", "=", user.id)])

    def _propose(self, seconds=2700, day=MONDAY, user=None):
        return self.env["sos.screen.time"].create(
            {
                "user_id": (user or self.worker).id,
                "form_id": self.form.id,
                "day": day,
                "seconds": seconds,
            }
        )

    # ---------------------------------------------------------------- the week

    def test_week_with_its_days_and_rows(self):
        self.form.log_time(50, "recording", date=MONDAY, note="A draft")
        self.form.log_time(30, "recording", date=MONDAY)
        self.case.with_user(self.worker).log_time(45, "travel", date=TUESDAY)
        self.team.with_user(self.worker).log_time(60, "meeting", date=TUESDAY)
        self.form.log_time(15, "recording", date="2026-09-06")
        week = self._get()
        self.assertEqual(
            (week["start"], week["today"], week["title"]),
            (MONDAY, "2026-09-09", "7 – 13 September 2026"),
        )
        self.assertEqual([day["name"] for day in week["days"]][::6], ["Mon", "Sun"])
        self.assertEqual(
            [day["future"] for day in week["days"]], [False] * 3 + [True] * 4
        )
        rows = {row["key"]: row for row in week["rows"]}
        self.assertEqual(set(rows), {self.recording, self.travel, self.meeting})
        self.assertEqual(week["rows"][-1]["key"], self.meeting, "the team comes last")
        cell = rows[self.recording]["cells"][MONDAY]
        self.assertEqual(cell["text"], "1h20")
        self.assertEqual((cell["lines"], cell["notes"]), (2, ["A draft"]))
        self.assertEqual(list(rows[self.recording]["cells"]), [MONDAY])
        self.assertIn("Hill", rows[self.recording]["about"])
        self.assertEqual(rows[self.travel]["kind"], "Travel")
        self.assertIn("phone", [kind["code"] for kind in week["kinds"]])
        self.assertIsNone(week["notice"])
        self.assertEqual(
            self._get(day="2026-09-06")["rows"][0]["cells"]["2026-09-06"]["minutes"], 15
        )

    def test_title_across_months_and_years(self):
        for day, title in {
            "2026-10-01": "28 September – 4 October 2026",
            "2026-12-31": "28 December 2026 – 3 January 2027",
        }.items():
            with self.subTest(day=day):
                self.assertEqual(self._get(day=day)["title"], title)

    def test_working_hours_of_each_day(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "37 hours",
                "tz": "Europe/London",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 16.4,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        employee = self.worker.employee_id
        employee.resource_calendar_id = calendar
        self.env["sos.day.off"].create({"name": "A day off", "date": "2026-09-11"})
        self.assertEqual(
            [day["expected"] for day in self._get()["days"]],
            [444, 444, 444, 444, None, None, None],
        )
        employee.resource_calendar_id = False
        self.assertFalse(any(day["expected"] for day in self._get()["days"]))

    def test_who_is_no_employee_is_told(self):
        self.worker.employee_id.active = False
        self.assertIn("list of employees", self._get()["notice"])
        with self._refused(UserError, "list of employees"):
            self._set(self.travel, MONDAY, "1h")

    def test_rows_asked_for_are_those_one_may_keep_time_on(self):
        works = [self.travel, "case:0:travel", "form:1", None, "res.users:1:x", 5]
        self.assertEqual(list(self._rows(works=works)), [self.travel])
        self.assertFalse(self._rows(self.outsider, works=[self.travel, self.meeting]))
        self.assertFalse(self._rows(works=[f"team:{self.other_team.id}:meeting"]))
        self.assertFalse(self._rows(works=[f"case:{2**40}:travel"]))
        self.assertFalse(self._rows(works="case"))

    def test_few_queries_whatever_the_number_of_lines(self):
        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._get()
            return self.env.cr.sql_log_count - before

        self.form.log_time(1, "recording", date=MONDAY)
        self.case.with_user(self.worker).log_time(1, "travel", date=MONDAY)
        self.team.with_user(self.worker).log_time(1, "meeting", date=MONDAY)
        count()
        few = count()
        for number in range(5):
            family = self._new_family().with_user(self.worker)
            form = family.open_form("visit")
            for day in (MONDAY, TUESDAY):
                form.log_time(number + 1, "recording", date=day)
                form.log_time(number + 1, "direct", date=day)
        self.assertEqual(len(self._rows()), 13)
        self.assertEqual(count(), few)

    # --------------------------------------------------------------- the cells

    def test_type_change_empty_and_undo(self):
        done = self._set(self.travel, MONDAY, "1:20")
        self.assertEqual((done["minutes"], done["undo"]["text"]), (80, ""))
        line = self._own()
        self.assertEqual(line.user_id, self.worker)
        self.assertEqual((line.sos_case_id, line.sos_form_id.id), (self.case, False))
        self.assertEqual(line.date, fields.Date.to_date(MONDAY))
        line.sos_note = "By train"
        done = self._set(self.travel, MONDAY, "45m", known=80)
        self.assertEqual(self._own(), line, "changed, not replaced")
        self.assertEqual(done["undo"]["text"], "1h20")
        self.assertIsNone(self._set(self.travel, MONDAY, "0:45", known=45)["undo"])
        undo = self._set(self.travel, MONDAY, " ", known=45)["undo"]
        self.assertFalse(self._own())
        undo.pop("proposal")
        self._set(self.travel, MONDAY, undo.pop("text"), **undo)
        self.assertEqual(self._own().sos_note, "By train")
        self.assertAlmostEqual(self._own().unit_amount, 0.75)

    def test_form_family_and_team_are_cells_of_their_own(self):
        on_form = f"form:{self.form.id}:travel"
        for key in (on_form, self.travel, self.recording, self.meeting):
            self._set(key, MONDAY, "10m")
        rows = self._rows()
        self.assertEqual(
            set(rows), {on_form, self.travel, self.recording, self.meeting}
        )
        for key, row in rows.items():
            with self.subTest(key=key):
                self.assertEqual(row["cells"][MONDAY]["minutes"], 10)

    def test_from_when_to_when(self):
        self._set(self.travel, MONDAY, "9:15-10:35")
        self.assertAlmostEqual(self._own().unit_amount, 80 / 60)
        with self._refused(UserError, r"The end, 9:00, is before the start, 10:35\."):
            self._set(self.travel, TUESDAY, "10:35-9:00")

    def test_refused_and_nothing_stored(self):
        self.env.company.sos_time_locked_until = "2026-08-31"
        self.form.log_time(23 * 60, "direct", date=TUESDAY)
        lines = self._own()
        for text, day, words in (
            ("soon", MONDAY, "“soon” is not a length of time"),
            ("25", MONDAY, "“25” is not a length of time up to a day"),
            ("-1", MONDAY, "not a length of time"),
            ("2h", TUESDAY, "more than 24 hours on 08/09/2026"),
            ("1h", "2026-09-10", "10/09/2026 is in the future"),
            ("1h", "2026-08-31", "31/08/2026 is locked"),
            ("1h", "tomorrow", "not a date"),
            ("1h", "0001-01-01", "not a date"),
            ("1h", None, "which day"),
            (5, MONDAY, "Type a length of time"),
        ):
            with self.subTest(text=text, day=day), self._refused(UserError, words):
                self._set(self.travel, day, text)
        for key in ("", None, "case", "user:1:travel", f"case:{self.case.id}"):
            with self.subTest(key=key), self._refused(UserError, "no row"):
                self._set(key, MONDAY, "1h")
        with self._refused(UserError, "no kind of work"):
            self._set(f"case:{self.case.id}:sleeping", MONDAY, "1h")
        with self._refused(UserError, "no way to keep time"):
            self._set(self.travel, MONDAY, "1h", origin="dream")
        self.assertEqual(self._own(), lines)

    def test_locked_time_is_neither_changed_nor_emptied(self):
        self._set(self.travel, MONDAY, "1h")
        self.env.company.sos_time_locked_until = MONDAY
        for text in ("2h", ""):
            with self._refused(UserError, "is locked"):
                self._set(self.travel, MONDAY, text, known=60)
        self.assertEqual(self._own().unit_amount, 1)
        locked = [day["locked"] for day in self._get()["days"]]
        self.assertEqual(locked, [True] + [False] * 6)

    def test_refuse_to_overwrite_what_was_not_seen(self):
        self._set(self.travel, MONDAY, "1h")
        with self._refused(UserError, "changed elsewhere .* is 1 h now"):
            self._set(self.travel, MONDAY, "2h", known=0)
        with self._refused(UserError, "is empty now"):
            self._set(self.travel, TUESDAY, "2h", known=30)

    def test_several_lines_are_opened_and_not_overwritten(self):
        self.form.log_time(20, "recording", date=MONDAY)
        self.form.log_time(25, "recording", date=MONDAY)
        with self._refused(UserError, "2 entries here"):
            self._set(self.recording, MONDAY, "1h", known=45)
        action = self._week().action_open_cell(self.recording, MONDAY)
        lines = self.lines.with_user(self.worker)
        self.assertEqual(lines.search(action["domain"]), self._own())

    # ----------------------------------------------------------- other people

    def test_another_persons_time_is_neither_shown_nor_changed(self):
        self.form.log_time(60, "recording", date=MONDAY)
        line = self._own()
        # the manager reads the line, and has a week without it
        manager_lines = self.lines.with_user(self.manager)
        self.assertIn(line, manager_lines.search([("sos_form_id", "=", self.form.id)]))
        self.assertFalse(self._rows(self.manager))
        self._set(self.recording, MONDAY, "30m", user=self.manager)
        self.assertEqual(line.unit_amount, 1)
        self.assertEqual(self._own(self.manager).unit_amount, 0.5)
        self._set(self.recording, MONDAY, "", known=30, user=self.manager)
        self.assertTrue(line.exists())
        self.assertFalse(self._week(self.manager).copy_last_week("2026-09-14")["works"])
        action = self._week(self.manager).action_open_cell(self.recording, MONDAY)
        self.assertFalse(manager_lines.search(action["domain"]))

    def test_refuse_work_that_is_not_ones_own(self):
        for key in (self.recording, self.travel, f"case:{2**31 - 1}:travel"):
            with self.subTest(key=key), self._refused(UserError, "do not read this"):
                self._set(key, MONDAY, "1h", user=self.outsider)
        with self._refused(UserError, "not in the team North"):
            self._set(self.meeting, MONDAY, "1h", user=self.outsider)
        self.assertFalse(self._own(self.outsider))

    def test_refuse_roles_without_time(self):
        week = self._week(self.auditor)
        for call in (
            lambda: week.get_week(),
            lambda: week.find_work("Hill"),
            lambda: week.set_cell(self.travel, MONDAY, "1h", 0),
            lambda: week.copy_last_week(MONDAY, True),
            lambda: week.accept_proposals([1]),
            lambda: week.action_open_cell(self.travel, MONDAY),
        ):
            with self._refused(AccessError, "Your role keeps no time"):
                call()

    def test_time_on_a_family_one_reads_no_more_is_kept_without_its_name(self):
        self._set(self.travel, MONDAY, "1h")
        self._set(self.recording, MONDAY, "1h")
        self.case.write({"restricted": True, "named_reader_ids": self.manager.ids})
        self.env.invalidate_all()
        rows = self._rows(works=[self.travel])
        self.assertNotIn("Hill", str(rows))
        self.assertEqual({row["open"] for row in rows.values()}, {False})
        self._set(self.travel, MONDAY, "30m", known=60)
        with self._refused(UserError, "do not read this"):
            self._set(self.travel, TUESDAY, "1h")
        self.assertFalse(self._week().copy_last_week("2026-09-14", True)["works"])

    # -------------------------------------------------------------- proposals

    def test_proposals_are_shown_beside_and_accepted(self):
        row = self._propose()
        self._propose(user=self.manager)
        week = self._get()
        self.assertEqual(
            week["proposals"],
            [
                {
                    "id": row.id,
                    "key": self.recording,
                    "day": MONDAY,
                    "minutes": 45,
                    "text": "45m",
                }
            ],
        )
        self.assertEqual(week["rows"][0]["cells"], {})
        self._week().accept_proposals(row.ids, "1h")
        line = self._own()
        self.assertEqual((line.unit_amount, line.sos_origin), (1, "screen"))
        self.assertFalse(self._get()["proposals"])
        row.with_user(self.worker).action_propose_again()
        self.assertFalse(self._own())
        self.assertTrue(self._get()["proposals"])

    def test_accept_a_whole_day_as_measured(self):
        visit = self.case.with_user(self.worker).open_form("visit")
        rows = self._propose()
        rows |= self.env["sos.screen.time"].create(
            {
                "user_id": self.worker.id,
                "form_id": visit.id,
                "day": MONDAY,
                "seconds": 600,
            }
        )
        self._week().accept_proposals(rows.ids)
        minutes = sorted(round(line.unit_amount * 60) for line in self._own())
        self.assertEqual(minutes, [10, 45])

    def test_time_typed_over_a_proposal_is_its_correction(self):
        row = self._propose()
        done = self._set(self.recording, MONDAY, "30m")
        self.assertEqual(done["undo"]["proposal"], row.id)
        self.assertEqual((row.state, row.line_id), ("accepted", self._own()))
        self.assertAlmostEqual(self._own().unit_amount, 0.5)

    def test_refuse_proposals_of_others_and_what_is_none(self):
        other = self._propose(user=self.manager)
        own = self._propose()
        two = own | self._propose(day=TUESDAY)
        for ids, text, words in (
            (other.ids, None, "not proposed to you"),
            ((own | other).ids, None, "not proposed to you"),
            ([2**40], None, "which of the proposals"),
            ([], None, "which of the proposals"),
            ("1", None, "which of the proposals"),
            (own.ids, "soon", "not a length of time"),
            (own.ids, "", "not a length of time"),
            (two.ids, "20m", "one time right at a time"),
        ):
            with self.subTest(ids=ids, text=text), self._refused(UserError, words):
                self._week().accept_proposals(ids, text)
        self.assertEqual((two | other).mapped("state"), ["proposed"] * 3)
        self.assertFalse(self._own() | self._own(self.manager))

    # ------------------------------------------------------------ a new week

    def test_copy_last_week_as_rows(self):
        self._set(self.travel, MONDAY, "1h")
        copied = self._week().copy_last_week("2026-09-16")
        self.assertEqual(copied, {"works": [self.travel], "lines": [], "left": 0})
        self.assertEqual(len(self._own()), 1)
        self.assertFalse(self._week().copy_last_week("2026-09-23")["works"])

    def test_copy_last_week_with_its_time(self):
        for day, text in (
            ("2026-08-31", "1h"),
            ("2026-09-01", "2h"),
            ("2026-09-02", "3h"),
            ("2026-09-04", "4h"),
        ):
            self._set(self.travel, day, text)
        self._set(self.travel, TUESDAY, "30m")
        self.env.company.sos_time_locked_until = MONDAY
        copied = self._week().copy_last_week("2026-09-09", with_time=True)
        # Monday is locked, Tuesday has time, Friday has not come
        self.assertEqual(copied["left"], 3)
        made = self.lines.browse(copied["lines"])
        self.assertEqual(made.sudo().mapped("unit_amount"), [3])
        self.assertEqual(str(made.sudo().date), "2026-09-09")
        made.with_user(self.worker).unlink()
        self.assertEqual(len(self._own()), 5)

    # ------------------------------------------------------------------ find

    def _find(self, text, user=None):
        return {row["key"] for row in self._week(user).find_work(text)}

    def test_copy_leaves_what_is_measured(self):
        self._set(self.recording, "2026-08-31", "1h")
        self._propose(day=MONDAY)
        copied = self._week().copy_last_week(MONDAY, with_time=True)
        self.assertEqual((copied["lines"], copied["left"]), ([], 1))

    def test_find_by_number_and_name(self):
        form, case = f"form:{self.form.id}", f"case:{self.case.id}"
        self.assertEqual(self._find(self.form.reference.lower()), {form})
        self.assertEqual(self._find("hill"), {form, case})
        self.assertIn(case, self._find(self.case.reference))
        self.assertEqual(self._find("north"), {f"team:{self.team.id}"})
        self.assertFalse(self._find("nobody of this name"))
        log = self.env["sos.access.log"].sudo().search([], limit=1)
        self.assertEqual((log.operation, log.user_id), ("searched", self.worker))

    def test_find_nothing_of_families_one_does_not_read(self):
        for text in ("hill", self.form.reference, self.case.reference, "north"):
            with self.subTest(text=text):
                self.assertFalse(self._find(text, self.outsider))

    def test_what_time_was_kept_on_lately_is_offered(self):
        self.assertEqual(self._find(""), {f"team:{self.team.id}"})
        self._set(self.recording, MONDAY, "1h")
        self.assertEqual(
            self._find(None), {f"team:{self.team.id}", f"form:{self.form.id}"}
        )
