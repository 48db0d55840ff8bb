from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_correction import CorrectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosCorrectionEffects(CorrectionCommon):
    """What follows from a correction: records and clocks are what they would have
    been, and what does not count any more stays and says why."""

    def setUp(self):
        super().setUp()
        with freeze_time("2026-08-31 10:00:00"):
            self.contact = self._refer("strategy")
        with freeze_time("2026-09-01 10:00:00"):
            self.strategy = self._strategy()

    def _to_conference(self):
        with freeze_time("2026-09-03 10:00:00"):
            self.section47 = self._enquiry()
        self.conference = self._conference()

    def _review(self, day, sam="continue", robin="continue", category="EMO"):
        with freeze_time(f"{day} 10:00:00"):
            form = self._open("review_conference", user=self.support)
            form.write({"chair_id": self.chair.id, "held_on": day})
            self._fill(form, self.support)
            for child, code in ((self.sam, sam), (self.robin, robin)):
                self._decide(form, code, category, lines=self._line(form, child))
            return self._sign(form, self.chair)

    def _meet(self, type_code, day, **facts):
        with freeze_time(f"{day} 10:00:00"):
            form = self._open(type_code, held_on=day, **facts)
            if type_code == "visit":
                form.child_ids.write({"seen": "yes", "seen_alone": "yes"})
            self._fill(form).action_submit()
        return form

    def _times(self, step, child=None):
        clocks = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == step and d.child_id == (child or self.sam)
        ).sorted("id")
        return [(str(c.started_on), str(c.due_on), c.state) for c in clocks]

    # ---------------------------------------------------------------- categories

    def test_category_of_a_strategy_discussion(self):
        self._correct(self.strategy, self._category("PHY"), self.sam)
        enquiries = self.case.episode_ids.enquiry_ids
        self.assertEqual(
            {e.child_id: e.category_id.code for e in enquiries},
            {self.sam: "PHY", self.robin: "NEG"},
        )

    def test_category_of_a_conference(self):
        self._to_conference()
        self._correct(self.conference, self._category("EMO"), self.sam, by=self.chair)
        plan = self.sam.plan_ids
        self.assertEqual(plan.initial_category_id.code, "EMO")
        self.assertEqual(plan.latest_category_id.code, "EMO")
        self.assertEqual(self.robin.plan_ids.initial_category_id.code, "NEG")
        self.assertEqual(self.sam.episode_ids.enquiry_ids.category_id.code, "NEG")

    def test_category_that_a_review_has_changed_stays(self):
        self._to_conference()
        review = self._review("2026-10-07", category="SAB")
        plan = self.sam.plan_ids
        with freeze_time("2026-10-08 10:00:00"):
            correction = self._ask(self.conference, self._category("EMO"), self.sam)
            correction.with_user(self.chair).action_authorise()
            self.assertEqual(plan.initial_category_id.code, "EMO")
            self.assertEqual(plan.latest_category_id.code, "SAB")
            correction = self._ask(review, self._category("PHY"), self.sam)
            correction.with_user(self.chair).action_authorise()
        self.assertEqual(plan.latest_category_id.code, "PHY")
        self.assertEqual(plan.review_ids.category_id.code, "PHY")
        self.assertEqual(self.robin.plan_ids.latest_category_id.code, "SAB")

    # --------------------------------------------------------------------- days

    def test_day_of_a_conference(self):
        self._to_conference()
        self._correct(self.conference, {"held_on": "2026-09-04"}, by=self.chair)
        self.assertEqual(
            set(map(str, self.case.plan_ids.mapped("started_on"))), {"2026-09-04"}
        )
        self.assertEqual(
            {str(line.confirmed_on) for line in self.conference.child_ids},
            {"2026-09-04"},
        )
        enquiries = self.case.episode_ids.enquiry_ids
        self.assertEqual({str(e.conference_on) for e in enquiries}, {"2026-09-04"})
        for child in (self.sam, self.robin):
            for step, due in (
                ("core_group", "2026-09-18"),
                ("visit", "2026-09-18"),
                ("review_conference", "2026-12-04"),
            ):
                self.assertEqual(
                    self._times(step, child), [("2026-09-04", due, "open")], step
                )
        met = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == "initial_conference"
        )
        self.assertEqual(set(map(str, met.mapped("met_on"))), {"2026-09-04"})
        due = self.case.deadline_ids.activity_ids.mapped("date_deadline")
        self.assertIn("2026-09-18", map(str, due))
        self.assertNotIn("2026-09-21", map(str, due))

    def test_day_of_a_strategy_discussion(self):
        self._correct(self.strategy, {"held_on": "2026-09-02"})
        enquiry = self.sam.episode_ids.enquiry_ids
        self.assertEqual(str(enquiry.started_on), "2026-09-02")
        self.assertEqual(str(enquiry.target_on), "2026-09-23")
        self.assertEqual(
            self._times("initial_conference"), [("2026-09-02", "2026-09-23", "open")]
        )
        # and back, before the day on which it was written down
        self._correct(self.strategy, {"held_on": "2026-08-31"})
        self.assertEqual(str(enquiry.started_on), "2026-08-31")
        # a bank holiday is the same day
        self.assertEqual(str(enquiry.target_on), "2026-09-21")

    def test_day_of_a_strategy_discussion_moves_the_report(self):
        with freeze_time("2026-09-03 10:00:00"):
            self._enquiry()
        self.assertEqual(
            self._times("conference_report"), [("2026-09-03", "2026-09-17", "open")]
        )
        self._correct(self.strategy, {"held_on": "2026-09-02"})
        self.assertEqual(
            self._times("conference_report"), [("2026-09-03", "2026-09-18", "open")]
        )

    def test_order_of_days_is_asked_of_what_follows(self):
        self._to_conference()
        for form, values, words in (
            (self.strategy, {"held_on": "2026-09-09"}, "conference would be before"),
            (self.strategy, {"held_on": "2026-08-28"}, "before the referral"),
            (self.conference, {"held_on": "2026-08-31"}, "rule 8615"),
            (
                self.contact,
                {"received_at": "2026-09-02 09:00:00"},
                "before the referral",
            ),
            (self.contact, {"received_at": "2026-09-12 09:00:00"}, "in the future"),
        ):
            with self.subTest(words), freeze_time("2026-09-09 10:00:00"):
                with self._refused(UserError, words):
                    self._ask(form, values)
        self.assertFalse(self.case.form_ids.correction_ids)

    def test_day_of_a_review(self):
        self._to_conference()
        review = self._review("2026-10-07", robin="end_cin")
        with freeze_time("2026-10-08 10:00:00"):
            correction = self._ask(review, {"held_on": "2026-10-05"})
            correction.with_user(self.chair).action_authorise()
        self.assertEqual(str(self.sam.plan_ids.review_ids.held_on), "2026-10-05")
        cp, cin = self.robin.plan_ids.sorted("kind", reverse=True)
        self.assertEqual(str(cp.ended_on), "2026-10-05")
        self.assertEqual(str(cin.started_on), "2026-10-05")
        self.assertEqual(
            self._times("review_conference"),
            [
                ("2026-09-07", "2026-12-07", "met"),
                ("2026-10-05", "2027-04-05", "open"),
            ],
        )
        ended = self.case.deadline_ids.filtered(lambda d: d.state == "ended")
        self.assertIn("2026-10-05", set(map(str, ended.mapped("ended_on"))))
        self.assertNotIn("2026-10-07", set(map(str, ended.mapped("ended_on"))))

    def test_day_a_contact_was_received(self):
        self._correct(self.contact, {"received_at": "2026-08-27 09:00:00"})
        self.assertEqual(
            set(map(str, self.case.episode_ids.mapped("referred_on"))), {"2026-08-27"}
        )
        self.assertEqual(self._times("contact"), [("2026-08-27", "2026-08-28", "met")])
        self.assertEqual(
            self._times("assessment"), [("2026-08-27", "2026-10-30", "open")]
        )
        self.assertTrue(
            all(
                self.case.deadline_ids.filtered(
                    lambda d: d.step_id.code == "contact"
                ).mapped("late")
            )
        )

    def test_day_of_a_core_group_with_others_after_it(self):
        self._to_conference()
        first = self._meet("core_group", "2026-09-14")
        self._meet("core_group", "2026-10-20")
        with freeze_time("2026-10-21 10:00:00"):
            correction = self._ask(first, {"held_on": "2026-09-16"})
            correction.with_user(self.manager).action_authorise()
        self.assertEqual(
            self._times("core_group"),
            [
                ("2026-09-07", "2026-09-21", "met"),
                ("2026-09-16", "2026-10-28", "met"),
                ("2026-10-20", "2026-12-01", "open"),
            ],
        )

    def test_pause_stays_added(self):
        clock = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == "initial_conference" and d.child_id == self.sam
        )
        clock.with_user(self.manager).action_pause("The hall is closed.")
        with freeze_time("2026-09-09 10:00:00"):
            clock.with_user(self.manager).action_resume()
        self.assertEqual(str(clock.due_on), "2026-09-24")
        self._correct(self.strategy, {"held_on": "2026-09-02"})
        self.assertEqual(str(clock.due_on), "2026-09-25")

    def test_day_of_a_closure(self):
        with freeze_time("2026-09-03 10:00:00"):
            form = self._sign(self._fill(self._open("closure"), decision="close"))
        self._correct(form, {"confirmed_on": "2026-09-02"}, self.sam)
        closed = {e.child_id: str(e.closed_on) for e in self.case.episode_ids}
        self.assertEqual(closed, {self.sam: "2026-09-02", self.robin: "2026-09-03"})
        self.assertEqual(
            self._line(form, self.sam).decision_id.code, "close", "nothing else changed"
        )
        reason = self._code("closure_reason", "RC5")
        self._correct(form, {"closure_reason_id": reason.id}, self.sam)
        self.assertEqual(self.sam.episode_ids.closure_reason_id, reason)
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, "before the referral|before it starts"):
                self._ask(form, {"confirmed_on": "2026-08-01"}, self.robin)

    # ----------------------------------------------------------------- decisions

    def test_decision_of_a_conference_and_back(self):
        self._to_conference()
        cin = self._decided(self.conference, "cin")
        correction = self._correct(self.conference, cin, self.sam, by=self.chair)
        gone = (
            self.env["sos.plan"]
            .with_context(active_test=False)
            .search([("child_id", "=", self.sam.id), ("active", "=", False)])
        )
        self.assertEqual(gone.kind, "cp")
        self.assertEqual(gone.correction_id, correction)
        plan = self.sam.plan_ids
        self.assertEqual((plan.kind, str(plan.started_on)), ("cin", "2026-09-07"))
        line = self._line(self.conference, self.sam)
        self.assertFalse(line.category_id)
        self.assertEqual(line.plan_id, plan)
        for step in ("core_group", "visit", "review_conference"):
            self.assertEqual([c[2] for c in self._times(step)], ["cancelled"], step)
            self.assertEqual([c[2] for c in self._times(step, self.robin)], ["open"])
        self.assertEqual(self._times("cin_plan")[0][1:], ("2026-09-21", "open"))
        self.assertEqual(self._draft("cin_plan").child_ids.child_id, self.sam)
        self.assertEqual(self.robin.plan_ids.kind, "cp", "the other child's stays")

        back = self._decided(self.conference, "cp_plan", **self._category("EMO"))
        self._correct(self.conference, back, self.sam, by=self.chair)
        plan = self.sam.plan_ids
        self.assertEqual((plan.kind, plan.initial_category_id.code), ("cp", "EMO"))
        self.assertEqual(plan.previous_plans, 0, "what does not count is not counted")
        self.assertEqual(self._times("core_group")[-1][1:], ("2026-09-21", "open"))
        self.assertEqual([c[2] for c in self._times("cin_plan")], ["cancelled"])
        self.assertFalse(self._draft("cin_plan"))
        self.assertEqual(
            self.case.form_ids.filtered(lambda f: f.type_code == "cin_plan").state,
            "cancelled",
        )

    def test_decision_with_a_review_since_is_refused(self):
        self._to_conference()
        review = self._review("2026-10-07")
        with freeze_time("2026-10-08 10:00:00"):
            with self._refused(UserError, f"{review.reference}.*built on this"):
                self._ask(
                    self.conference, self._decided(self.conference, "nfa"), self.sam
                )
        self.assertEqual(self.sam.plan_ids.kind, "cp")

    def test_decision_whose_record_was_changed_since_is_refused(self):
        with freeze_time("2026-09-03 10:00:00"):
            form = self._enquiry()
        enquiry = self.sam.episode_ids.enquiry_ids
        self.assertEqual(enquiry.conference_required, "yes")
        enquiry.conference_required = "no"
        decided = self._decided(form, "not_substantiated")
        with self._refused(UserError, "changed by later work. Correct that first"):
            self._ask(form, decided, self.sam)
        self.assertEqual(enquiry.conference_required, "no")
        self.assertFalse(form.correction_ids)

    def test_decision_of_a_review(self):
        """What both decisions set off stays the same record."""
        self._to_conference()
        review = self._review("2026-10-07")
        record = self.sam.plan_ids.review_ids
        with freeze_time("2026-10-08 10:00:00"):
            correction = self._ask(review, self._decided(review, "end_cin"), self.sam)
            correction.with_user(self.chair).action_authorise()
        cp = self.sam.plan_ids.filtered(lambda p: p.kind == "cp")
        self.assertEqual(cp.review_ids, record)
        self.assertFalse(record.category_id)
        self.assertEqual(str(cp.ended_on), "2026-10-07")
        self.assertEqual(cp.latest_category_id.code, "NEG", "the review has none now")
        self.assertEqual(self._times("core_group")[0][2], "ended")
        self.assertEqual(
            [c[2] for c in self._times("review_conference")], ["met", "cancelled"]
        )
        self.assertEqual(self._draft("cin_plan").child_ids.child_id, self.sam)
        with freeze_time("2026-10-09 10:00:00"):
            back = self._decided(review, "continue", **self._category("EMO"))
            correction = self._ask(review, back, self.sam)
            correction.with_user(self.chair).action_authorise()
        self.assertEqual(self.sam.plan_ids, cp)
        self.assertFalse(cp.ended_on)
        self.assertEqual(cp.latest_category_id.code, "EMO")
        self.assertEqual(self._times("core_group")[0][2], "open", "it runs again")

    def test_plan_that_a_later_review_has_ended(self):
        self._to_conference()
        review = self._review("2026-10-07")
        self._review("2026-11-04", sam="end_cin")
        with freeze_time("2026-11-05 10:00:00"):
            with self._refused(UserError, "Sam Hill was ended by later work"):
                self._ask(review, self._decided(review, "end_cin"), self.sam)
        self.assertFalse(review.correction_ids)

    def test_single_or_joint_is_the_same_enquiry(self):
        enquiry = self.sam.episode_ids.enquiry_ids
        self.assertTrue(enquiry.joint)
        single = self._decided(
            self.strategy, "section47_single", **self._category("SAB")
        )
        self._correct(self.strategy, single, self.sam)
        self.assertEqual(self.sam.episode_ids.enquiry_ids, enquiry)
        self.assertFalse(enquiry.joint)
        self.assertEqual(enquiry.category_id.code, "SAB")
        self.assertTrue(self.robin.episode_ids.enquiry_ids.joint)

    def test_next_form_that_nobody_has_begun(self):
        draft = self._draft("section47")
        nfa = self._decided(self.strategy, "nfa")
        self._correct(self.strategy, nfa, self.sam)
        self.assertEqual(draft.child_ids.child_id, self.robin)
        self.assertFalse(draft.answer_ids.child_id & self.sam)
        self.assertFalse(self.sam.episode_ids.enquiry_ids)
        self.assertEqual(self._times("initial_conference")[0][2], "cancelled")
        self._correct(self.strategy, nfa, self.robin)
        self.assertEqual(draft.state, "cancelled")
        self.assertIn("was corrected", draft.cancel_reason)
        # and both again: one new form for the step
        for child in (self.sam, self.robin):
            again = self._decided(
                self.strategy, "section47_joint", **self._category("NEG")
            )
            self._correct(self.strategy, again, child)
        self.assertTrue(self.sam.episode_ids.enquiry_ids)
        self.assertEqual(len(self._draft("section47")), 2)

    def test_child_comes_back_into_a_draft(self):
        draft = self._draft("section47")
        self._correct(self.strategy, self._decided(self.strategy, "nfa"), self.sam)
        draft.with_user(self.worker)._add_children(self.sam)
        self.assertEqual(draft.child_ids.child_id, self.sam | self.robin)
        self.assertIn(self.sam, draft.answer_ids.child_id)

    def test_next_form_that_is_written_in_stops_it(self):
        draft = self._open("section47")
        draft.write_answer("analysis", "We talked to the school.")
        nfa = self._decided(self.strategy, "nfa")
        self._correct(self.strategy, nfa, self.sam)
        self.assertEqual(
            draft.child_ids.child_id, self.robin, "the others' words are the others'"
        )
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, f"{draft.reference}.*has been worked on"):
                self._ask(self.strategy, nfa, self.robin)
            draft.with_user(self.worker).action_cancel("Not needed.")
        self._correct(self.strategy, nfa, self.robin)
        self.assertFalse(self.case.episode_ids.enquiry_ids)

    def test_signed_next_form_is_corrected_first(self):
        with freeze_time("2026-09-03 10:00:00"):
            section47 = self._enquiry("not_substantiated")
        nfa = self._decided(self.strategy, "nfa")
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, f"{section47.reference}.*Correct that form"):
                self._ask(self.strategy, nfa, self.sam)
        self._correct(section47, {}, self.sam, "not_part")
        self._correct(self.strategy, nfa, self.sam)
        self.assertFalse(self.sam.episode_ids.enquiry_ids)
        self.assertTrue(self.robin.episode_ids.enquiry_ids)

    def test_enquiry_that_leads_to_no_conference_after_all(self):
        with freeze_time("2026-09-03 10:00:00"):
            form = self._enquiry()
        no = self._decided(form, "not_substantiated")
        self._correct(form, no, self.sam)
        enquiry = self.sam.episode_ids.enquiry_ids
        self.assertEqual(enquiry.conference_required, "no")
        self.assertEqual(self._times("initial_conference")[0][2], "cancelled")
        self.assertEqual(self._times("conference_report")[0][2], "cancelled")
        self.assertEqual(
            self._draft("initial_conference").child_ids.child_id, self.robin
        )
        self._correct(form, self._decided(form, "conference"), self.sam)
        self.assertEqual(enquiry.conference_required, "yes")
        self.assertEqual(self._times("initial_conference")[0][2], "open")
        self.assertEqual(str(enquiry.ended_on), "2026-09-03")

    def test_contact_that_was_no_referral(self):
        case, sam = self.case, self.sam
        with freeze_time("2026-09-03 10:00:00"):
            family = self._new_family()
            self.case = family
            self.sam, self.robin = family.child_ids.sorted("first_name", reverse=True)
            form = self._refer("assess")
        information = self._decided(form, "information")
        self._correct(form, information, self.sam)
        self.assertFalse(self.sam.episode_ids)
        self.assertEqual(self.robin.episode_ids.state, "open")
        self.assertEqual(self._times("assessment")[0][2], "cancelled")
        self.assertEqual(self._draft("assessment").child_ids.child_id, self.robin)
        self.assertFalse(self._line(form, self.sam).episode_id)
        # referred all the same
        self._correct(form, self._decided(form, "assess"), self.sam)
        self.assertEqual(self.sam.episode_ids.state, "open")
        self.assertEqual(str(self.sam.episode_ids.referred_on), "2026-09-03")
        self.case, self.sam = case, sam

    def test_referral_with_an_enquiry_is_refused(self):
        information = self._decided(self.contact, "information")
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, "built on this decision|worked on"):
                self._ask(self.contact, information, self.sam)

    # ------------------------------------------------------------------- closing

    def test_child_was_not_closed(self):
        self._check_not_closed(self.sam, self.robin)

    def test_other_child_was_not_closed(self):
        self._check_not_closed(self.robin, self.sam)

    def _check_not_closed(self, child, other):
        """The last child's closure closes the file; any child's opens it again."""
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id}
        )
        self._to_conference()
        with freeze_time("2026-09-08 10:00:00"):
            closure = self._sign(self._fill(self._open("closure"), decision="close"))
        self.assertTrue(self.case.closed_on)
        self.assertEqual(self._times("supervision")[0][2], "ended")
        self._correct(closure, {}, child, "not_part")
        self.assertFalse(self.case.closed_on)
        self.assertEqual(child.episode_ids.state, "open")
        self.assertEqual(other.episode_ids.state, "closed")
        self.assertFalse(child.plan_ids.ended_on)
        self.assertTrue(other.plan_ids.ended_on)
        for step in ("core_group", "visit", "review_conference"):
            self.assertEqual(self._times(step, child)[0][2], "open", step)
            self.assertEqual(self._times(step, other)[0][2], "ended", step)
        self.assertEqual(self._times("supervision")[0][2], "open")
        self.assertEqual(closure.child_ids.child_id, other)

    def test_closed_and_referred_again(self):
        with freeze_time("2026-09-03 10:00:00"):
            closure = self._sign(self._fill(self._open("closure"), decision="close"))
        with freeze_time("2026-09-04 10:00:00"):
            self._refer("assess")
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, "Sam Hill was referred again on 04/09/2026"):
                self._ask(closure, {}, self.sam, "not_part")

    def test_decision_of_a_need_that_is_closed(self):
        self._to_conference()
        with freeze_time("2026-09-08 10:00:00"):
            self._sign(self._fill(self._open("closure"), decision="close"))
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, "Correct its closure first"):
                self._ask(
                    self.conference, self._decided(self.conference, "cin"), self.sam
                )
        self.assertFalse(self.conference.correction_ids)

    def test_closed_for_another_reason(self):
        with freeze_time("2026-09-03 10:00:00"):
            form = self._fill(self._open("assessment"), decision="close")
            form.write({"query_reason": "None."})
            self._sign(form)
        self._correct(form, self._decided(form, "step_down"), self.sam)
        episode = self.sam.episode_ids
        self.assertEqual(str(episode.closed_on), "2026-09-03")
        self.assertEqual(episode.closure_reason_id.code, "RC7")
        self.assertEqual(str(self.case.closed_on), "2026-09-03")
        cin = self._decided(form, "cin")
        self._correct(form, cin, self.sam)
        self.assertEqual(episode.state, "open")
        self.assertEqual(str(self.sam.plan_ids.started_on), "2026-09-03")
        self.assertFalse(self.case.closed_on)

    # ------------------------------------------------------------------ children

    def test_child_was_missing_from_the_conference(self):
        with freeze_time("2026-09-03 10:00:00"):
            self._enquiry()
        form = self._open("initial_conference", self.sam, self.support)
        form = self.case.form_ids.filtered(lambda f: f == form)
        line = self._line(form, self.robin)
        line.sudo().write({"active": False})
        form.write({"chair_id": self.chair.id})
        form = self._fill(form, self.support, "cp_plan", held_on="2026-09-07")
        self._sign(form, self.chair)
        self.assertFalse(self.robin.plan_ids)
        values = self._decided(form, "cp_plan", **self._category("PHY"))
        self._correct(form, values, self.robin, "missing", by=self.chair)
        plan = self.robin.plan_ids
        self.assertEqual((plan.kind, str(plan.started_on)), ("cp", "2026-09-07"))
        self.assertEqual(plan.initial_category_id.code, "PHY")
        enquiry = self.robin.episode_ids.enquiry_ids
        self.assertEqual(str(enquiry.conference_on), "2026-09-07")
        self.assertEqual(self._times("initial_conference", self.robin)[0][2], "met")
        self.assertEqual(self._times("core_group", self.robin)[0][2], "open")
        self.assertEqual(len(self._times("core_group")), 1, "Sam's stays as it was")

    def test_missing_child_needs_what_a_decision_needs(self):
        self.strategy.child_ids.filtered(
            lambda c: c.child_id == self.robin
        ).sudo().write({"active": False})
        values = self._decided(self.strategy, "section47_joint")
        with freeze_time("2026-09-09 10:00:00"):
            with self._refused(UserError, "needs a category"):
                self._ask(self.strategy, values, self.robin, "missing")
            with self._refused(UserError, "no decision yet"):
                self._ask(self.strategy, {}, self.robin, "missing")

    def test_last_child_stays(self):
        with freeze_time("2026-09-03 10:00:00"):
            visit = self._open("visit", self.sam, held_on="2026-09-03")
            self._fill(visit).action_submit()
        with self._refused(UserError, "about nobody"):
            self._ask(visit, {}, self.sam, "not_part")

    def test_child_was_not_seen(self):
        """What a visit met is met by the next one, or runs on."""
        self._to_conference()
        first = self._meet("visit", "2026-09-14", statutory=True)
        second = self._meet("visit", "2026-09-18", statutory=True)
        self.assertEqual([c[2] for c in self._times("visit")], ["met", "met", "open"])
        with freeze_time("2026-09-21 10:00:00"):
            for form in (first, second):
                correction = self._ask(form, {"seen": "no"}, self.sam)
                correction.with_user(self.manager).action_authorise()
                if form == first:
                    clock = self.case.deadline_ids.filtered(
                        lambda d: d.step_id.code == "visit"
                        and d.child_id == self.sam
                        and d.state == "met"
                    )
                    self.assertEqual(clock.form_id, second)
                    self.assertEqual(str(clock.started_on), "2026-09-07")
        self.assertEqual(
            [c for c in self._times("visit") if c[2] != "cancelled"],
            [("2026-09-07", "2026-09-21", "open")],
        )
        self.assertEqual(len(self._times("visit", self.robin)), 3)
        # and seen after all
        with freeze_time("2026-09-22 10:00:00"):
            for form in (second, first):
                correction = self._ask(form, {"seen": "yes"}, self.sam)
                correction.with_user(self.manager).action_authorise()
        self.assertEqual(
            sorted(c for c in self._times("visit") if c[2] != "cancelled"),
            sorted(self._times("visit", self.robin)),
        )

    def test_child_was_not_at_the_core_group(self):
        self._to_conference()
        form = self._meet("core_group", "2026-09-14")
        with freeze_time("2026-09-15 10:00:00"):
            self._ask(form, {}, self.sam, "not_part").with_user(
                self.manager
            ).action_authorise()
            self.assertEqual(
                [c for c in self._times("core_group") if c[2] != "cancelled"],
                [("2026-09-07", "2026-09-21", "open")],
            )
            self._ask(form, {}, self.sam, "missing").with_user(
                self.manager
            ).action_authorise()
        self.assertEqual(
            [c for c in self._times("core_group") if c[2] != "cancelled"],
            self._times("core_group", self.robin),
        )

    def test_meeting_whose_decision_is_in_effect(self):
        """Before the minutes are signed, what is in effect is corrected, too."""
        with freeze_time("2026-09-03 10:00:00"):
            self._enquiry()
        form = self._conference(sign=False)
        with self._refused(UserError, "not signed yet"):
            self._ask(form, {"held_on": "2026-09-04"})
        form.child_ids.with_user(self.chair).action_confirm()
        with self._refused(UserError, "cannot be corrected here"):
            self._ask(form, {"quorate": "yes"})
        self._correct(form, {"held_on": "2026-09-04"}, by=self.chair)
        self.assertEqual(str(self.sam.plan_ids.started_on), "2026-09-04")
        form.with_user(self.worker).action_submit()
        self._correct(form, {}, self.robin, "not_part", by=self.chair)
        self.assertFalse(self.robin.plan_ids)
        form.with_user(self.chair).action_authorise()
        content = form.document_id._load()
        self.assertEqual(len(content["children"]), 2, "what was submitted is signed")

    # ---------------------------------------------------------------- what stays

    def test_rehearsal_leaves_nothing(self):
        self._to_conference()
        counted = ("sos.plan", "sos.form", "sos.deadline", "sos.change.log")
        domain = [("case_id", "=", self.case.id)]

        def count():
            return {
                model: self.env[model]
                .with_context(active_test=False)
                .search_count(domain)
                for model in counted
            } | {"activities": len(self.case.deadline_ids.activity_ids)}

        before = count()
        last = self._open("supervision").reference
        with freeze_time("2026-09-09 10:00:00"):
            self._ask(self.conference, self._decided(self.conference, "cin"), self.sam)
        after = count()
        self.assertEqual(after["sos.form"], before["sos.form"] + 1, "the supervision")
        for name in ("sos.plan", "sos.deadline", "activities"):
            self.assertEqual(after[name], before[name], name)
        self.assertEqual(self.sam.plan_ids.kind, "cp")
        following = self._open("visit").reference
        numbers = [int(name.lstrip("F")) for name in (last, following)]
        self.assertEqual(numbers[1], numbers[0] + 1, "no number is used up")

    def test_change_log_names_the_correction(self):
        self._to_conference()
        correction = self._correct(
            self.conference, {"held_on": "2026-09-04"}, by=self.chair
        )
        logs = correction.log_ids
        changed = {(log.res_model, log.field, log.old, log.new) for log in logs}
        for expected in (
            ("sos.form", "held_on", "2026-09-07", "2026-09-04"),
            ("sos.plan", "started_on", "2026-09-07", "2026-09-04"),
            ("sos.enquiry", "conference_on", "2026-09-07", "2026-09-04"),
            ("sos.deadline", "due_on", "2026-09-21", "2026-09-18"),
            ("sos.deadline", "met_on", "2026-09-07", "2026-09-04"),
        ):
            self.assertIn(expected, changed)
        self.assertEqual(logs.user_id, self.chair)

    def test_words_of_what_follows(self):
        self._to_conference()
        with freeze_time("2026-09-09 10:00:00"):
            moved = self._ask(self.conference, {"held_on": "2026-09-04"})
            decided = self._ask(
                self.conference, self._decided(self.conference, "cin"), self.sam
            )
        self.assertIn(
            "Sam, Robin: child protection plan – started: 7 September 2026 → "
            "4 September 2026",
            moved.follows.replace("Robin, Sam", "Sam, Robin"),
        )
        for words in (
            "Sam: child protection plan – does not count any more",
            "Sam: child in need plan – starts (started: 7 September 2026)",
            "Sam: clock “Core group” – is cancelled",
            "Sam: form “Child in Need plan and review” – is opened",
        ):
            self.assertIn(words, decided.follows)
        self.assertNotIn("Robin", decided.follows)

    def test_signed_document_stays(self):
        self._to_conference()
        before = self.conference.document_id.content
        self._correct(self.conference, self._category("EMO"), self.sam, by=self.chair)
        self.assertEqual(self.conference.document_id.content, before)
        self.assertEqual(len(self.conference.document_ids), 2)

    def test_plan_before_this_one_is_counted_again(self):
        self._to_conference()
        review = self._review("2026-10-07", sam="end_cin", robin="end_cin")
        with freeze_time("2026-10-12 10:00:00"):
            self._strategy()
            self._enquiry()
            self._conference()
        second = self.sam.plan_ids.filtered(lambda p: p.kind == "cp" and not p.ended_on)
        self.assertEqual(second.previous_plans, 1)
        with freeze_time("2026-10-13 10:00:00"):
            with self._refused(UserError, "another plan of this kind"):
                self._ask(
                    review,
                    self._decided(review, "continue", **self._category("NEG")),
                    self.sam,
                )

    def test_plan_that_does_not_count_any_more_is_counted_off(self):
        """One fewer before it, whatever another authority has added by hand."""
        self._to_conference()
        self._review("2026-10-07", sam="end_cin", robin="end_cin")
        with freeze_time("2026-10-12 10:00:00"):
            self._strategy()
            self._enquiry()
            self._conference()
        first, second = self.sam.plan_ids.filtered(lambda p: p.kind == "cp").sorted(
            "started_on"
        )
        second.previous_plans = 3
        earlier = second._count_earlier()
        self.assertEqual(earlier, {second: 1})
        first.active = False
        self.env["sos.correction"]._recount(self.sam, earlier)
        self.assertEqual(second.previous_plans, 2)
        first.active = True
        self.env["sos.correction"]._recount(self.sam, {second: 0})
        self.assertEqual(second.previous_plans, 3)
