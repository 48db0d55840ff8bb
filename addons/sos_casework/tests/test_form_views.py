from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestFormViews(SosCommon):
    """What the screens show, allow and refuse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls._open(cls, "contact")

    def _submit(self):
        facts = {
            "source_id": self._code("referral_source", "2A").id,
            "need_id": self._code("primary_need", "N1").id,
        }
        form = self._fill(self.contact, decision="assess", **facts)
        form.action_submit()
        return form

    def test_facts_of_the_type_only(self):
        with Form(self.contact) as view:
            self.assertFalse(view._get_modifier("source_id", "invisible"))
            self.assertTrue(view._get_modifier("held_on", "invisible"))
            self.assertTrue(view._get_modifier("statutory", "invisible"))

    def test_what_is_missing_is_shown_until_it_is_done(self):
        self.assertIn("no decision yet", self.contact.todo_html)
        self._fill(self.contact)
        self._decide(self.contact, "assess")
        self.assertIn("Who told us", self.contact.todo_html)
        self.assertNotIn("no decision yet", self.contact.todo_html)
        self._submit()
        self.assertFalse(self.contact.todo_html)

    def test_names_in_what_is_missing_are_words_not_markup(self):
        self.sam.first_name = "<b>Sam</b>"
        self.assertIn("&lt;b&gt;Sam&lt;/b&gt;", self.contact.todo_html)
        self.assertNotIn("<b>", self.contact.todo_html)

    def test_buttons_follow_state_and_role(self):
        def shown(user):
            form = self.contact.with_user(user)
            names = ("may_submit", "may_authorise", "may_send_back", "may_cancel")
            return {name for name in names if form[name]}

        self.assertEqual(shown(self.worker), {"may_submit", "may_cancel"})
        self.assertEqual(shown(self.auditor), set())
        self._submit()
        self.assertEqual(shown(self.worker), {"may_send_back", "may_cancel"})
        self.assertEqual(
            shown(self.manager), {"may_authorise", "may_send_back", "may_cancel"}
        )
        self.contact.with_user(self.manager).action_authorise()
        self.assertEqual(shown(self.manager), set())

    def test_buttons_stay_while_the_form_is_being_changed(self):
        with Form(self.contact.with_user(self.worker)) as view:
            with view.child_ids.edit(0) as line:
                line.decision_id = self._decision(self.contact, "nfa")
            self.assertTrue(view.may_submit)
            self.assertTrue(view.may_decide)
            self.assertFalse(view.may_add_child)

    def test_who_submitted_is_not_asked_to_sign(self):
        form = self.contact.with_user(self.manager)
        self._fill(
            form,
            user=self.manager,
            decision="nfa",
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        form.action_submit()
        self.assertFalse(form.may_authorise)
        self.assertFalse(form.awaits_me)

    def test_waiting_for_my_signature(self):
        def waiting(user):
            return (
                self.env["sos.form"].with_user(user).search([("awaits_me", "=", True)])
            )

        self.assertFalse(waiting(self.manager))
        self._submit()
        self.assertEqual(waiting(self.manager), self.contact)
        self.assertTrue(self.contact.with_user(self.manager).awaits_me)
        self.assertFalse(waiting(self.worker))
        self.assertFalse(waiting(self.other_manager))

    def test_manager_changes_a_decision_in_the_form_before_signing(self):
        self._submit()
        nfa = self._decision(self.contact, "nfa")
        line = self.contact.child_ids[0]
        values = {"child_ids": [Command.update(line.id, {"decision_id": nfa.id})]}
        with self.assertRaises(UserError):
            self.contact.with_user(self.worker).write(values)
        self.contact.with_user(self.manager).write(values)
        self.assertEqual(line.decision_id, nfa)
        self.contact.with_user(self.manager).action_authorise()
        with self.assertRaises(UserError):
            self.contact.with_user(self.manager).write(values)

    def test_children_of_a_submitted_form_stay(self):
        self._submit()
        seen = [Command.update(self.contact.child_ids[0].id, {"seen": "yes"})]
        more = [Command.create({"child_id": self.sam.id})]
        for commands in (seen, more):
            with self.assertRaises(UserError):
                self.contact.with_user(self.manager).write({"child_ids": commands})

    def test_addendum_is_added_in_the_form_after_submission(self):
        values = {"addendum_ids": [Command.create({"text": "<p>The GP rang.</p>"})]}
        with self.assertRaises(UserError):
            self.contact.with_user(self.worker).write(values)
        self._submit()
        self.contact.with_user(self.worker).write(values)
        self.assertEqual(self.contact.addendum_ids.added_by_id, self.worker)

    def test_section_saved_over_a_colleagues_text_is_refused(self):
        answer = self.contact.answer_ids[0]
        answer.with_user(self.worker).write({"body": "<p>First.</p>", "revision": 0})
        self.assertEqual(answer.revision, 1)
        with self.assertRaisesRegex(UserError, "has written in"):
            answer.with_user(self.support).write(
                {"body": "<p>Second.</p>", "revision": 0}
            )
        self.assertIn("First.", answer.body)
        answer.with_user(self.support).write({"body": "<p>Both.</p>", "revision": 1})
        self.assertIn("Both.", answer.body)

    def test_sections_are_walked_through_in_order(self):
        answers = self.contact.answer_ids.sorted(
            lambda a: (a.sequence, a.child_id.id, a.id)
        )
        following = answers[0].with_user(self.worker).action_next()
        self.assertEqual(following["res_id"], answers[1].id)
        self.assertEqual(
            answers[-1].action_next()["type"], "ir.actions.act_window_close"
        )

    def test_section_may_be_written_in_by_who_may(self):
        answer = self.contact.answer_ids.filtered(lambda a: a.code == "account")
        decision = self.contact.answer_ids.filtered(
            lambda a: a.code == "management_decision"
        )
        self.assertTrue(answer.with_user(self.worker).may_write)
        self.assertFalse(answer.with_user(self.auditor).may_write)
        self._submit()
        self.assertFalse(answer.with_user(self.manager).may_write)
        self.assertTrue(decision.with_user(self.manager).may_write)
        self.assertFalse(decision.with_user(self.worker).may_write)

    def test_practice_record_is_written_in_the_form(self):
        form = self._open("assessment")
        form.write({"danger_ids": [Command.create({"text": "Worried that…"})]})
        self.assertEqual(self.case.danger_ids.text, "Worried that…")
        with self.assertRaises(AccessError):
            form.with_user(self.auditor).write({"danger_ids": [Command.clear()]})

    def test_add_a_child_to_a_draft(self):
        form = self._open("assessment", self.sam)
        self.assertTrue(form.may_add_child)
        action = form.action_add_child()
        wizard = (
            self.env["sos.form.open"]
            .with_user(self.worker)
            .with_context(**action["context"])
            .create({"child_ids": [Command.set(self.case.child_ids.ids)]})
        )
        wizard.action_open()
        self.assertEqual(form.child_ids.child_id, self.case.child_ids)
        views = form.answer_ids.filtered(lambda a: a.code == "child_views")
        self.assertEqual(views.child_id, self.case.child_ids)
        self.assertFalse(form.may_add_child)

    def test_open_form_says_that_one_is_being_written(self):
        wizard = Form(
            self.env["sos.form.open"]
            .with_user(self.worker)
            .with_context(default_case_id=self.case.id)
        )
        # each contact is one of its own
        wizard.type_id = self.contact.type_id
        self.assertFalse(wizard.draft_id)
        assessment = self._open("assessment")
        wizard.type_id = assessment.type_id
        self.assertEqual(wizard.draft_id, assessment)
        record = wizard.save()
        self.assertEqual(record.action_open()["res_id"], assessment.id)

    def test_family_at_a_glance(self):
        case = self.case.with_user(self.worker)
        self.assertRegex(case.children_text, r"Sam \(\d+\), Robin \(\d+\)")
        self.assertEqual(case.next_due_text, "Decision on a contact")
        self.assertTrue(case.may_write)
        self.assertFalse(case.may_allocate)
        self.assertTrue(self.case.with_user(self.manager).may_allocate)
        self.assertFalse(self.case.with_user(self.auditor).may_write)

    def test_warnings_stand_at_the_top_of_the_file(self):
        self.env["sos.person.flag"].create(
            {
                "person_id": self.kit.id,
                "text": "Never visit alone",
                "review_on": "2030-01-01",
            }
        )
        case = self.case.with_user(self.worker)
        self.assertEqual(case.warning_text, "Kit Moor: Never visit alone")

    def test_pausing_is_the_managers(self):
        clock = self.case.deadline_ids[0]
        values = {"deadline_ids": clock.ids, "reason": "The family is abroad."}
        with self.assertRaises(AccessError):
            self.env["sos.deadline.pause"].with_user(self.worker).create(values)
        wizard = self.env["sos.deadline.pause"].with_user(self.manager).create(values)
        wizard.action_apply()
        self.assertEqual(clock.state, "paused")
        self.assertEqual(clock.pause_reason, "The family is abroad.")

    def test_a_clock_opens_its_work(self):
        clock = self.case.deadline_ids[0]
        self.assertEqual(clock.action_open_work()["res_id"], self.contact.id)

    def test_shipped_forms_are_read_by_a_configurator_only(self):
        types = self.env["sos.form.type"]
        with self.assertRaises(UserError):
            types.with_user(self.worker).action_import_shipped()
        action = types.with_user(self.configurator).action_import_shipped()
        self.assertIn("Nothing is new", action["params"]["message"])

    def test_menus_by_role(self):
        def roots(user):
            menus = self.env["ir.ui.menu"].with_user(user).get_user_roots()
            return menus.get_external_id().values()

        root = "sos_casework.sos_casework_menu_root"
        for user in (self.worker, self.manager, self.auditor, self.configurator):
            self.assertIn(root, roots(user))
        # whoever logs in begins with their work, not with Odoo's messages
        self.assertEqual(next(iter(roots(self.worker))), root)
        families = self.env.ref("sos_casework.sos_families_menu")
        configuration = self.env.ref("sos_casework.sos_configuration_menu")
        for user, menus in (
            (self.worker, families),
            (self.configurator, configuration),
            (self.analyst, self.env["ir.ui.menu"]),
        ):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            shown = (families | configuration).filtered(lambda m, v=visible: m.id in v)
            self.assertEqual(shown, menus, user.login)
