from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosPathway(SosCommon):
    """What decisions set off: reference of forms, decisions and clocks."""

    # --------------------------------------------------------------- referral

    def test_information_is_no_referral(self):
        self._refer("information")
        self.assertFalse(self.case.episode_ids)

    def test_nfa_and_early_help_end_the_referral(self):
        self._refer("nfa", self.sam)
        self._refer("early_help", self.robin)
        sam, robin = self.case.episode_ids.sorted(lambda e: e.child_id != self.sam)
        self.assertEqual((sam.state, sam.early_help), ("nfa", False))
        self.assertEqual((robin.state, robin.early_help), ("nfa", True))
        self.assertFalse(sam.closed_on)

    def test_a_need_is_asked_where_the_referral_goes_on(self):
        for decision in ("information", "nfa", "early_help"):
            with self.subTest(decision):
                form = self._new_contact()
                self._fill(form, decision=decision)
                self.assertFalse(form.asks_need)
                self._sign(form)
                self.assertEqual(form.state, "authorised")
        form = self._new_contact()
        self.assertTrue(form.asks_need, "nobody has decided yet")
        self._fill(form, decision="nfa")
        self._decide(form, "assess", lines=form.child_ids[0])
        self.assertTrue(form.asks_need)
        with self.assertRaisesRegex(UserError, "“Primary need” is not filled in"):
            form.action_submit()

    def _new_contact(self):
        """A contact about both children that says nothing about their need."""
        source = self._code("referral_source", "2A")
        return self._open("contact", source_id=source.id)

    def test_second_contact_joins_the_open_period(self):
        self._refer("assess")
        first = self.case.episode_ids
        self._refer("strategy")
        self.assertEqual(self.case.episode_ids, first)
        self._refer("nfa")
        self.assertEqual(self.case.episode_ids, first)
        self.assertEqual(set(first.mapped("state")), {"open"})

    def test_next_form_is_opened_once_for_all(self):
        self._refer("assess")
        drafts = self.case.form_ids.filtered(lambda f: f.type_code == "assessment")
        self.assertEqual(drafts.child_ids.child_id, self.sam | self.robin)
        self.assertEqual(len(drafts), 1)
        self._refer("strategy")
        drafts = self.case.form_ids.filtered(lambda f: f.type_code == "assessment")
        self.assertEqual(len(drafts), 1, "the open draft is taken up")
        self.assertEqual(self._open("assessment"), drafts)

    def test_each_contact_is_a_form_of_its_own(self):
        facts = {
            code: {
                "source_id": self._code("referral_source", code).id,
                "need_id": self._code("primary_need", "N1").id,
            }
            for code in ("2A", "6")
        }
        school = self._open("contact", **facts["2A"])
        police = self._open("contact", **facts["6"])
        self.assertNotEqual(school, police)
        self.assertEqual(school.source_id.code, "2A")

    def test_referral_by_working_days(self):
        self._refer("assess")
        self.assertEqual(self._states("contact", self.sam), [("2026-09-08", "met")])
        self.assertEqual(self._states("assessment", self.sam), [("2026-11-09", "open")])

    # --------------------------------------------------------------- closing

    def test_contact_that_leads_to_nothing_closes_the_file(self):
        for decision in ("information", "nfa", "early_help"):
            with self.subTest(decision=decision):
                self.case.sudo().closed_on = False
                self._refer(decision)
                self.assertEqual(str(self.case.closed_on), "2026-09-07")

    def test_contact_that_leads_to_nothing_leaves_open_what_goes_on(self):
        self._refer("nfa", self.sam)
        self._refer("assess", self.robin)
        self.assertFalse(self.case.closed_on, "a referral opens the file again")
        self._refer("nfa", self.sam)
        self.assertFalse(self.case.closed_on, "another child's need goes on")

    def test_contact_that_leads_to_nothing_waits_for_another_one(self):
        facts = {
            "source_id": self._code("referral_source", "2A").id,
            "need_id": self._code("primary_need", "N1").id,
        }
        waiting = self._open("contact", **facts)
        self._refer("nfa")
        self.assertFalse(self.case.closed_on)
        self._sign(self._fill(waiting, decision="information"))
        self.assertTrue(self.case.closed_on)

    def test_closed_after_assessment(self):
        self._refer("assess")
        form = self._open("assessment")
        self._fill(form, query_reason="None found.")
        self._decide(form, "close", lines=form.child_ids[0])
        self._decide(form, "step_down", lines=form.child_ids[1])
        self._sign(form)
        reasons = {e.child_id: e.closure_reason_id.code for e in self.case.episode_ids}
        children = form.child_ids.mapped("child_id")
        self.assertEqual(reasons, {children[0]: "RC8", children[1]: "RC9"})
        self.assertEqual(str(self.case.closed_on), "2026-09-07")
        self.assertFalse(self.case.deadline_ids.filtered(lambda d: d.state == "open"))

    def test_closed_after_an_enquiry_is_rc7(self):
        self._refer("strategy")
        self._strategy()
        self._enquiry("not_substantiated")
        form = self._fill(self._open("assessment"), decision="close")
        form.write({"query_reason": "None found."})
        self._sign(form)
        reasons = self.case.episode_ids.closure_reason_id.mapped("code")
        self.assertEqual(reasons, ["RC7"])

    def test_closure_needs_its_reason(self):
        self._refer("assess")
        form = self._fill(self._open("closure"))
        self._decide(form, "close", closure="none")
        with self.assertRaisesRegex(UserError, "reason for closure"):
            form.with_user(self.worker).action_submit()
        self._decide(form, "close", closure="RC5")
        self._sign(form)
        self.assertEqual(
            set(self.case.episode_ids.closure_reason_id.mapped("code")), {"RC5"}
        )

    def test_reopened_by_a_new_referral(self):
        self._refer("assess")
        self._sign(self._fill(self._open("closure"), decision="close"))
        self.assertTrue(self.case.closed_on)
        # on the next day: of one day the census takes one period of need (rule 8820)
        with freeze_time("2026-09-08 10:00:00"):
            self._refer("assess")
        self.assertFalse(self.case.closed_on)
        self.assertEqual(
            sorted(self.case.episode_ids.mapped("state")),
            ["closed", "closed", "open", "open"],
        )

    def test_draft_of_a_closed_period_goes_on_in_the_new_one(self):
        self._refer("assess")
        first = self.case.episode_ids
        self._sign(self._fill(self._open("closure"), decision="close"))
        with freeze_time("2026-09-08 10:00:00"):
            self._refer("assess")
        draft = self._open("assessment")
        self.assertEqual(set(draft.child_ids.episode_id.mapped("state")), {"open"})
        self.assertFalse(draft.child_ids.episode_id & first)

    # ------------------------------------------------------------ protection

    def test_enquiry_needs_a_referral(self):
        form = self._fill(
            self._open("strategy"), decision="section47_joint", held_on="2026-09-07"
        )
        form.action_submit()
        with self.assertRaisesRegex(UserError, "Record the contact first"):
            form.with_user(self.manager).action_authorise()
        self.assertFalse(self.env["sos.enquiry"].search([]))

    def test_enquiry_needs_a_strategy_discussion(self):
        self._refer("assess")
        form = self._fill(self._open("section47"), decision="conference")
        form.action_submit()
        with self.assertRaisesRegex(UserError, "no enquiry going on"):
            form.with_user(self.manager).action_authorise()
        self.assertFalse(self.env["sos.enquiry"].search([]))

    def test_review_needs_a_plan(self):
        self._refer("assess")
        form = self._open("review_conference", user=self.support)
        form.write({"chair_id": self.chair.id, "held_on": self._today()})
        self._fill(form, self.support)
        self._decide(form, "continue")
        form.action_submit()
        with self.assertRaisesRegex(UserError, "has no child protection plan"):
            form.with_user(self.chair).action_authorise()
        self.assertFalse(self.env["sos.plan.review"].search([]))

    def test_enquiry_without_conference_cancels_its_clock(self):
        self._refer("strategy")
        self._strategy()
        self.assertEqual(
            self._states("initial_conference", self.sam), [("2026-09-28", "open")]
        )
        enquiry = self._open("section47")
        self._fill(enquiry)
        sam, robin = (
            enquiry.child_ids.filtered(lambda c, k=child: c.child_id == k)
            for child in (self.sam, self.robin)
        )
        self._decide(enquiry, "conference", lines=sam)
        self._decide(enquiry, "substantiated_no_risk", lines=robin)
        self._sign(enquiry)
        self.assertEqual(
            self._states("initial_conference", self.robin),
            [("2026-09-28", "cancelled")],
        )
        self.assertEqual(
            self._states("initial_conference", self.sam), [("2026-09-28", "open")]
        )
        self.assertEqual(
            self._states("conference_report", self.sam), [("2026-09-23", "open")]
        )
        form = self._open("initial_conference", self.sam)
        form.write({"booked_on": "2026-09-21"})
        self.assertEqual(
            self._states("conference_report", self.sam), [("2026-09-16", "open")]
        )

    def test_conference_makes_the_plan(self):
        self._protected()
        plans = self.case.plan_ids
        self.assertEqual(plans.mapped("kind"), ["cp", "cp"])
        self.assertEqual(plans.initial_category_id.code, "NEG")
        self.assertEqual(
            self.case.episode_ids.enquiry_ids.mapped("conference_required"),
            ["yes", "yes"],
        )
        self.assertEqual(
            {str(e.conference_on) for e in self.case.episode_ids.enquiry_ids},
            {"2026-09-07"},
        )
        for step, due in (
            ("core_group", "2026-09-21"),
            ("visit", "2026-09-21"),
            ("review_conference", "2026-12-07"),
        ):
            self.assertEqual(self._states(step, self.sam), [(due, "open")])
        self.assertEqual(
            self._states("initial_conference", self.sam), [("2026-09-28", "met")]
        )

    def test_report_is_not_due_after_its_conference(self):
        self._protected()
        self.assertEqual(
            self._states("conference_report", self.sam), [("2026-09-23", "ended")]
        )

    def test_plan_of_a_kind_already_open_does_nothing(self):
        self._protected()
        plans = self.case.plan_ids
        second = self._open("initial_conference", user=self.support)
        second.write({"chair_id": self.chair.id})
        self._fill(second, self.support, "cp_plan", held_on="2026-09-07")
        self._sign(second, self.chair)
        self.assertEqual(self.case.plan_ids, plans)
        self.assertEqual(len(self._states("core_group", self.sam)), 1)

    def test_conference_changes_the_category_of_a_plan_that_goes_on(self):
        self._protected()
        with freeze_time("2026-09-21 10:00:00"):
            second = self._open("initial_conference", self.sam, self.support)
            second.write({"chair_id": self.chair.id})
            self._fill(second, self.support, held_on="2026-09-21")
            self._decide(second, "cp_plan", "NEG")
            self.assertFalse(second.plans_html, "the plan says so already")
            self._decide(second, "cp_plan", "PHY")
            self.assertIn("Sam has a child protection plan", second.plans_html)
            self.assertIn("Physical abuse", second.plans_html)
            self._decide(second, "cin")
            self.assertIn("This decision does not end it.", second.plans_html)
            self._decide(second, "cp_plan", "PHY")
            second.with_user(self.chair).action_confirm_decisions()
        plan = self.case.plan_ids.filtered(lambda p: p.child_id == self.sam)
        self.assertEqual(plan.initial_category_id.code, "NEG")
        self.assertEqual(plan.latest_category_id.code, "PHY")
        self.assertFalse(second.plans_html)
        # the newest decision counts, whichever kind of conference it was
        with freeze_time("2026-10-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            review.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            self._fill(review, self.support)
            self._decide(review, "continue", "EMO")
            self.assertIn("Sam has a child protection plan", review.plans_html)
            self._sign(review, self.chair)
        self.assertEqual(plan.latest_category_id.code, "EMO")

    def test_a_changed_category_is_taken_back_with_its_decision(self):
        self._protected()
        with freeze_time("2026-09-21 10:00:00"):
            second = self._open("initial_conference", user=self.support)
            second.write({"chair_id": self.chair.id})
            self._fill(second, self.support, held_on="2026-09-21")
            self._decide(second, "cp_plan", "PHY")
            self._sign(second, self.chair)
            plan = self.case.plan_ids.filtered(lambda p: p.child_id == self.sam)
            for values, category in (
                ({"category_id": self._code("abuse_category", "EMO").id}, "EMO"),
                ({"decision_id": self._decision(second, "nfa").id}, "NEG"),
            ):
                correction = second.with_user(self.support).ask_correction(
                    "The minutes were wrong.", values, self.sam.id
                )
                correction.with_user(self.chair).action_authorise()
                self.assertEqual(plan.latest_category_id.code, category)
        self.assertFalse(plan.ended_on)

    def test_decision_confirmed_before_the_minutes_once(self):
        with freeze_time("2026-09-03 10:00:00"):
            self._refer("strategy")
        form = self._open("strategy")
        self._fill(form, decision="section47_joint")
        lines = form.child_ids
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            lines.with_user(self.worker).action_confirm()
        with self.assertRaisesRegex(UserError, "day on which the meeting was held"):
            lines.with_user(self.manager).action_confirm()
        form.write({"held_on": "2026-09-04"})
        lines.with_user(self.manager).action_confirm()
        lines.with_user(self.manager).action_confirm()
        enquiries = self.case.episode_ids.enquiry_ids
        self.assertEqual(len(enquiries), 2)
        self.assertEqual({str(e.started_on) for e in enquiries}, {"2026-09-04"})
        with self.assertRaisesRegex(UserError, "in effect"):
            self._decide(form, "nfa")
        self._sign(form)
        self.assertEqual(self.case.episode_ids.enquiry_ids, enquiries)

    def test_own_work_is_not_confirmed(self):
        self._refer("strategy")
        form = self._strategy(confirm=True)
        form.with_user(self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "nobody authorises their own"):
            form.child_ids.with_user(self.manager).action_confirm()

    def test_who_confirmed_does_not_submit(self):
        self._refer("strategy")
        form = self._strategy(confirm=True)
        form.child_ids.with_user(self.manager).action_confirm()
        # the button is not offered, and who may submit it is named
        mine, other = form.with_user(self.manager), form.with_user(self.worker)
        self.assertFalse(mine.may_submit)
        self.assertIn(self.worker.name, mine.others_submit_text)
        self.assertTrue(other.may_submit)
        self.assertFalse(other.others_submit_text)
        with self.assertRaisesRegex(UserError, "Somebody else submits it"):
            form.with_user(self.manager).action_submit()
        form.with_user(self.worker).action_submit()
        self.assertEqual(form.state, "submitted")

    def test_decisions_of_a_cancelled_meeting_are_not_confirmed(self):
        self._refer("strategy")
        form = self._strategy(confirm=True)
        form.action_cancel("It was not held.")
        with self.assertRaisesRegex(UserError, "form is cancelled"):
            form.child_ids.with_user(self.manager).action_confirm()
        self.assertFalse(self.env["sos.enquiry"].search([]))

    def test_decisions_of_other_forms_count_when_signed(self):
        self._refer("assess")
        form = self._fill(self._open("assessment"), decision="cin")
        with self.assertRaisesRegex(UserError, "count when it is signed"):
            form.child_ids.with_user(self.manager).action_confirm()

    def test_category_is_needed(self):
        self._refer("strategy")
        form = self._open("strategy", held_on="2026-09-07")
        # while it is being written nothing stands in the way of the other sections
        self._decide(form, "section47_joint", category="none")
        self.assertFalse(form.child_ids.category_id)
        self.assertIn("needs a category of abuse", form.todo_html)
        with self.assertRaisesRegex(UserError, "for Sam Hill needs a category"):
            form.action_submit()
        with self.assertRaisesRegex(ValidationError, "needs a category of abuse"):
            with self.env.cr.savepoint():
                form.with_user(self.manager).action_confirm_decisions()
        self.assertFalse(form.child_ids.filtered("confirmed_at"))

    def test_decision_of_another_form_is_refused(self):
        form = self._open("strategy")
        other = self.env["sos.form.type"]._get("contact").live_version_id.decision_ids
        with self.assertRaisesRegex(ValidationError, "not a decision of this form"):
            form.child_ids.write({"decision_id": other[0].id})

    def test_review_continues_or_ends(self):
        self._protected()
        with freeze_time("2026-10-07 10:00:00"):
            form = self._open("review_conference", user=self.support)
            form.write({"chair_id": self.chair.id, "held_on": "2026-10-07"})
            self.assertEqual(
                self._states("review_conference", self.sam), [("2026-12-07", "met")]
            )
            self._fill(form, self.support)
            sam, robin = (
                form.child_ids.filtered(lambda c, k=child: c.child_id == k)
                for child in (self.sam, self.robin)
            )
            self._decide(form, "continue", category="EMO", lines=sam)
            self._decide(form, "end_cin", lines=robin)
            self._sign(form, self.chair)
        plan = self.sam.plan_ids
        self.assertEqual(plan.latest_category_id.code, "EMO")
        self.assertEqual(plan.initial_category_id.code, "NEG")
        self.assertEqual([str(r.held_on) for r in plan.review_ids], ["2026-10-07"])
        self.assertEqual(
            [
                (p.kind, str(p.started_on), str(p.ended_on))
                for p in self.robin.plan_ids.sorted("started_on", reverse=True)
            ],
            [("cin", "2026-10-07", "False"), ("cp", "2026-09-07", "2026-10-07")],
        )
        self.assertEqual(
            self._states("review_conference", self.sam),
            [("2026-12-07", "met"), ("2027-04-07", "open")],
        )
        self.assertEqual(
            self._states("core_group", self.robin), [("2026-09-21", "ended")]
        )
        self.assertEqual(self._states("cin_plan", self.robin), [("2026-10-21", "open")])

    def test_against_the_recommendation_needs_a_reason(self):
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        self._sign(
            self._fill(self._open("conference_report"), decision="recommend_plan")
        )
        form = self._conference("nfa", sign=False)
        with self.assertRaisesRegex(UserError, "not what the report recommended"):
            form.action_submit()
        form.child_ids.write({"against_reason": "The network was there in numbers."})
        self._sign(form, self.chair)
        self.assertFalse(self.case.plan_ids)

    def test_a_report_counts_for_one_conference(self):
        """What it recommended was decided about; the next one has its own."""
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        self._sign(
            self._fill(self._open("conference_report"), decision="recommend_plan")
        )
        with freeze_time("2026-09-08 10:00:00"):
            self._conference(day="2026-09-08")
        with freeze_time("2026-12-07 10:00:00"):
            review = self._open("review_conference", user=self.support)
            reports = review.sudo()._get_reports()
            self.assertFalse(reports, "the report was for the first conference")
            self._sign(
                self._fill(
                    self._open("conference_report"), decision="recommend_no_plan"
                )
            )
            recommended = review.sudo()._get_reports()[self.sam].decision_id
            self.assertEqual(recommended.code, "recommend_no_plan")

    def test_closed_after_a_transfer_conference_is_rc7(self):
        """Census rule 2990: a conference was protection work, in whoever's area."""
        form = self._open(
            "contact",
            source_id=self._code("referral_source", "5C").id,
            need_id=self._code("primary_need", "N1").id,
            transfer_in=True,
            notified_on="2026-09-04",
        )
        self._sign(self._fill(form, decision="transfer_in"))
        self._conference("nfa")
        self.assertFalse(self.case.plan_ids.filtered(lambda p: p.kind == "cp"))
        self.assertFalse(self.case.episode_ids.enquiry_ids)
        form = self._fill(self._open("assessment"), decision="close")
        form.write({"query_reason": "None found."})
        self._sign(form)
        reasons = self.case.episode_ids.closure_reason_id.mapped("code")
        self.assertEqual(reasons, ["RC7"])

    def test_transfer_in_conference(self):
        """A child who comes with a plan has a conference and no enquiry of ours."""
        form = self._open(
            "contact",
            source_id=self._code("referral_source", "5C").id,
            need_id=self._code("primary_need", "N1").id,
            transfer_in=True,
            notified_on="2026-09-04",
        )
        self._sign(self._fill(form, decision="transfer_in"))
        self.assertEqual(
            self._states("initial_conference", self.sam), [("2026-09-25", "open")]
        )
        self._conference()
        self.assertEqual(
            {str(e.transfer_conference_on) for e in self.case.episode_ids},
            {"2026-09-07"},
        )
        self.assertFalse(self.case.episode_ids.enquiry_ids)

    def test_nothing_watches_an_episode(self):
        self._refer("assess")
        episodes = self.env["sos.episode"].with_user(self.manager)
        self.assertFalse(episodes.search([("unwatched", "=", True)]))
        self._sign(
            self._fill(
                self._open("assessment", self.sam | self.robin),
                decision="continue_cp",
                query_reason="None.",
            )
        )
        unwatched = episodes.search([("unwatched", "=", True)])
        self.assertEqual(unwatched, self.case.episode_ids.with_user(self.manager))
        self.assertEqual(unwatched.mapped("unwatched"), [True, True])
        self.assertFalse(episodes.search([("unwatched", "=", False)]))
