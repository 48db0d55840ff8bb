from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import ReturnCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestCensusCheck(RefusalsMixin, ReturnCommon):
    """What the next census would say of a family, asked on its file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        self._refer_on("2026-06-03", children=cls.case.child_ids)

    def _check(self, user=None, on=None):
        # as another request finds it
        self.env.invalidate_all()
        action = (on or self.case).with_user(user or self.worker).action_census_check()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.worker)
            .browse(action["res_id"])
        )

    def test_says_what_the_return_would_say(self):
        self.sam.ethnicity_id = False
        check = self._check()
        self.assertEqual(check.year, 2027, "today's period")
        self.assertEqual(check.child_ids, self.sam | self.robin)
        missing = check.error_ids.filtered(lambda line: line.code == "4220")
        self.assertEqual(missing.child_id, self.sam)
        self.assertTrue(missing.message)
        self.assertEqual(set(check.error_ids.mapped("kind")), {"error"})
        # the same as what the return finds
        record = self.env["sos.return"].create({"kind": "cin", "year": "2027"})
        rows, issues, _count = self.env["sos.census"]._make_batch(
            record, 2027, self.env["sos.return.row"]
        )
        self.assertGreaterEqual(len(rows), 2)
        self.assertEqual(
            sorted((i["code"], i["number"]) for i in issues),
            sorted((i.code, i.number) for i in check.line_ids),
        )
        # put right, and looked at again
        self.sam.ethnicity_id = self._code("ethnicity", "WBRI")
        self.assertNotIn("4220", self._check().line_ids.mapped("code"))

    def test_leads_to_what_is_wrong(self):
        self.sam.ethnicity_id = False
        line = self._check().error_ids.filtered(lambda line: line.code == "4220")
        action = line.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sos.person", self.sam.id)
        )

    def test_of_one_child(self):
        check = self._check(on=self.robin)
        self.assertEqual(check.child_ids, self.robin)
        self.assertLessEqual(check.line_ids.child_id, self.robin)
        with self._refused(UserError, "children of a family file only"):
            self._check(on=self.alex)

    def test_year_that_has_nobody(self):
        action = self._check().action_earlier()
        check = self.env["sos.census.check"].browse(action["res_id"])
        self.assertEqual(check.year, 2026)
        self.assertFalse(check.child_ids | check.line_ids.child_id)
        self.assertIn("No child of this family", check.text)
        self.assertEqual((check.earlier_year, check.later_year), (2025, 2027))

    # ------------------------------------------------------------------- answers

    def _get_query(self, user=None):
        return self._check(user).query_ids.sorted("child_id")[:1]

    def test_answer_stays_and_the_return_knows_it(self):
        check = self._check(self.manager)
        query = check.query_ids[0]
        with Form(check) as screen:
            with screen.query_ids.edit(0) as line:
                line.reason = "Looked at; it is right."
        answer = query.sudo().answer_id
        self.assertEqual(
            (answer.by_id, answer.person_id), (self.manager, query.child_id)
        )
        self.assertFalse(query.is_open)
        again = self._check(self.worker).query_ids.filtered(
            lambda line: (line.code, line.child_id) == (query.code, query.child_id)
        )
        self.assertEqual(again.reason, "Looked at; it is right.")
        record = self.env["sos.return"].create({"kind": "cin", "year": "2027"})
        issue = self.env["sos.return.issue"]._add(
            record, [{"kind": "query", "code": query.code, "number": query.number}]
        )
        self.assertFalse(issue.is_open)

    def test_who_answers(self):
        line = self._get_query()
        with self._refused(UserError, "lead worker of the family or a manager"):
            line.reason = "It is so."
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "role": "lead", "user_id": self.worker.id}
        )
        line.reason = "It is so."
        self.assertEqual(line.sudo().answer_id.by_id, self.worker)
        # an error is put right, whoever it is
        self.sam.ethnicity_id = False
        error = self._check(self.manager).error_ids[0]
        with self._refused(UserError, "put right in the record"):
            error.reason = "Never mind."

    def test_nothing_but_the_reason_is_written(self):
        line = self._get_query(self.manager)
        for vals in ({"kind": "error"}, {"child_id": self.sam.id}, {"code": "1"}):
            with self._refused(UserError, "Only the reason"):
                line.write(vals)
        with self._refused(UserError, "Only the reason"):
            line.check_id.write({"case_id": self.case.id})

    def test_answer_goes_with_the_child(self):
        """Two records of one child become one: the answer is found by the number that
        is left, and is given to a child who asks what is held."""
        key = ("8897Q", self.sam.reference)
        answers = self.env["sos.return.answer"]
        kept = answers._keep(self.env.company, [key], "It is so.")
        answer = answers.browse(kept[key])
        answer.person_id = self.robin
        known = answer._get_known(self.env.company)
        self.assertEqual(known[("8897Q", self.robin.reference)], answer.id)
        request = (
            self.env["sos.subject.request"]
            .with_user(self.service_manager)
            .create({"person_id": self.robin.id})
        )
        request.action_gather()
        piece = request.piece_ids.filtered(
            lambda piece: piece.key == f"sos.return.answer,{answer.id}"
        )
        self.assertIn("It is so.", piece.text)

    # -------------------------------------------------------------------- access

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_readers_of_the_file_only(self):
        check = self._check()
        for user in (self.outsider, self.analyst, self.configurator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._check(user)
        for user in (self.manager, self.service_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            self.env["sos.census.check"].with_user(self.worker).create(
                {"case_id": self.case.id, "year": 2027}
            )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_is_blocked_from_a_child_is_told_nothing(self):
        self.env["sos.access.block"].create(
            {
                "user_id": self.worker.id,
                "person_id": self.sam.id,
                "reason": "A relative.",
            }
        )
        with self.assertRaises(AccessError):
            self._check()
        with self.assertRaises(AccessError):
            self._check(on=self.sam)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_lost_the_child_answers_nothing(self):
        """The child came into a file that few read while the window was open."""
        line = self._get_query(self.manager)
        self.env["sos.case"].create(
            {
                "name": "Hidden",
                "team_id": self.other_team.id,
                "restricted": True,
                "member_ids": [Command.create({"person_id": line.child_id.id})],
            }
        )
        self.env.invalidate_all()
        with self._refused(AccessError, "."):
            line.reason = "It is so."
        self.assertFalse(line.sudo().answer_id)

    def test_second_family_of_a_child_is_not_told_of(self):
        """A child of this family has a period of need in a file of another team."""
        other = self._new_child("Other")
        case = other.member_ids.case_id
        case.team_id = self.other_team
        self.case.member_ids = [
            Command.create({"person_id": other.id, "role": "child"})
        ]
        self.env["sos.episode"].create(
            {"case_id": case.id, "child_id": other.id, "referred_on": "2026-07-01"}
        )
        check = self._check()
        self.assertNotIn(other, check.child_ids)
        found = self._check(self.service_manager)
        self.assertIn(other, found.child_ids)

    def test_look_is_logged_as_one_at_the_family(self):
        check = self._check()
        check.web_read({"text": {}, "error_ids": {"fields": {"message": {}}}})
        line = self.env["sos.access.log"].search([], limit=1)
        self.assertEqual(
            (line.user_id, line.operation, line.case_id),
            (self.worker, "opened", self.case),
        )
