from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestScreens(SosCommon, HttpCase):
    """The main paths in a browser; what they did is read from the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # browsers of the tests are told the time of the server
        cls.env["res.users"].search([]).tz = "Europe/London"
        cls.env["sos.allocation"].with_user(cls.manager).create(
            {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"}
        )

    def _get_forms(self, type_code):
        return self.case.form_ids.filtered(lambda f: f.type_code == type_code)

    def _assert_next(self, type_code, step_code):
        """The next form is open for both children, and the lead worker is reminded of
        its clock without a name being used."""
        form = self._get_forms(type_code)
        self.assertEqual(form.state, "draft")
        self.assertEqual(form.child_ids.child_id, self.case.child_ids)
        clocks = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == step_code and d.state == "open"
        )
        self.assertEqual(clocks.child_id, self.case.child_ids)
        due = self.env.ref("sos_casework.mail_activity_type_due")
        activity = self.env["mail.activity"].search(
            [
                ("res_model", "=", "sos.deadline"),
                ("res_id", "in", clocks.ids),
                ("activity_type_id", "=", due.id),
            ]
        )
        self.assertEqual(activity.user_id, self.worker)
        self.assertIn(self.case.reference, activity.summary)
        self.assertNotIn("Hill", activity.summary)

    def test_contact_leads_to_assessment(self):
        self.start_tour("/odoo/my-families", "sos_write_contact", login="worker")
        contact = self._get_forms("contact")
        self.assertEqual(contact.state, "submitted")
        self.assertEqual(contact.submitted_by_id, self.worker)
        self.assertEqual(contact.source_id.code, "6")
        answer = contact.answer_ids.filtered(lambda a: a.code == "reason")
        self.assertIn("The school rang this morning.", answer.body)
        self.assertEqual((answer.revision, answer.written_by_id), (1, self.worker))
        self.assertFalse(self._get_forms("assessment"))
        self.start_tour("/odoo/to-sign", "sos_authorise", login="manager")
        self.assertEqual(contact.state, "authorised")
        self.assertEqual(contact.authorised_by_id, self.manager)
        self.assertEqual(self.case.episode_ids.mapped("state"), ["open", "open"])
        self._assert_next("assessment", "assessment")

    def test_strategy_leads_to_enquiry(self):
        self._refer("strategy")
        self.start_tour("/odoo/my-families", "sos_write_strategy", login="worker")
        strategy = self._get_forms("strategy")
        self.assertEqual(strategy.state, "submitted")
        self.assertEqual(strategy.held_on, fields.Date.today())
        self.assertEqual(strategy.attendance_ids.person_id, self.alex)
        self.assertEqual(strategy.attendance_ids.scale, -1)
        self.assertEqual(
            strategy.child_ids.decision_id.mapped("code"), ["section47_single"]
        )
        self.assertEqual(strategy.child_ids.category_id.mapped("code"), ["PHY"])
        self.start_tour("/odoo/to-sign", "sos_authorise", login="manager")
        self.assertEqual(strategy.state, "authorised")
        enquiries = self.env["sos.enquiry"].search([("case_id", "=", self.case.id)])
        self.assertEqual(enquiries.child_id, self.case.child_ids)
        self.assertEqual(set(enquiries.mapped("started_on")), {fields.Date.today()})
        self._assert_next("section47", "initial_conference")

    def test_send_back(self):
        form = self._fill(
            self._open(
                "contact",
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            ),
            decision="nfa",
        )
        form.with_user(self.worker).action_submit()
        self.start_tour("/odoo/to-sign", "sos_send_back", login="manager")
        self.assertEqual(form.state, "draft")
        self.assertEqual(form.sent_back_reason, "Say what Robin said.")

    def test_new_contact(self):
        self.start_tour("/odoo/new-contact", "sos_new_contact", login="support")
        case = self.env["sos.case"].search([("name", "=", "Marsh")])
        self.assertEqual(case.team_id, self.team)
        june = case.child_ids
        self.assertEqual(june.name, "June Marsh")
        mother = june.inverse_relation_ids
        self.assertEqual(mother.person_id.name, "Rosa Marsh")
        self.assertEqual(mother.type_id.code, "mother")
        contact = case.form_ids
        self.assertEqual(contact.type_code, "contact")
        self.assertEqual((contact.source_id.code, contact.need_id.code), ("6", "N1"))
        self.assertIn("June crying", contact._get_answer_text("account"))

    def test_new_version(self):
        visit = self.env["sos.form.type"]._get("visit")
        before = visit.live_version_id
        prompt = before.section_ids[0].prompt
        self.start_tour("/odoo/form-types", "sos_new_version", login="configurator")
        after = visit.live_version_id
        self.assertEqual(after.number, before.number + 1)
        self.assertEqual(
            after.section_ids[0].prompt, "What brought us to the door today?"
        )
        self.assertEqual(after.note, "The old question was answered with a date.")
        self.assertEqual(len(after.section_ids), len(before.section_ids))
        self.assertEqual(before.state, "retired")
        self.assertEqual(before.section_ids[0].prompt, prompt)
