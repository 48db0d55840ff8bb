from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestReferral(SosCommon):
    """A new contact makes what is new, and nothing twice."""

    def _prepare(self, **values):
        return {
            "family_name": "Marsh",
            "source_id": self._code("referral_source", "6").id,
            "need_id": self._code("primary_need", "N1").id,
            "account": "<p>A neighbour rang.</p>",
            **values,
        }

    def _record(self, user=None, **values):
        referrals = self.env["sos.referral"].with_user(user or self.support)
        action = referrals.create(self._prepare(**values)).action_record()
        return self.env["sos.form"].browse(action["res_id"])

    def test_family_people_and_contact_are_made(self):
        form = self._record(
            address="3 Mill Lane",
            child_line_ids=[
                Command.create({"first_name": "June", "last_name": "Marsh"}),
                Command.create({"last_name": "Marsh", "expected_on": "2027-02-01"}),
            ],
            adult_line_ids=[
                Command.create(
                    {
                        "first_name": "Rosa",
                        "last_name": "Marsh",
                        "relation_id": self._code("relationship", "mother").id,
                        "parental_responsibility": True,
                        "lives_there": True,
                    }
                ),
                Command.create(
                    {"first_name": "Ben", "last_name": "Low", "lives_there": False}
                ),
            ],
        )
        case = form.case_id
        self.assertEqual((case.name, case.team_id), ("Marsh", self.team))
        self.assertEqual(form.child_ids.child_id, case.child_ids)
        self.assertEqual(len(case.child_ids), 2)
        rosa = case.member_ids.person_id.filtered(lambda p: p.first_name == "Rosa")
        self.assertEqual(rosa.relation_ids.other_id, case.child_ids)
        self.assertTrue(all(rosa.relation_ids.mapped("parental_responsibility")))
        self.assertEqual(rosa.address_ids.text, "3 Mill Lane")
        ben = case.member_ids.person_id.filtered(lambda p: p.first_name == "Ben")
        self.assertFalse(ben.address_ids)
        self.assertEqual(form._get_answer_text("account"), "A neighbour rang.")

    def test_nobody_needs_to_know_the_need_when_somebody_rings(self):
        form = self._record(
            need_id=False,
            child_line_ids=[
                Command.create({"first_name": "June", "last_name": "Marsh"})
            ],
        )
        self.assertFalse(form.need_id)

    def test_the_familys_last_name_stands_in_each_childs_row(self):
        form = Form(self.env["sos.referral"].with_user(self.support))
        form.family_name = "Marsh"
        with form.child_line_ids.new() as line:
            self.assertEqual(line.last_name, "Marsh")
            line.first_name = "June"
        with form.adult_line_ids.new() as line:
            self.assertFalse(line.last_name)
            line.last_name = "Low"
        form.case_id = self.case
        with form.child_line_ids.new() as line:
            self.assertEqual(line.last_name, "Hill")

    def test_known_family_gets_a_contact_and_no_second_file(self):
        form = self._record(case_id=self.case.id, family_name=False)
        self.assertEqual(form.case_id, self.case)
        self.assertEqual(form.child_ids.child_id, self.case.child_ids)

    def test_another_child_of_a_known_family(self):
        form = self._record(
            case_id=self.case.id,
            known_child_ids=[Command.set(self.sam.ids)],
            child_line_ids=[Command.create({"first_name": "Lou", "last_name": "Hill"})],
        )
        self.assertEqual(
            set(form.child_ids.child_id.mapped("first_name")), {"Sam", "Lou"}
        )
        self.assertEqual(len(self.case.child_ids), 3)

    def test_known_person_is_taken_up(self):
        form = self._record(
            child_line_ids=[Command.create({"person_id": self.robin.id})],
            adult_line_ids=[
                Command.create(
                    {
                        "person_id": self.alex.id,
                        "relation_id": self._code("relationship", "mother").id,
                    }
                )
            ],
        )
        self.assertEqual(form.child_ids.child_id, self.robin)
        # the relationship is known already
        mothers = self.robin.inverse_relation_ids.filtered(
            lambda r: r.person_id == self.alex
        )
        self.assertEqual(len(mothers), 1)

    def test_nobody_is_about_no_child(self):
        with self.assertRaisesRegex(UserError, "at least one child"):
            self._record()
        with self.assertRaisesRegex(UserError, "Give the family a name"):
            self._record(family_name=False)

    def test_person_without_a_last_name(self):
        with self.assertRaisesRegex(UserError, "needs a last name"):
            self._record(child_line_ids=[Command.create({"first_name": "June"})])

    def test_perhaps_here_already(self):
        view = Form(self.env["sos.referral"].with_user(self.support))
        with view.child_line_ids.new() as line:
            line.first_name = "Sam"
            line.last_name = "Hill"
            line.birth_date = "2017-05-04"
        self.assertIn(self.sam.reference, view.duplicate_html)
        self.assertIn("Sam Hill", view.duplicate_html)

    def test_somebody_elses_child_is_not_named(self):
        view = Form(self.env["sos.referral"].with_user(self.outsider))
        with view.child_line_ids.new() as line:
            line.first_name = "Sam"
            line.last_name = "Hil"
            line.birth_date = "2017-05-04"
        # of a stranger only the very same is answered
        self.assertFalse(view.duplicate_html)
        with view.child_line_ids.edit(0) as line:
            line.last_name = "Hill"
        self.assertIn(self.sam.reference, view.duplicate_html)
        self.assertNotIn("Hill", view.duplicate_html)
        self.assertIn("the team North", view.duplicate_html)
