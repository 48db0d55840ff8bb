from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.sos_casework.tests.common import SosCommon


@tagged("post_install", "-at_install")
class TestSosFormIdea(SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form_type = cls.env["sos.form.type"]._get("assessment")
        cls.ideas = cls.env["sos.form.idea"]

    def _say(self, user=None, **values):
        return self.ideas.with_user(user or self.worker).create(
            {
                "form_type_id": self.form_type.id,
                "section_code": "analysis",
                "problem": "We write the same twice.",
                **values,
            }
        )

    def _new_version(self):
        action = self.form_type.live_version_id.with_user(
            self.configurator
        ).action_new_version()
        return self.env["sos.form.version"].browse(action["res_id"])

    # ------------------------------------------------------------- who adds, reads

    def test_every_role_adds_and_reads(self):
        said = self._say()
        for user in (
            self.worker,
            self.manager,
            self.support,
            self.chair,
            self.lead,
            self.auditor,
            self.analyst,
            self.service_manager,
            self.configurator,
        ):
            with self.subTest(user=user.login):
                idea = self._say(user)
                self.assertEqual(idea.user_id, user)
                self.assertEqual(idea.state, "idea")
                self.assertEqual(idea.seen_version_id, self.form_type.live_version_id)
                self.assertEqual(
                    said.with_user(user).problem, "We write the same twice."
                )

    def test_who_has_no_role_has_no_register(self):
        said = self._say()
        user = self.env["res.users"].create({"name": "Till", "login": "till"})
        with self.assertRaises(AccessError):
            said.with_user(user).read(["problem"])
        with self.assertRaises(AccessError):
            self._say(user)

    def test_nobody_speaks_for_another(self):
        for values in (
            {"user_id": self.manager.id},
            {"state": "accepted"},
            {"at": "2020-01-01"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._say(**values)

    def test_own_words_can_be_put_right_until_discussed(self):
        idea = self._say()
        idea.problem = "We write the same three times."
        with self.assertRaises(AccessError):
            idea.with_user(self.manager).problem = "Nothing."
        idea.with_user(self.lead).action_discuss()
        with self.assertRaises(AccessError):
            idea.problem = "Never mind."
        # a practice lead takes out a name that should not be there
        idea.with_user(self.lead).problem = "We write the same, without a name."
        self.assertEqual(idea.problem, "We write the same, without a name.")

    def test_nothing_is_deleted(self):
        idea = self._say()
        for user in (self.worker, self.lead, self.configurator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                idea.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "change register"):
            idea.sudo().unlink()

    # ------------------------------------------------------------------- deciding

    def test_decide_yes(self):
        idea = self._say().with_user(self.lead)
        idea.action_discuss()
        idea.write({"discussion": "Three of us think so.", "decision_reason": "True."})
        idea.action_accept()
        self.assertRecordValues(
            idea, [{"state": "accepted", "decided_by_id": self.lead.id}]
        )
        self.assertTrue(idea.decided_at)

    def test_configurator_decides_no(self):
        idea = self._say().with_user(self.configurator)
        idea.decision_reason = "The census asks it."
        idea.action_decline()
        self.assertEqual(idea.state, "declined")

    def test_decision_needs_a_reason(self):
        idea = self._say().with_user(self.lead)
        for reason in (False, "", "  "):
            idea.decision_reason = reason
            for decide in (idea.action_accept, idea.action_decline):
                with (
                    self.subTest(reason=reason),
                    self.assertRaisesRegex(UserError, "why"),
                ):
                    decide()
        self.assertEqual(idea.state, "idea")

    def test_others_do_not_decide(self):
        idea = self._say()
        idea.with_user(self.lead).decision_reason = "Because."
        version = self._new_version()
        for user in (self.worker, self.manager, self.auditor, self.analyst):
            own = idea.with_user(user)
            with self.subTest(user=user.login):
                for act in (own.action_discuss, own.action_accept, own.action_decline):
                    with self.assertRaises(AccessError):
                        act()
                for values in (
                    {"decision_reason": "Mine."},
                    {"discussion": "We did."},
                    {"version_id": version.id},
                ):
                    with self.assertRaises(AccessError):
                        own.write(values)
                self.assertFalse(own.may_decide)
        with self.assertRaises(UserError):
            idea.with_user(self.lead).state = "accepted"
        self.assertEqual(idea.state, "idea")

    def test_a_decision_is_taken_once(self):
        idea = self._say().with_user(self.lead)
        idea.decision_reason = "True."
        idea.action_accept()
        for press in (idea.action_decline, idea.action_discuss):
            with self.assertRaisesRegex(UserError, "moved this on"):
                press()
        self.assertEqual(idea.state, "accepted")
        with self.assertRaises(UserError):
            idea.decision_reason = "Other."

    def test_take_up_again_keeps_the_former_decision(self):
        idea = self._say().with_user(self.lead)
        idea.write({"discussion": "Unclear.", "decision_reason": "No time."})
        idea.action_decline()
        with self.assertRaisesRegex(AccessError, "discuss and decide ideas"):
            idea.with_user(self.worker).action_reopen()
        idea.action_reopen()
        self.assertEqual(idea.state, "discussed")
        with self.assertRaisesRegex(UserError, "moved this on"):
            idea.action_reopen()
        self.assertIn("Unclear.", idea.discussion)
        self.assertIn("Decided: no", idea.discussion)
        self.assertIn("No time.", idea.discussion)
        self.assertFalse(idea.decision_reason)

    # -------------------------------------------------------------------- version

    def test_version_in_which_it_went_live(self):
        idea = self._say().with_user(self.configurator)
        version = self._new_version()
        with self.assertRaisesRegex(ValidationError, "with a yes"):
            idea.version_id = version
        idea.decision_reason = "True."
        idea.action_accept()
        other = self.env["sos.form.type"]._get("visit").live_version_id
        with self.assertRaisesRegex(ValidationError, "another form"):
            idea.version_id = other
        idea.version_id = version
        self.assertFalse(idea.live_from)
        version.with_user(self.configurator).action_publish()
        self.assertEqual(idea.live_from, self.env["res.company"]._sos_today())
        with self.assertRaisesRegex(UserError, "live already"):
            idea.action_reopen()

    def test_section_is_one_of_the_form(self):
        idea = self._say()
        live = self.form_type.live_version_id
        self.assertEqual(idea.section_id.version_id, live)
        self.assertEqual(idea.section_id.code, "analysis")
        with self.assertRaisesRegex(ValidationError, "no section"):
            self._say(section_code="weather")
        self.assertFalse(self._say(section_code=False).section_id)

    # ------------------------------------------------------------------- registers

    def test_register_of_a_form(self):
        # a form that nobody has said anything about yet
        self.form_type = self.env["sos.form.type"].create(
            {"name": "Letter", "code": "letter"}
        )
        first = self.env["sos.form.version"].create({"type_id": self.form_type.id})
        self.env["sos.form.section"].create(
            {"version_id": first.id, "code": "analysis", "name": "Analysis"}
        )
        first.with_user(self.configurator).action_publish()
        version = self._new_version()
        live, waiting, declined = self._say(), self._say(), self._say()
        unread = self._say()
        decided = (live | waiting | declined).with_user(self.configurator)
        decided.write({"decision_reason": "Reason of the lab."})
        (live | waiting).with_user(self.configurator).action_accept()
        declined.with_user(self.configurator).action_decline()
        live.with_user(self.configurator).version_id = version
        version.with_user(self.configurator).action_publish()
        register = self.form_type.with_user(self.worker)._get_register()
        self.assertEqual(register["versions"][0], (version, live))
        self.assertEqual(len(register["versions"]), 2)
        self.assertEqual(register["accepted"], waiting)
        self.assertEqual(register["declined"], declined)
        self.assertEqual(register["open"], unread)
        action = self.form_type.with_user(self.worker).action_ideas()
        self.assertEqual(self.ideas.search_count(action["domain"]), 4)
        self.assertEqual(self.form_type.with_user(self.worker).idea_count, 4)

    def test_printed_register_names_nobody(self):
        idea = self._say().with_user(self.lead)
        idea.decision_reason = "Reason of the lab."
        idea.action_accept()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.worker)
            ._render_qweb_html("sos_learning_lab.report_register", self.form_type.ids)
        )
        text = html.decode()
        for words in ("We write the same twice.", "Reason of the lab.", "not live yet"):
            self.assertIn(words, text)
        for user in (self.worker, self.lead):
            self.assertNotIn(user.name, text)

    # ------------------------------------------------------- from a form, one click

    def test_not_helpful_from_a_section(self):
        form = self._open("assessment").with_user(self.worker)
        action = form.action_not_helpful("analysis")
        view = self.env.ref("sos_learning_lab.sos_form_idea_view_form_quick")
        model = self.ideas.with_user(self.worker).with_context(**action["context"])
        with Form(model, view=view) as window:
            self.assertEqual(window.section_id.code, "analysis")
            window.problem = "Too long."
        idea = window.record
        self.assertRecordValues(
            idea,
            [
                {
                    "form_type_id": self.form_type.id,
                    "seen_version_id": form.version_id.id,
                    "section_code": "analysis",
                    "user_id": self.worker.id,
                }
            ],
        )

    def test_not_helpful_keeps_no_trace_of_the_family(self):
        form = self._open("assessment").with_user(self.worker)
        idea = form.say_not_helpful("Too long.", "analysis", "Half of it.")
        values = idea.sudo().read()[0]
        self.assertNotIn(form.reference, str(values))
        self.assertNotIn(self.case.reference, str(values))
        linked = {field.comodel_name for field in idea._fields.values()}
        self.assertFalse(linked & {"sos.form", "sos.case", "sos.person"})

    def test_not_helpful_refused_outside_the_family(self):
        form = self._open("assessment").with_user(self.outsider)
        with self.assertRaises(AccessError):
            form.say_not_helpful("Too long.")
        with self.assertRaises(AccessError):
            form.action_not_helpful()

    def test_default_of_a_call_decides_nothing(self):
        """Odoo takes ``default_<field>`` from the context of any call."""
        values = {"form_type_id": self.form_type.id, "problem": "Too long."}
        context = {
            "default_state": "accepted",
            "default_decision_reason": "Because.",
            "default_seen_version_id": self.form_type.live_version_id.id,
        }
        ideas = self.ideas.with_user(self.worker)
        with self.assertRaisesRegex(UserError, "Use the buttons"):
            ideas.with_context(**context).create(values)
        with self.assertRaisesRegex(UserError, "Use the buttons"):
            ideas.with_context(default_user_id=self.manager.id).create(values)
