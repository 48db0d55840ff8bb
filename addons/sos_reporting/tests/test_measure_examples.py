import datetime as dt

from odoo.tests import tagged

from .common import ReturnCommon

#: the year of the examples, and the day on which they are counted
YEAR = {"since": dt.date(2025, 4, 1), "until": dt.date(2026, 3, 31)}
TODAY = "2026-03-31"


@tagged("post_install", "-at_install")
class TestMeasureExamples(ReturnCommon):
    """An example of each measure, counted by hand: a measure is the method that has its
    code. There are two families: Hill with Sam and Robin, and Mills with a baby who is
    not born yet."""

    def _assert(self, code, expected):
        with self._on(TODAY):
            self.env.flush_all()
            self.env.invalidate_all()
            measures = self.env["sos.measure"].with_user(self.manager)
            value = measures._get_value(code, team=self.team, **YEAR)
        self.assertAlmostEqual(value, expected, 1)

    def _contact(self, received, decided=None, submitted=None):
        """A contact about a child of a family of their own; it is to be decided by the
        next working day, and leads to nothing."""
        child = self._new_child("Ash", birth_date="2019-08-01")
        with self._on(received):
            form = self._open(
                "contact",
                child,
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            )
        if submitted or decided:
            with self._on(submitted or decided):
                form = self._fill(form, decision="nfa")
                form.with_user(self.worker).action_submit()
        if decided:
            with self._on(decided):
                form.with_user(self.manager).action_authorise()
        return form

    def _plan(self, started, ended=None, kind="cp", child=None):
        """A plan of a child, of a family of their own where none is named."""
        child = child or self._new_child("Ash", birth_date="2019-08-01")
        self._refer_on(started, children=child)
        category = kind == "cp" and self._code("abuse_category", "NEG").id
        return self.env["sos.plan"].create(
            {
                "case_id": child.member_ids.case_id.id,
                "child_id": child.id,
                "episode_id": child.episode_ids.id,
                "kind": kind,
                "started_on": started,
                "ended_on": ended,
                "initial_category_id": category,
                "latest_category_id": category,
            }
        )

    def _supervise(self, day, case):
        with self._on(day):
            form = case.with_user(self.manager).open_form("supervision", held_on=day)
            self._fill(form, self.manager).action_submit()

    # ------------------------------------------------------------------- steps

    def _clocks(self):
        """Six decisions on contacts: in time, late, never, and three that do not count:
        one whose need was over before its day, one that is paused, and one that was due
        before the year."""
        self._contact("2025-09-03", "2025-09-04")
        late = self._contact("2025-09-03", "2025-09-09")
        self._contact("2025-09-03")
        over = self._contact("2025-09-03")
        over.deadline_ids.sudo()._end(dt.date(2025, 9, 4))
        paused = self._contact("2025-09-03")
        with self._on("2025-09-04"):
            paused.deadline_ids.with_user(self.manager).action_pause("The court asked.")
        self._contact("2025-03-20", "2025-03-28")
        return late.deadline_ids

    def test_in_time(self):
        """One of three."""
        self._clocks()
        self._assert("in_time", 100 / 3)
        # a step that was late when its need ended was not done in time: two of four
        # would be right if it had been done
        self._contact("2025-09-03").deadline_ids.sudo()._end(dt.date(2025, 9, 30))
        self._assert("in_time", 100 / 4)

    def test_late_now(self):
        """The one that nobody has decided, and another one of the year before."""
        self._clocks()
        self._contact("2024-11-06")
        # due tomorrow
        self._contact(TODAY)
        self._assert("late_now", 2)

    def test_late_unexplained(self):
        """Of the late one and the one that never was, one has its reason."""
        late = self._clocks()
        self._assert("late_unexplained", 2)
        late.with_user(self.manager).late_reason = "The school was closed."
        self._assert("late_unexplained", 1)

    # --------------------------------------------------------------- referrals

    def _referrals(self):
        """Sam is referred in September 2024 and again a year later, with Robin; once
        more after the year."""
        self._refer_on("2024-09-02")
        self._close_on("2024-10-01", "RC8")
        self._refer_on("2025-09-01", children=self.sam | self.robin)
        self._close_on("2025-10-01", "RC8")
        self._refer_on("2026-04-01")

    def test_referrals(self):
        """Two children are two referrals, though one contact told of both."""
        self._referrals()
        self._assert("referrals", 2)

    def test_re_referrals(self):
        """Sam's of two."""
        self._referrals()
        self._assert("re_referrals", 50)

    # ------------------------------------------------------------------- plans

    def test_protection_plans(self):
        self._plan("2024-01-08")
        self._plan("2025-06-02")
        self._plan("2025-06-02", "2025-12-01")
        self._plan("2025-06-02", kind="cin")
        self._assert("protection_plans", 2)

    def test_need_plans(self):
        self._plan("2025-06-02", kind="cin")
        self._plan("2025-06-02", "2025-12-01", kind="cin")
        self._plan("2025-06-02")
        self._assert("need_plans", 1)

    def test_second_plans(self):
        """Of two plans that started in the year one is second: the child's first one
        ended 17 months before."""
        first = self._plan("2023-06-05", "2024-01-08")
        first.copy({"started_on": "2025-06-02", "ended_on": "2025-08-04"})
        self._plan("2025-06-02")
        self._plan("2025-02-03")
        self._assert("second_plans", 50)

    def test_plan_days(self):
        """2 June to 1 December 2025 are 182 days, 4 December 2023 to 2 June 2025 are
        546: 364 on average. What goes on, or ended before, has no part in it."""
        self._plan("2025-06-02", "2025-12-01")
        self._plan("2023-12-04", "2025-06-02")
        self._plan("2025-06-02")
        self._plan("2024-06-03", "2025-03-03")
        self._assert("plan_days", 364)

    # ------------------------------------------------------------------- forms

    def _signed(self):
        """Forms that waited three and seven days; one that waits; one that was signed
        before the year."""
        self._contact("2025-06-02", submitted="2025-06-02", decided="2025-06-05")
        self._contact("2025-03-28", submitted="2025-03-28", decided="2025-04-04")
        self._contact("2026-03-30", submitted="2026-03-30")
        self._contact("2025-03-03", submitted="2025-03-03", decided="2025-03-28")

    def test_waiting(self):
        self._signed()
        self._assert("waiting", 1)

    def test_waiting_days(self):
        self._signed()
        self._assert("waiting_days", 5)

    # ---------------------------------------------------------------- caseload

    def test_families(self):
        self._assert("families", 2)
        self.unborn_case.closed_on = "2026-03-30"
        self._assert("families", 1)

    def test_unallocated(self):
        with self._on("2026-01-05"):
            self.env["sos.allocation"].with_user(self.manager).create(
                {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
            )
        self._assert("unallocated", 1)

    def test_children(self):
        """Sam, Robin and the baby."""
        self._assert("children", 3)

    def test_weight(self):
        """Sam with a child protection plan 3, Robin with a child in need plan 2, the
        baby 1."""
        self._plan("2025-10-06", child=self.sam)
        self._plan("2025-10-06", kind="cin", child=self.robin)
        self._assert("weight", 6)

    # ---------------------------------------------------------------- practice

    def test_mapped(self):
        """One of two families."""
        self.env["sos.map.line"].create(
            {"case_id": self.case.id, "kind": "strength", "text": "They read."}
        )
        self._assert("mapped", 50)

    def _danger(self):
        return self.env["sos.danger"].create(
            {"case_id": self.case.id, "text": "Sam could be hurt.", "goal": "Safe."}
        )

    def _rate(self, danger):
        self.env["sos.rating"].create(
            {
                "danger_id": danger.id,
                "case_id": self.case.id,
                "score": 4,
                "user_id": self.worker.id,
            }
        )

    def test_paired(self):
        """One of two families; none of them once it has a danger without a scale."""
        self._rate(self._danger())
        self._assert("paired", 50)
        self._danger()
        self._assert("paired", 0)

    def test_heard(self):
        """A baby who is not born yet cannot be asked: it is one family of one."""
        for child in (self.sam, self.robin):
            self._assert("heard", 0)
            self.env["sos.voice"].create(
                {
                    "case_id": self.case.id,
                    "child_id": child.id,
                    "tool": "three_houses",
                    "on_date": "2026-01-05",
                }
            )
        self._assert("heard", 100)

    def test_told(self):
        """One of two families, as long as nobody in its network does not know."""
        members = self.env["sos.network.member"]
        for person, since in ((self.alex, "2026-01-05"), (self.kit, False)):
            members.create(
                {
                    "case_id": self.case.id,
                    "person_id": person.id,
                    "knows_since": since,
                }
            )
            self._assert("told", 50 if since else 0)

    def test_given(self):
        """One of two families; a copy for professionals is none."""
        with self._on("2026-01-05"):
            form = self._refer("assess", self.sam)
            school = self.env["res.partner"].create({"name": "School"})
            form = form.with_user(self.worker)
            form.give("professionals", "by_hand", partner=school)
        self._assert("given", 0)
        with self._on("2026-01-06"):
            form.give("family", "by_hand", self.alex)
        self._assert("given", 50)

    def test_supervised(self):
        """One of two families: the other one was talked about longer ago."""
        self._supervise("2026-03-02", self.case)
        self._supervise("2026-02-27", self.unborn_case)
        self._assert("supervised", 50)

    def test_each_measure_has_its_example(self):
        for code in self.env["sos.measure"].search([]).mapped("code"):
            self.assertTrue(hasattr(self, f"test_{code}"), code)
