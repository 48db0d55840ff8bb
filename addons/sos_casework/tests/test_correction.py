from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common_correction import LATER, CorrectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosCorrection(CorrectionCommon):
    """Who asks for a correction, who authorises it, and what keeps it from being."""

    # ------------------------------------------------------------------- asking

    def test_asked_for_and_authorised_by_another(self):
        form = self._refer()
        need = self._code("primary_need", "N2")
        with freeze_time(LATER):
            correction = self._ask(form, {"need_id": need.id})
            self.assertEqual(correction.state, "waiting")
            self.assertEqual(correction.asked_by_id, self.worker)
            self.assertEqual(form.need_id.code, "N1", "nothing has changed yet")
            self.assertEqual(set(self.case.episode_ids.need_id.mapped("code")), {"N1"})
            correction.with_user(self.manager).action_authorise()
        self.assertEqual(correction.state, "done")
        self.assertEqual(correction.decided_by_id, self.manager)
        self.assertEqual(form.need_id, need)
        self.assertEqual(self.case.episode_ids.need_id, need)

    def test_says_old_and_new_in_words(self):
        with freeze_time("2026-09-03 10:00:00"):
            self._refer("strategy")
        form = self._strategy()
        correction = self._ask(form, self._category("EMO"), self.sam)
        self.assertEqual(correction.what, "Category of abuse")
        self.assertEqual(correction.old_text, self._code("abuse_category", "NEG").name)
        self.assertEqual(correction.new_text, self._code("abuse_category", "EMO").name)
        held = self._ask(form, {"held_on": "2026-09-04"}, user=self.support)
        self.assertEqual(
            (held.old_text, held.new_text), ("7 September 2026", "4 September 2026")
        )

    def test_nobody_authorises_their_own(self):
        form = self._refer()
        values = {"transfer_in": True}
        correction = self._ask(form, values, user=self.manager)
        with self._refused(UserError, "nobody authorises their own"):
            correction.with_user(self.manager).action_authorise()
        with self._refused(UserError, "nobody authorises their own"):
            correction.with_user(self.manager).action_refuse("No.")
        self.assertFalse(form.transfer_in)

    def test_role_of_the_form_authorises(self):
        self._protected()
        form = self.case.form_ids.filtered(
            lambda f: f.type_code == "initial_conference"
        )
        correction = self._ask(form, {"quorate": "yes"})
        with self._refused(UserError, "Only a conference chair may authorise a corr"):
            correction.with_user(self.manager).action_authorise()
        with self._refused(AccessError, "no access"):
            correction.with_user(self.outsider).action_authorise()
        correction.with_user(self.chair).action_authorise()
        self.assertEqual(form.quorate, "yes")

    def test_form_that_nobody_signs_is_a_managers(self):
        visit = self._visit()
        correction = self._ask(visit, {"announced": True})
        with self._refused(UserError, "Only a manager"):
            correction.with_user(self.support).action_authorise()
        with self._refused(AccessError, "no access"):
            correction.with_user(self.other_manager).action_authorise()
        correction.with_user(self.service_manager).action_authorise()
        self.assertTrue(visit.announced)

    def test_who_may_not_write_does_not_ask(self):
        form = self._refer()
        for user in (self.auditor, self.outsider, self.configurator, self.lead):
            with self._refused(AccessError, "."):
                self._ask(form, {"transfer_in": True}, user=user)

    def test_only_through_the_methods(self):
        form = self._refer()
        correction = self._ask(form, {"transfer_in": True})
        for user in (self.worker, self.manager, self.service_manager):
            own = correction.with_user(user)
            with self._refused(UserError, "."):
                own.write({"state": "done"})
            with self._refused(UserError, "."):
                own.copy()
            with self._refused(UserError, "."):
                own.env["sos.correction"].create(
                    {
                        "form_id": form.id,
                        "kind": "fact",
                        "fact": "need_id",
                        "what": "x",
                        "reason": "x",
                        "asked_by_id": user.id,
                        "asked_at": "2026-09-07",
                        "state": "done",
                    }
                )
            with self._refused(UserError, "."):
                own.unlink()
        with self._refused(UserError, "."):
            correction.sudo().unlink()
        with self._refused(UserError, "filled in by the system"):
            self._open("assessment").child_ids[0].write({"active": False})

    def test_cause_cannot_be_given_in_the_context(self):
        """What is noted as set off by a decision, and what the log says of a
        correction, come from the system and from nobody's context."""
        form = self._refer()
        line = form.child_ids[0]
        before = line.set_off
        given = {"line_id": line.id, "source": "effect:x", "correction_id": 1}
        other = self._open("assessment").with_user(self.worker)
        other.with_context(sos_cause=given).write({"started_on": "2026-09-01"})
        self.assertEqual(line.set_off, before)
        log = self.env["sos.change.log"].search([("res_id", "=", other.id)], limit=1)
        self.assertFalse(log.correction_id)

    # ------------------------------------------------------------------- states

    def test_refused_with_a_reason(self):
        form = self._refer()
        correction = self._ask(form, {"transfer_in": True})
        with self._refused(UserError, "reason is needed"):
            correction.with_user(self.manager).action_refuse("  ")
        with self._refused(UserError, "Only a team manager"):
            correction.with_user(self.support).action_refuse("No.")
        correction.with_user(self.manager).action_refuse("They came from here.")
        self.assertEqual(correction.state, "refused")
        self.assertEqual(correction.refusal, "They came from here.")
        with self._refused(UserError, "decided already"):
            correction.with_user(self.manager).action_authorise()
        self.assertFalse(form.transfer_in)

    def test_withdrawn_by_who_asked(self):
        form = self._refer()
        correction = self._ask(form, {"transfer_in": True})
        with self._refused(UserError, "Only who asked"):
            correction.with_user(self.manager).action_withdraw()
        correction.action_withdraw()
        self.assertEqual(correction.state, "withdrawn")
        with self._refused(UserError, "decided already"):
            correction.with_user(self.manager).action_authorise()

    def test_one_waits_for_a_fact(self):
        form = self._refer()
        first = self._ask(form, {"transfer_in": True})
        with self._refused(UserError, "waits already"):
            self._ask(form, {"transfer_in": True}, user=self.support)
        self._ask(form, {"need_id": self._code("primary_need", "N2").id})
        first.with_user(self.manager).action_refuse("No.")
        self.assertTrue(self._ask(form, {"transfer_in": True}))

    def test_decided_once(self):
        form = self._refer()
        correction = self._correct(form, {"transfer_in": True})
        decided = correction.with_user(self.manager)
        for press in (
            lambda: decided.action_authorise(),
            lambda: decided.action_refuse("No."),
            lambda: decided.action_look_again(),
            lambda: correction.with_user(self.worker).action_withdraw(),
        ):
            with self._refused(UserError, "decided already: corrected"):
                press()
        self.assertEqual(correction.state, "done")
        self.assertTrue(form.transfer_in)

    def test_form_says_something_else_since(self):
        """A decision takes its category with it: who asked for another category
        beside it asks again."""
        self._refer("strategy")
        form = self._strategy()
        category = self._ask(form, self._category("EMO"), self.sam)
        joint = self._decided(form, "section47_single", **self._category("PHY"))
        decision = self._ask(form, joint, self.sam)
        decision.with_user(self.manager).action_authorise()
        with self._refused(UserError, "does not say “Neglect” any more. Withdraw"):
            category.with_user(self.manager).action_authorise()
        category.with_user(self.manager).action_look_again()
        self.assertIn("cannot be carried out now: The form does not", category.follows)
        self.assertEqual(self._line(form, self.sam).category_id.code, "PHY")
        self.assertEqual(category.state, "waiting")

    def test_corrected_once_more(self):
        form = self._refer()
        for code, old in (("N2", "N1"), ("N3", "N2"), ("N1", "N3")):
            need = self._code("primary_need", code)
            correction = self._correct(form, {"need_id": need.id})
            was = self._code("primary_need", old)
            self.assertEqual(correction.old_text, was.name)
            self.assertEqual(self.case.episode_ids.need_id, need)
        self.assertEqual(len(form.correction_ids), 3)

    def test_what_follows_has_changed_since(self):
        """Who authorises agrees to what was shown, and to nothing else."""
        self._refer("strategy")
        form = self._strategy()
        correction = self._ask(form, self._category("EMO"), self.sam)
        self.assertIn("enquiry", correction.follows)
        enquiry = self.sam.episode_ids.enquiry_ids
        enquiry.sudo().category_id = self._code("abuse_category", "PHY")
        with self._refused(UserError, "Look again"):
            correction.with_user(self.manager).action_authorise()
        correction.with_user(self.manager).action_look_again()
        self.assertIn("Nothing else follows", correction.follows)
        correction.with_user(self.manager).action_authorise()
        self.assertEqual(enquiry.category_id.code, "PHY", "later work stands")

    # ----------------------------------------------------------------- bad input

    def test_form_that_is_not_signed(self):
        form = self._open("assessment")
        with self._refused(UserError, "not signed yet"):
            self._ask(form, {"started_on": "2026-09-01"})
        with self._refused(UserError, "not signed yet"):
            form.action_ask_correction()
        form.action_cancel("Opened by mistake.")
        with self._refused(UserError, "cancelled"):
            self._ask(form, {"started_on": "2026-09-01"})

    def test_meeting_in_effect_that_is_not_signed(self):
        """Only what is in effect already is corrected before the minutes are signed."""
        self._refer("strategy")
        form = self._strategy(confirm=True)
        self._line(form, self.sam).with_user(self.manager).action_confirm()
        with self._refused(UserError, "not signed yet: ask for it to be sent back"):
            self._ask(form, child=self.robin, kind="not_part")
        with self._refused(UserError, "not signed yet. Add the child in the form"):
            self._ask(form, child=self.robin, kind="missing")
        self.assertFalse(form.correction_ids)

    def test_decision_without_a_category(self):
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        form = self._conference("nfa")
        with self._refused(UserError, "for Sam Hill has no category. Correct the dec"):
            self._ask(form, self._category("EMO"), self.sam)
        self.assertFalse(form.correction_ids)

    def test_list_is_given_as_a_list(self):
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.query_reason = "Factors follow."
        self._sign(form)
        factor = self._code("assessment_factor", "1A").id
        for value in ([[4, factor]], [[0, 0, [factor]]], ["1A"]):
            with self.subTest(value), self._refused(UserError, "cannot be “Factors”"):
                self._ask(form, {"factor_ids": value}, self.sam)
        self.assertFalse(form.correction_ids)

    def test_wrong_input_stores_nothing(self):
        self._refer("strategy")
        form = self._strategy()
        other = self._decision(self._open("assessment"), "cin")
        need = self._code("primary_need", "N1")
        for words, values, child, kind in (
            ("says so already", {"held_on": "2026-09-07"}, None, "fact"),
            ("cannot be “Held on”", {"held_on": "2026-02-31"}, None, "fact"),
            ("cannot be left empty", {"held_on": False}, None, "fact"),
            ("cannot be in the future", {"held_on": "2026-09-08"}, None, "fact"),
            ("before the referral", {"held_on": "2026-09-04"}, None, "fact"),
            ("cannot be corrected here", {"state": "draft"}, None, "fact"),
            ("cannot be corrected here", {"released": True}, None, "fact"),
            ("cannot be corrected here", {"quorate": "yes"}, None, "fact"),
            ("cannot be corrected here", {}, None, "fact"),
            (
                "cannot be corrected here",
                {"held_on": "2026-09-06", "booked_on": "2026-09-06"},
                None,
                "fact",
            ),
            ("cannot be corrected here", {"seen": "yes"}, self.sam, "fact"),
            ("cannot be", {"category_id": need.id}, self.sam, "fact"),
            ("cannot be", {"decision_id": other.id}, self.sam, "fact"),
            ("cannot be “Decision”", {"decision_id": "nfa"}, self.sam, "fact"),
            ("no decision yet", {"decision_id": False}, self.sam, "fact"),
            ("who is in the form", self._category("EMO"), self.alex, "fact"),
            ("child of this family", {}, self.alex, "missing"),
            ("child of this family", {}, self.sam, "missing"),
            ("cannot be corrected", {}, self.sam, "unlink"),
        ):
            with self.subTest(words, values=values, kind=kind):
                with self._refused(UserError, words):
                    self._ask(form, values, child, kind)
        with self._refused(UserError, "reason is needed"):
            form.with_user(self.worker).ask_correction(" ", {"held_on": "2026-09-06"})
        self.assertFalse(form.correction_ids)

    def test_weekend(self):
        self._protected()
        form = self.case.form_ids.filtered(
            lambda f: f.type_code == "initial_conference"
        )
        with self._refused(ValidationError, "weekend"):
            self._ask(form, {"held_on": "2026-09-06"})

    def test_chosen_child_is_ones_own(self):
        form = self._refer()
        with self._refused(AccessError, "."):
            form.with_user(self.outsider).ask_correction("x", {}, self.sam.id)
        stranger = (
            self.env(user=self.outsider)["sos.person"]
            .create({"kind": "child", "first_name": "Jo", "last_name": "Reed"})
            .with_env(self.env)
        )
        with self._refused(AccessError, "no access"):
            self._ask(form, {}, stranger, "missing")

    def test_day_of_a_meeting_in_effect_is_not_typed_over(self):
        self._refer("strategy")
        form = self._strategy(confirm=True)
        form.child_ids.with_user(self.manager).action_confirm()
        with self._refused(UserError, "Correct…"):
            form.with_user(self.worker).write({"held_on": "2026-09-04"})

    # -------------------------------------------------------------------- lists

    def test_waits_for_me(self):
        contact = self._ask(self._refer(), {"transfer_in": True})
        visit = self._ask(self._visit(), {"announced": True}, user=self.manager)
        corrections = self.env["sos.correction"]
        for user, expected in (
            (self.manager, contact),
            (self.service_manager, visit),
            (self.chair, corrections),
            (self.worker, corrections),
            (self.other_manager, corrections),
        ):
            found = corrections.with_user(user).search([("awaits_me", "=", True)])
            self.assertEqual(found.sudo(), expected.sudo(), user.login)
        self.assertTrue(contact.with_user(self.manager).may_decide)
        self.assertFalse(contact.may_decide)
        self.assertTrue(contact.may_withdraw)

    def test_who_reads_a_correction(self):
        correction = self._ask(self._refer(), {"transfer_in": True})
        for user in (self.worker, self.manager, self.auditor, self.service_manager):
            self.assertTrue(correction.with_user(user).read(["reason"]))
        for user in (self.outsider, self.analyst, self.configurator):
            with self._refused(AccessError, "."):
                correction.with_user(user).read(["reason"])

    # ------------------------------------------------------------------- window

    def test_window_asks_by_the_right_kind_of_field(self):
        self._refer("strategy")
        form = self._strategy()
        asks = self.env["sos.correction.ask"].with_user(self.worker)
        with Form(asks.with_context(default_form_id=form.id)) as window:
            window.about = "form"
            self.assertIn("held_on", window.choices)
            window.fact = "held_on"
            self.assertEqual(window.place, "new_date")
            self.assertEqual(window.says, "7 September 2026")
            window.about = "child"
            self.assertFalse(window.fact)
            window.child_id = self.sam
            window.fact = "category_id"
            self.assertEqual(window.place, "new_code_id")
            self.assertEqual(window.code_set, "abuse_category")
            window.new_code_id = self._code("abuse_category", "EMO")
            window.reason = "Read the minutes again."
        wizard = window.record
        wizard.action_look()
        self.assertFalse(form.correction_ids, "looking stores nothing")
        self.assertIn("Sam: Section 47 enquiry", wizard.follows)
        action = wizard.action_ask()
        correction = self.env["sos.correction"].browse(action["res_id"])
        self.assertEqual(correction.follows, wizard.follows)
        self.assertEqual(correction.reason, "Read the minutes again.")

    def test_window_asks_for_the_missing_child(self):
        self._refer("strategy")
        form = self._strategy()
        self._correct(form, {}, self.robin, "not_part")
        asks = self.env["sos.correction.ask"].with_user(self.worker)
        with Form(asks.with_context(default_form_id=form.id)) as window:
            window.about = "missing"
            self.assertEqual(window.child_id, self.robin)
            window.decision_id = self._decision(form, "section47_joint")
            window.category_id = self._code("abuse_category", "PHY")
            window.reason = "He was talked about as well."
        window.record.action_look()
        self.assertIn("Robin: Section 47 enquiry – starts", window.record.follows)
        self.assertFalse(self.robin.episode_ids.enquiry_ids)

    def test_window_says_what_to_choose(self):
        form = self._refer()
        asks = self.env["sos.correction.ask"].with_user(self.worker)
        for about, words in (
            ("child", "Choose the child"),
            ("form", "Choose what is wrong"),
        ):
            values = {"form_id": form.id, "about": about, "reason": "x"}
            with self.subTest(about), self._refused(UserError, words):
                asks.create(values).action_ask()
        self.assertFalse(form.correction_ids)

    def test_window_is_ones_own(self):
        form = self._refer()
        wizard = (
            self.env["sos.correction.ask"]
            .with_user(self.worker)
            .create({"form_id": form.id, "reason": "x"})
        )
        with self._refused(AccessError, "."):
            wizard.with_user(self.manager).read(["reason"])

    def test_refused_in_its_window(self):
        correction = self._ask(self._refer(), {"transfer_in": True})
        action = correction.with_user(self.manager).action_ask_refuse()
        reasons = self.env["sos.form.reason"].with_user(self.manager)
        reason = reasons.with_context(**action["context"]).create({"reason": "No."})
        reason.action_apply()
        self.assertEqual(correction.state, "refused")

    def _visit(self):
        visit = self._open("visit", held_on="2026-09-07")
        visit.child_ids.write({"seen": "yes"})
        self._fill(visit).action_submit()
        return visit
