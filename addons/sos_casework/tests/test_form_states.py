from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosFormStates(RefusalsMixin, SosCommon):
    """Being written, submitted, authorised, sent back, cancelled, added to."""

    def test_nothing_is_submitted_half_done(self):
        form = self._open("assessment")
        with self.assertRaisesRegex(UserError, "Sam Hill has no decision yet"):
            form.action_submit()
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.document_ids)

    def test_empty_markup_is_empty(self):
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.write_answer("analysis", "<p><br></p>")
        with self.assertRaisesRegex(UserError, "is empty"):
            form.action_submit()

    def test_submitted_form_is_locked_in_every_part(self):
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.action_submit()
        answer = form.answer_ids[0]
        for change in (
            lambda: form.write_answer("analysis", "Changed my mind."),
            lambda: answer.write({"body": "Changed my mind."}),
            lambda: form.write({"started_on": "2026-09-01"}),
            lambda: form.child_ids.write({"seen": "yes"}),
            lambda: form.write({"child_ids": [Command.create({"child_id": 1})]}),
            lambda: form.env["sos.form.attendance"].create(
                {"form_id": form.id, "user_id": self.worker.id}
            ),
        ):
            with self.assertRaisesRegex(UserError, "waiting for authorisation"):
                change()
        with self.assertRaises(AccessError):
            form.env["sos.form.answer"].create(
                {"form_id": form.id, "section_id": answer.section_id.id}
            )

    def test_state_and_signatures_cannot_be_written(self):
        form = self._open("assessment")
        for vals in (
            {"state": "authorised"},
            {"authorised_by_id": self.manager.id},
            {"released": True},
            {"version_id": form.version_id.id},
        ):
            with self.assertRaisesRegex(UserError, "buttons"):
                form.write(vals)
        with self.assertRaisesRegex(UserError, "buttons"):
            self.env["sos.form"].with_user(self.worker).create(
                {
                    "case_id": self.case.id,
                    "type_id": form.type_id.id,
                    "state": "authorised",
                }
            )
        with self.assertRaisesRegex(UserError, "button"):
            form.child_ids.write({"confirmed_at": fields.Datetime.now()})

    def test_authorised_by_the_role_and_never_by_oneself(self):
        form = self._fill(
            self._open(
                "contact",
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            ),
            decision="assess",
        )
        with self.assertRaisesRegex(UserError, "after it was submitted"):
            form.with_user(self.manager).action_authorise()
        form.with_user(self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            form.with_user(self.worker).action_authorise()
        with self.assertRaisesRegex(UserError, "nobody authorises their own"):
            form.with_user(self.manager).action_authorise()
        with self.assertRaises(AccessError):
            form.with_user(self.other_manager).action_authorise()
        form.with_user(self.manager).action_send_back("The worker submits this.")
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.document_id)
        form.with_user(self.worker).action_submit()
        form.with_user(self.manager).action_authorise()
        self.assertEqual(form.state, "authorised")
        self.assertEqual(form.authorised_by_id, self.manager)

    def test_who_may_only_read_presses_nothing(self):
        """The buttons write with superuser rights, after the checks."""
        draft = self._fill(self._open("assessment"), decision="continue_cp")
        waiting = self._fill(self._open("closure"), decision="close")
        waiting.action_submit()
        signed = self._refer()
        for form, press in (
            (draft, lambda f: f.action_submit()),
            (draft, lambda f: f.action_cancel("No.")),
            (draft, lambda f: f.action_confirm_decisions()),
            (waiting, lambda f: f.action_authorise()),
            (waiting, lambda f: f.action_send_back("No.")),
            (waiting, lambda f: f.action_cancel("No.")),
            (waiting, lambda f: f.action_release("No.")),
            (signed, lambda f: f.action_authorise()),
        ):
            state = form.state
            with self.subTest(form.type_code, state=state):
                with self.assertRaises(AccessError):
                    press(form.with_user(self.auditor))
                self.assertEqual(form.state, state)
                self.assertFalse(form.released)
        # nor whoever submitted it, once they do not write any more
        self.worker.group_ids = self.auditor.group_ids
        with self.assertRaises(AccessError):
            waiting.with_user(self.worker).action_send_back("I forgot something.")
        self.assertEqual(waiting.state, "submitted")

    def test_second_authorisation_is_refused(self):
        form = self._refer()
        episodes = self.case.episode_ids
        with self.assertRaisesRegex(UserError, "authorised already"):
            form.with_user(self.manager).action_authorise()
        self.assertEqual(self.case.episode_ids, episodes)

    def test_sending_back_needs_a_reason_and_a_right(self):
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.action_submit()
        with self.assertRaisesRegex(UserError, "reason is needed"):
            form.with_user(self.manager).action_send_back("  ")
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            form.with_user(self.support).action_send_back("Because.")
        # who submitted may take it back
        form.with_user(self.worker).action_send_back("I forgot something.")
        self.assertEqual(form.state, "draft")
        self.assertEqual(form.sent_back_reason, "I forgot something.")
        self.assertEqual(len(form.document_ids), 1, "what was submitted is kept")

    def test_what_another_signed_meanwhile_is_seen_behind_the_lock(self):
        """Two press at the same moment: who waited sees what the first has done, and
        not what was read before the wait."""
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.write({"query_reason": "Factors follow."})
        self.assertEqual(form.state, "draft")
        self.env.flush_all()
        # as another transaction has committed it, past what this one remembers
        self.env.cr.execute(
            "UPDATE sos_form SET state = 'submitted' WHERE id = %s", [form.id]
        )
        self.assertEqual(form.state, "draft")
        with self.assertRaises(UserError):
            form.action_submit()
        self.assertFalse(form.document_ids)

    def test_cancelled_with_a_reason_and_not_after_signing(self):
        form = self._open("assessment")
        with self.assertRaisesRegex(UserError, "reason is needed"):
            form.action_cancel()
        form.action_cancel("Opened by mistake.")
        self.assertEqual(form.state, "cancelled")
        with self.assertRaisesRegex(UserError, "cancelled"):
            form.write_answer("analysis", "More.")
        with self.assertRaisesRegex(UserError, "stays so"):
            self._refer().with_user(self.worker).action_cancel("No.")

    def test_what_is_in_effect_is_not_cancelled(self):
        self._refer("strategy")
        form = self._strategy(confirm=True)
        form.child_ids.with_user(self.manager).action_confirm()
        with self._refused(UserError, "is in effect, so it stays"):
            form.action_cancel("Opened by mistake.")
        self.assertEqual(form.state, "draft")
        with self._refused(UserError, "is in effect. What is wrong"):
            form.child_ids[0].decision_id = self._decision(form, "nfa")

    def test_signed_form_says_how_to_go_on(self):
        form = self._refer().with_user(self.worker)
        with self._refused(UserError, "put what is wrong right with"):
            form.write({"transfer_in": True})
        self.assertFalse(form.transfer_in)

    def test_form_has_a_version_and_a_child_and_keeps_its_type(self):
        forms = self.env["sos.form"].with_user(self.worker)
        new = self.env["sos.form.type"].create({"code": "own", "name": "Our own"})
        values = {"case_id": self.case.id, "type_id": new.id}
        with self._refused(UserError, "“Our own” has no live version yet"):
            forms.create(values)
        form = self._open("assessment")
        with self._refused(ValidationError, "at least one child"):
            forms.create({**values, "type_id": form.type_id.id})
        with self._refused(UserError, "stays with its family and its type"):
            form.type_id = self.env["sos.form.type"]._get("visit")
        with self._refused(UserError, "no section “nonsense” to write in"):
            form.write_answer("nonsense", "Words.")
        self.assertEqual(self.case.form_ids, form)

    def test_manager_decides_until_authorising(self):
        """After submission only decisions and the manager's decision may change."""
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.write({"query_reason": "Factors follow."})
        form.action_submit()
        signed = form.with_user(self.manager)
        signed.write_answer("management_decision", "A plan with the family.")
        self._decide(signed, "cin")
        with self.assertRaisesRegex(UserError, "waiting for authorisation"):
            signed.write_answer("analysis", "Not mine to change.")
        signed.action_authorise()
        self.assertEqual(self.case.plan_ids.mapped("kind"), ["cin", "cin"])
        self.assertIn("A plan with the family.", form.document_id.content)
        with self.assertRaisesRegex(UserError, "in effect"):
            self._decide(form, "close")

    def test_addendum_after_submission_only_and_fixed(self):
        form = self._refer().with_user(self.worker)
        addendum = form.env["sos.form.addendum"].create(
            {"form_id": form.id, "text": "The school rang again."}
        )
        self.assertEqual(addendum.added_by_id, self.worker)
        with self.assertRaisesRegex(UserError, "add another"):
            addendum.write({"text": "Something else."})
        draft = self._open("assessment")
        with self.assertRaisesRegex(UserError, "still being written"):
            form.env["sos.form.addendum"].create({"form_id": draft.id, "text": "x"})

    def test_two_writers_in_one_section(self):
        form = self._open("assessment")
        revision = form.write_answer("analysis", "First.")
        form.with_user(self.manager).write_answer("analysis", "Second.", None, revision)
        with self.assertRaisesRegex(UserError, "has written in"):
            form.write_answer("analysis", "Third.", None, revision)
        self.assertIn("Second.", form._get_answer_text("analysis"))
        # another section is nobody's business
        form.write_answer("reason", "Ours.", None, 0)

    def test_hostile_html_is_made_harmless(self):
        form = self._open("assessment")
        form.write_answer(
            "analysis",
            '<p onclick="x()">Calm<script>alert(1)</script>'
            '<a href="javascript:x()">here</a></p>',
        )
        body = form.answer_ids.filtered(lambda a: a.code == "analysis").body
        self.assertIn("Calm", body)
        for bad in ("script", "onclick", "javascript"):
            self.assertNotIn(bad, body)

    def test_form_is_about_children_of_its_family(self):
        stranger = self.env["sos.person"].create({"last_name": "Else"})
        with self.assertRaisesRegex(UserError, "children of this family"):
            self.case.with_user(self.worker).open_form("assessment", stranger.ids)
        form = self._open("assessment")
        with self._refused(ValidationError, "children of its own family"):
            form.write({"child_ids": [Command.create({"child_id": self.alex.id})]})
        self.assertEqual(form.child_ids.child_id, self.sam | self.robin)
        with self.assertRaisesRegex(UserError, "no form of the type"):
            self._open("nonsense")

    def test_conference_never_on_a_weekend(self):
        self._refer("strategy")
        form = self._open("initial_conference")
        for day in ("2026-09-05", "2026-09-06"):
            with self.assertRaisesRegex(ValidationError, "weekend"):
                form.write({"held_on": day})
            with self.assertRaisesRegex(ValidationError, "weekend"):
                form.write({"booked_on": day})

    def test_census_errors_block_and_queries_ask(self):
        self._refer()
        form = self._fill(self._open("assessment"), decision="continue_cp")
        form.write({"started_on": "2026-08-03"})
        with self.assertRaisesRegex(UserError, "no open period of need"):
            form.action_submit()
        form.write({"started_on": "2026-09-07"})
        form.action_submit()
        # somebody puts the day of the referral right meanwhile
        needs = self.case.episode_ids
        needs.referred_on = "2026-09-08"
        with self.assertRaisesRegex(UserError, "1103"):
            form.with_user(self.manager).action_authorise()
        needs.referred_on = "2026-09-07"
        with self.assertRaisesRegex(UserError, "8897Q"):
            form.with_user(self.manager).action_authorise()
        form.with_user(self.manager).write({"query_reason": "Closed at once."})
        form.with_user(self.manager).action_authorise()
        self.assertEqual(form.state, "authorised")

    def test_danger_without_goal_or_rating_blocks_authorisation(self):
        self._refer("strategy")
        danger = self.env["sos.danger"].create(
            {"case_id": self.case.id, "text": "We are worried that Sam may be hurt."}
        )
        form = self._fill(self._open("strategy"), decision="nfa", held_on="2026-09-07")
        form.action_submit()
        with self.assertRaisesRegex(UserError, "no safety goal"):
            form.with_user(self.manager).action_authorise()
        danger.goal = "Sam is with a safe grown-up."
        with self.assertRaisesRegex(UserError, "Nobody has rated"):
            form.with_user(self.manager).action_authorise()
        self.env["sos.rating"].create(
            {
                "case_id": self.case.id,
                "danger_id": danger.id,
                "user_id": self.worker.id,
                "score": 3,
            }
        )
        form.with_user(self.manager).action_authorise()
        self.assertEqual(form.state, "authorised")

    def test_release_is_the_managers_and_has_a_reason(self):
        self._refer("strategy")
        form = self._open("strategy")
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            form.action_release("Why not.")
        with self.assertRaisesRegex(UserError, "reason is needed"):
            form.with_user(self.manager).action_release(" ")
        with self.assertRaisesRegex(UserError, "is not authorised by anybody"):
            self._open("visit").with_user(self.manager).action_release("Why not.")
        self.assertFalse(form.released)
        form.with_user(self.manager).action_release("The police agree.")
        self.assertTrue(form.released)
