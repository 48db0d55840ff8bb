from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import SosCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosCase(SosCommon):
    """Who holds a family file: team, allocations, restriction, notes."""

    def _allocate(self, user=None, by=None, **vals):
        return (
            self.env["sos.allocation"]
            .with_user(by or self.manager)
            .create({"case_id": self.case.id, "user_id": user and user.id, **vals})
        )

    def _may_read(self, user):
        return bool(self.env["sos.case"].with_user(user).search(self._is_ours()))

    def _is_ours(self):
        return [("id", "=", self.case.id)]

    def test_team_reads_and_others_do_not(self):
        for user in (self.worker, self.manager, self.support):
            self.assertTrue(self._may_read(user), user.login)
        for user in (
            self.outsider,
            self.other_manager,
            self.chair,
            self.lead,
            self.configurator,
        ):
            with self.subTest(user.login):
                if user == self.configurator:
                    with self.assertRaises(AccessError):
                        self._may_read(user)
                else:
                    self.assertFalse(self._may_read(user))
                with self.assertRaises(AccessError):
                    self.case.with_user(user).read(["name"])

    def test_a_familys_children_stand_with_the_eldest_first(self):
        """In heading, lists, cards, what is written next, windows and documents,
        whenever they came and whatever they are called; who is not born yet, last."""
        people = self.env["sos.person"]
        for name, day in (("Zoe", "2001-05-01"), ("Ada", "2020-05-01"), (False, False)):
            child = people.create(
                {
                    "kind": "child",
                    "first_name": name,
                    "last_name": "Hill",
                    "birth_date": day,
                    "expected_on": not day and "2026-12-01",
                }
            )
            self.env["sos.case.member"].create(
                {"case_id": self.case.id, "person_id": child.id}
            )
        self.env.invalidate_all()
        case = self.case.with_user(self.worker)
        form = case.open_form("assessment", case.child_ids.ids)
        self.env.invalidate_all()
        expected = case.child_ids.sorted(lambda c: (str(c.birth_date or "9"), c.id))
        self.assertEqual(expected.mapped("first_name")[0], "Zoe")
        self.assertTrue(expected[-1].is_unborn)
        window = Form(self.env["sos.form.open"].with_context(default_case_id=case.id))
        document = form._gather()[0]
        self.assertEqual(
            [
                case.child_ids.ids,
                case.member_ids.filtered(lambda m: m.role == "child").person_id.ids,
                form.child_ids.child_id.ids,
                form.answer_ids._in_order().child_id.ids,
                window.child_ids[:].ids,
                [child["id"] for child in document["children"]],
            ],
            [expected.ids] * 6,
        )
        called = [child._get_called() for child in expected]
        self.assertEqual(form.children_text, ", ".join(called))
        self.assertEqual(
            [text.split(" (")[0] for text in case.children_text.split(", ")],
            [name.split(" (")[0] for name in called],
        )

    def test_my_team_is_every_team_for_who_oversees_and_whose_own_holds_none(self):
        teams = self.env["sos.team"]
        quality = teams.create({"name": "Quality"})
        both = self.team | self.other_team
        domain = [("is_mine", "=", True), ("id", "in", both.ids)]
        for user, mine in (
            (self.worker, self.team),
            (self.other_manager, self.other_team),
            (self._new_user("overseer", "service_manager"), both),
            (self._new_user("of_none", "quality_auditor", quality), both),
            (self._new_user("of_north", "service_manager", self.team), self.team),
            (self._new_user("reads", "practice_lead"), teams),
        ):
            with self.subTest(user.login):
                self.assertEqual(teams.with_user(user).search(domain), mine)
                self.assertEqual(both.with_user(user).filtered("is_mine"), mine)

    def test_only_managers_allocate(self):
        with self.assertRaises(AccessError):
            self._allocate(self.outsider, by=self.worker)
        with self.assertRaises(AccessError):
            self._allocate(self.other_manager, by=self.other_manager)
        self._allocate(self.outsider, role="co_worker")
        self.assertTrue(self._may_read(self.outsider))

    def _get_leads(self, day):
        day = self.env["sos.allocation"]._fields["since"].to_date(day)
        leads = self.case.allocation_ids.filtered(lambda a: a.role == "lead")
        # the day on which one hands over to the other is both's
        return leads.filtered(lambda a: a._is_current(day)).user_id

    def test_one_lead_worker_in_whatever_order_they_are_entered(self):
        self._allocate(self.worker, since="2026-08-10")
        self._allocate(self.outsider, since="2026-08-01")
        self._allocate(self.support, since="2026-08-20")
        for day, lead in (
            ("2026-08-05", self.outsider),
            ("2026-08-15", self.worker),
            ("2026-09-07", self.support),
        ):
            with self.subTest(day):
                self.assertEqual(self._get_leads(day), lead)
        self.assertEqual(self.case.lead_id, self.support)

    def test_whoever_leads_is_of_the_team_that_holds_the_family(self):
        self._allocate(self.worker, since="2026-08-10")
        self.case.with_user(self.manager).team_id = self.other_team
        self.assertFalse(self.case.lead_id)
        self.assertFalse(self._may_read(self.worker))
        self.assertEqual(
            self.case.deadline_ids.activity_ids.user_id, self.other_manager
        )

    def test_who_has_left_leads_nobody(self):
        self._allocate(self.worker, since="2026-08-10")
        due = self.env.ref("sos_casework.mail_activity_type_due")
        for active, lead, reminded in (
            (True, self.worker, self.worker),
            (False, self.env["res.users"], self.manager),
            (True, self.worker, self.worker),
        ):
            with self.subTest(active=active):
                self.worker.active = active
                self.assertEqual(self.case.lead_id, lead)
                asked = self.case.deadline_ids.activity_ids.grouped("activity_type_id")
                self.assertEqual(asked[due].user_id, reminded)

    def test_allocation_ends_access_ends(self):
        allocation = self._allocate(self.outsider, role="co_worker")
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            allocation.until = "2026-09-01"
        allocation.until = "2026-09-08"
        self.assertTrue(self._may_read(self.outsider))
        with freeze_time("2026-09-09 10:00:00"):
            self.env["sos.deadline"]._nightly()
            self.assertFalse(self._may_read(self.outsider))

    def test_new_lead_takes_over(self):
        first = self._allocate(self.worker, role="lead")
        self.assertEqual(self.case.lead_id, self.worker)
        with freeze_time("2026-09-10 10:00:00"):
            self._allocate(self.support, role="lead")
            self.assertEqual(str(first.until), "2026-09-10")
            self.assertEqual(self.case.lead_id, self.support)

    def test_transfer_to_another_team_keeps_its_history(self):
        self._allocate(team_id=self.other_team.id, role="lead")
        self.assertEqual(self.case.team_id, self.other_team)
        self.assertTrue(self._may_read(self.outsider))
        self.assertFalse(self._may_read(self.worker))
        log = self.env["sos.change.log"].search(
            [("res_model", "=", "sos.case"), ("field", "=", "team_id")]
        )
        self.assertEqual((log.old, log.new), ("North", "South"))

    def test_joining_and_leaving_a_team(self):
        self.outsider.sos_team_ids += self.team
        self.assertTrue(self._may_read(self.outsider))
        self.team.member_ids -= self.outsider
        self.assertFalse(self._may_read(self.outsider))

    def test_restricted_family(self):
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            self.case.with_user(self.worker).restricted = True
        self.case.with_user(self.manager).restricted = True
        self.assertFalse(self._may_read(self.worker))
        for user in (self.manager, self.support):
            self.assertTrue(self._may_read(user), user.login)
        for user in (self.auditor, self.service_manager):
            self.assertFalse(self._may_read(user), user.login)
        self._allocate(self.worker, role="lead")
        self.assertTrue(self._may_read(self.worker))
        self.case.with_user(self.manager).named_reader_ids = self.manager
        self.assertFalse(self._may_read(self.worker))
        self.assertFalse(self._may_read(self.support))
        self.assertTrue(self._may_read(self.manager))

    def test_service_and_audit_read_what_is_not_restricted(self):
        self.assertTrue(self._may_read(self.service_manager))
        self.assertTrue(self._may_read(self.auditor))
        with self.assertRaises(AccessError):
            self.case.with_user(self.auditor).name = "Else"

    def test_my_families(self):
        """One's own; business support works for all of the team's families."""

        def mine(user):
            return self.env["sos.case"].with_user(user).search([("is_mine", "=", True)])

        self.assertFalse(mine(self.worker))
        self.assertEqual(mine(self.support), self.case)
        allocation = self._allocate(self.worker, role="co_worker")
        self.assertEqual(mine(self.worker), self.case)
        self.assertTrue(self.case.with_user(self.worker).is_mine)
        allocation.write({"until": "2026-09-07"})
        with freeze_time("2026-09-08 10:00:00"):
            self.assertFalse(mine(self.worker))
        clocks = self.env["sos.deadline"].with_user(self.support)
        self._refer()
        self.assertTrue(clocks.search([("case_id.is_mine", "=", True)]))

    def test_chair_reads_the_family_of_their_conference(self):
        self._refer("strategy")
        self.assertFalse(self._may_read(self.chair))
        form = self._open("initial_conference", user=self.support)
        form.write({"booked_on": "2026-09-21", "chair_id": self.chair.id})
        self.assertTrue(self._may_read(self.chair))
        form.action_cancel("Another chair.")
        self.assertFalse(self._may_read(self.chair))

    def test_new_family_is_for_ones_own_team(self):
        family = {"name": "New", "team_id": self.other_team.id}
        with self.assertRaisesRegex(UserError, "your own team"):
            self.env["sos.case"].with_user(self.support).create(family)

    def test_readers_are_not_written(self):
        with self.assertRaisesRegex(UserError, "from team and allocations"):
            self.case.with_user(self.manager).reader_ids = self.outsider

    def test_name_is_shown_to_readers_only(self):
        """A name is hidden however the record is met: relations read as superuser."""
        form = self._refer()
        form.invalidate_recordset()
        seen = form.with_user(self.outsider).sudo()
        for record in (seen.case_id, seen.child_ids.child_id[0], seen):
            self.assertIn("no access", record.display_name)
            for name in ("Hill", "Sam", "Robin"):
                self.assertNotIn(name, record.display_name)
        self.assertIn("Hill", form.with_user(self.worker).case_id.display_name)

    def test_access_error_names_nobody(self):
        """Odoo's own message names the record for users in debug mode."""
        self.outsider.group_ids += self.env.ref("base.group_no_one")
        with self.assertRaises(AccessError) as caught:
            self.case.with_user(self.outsider).with_context(debug=True).read(["name"])
        self.assertIn("no access", str(caught.exception))
        self.assertNotIn("Hill", str(caught.exception))

    def test_completed_note_is_fixed(self):
        note = (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "text": "Alex rang.",
                }
            )
        )
        note.text = "Alex rang at ten."
        for user in (self.auditor, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                note.with_user(user).action_complete()
        self.assertFalse(note.completed_at)
        note.action_complete()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            note.text = "Alex did not ring."
        note.significant = True
        with self.assertRaisesRegex(UserError, "its button"):
            note.create(
                {
                    "case_id": self.case.id,
                    "kind_id": note.kind_id.id,
                    "text": "x",
                }
            ).completed_at = "2026-01-01"

    def test_change_of_a_person_is_seen_in_each_of_their_families(self):
        self.sam.with_user(self.worker).first_name = "Samira"
        other = self.env["sos.case"].create(
            {"name": "Moor", "team_id": self.other_team.id}
        )
        logs = self.env["sos.change.log"]
        ours = [("res_model", "=", "sos.person"), ("res_id", "=", self.sam.id)]
        self.assertEqual(logs.with_user(self.worker).search(ours).new, "Samira")
        self.assertFalse(logs.with_user(self.outsider).search(ours))
        self.env["sos.case.member"].create(
            {"case_id": other.id, "person_id": self.sam.id}
        )
        self.assertEqual(logs.with_user(self.outsider).search(ours).new, "Samira")

    def test_only_managers_archive_a_person(self):
        with self.assertRaisesRegex(UserError, "Only a team manager"):
            self.sam.with_user(self.worker).active = False
        self.sam.with_user(self.manager).active = False

    def test_change_log_cannot_be_touched(self):
        self.case.with_user(self.manager).name = "Hill-Moor"
        log = self.env["sos.change.log"].search(
            [("res_model", "=", "sos.case"), ("field", "=", "name")]
        )
        self.assertEqual(
            (log.old, log.new, log.user_id), ("Hill", "Hill-Moor", self.manager)
        )
        with self.assertRaises(UserError):
            log.write({"new": "x"})
        with self.assertRaises(UserError):
            log.unlink()
        with self.assertRaises(AccessError):
            log.with_user(self.manager).create(
                {
                    "res_model": "sos.case",
                    "res_id": 1,
                    "field": "x",
                    "user_id": 1,
                    "at": "2026-01-01",
                }
            )
        self.assertFalse(log.with_user(self.outsider).search([]))
