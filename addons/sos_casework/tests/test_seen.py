from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..models.form.seen import Seen
from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-14 10:00:00")
class TestSeen(SosCommon, RefusalsMixin):
    """Assessment, enquiry and visit ask whether each born child was seen; what a visit
    has told since the form began is not asked again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-09-07 10:00:00"):
            cls()._refer("strategy")
            cls()._strategy()

    def _line(self, form, child):
        return form.child_ids.filtered(lambda line: line.child_id == child)

    def _ready(self, type_code, children=None, **facts):
        """A form in which nothing is missing but what is asked of the children."""
        decision = {"assessment": "continue_cp", "section47": "conference"}
        form = self._open(type_code, children, **facts)
        self._fill(form, decision=decision.get(type_code))
        form.child_ids.write({"seen": False, "reason_not": False})
        return form

    def _visit(self, day, children=None, **facts):
        with freeze_time(f"{day} 15:00:00"):
            visit = self._open("visit", children, held_on=day)
            visit.child_ids.write(facts)
            return self._sign(self._fill(visit))

    def test_each_born_child_is_asked_for(self):
        for type_code, facts in (
            ("assessment", {"started_on": "2026-09-07"}),
            ("section47", {"started_on": "2026-09-07"}),
            ("visit", {"held_on": "2026-09-14"}),
        ):
            with self.subTest(type_code):
                form = self._ready(type_code, **facts)
                self._line(form, self.robin).seen = "yes"
                with self.assertRaisesRegex(UserError, "whether Sam was seen") as said:
                    form.action_submit()
                self.assertNotIn("Robin", str(said.exception))
                self.assertIn("whether Sam was seen", form.todo_html)
                self._line(form, self.sam).seen = "yes"
                form.action_submit()

    def test_a_visit_since_the_form_began_is_taken_over(self):
        form = self._ready("section47", started_on="2026-09-08")
        seen = {"seen": "yes", "seen_alone": "yes"}
        before = self._visit("2026-09-07", **seen)
        self.assertFalse(self._line(form, self.sam).seen_on_visit)
        self.assertIn("whether Sam was seen", form.todo_html)
        self._visit("2026-09-09", self.sam, **seen)
        self._visit("2026-09-10", seen="yes", seen_alone="no")
        form.invalidate_recordset()
        self.assertFalse(form.todo_html)
        self.assertIn("9/10/2026", self._line(form, self.robin).seen_on_visit)
        form.action_submit()
        sam, robin = self._line(form, self.sam), self._line(form, self.robin)
        self.assertEqual((sam.seen, sam.seen_alone), ("yes", "yes"))
        self.assertEqual((robin.seen, robin.seen_alone), ("yes", "no"))
        self.assertEqual(before.state, "complete")
        self.assertIn('"code":"seen_alone"', form.document_id.content)

    def test_a_visit_that_is_still_written_tells_nothing(self):
        form = self._ready("section47", started_on="2026-09-07")
        visit = self._open("visit", held_on="2026-09-10")
        visit.child_ids.write({"seen": "yes"})
        with self.assertRaisesRegex(UserError, "whether Sam was seen"):
            form.action_submit()

    def test_the_form_does_not_say_otherwise_than_the_visit(self):
        form = self._ready("assessment", started_on="2026-09-07")
        self._visit("2026-09-10", seen="yes")
        form.child_ids.write({"seen": "no", "reason_not": "Out."})
        with self.assertRaisesRegex(UserError, "Sam was seen on the visit of"):
            form.action_submit()

    def test_not_seen_asks_why(self):
        for type_code in ("assessment", "section47", "visit"):
            with self.subTest(type_code):
                day = "held_on" if type_code == "visit" else "started_on"
                form = self._ready(type_code, **{day: "2026-09-14"})
                form.child_ids.write({"seen": "no"})
                with self.assertRaisesRegex(UserError, "why Sam was not seen"):
                    form.action_submit()
                form.child_ids.write({"reason_not": "With his father in Leeds."})
                form.action_submit()

    def test_alone_and_the_bedroom_only_with_seen(self):
        form = self._ready("visit", held_on="2026-09-14")
        form.child_ids.write({"seen": "no", "reason_not": "Out."})
        for fact in ("seen_alone", "bedroom_seen"):
            with self.subTest(fact):
                form.child_ids.write({fact: "yes"})
                with self.assertRaisesRegex(UserError, "Sam was not seen, so"):
                    form.action_submit()
                form.child_ids.write({fact: False})

    def test_what_is_only_asked_with_seen_goes_with_it_on_the_screen(self):
        visit = self._open("visit", held_on="2026-09-14")
        with Form(visit.child_ids[0]) as line:
            line.seen = "yes"
            line.seen_alone = "yes"
            line.bedroom_seen = "yes"
            line.seen = "no"
            self.assertFalse(line.seen_alone)
            self.assertFalse(line.bedroom_seen)

    def test_nobody_is_seen_before_birth(self):
        baby = self._add_baby()
        form = self._ready("assessment", baby | self.sam, started_on="2026-09-07")
        unborn = self._line(form, baby)
        (form.child_ids - unborn).seen = "yes"
        self.assertFalse(form.todo_html)
        unborn.seen = "yes"
        with self.assertRaisesRegex(UserError, "not born yet"):
            form.action_submit()
        # as many write it: no, and nobody asks why
        unborn.seen = "no"
        form.action_submit()

    def test_born_since_the_form_began(self):
        baby = self._add_baby()
        form = self._ready("section47", baby, started_on="2026-09-07")
        visit = self._ready("visit", baby, held_on="2026-09-09")
        baby.action_record_birth("2026-09-10", "F", "Isla")
        with self.assertRaisesRegex(UserError, "whether Isla was seen"):
            form.action_submit()
        # before the birth: not asked for, and not seen
        visit.child_ids.seen = "yes"
        with self.assertRaisesRegex(UserError, "not born yet"):
            visit.action_submit()
        visit.child_ids.seen = False
        visit.action_submit()

    def test_nobody_is_seen_after_death(self):
        self.sam.death_on = "2026-09-10"
        visit = self._ready("visit", self.sam, held_on="2026-09-10")
        self.assertIn("whether Sam was seen", visit.todo_html)
        visit.child_ids.seen = "yes"
        self.assertFalse(visit.todo_html)
        visit.held_on = "2026-09-11"
        self.assertIn("Sam had died", visit.todo_html)

    def test_a_correction_sees_nobody_before_birth(self):
        baby = self._add_baby()
        visit = self._sign(self._ready("visit", baby, held_on="2026-09-09"))
        baby.action_record_birth("2026-09-10", "F", "Isla")
        with self._refused(UserError, "not born yet"):
            visit.ask_correction("Typed wrongly.", {"seen": "yes"}, baby.id)

    def test_a_correction_keeps_alone_and_seen_together(self):
        visit = self._visit("2026-09-10", self.sam, seen="yes", seen_alone="yes")
        line = visit.child_ids
        correction = visit.ask_correction("Typed wrongly.", {"seen": "no"}, self.sam.id)
        correction.with_user(self.manager).action_authorise()
        self.assertEqual((line.seen, line.seen_alone), ("no", False))
        with self._refused(UserError, "Sam was not seen, so “Alone”"):
            visit.ask_correction("Alone.", {"seen_alone": "yes"}, self.sam.id)

    def test_an_older_version_asks_what_it_asks(self):
        """A form that has no place for the reason is not kept for it."""
        live = self.env["sos.form.type"]._get("section47").live_version_id
        version = live.browse(live.action_new_version()["res_id"])
        version.fact_ids -= version.fact_ids.filtered(
            lambda fact: fact.code == "reason_not"
        )
        version.action_publish()
        self.case.form_ids.filtered(
            lambda form: form.type_code == "section47"
        ).action_cancel("Opened with the version before.")
        form = self._ready("section47", started_on="2026-09-14")
        form.child_ids.write({"seen": "no"})
        form.action_submit()

    def _add_baby(self):
        baby = self.env["sos.person"].create(
            {"kind": "child", "last_name": "Hill", "expected_on": "2026-09-20"}
        )
        self.env["sos.case.member"].create(
            {"case_id": self.case.id, "person_id": baby.id}
        )
        with freeze_time("2026-09-07 11:00:00"):
            self._refer(children=baby)
        return baby.with_user(self.worker)

    def test_queries_do_not_grow_with_the_children(self):
        self._visit("2026-09-10", seen="yes")
        one = self._ready("assessment", self.sam, started_on="2026-09-07")
        both = self._ready("section47", started_on="2026-09-07")
        counts = []
        for form in (one, both):
            form.child_ids.child_id.sudo().mapped("name")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            Seen(form.child_ids).get_problems()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
