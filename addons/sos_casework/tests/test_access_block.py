from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import SosCommon
from .refusals import RefusalsMixin


class AccessBlockCommon(SosCommon, RefusalsMixin):
    @classmethod
    def _block(cls, user, by=None, **values):
        values = values or {"case_id": cls.case.id}
        return (
            cls.env["sos.access.block"]
            .with_user(by or cls.manager)
            .create({"user_id": user.id, "reason": "Her sister.", **values})
        )

    @classmethod
    def _other_family(cls, *people):
        return cls.env["sos.case"].create(
            {
                "name": "Moor",
                "team_id": cls.other_team.id,
                "member_ids": [Command.create({"person_id": p.id}) for p in people],
            }
        )

    def _sees(self, record, user):
        record = record.with_user(user)
        found = record.search([("id", "=", record.id)])
        self.assertEqual(bool(found), record.has_access("read"), record)
        return bool(found)


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccessBlock(AccessBlockCommon):
    """Stronger than any role."""

    def test_stronger_than_every_reason_to_read(self):
        """Team, lead worker, manager, chair, named reader, service and audit."""
        self._protected()
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id}
        )
        everybody = (
            self.worker,
            self.manager,
            self.support,
            self.chair,
            self.service_manager,
            self.auditor,
        )
        form = self.case.form_ids[0]
        for user in everybody:
            self.assertTrue(self._sees(self.case, user), user.login)
            self._block(user, self.env.user)
            for record in (self.case, self.sam, form, self.case.deadline_ids[0]):
                with self.subTest(f"{user.login} {record._name}"):
                    self.assertFalse(self._sees(record, user))
            self.assertEqual(
                self.case.with_user(user).display_name,
                f"{self.case.reference} (no access)",
            )
            self.assertNotIn(user, self.case.reader_ids)
        self.assertEqual(
            self.case.blocked_user_ids, self.env["res.users"].union(*everybody)
        )

    def test_stronger_than_being_named(self):
        self._block(self.worker)
        with self._refused(UserError, "Nobody could read"):
            self.case.with_user(self.manager).write(
                {"restricted": True, "named_reader_ids": self.worker.ids}
            )
        self.case.with_user(self.manager).write(
            {
                "restricted": True,
                "named_reader_ids": [Command.set((self.worker | self.manager).ids)],
            }
        )
        self.assertEqual(self.case.reader_ids, self.manager)

    def test_stronger_than_having_entered_the_person(self):
        person = (
            self.env["sos.person"].with_user(self.worker).create({"last_name": "Moss"})
        )
        self.assertTrue(self._sees(person, self.worker))
        self._block(self.worker, self.env.user, person_id=person.id)
        self.assertFalse(self._sees(person, self.worker))

    def test_every_model_about_a_family_has_the_rule(self):
        """A new model needs a line in ir.rule.csv: nobody who is blocked."""
        rules = self.env["ir.rule"].sudo()
        for name, model in self.env.registry.items():
            stored = name.startswith("sos.") and not model._abstract
            if not stored or model._transient:
                continue
            owners = {"case_id", "person_id"} & model._fields.keys()
            if not owners and name not in ("sos.case", "sos.person"):
                continue
            blocked = rules.search(
                [
                    ("model_id.model", "=", name),
                    ("groups", "=", False),
                    ("domain_force", "like", "blocked_"),
                ]
            )
            self.assertTrue(blocked, name)
            self.assertTrue(
                blocked.perm_read and blocked.perm_write and blocked.perm_create, name
            )

    def test_block_from_a_person_closes_their_files(self):
        other = self._other_family(self.kit)
        self._block(self.worker, person_id=self.kit.id)
        self.assertFalse(self._sees(self.case, self.worker))
        self.assertFalse(self._sees(self.kit, self.worker))
        self.assertIn(self.worker, other.blocked_user_ids)
        self.assertIn(self.worker, self.sam.blocked_user_ids)

    def test_block_from_a_family_hides_its_people_everywhere(self):
        """Kit is in a family of South too: the file stays open, Kit does not show."""
        other = self._other_family(self.kit)
        member = other.member_ids
        self.assertEqual(
            member.with_user(self.outsider).birth_date, self.kit.birth_date
        )
        self._block(self.outsider)
        self.assertTrue(self._sees(other, self.outsider))
        self.assertFalse(self._sees(self.kit, self.outsider))
        # the line would show, and find by, the person's birth date
        self.assertFalse(self._sees(member, self.outsider))
        for relation in self.kit.relation_ids | self.alex.relation_ids:
            self.assertFalse(self._sees(relation, self.outsider))

    def test_screen_of_a_manager(self):
        action = self.case.with_user(self.manager).action_block()
        blocks = self.env["sos.access.block"].with_user(self.manager)
        with Form(blocks.with_context(**action["context"])) as form:
            form.user_id = self.support
            form.reason = "Her sister."
        self.assertEqual(form.record.case_id, self.case)
        self.assertEqual(form.record.set_by_id, self.manager)
        self.assertEqual(
            self.case.with_user(self.manager).all_block_ids.user_id, self.support
        )
        rows = dict(self.case.with_user(self.manager)._get_access_rows())
        self.assertEqual(rows["Blocked: see nothing"], self.support.name)
        self.assertNotIn(self.support.name, rows["In the team North"])

    def test_follows_the_people_of_a_file(self):
        """Whoever comes into the file, or into a file of a blocked person, later."""
        self._block(self.worker)
        new = self.env["sos.person"].create({"last_name": "Moss"})
        self.case.member_ids.create({"case_id": self.case.id, "person_id": new.id})
        self.assertIn(self.worker, new.blocked_user_ids)
        own = self.env["sos.person"].create({"last_name": "Moor"})
        self._block(self.worker, self.env.user, person_id=own.id)
        case = self.env["sos.case"].create({"name": "Moor", "team_id": self.team.id})
        self.assertTrue(self._sees(case, self.worker))
        case.member_ids.create({"case_id": case.id, "person_id": own.id})
        self.assertFalse(self._sees(case, self.worker))

    def test_follows_a_line_that_moves_to_another_record_of_the_person(self):
        twice = self.env["sos.person"].create({"last_name": "Moor"})
        self._block(self.worker, self.env.user, person_id=twice.id)
        member = self.case.member_ids.filtered(lambda m: m.person_id == self.kit)
        self.assertTrue(self._sees(self.case, self.worker))
        member.sudo().person_id = twice
        self.assertFalse(self._sees(self.case, self.worker))

    def test_lifted(self):
        block = self._block(self.worker)
        with self._refused(AccessError, "."):
            block.with_user(self.worker).action_lift()
        with self._refused(AccessError, "."):
            block.with_user(self.support).action_lift()
        with self._refused(AccessError, "."):
            block.with_user(self.other_manager).action_lift()
        block.with_user(self.manager).action_lift()
        self.assertTrue(self._sees(self.case, self.worker))
        self.assertTrue(self._sees(self.sam, self.worker))
        self.assertIn(self.worker, self.case.reader_ids)
        self.assertEqual(block.ended_by_id, self.manager)
        self.assertEqual(str(block.ended_at), "2026-09-07 10:00:00")

    def test_two_blocks_need_two_lifts(self):
        first = self._block(self.worker)
        second = self._block(self.worker, person_id=self.kit.id)
        first.with_user(self.manager).action_lift()
        self.assertFalse(self._sees(self.case, self.worker))
        second.with_user(self.manager).action_lift()
        self.assertTrue(self._sees(self.case, self.worker))

    def test_who_may_block(self):
        for user in (self.worker, self.support, self.other_manager, self.auditor):
            with self.subTest(user.login), self._refused(AccessError, "."):
                self._block(self.support, user)
        self._block(self.support, self.service_manager)
        self.case.with_user(self.manager).restricted = True
        with self._refused(AccessError, "."):
            self._block(self.worker, self.service_manager)

    def test_block_is_not_written_by_hand(self):
        block = self._block(self.support)
        for values in ({"ended_at": "2026-09-07"}, {"user_id": self.chair.id}):
            with self._refused(UserError, "."):
                block.with_user(self.manager).write(values)
        with self._refused(UserError, "filled in by the system"):
            self._block(self.chair, case_id=self.case.id, ended_at="2026-09-01")
        with self._refused(UserError, "filled in by the system"):
            self.case.with_user(self.manager).write({"blocked_user_ids": False})
        with self._refused(UserError, "filled in by the system"):
            self.sam.with_user(self.manager).write({"blocked_user_ids": False})

    def test_anybody_blocks_themself_and_only_a_manager_undoes_it(self):
        for user in (self.worker, self.manager):
            self.case.with_user(user).action_block_myself()
            self.assertFalse(self._sees(self.case, user))
        blocks = self.case.block_ids
        self.assertEqual(blocks.user_id, self.worker | self.manager)
        with self._refused(AccessError, "."):
            blocks.with_user(self.manager).action_lift()
        blocks.with_user(self.service_manager).action_lift()
        self.assertTrue(self._sees(self.case, self.manager))
        with self._refused(AccessError, "."):
            self.case.with_user(self.outsider).action_block_myself()

    def test_last_reader_of_a_restricted_file_stays(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        with self._refused(UserError, "Name another reader first"):
            self.case.with_user(self.manager).action_block_myself()
        self.assertTrue(self._sees(self.case, self.manager))

    def test_blocked_user_learns_neither_why_nor_who_else(self):
        self._block(self.support)
        block = self._block(self.auditor)
        block.with_user(self.service_manager).action_confirm()
        self.assertTrue(self._sees(block, self.manager))
        self.assertFalse(self._sees(block, self.auditor))
        self.assertFalse(
            self.env["sos.access.block"].with_user(self.auditor).search([])
        )
        self.assertFalse(
            self.env["sos.change.log"]
            .with_user(self.auditor)
            .search([("res_model", "=", "sos.access.block")])
        )
        # readers see who is blocked, and not why
        worker = self.case.with_user(self.worker)
        self.assertEqual(worker.blocked_user_ids, self.support | self.auditor)
        with self._refused(AccessError, "."):
            worker.read(["block_ids"])
        self.assertIn(self.support.name, worker.access_html)
        self.assertNotIn("sister", worker.access_html)

    def test_is_in_the_change_log(self):
        block = self._block(self.support)
        block.with_user(self.manager).action_lift()
        lines = self.env["sos.change.log"].search(
            [
                ("case_id", "=", self.case.id),
                ("res_model", "=", "sos.access.block"),
                ("field", "!=", "ended_by_id"),
            ]
        )
        self.assertEqual(
            sorted((line.field, line.user_id.login) for line in lines),
            [("ended_at", "manager"), ("user_id", "manager")],
        )
        self.assertNotIn("sister", str(lines.read()))

    def test_reminders_leave_a_blocked_lead_worker(self):
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id}
        )
        self._refer()
        reminders = (
            self.env["mail.activity"]
            .search([("res_model", "=", "sos.deadline")])
            .filtered(lambda a: a.res_id in self.case.deadline_ids.ids)
        )
        self.assertEqual(reminders.user_id, self.worker)
        self.case.with_user(self.worker).action_block_myself()
        self.assertEqual(reminders.exists().user_id, self.manager)

    def test_duplicates_say_no_more_than_to_a_stranger(self):
        self._block(self.worker)
        people = self.env["sos.person"].with_user(self.worker)
        found = self._find_people(people, "Sam", "Hill", self.sam.birth_date)
        ((person, hint),) = found
        told = person._describe_duplicate(hint)
        self.assertEqual(told.keys(), {"reference", "why", "ask"})
        self.assertIn("the team North", told["ask"])
        self.assertNotIn("Hill", str(told))

    def test_nobody_is_brought_round_a_block(self):
        """By adding, pointing, or opening in an emergency."""
        self._block(self.outsider)
        values = {"case_id": self.case.id, "text": "x", "kind": "strength"}
        with self._refused(AccessError, "."):
            self.env["sos.map.line"].with_user(self.outsider).create(values)
        dialog = self.env["sos.break.glass.open"].with_user(self.outsider)
        with self._refused(AccessError, "Ask your manager"):
            dialog.create(
                {
                    "reference": self.case.reference,
                    "reason": "A child was found alone in the street.",
                }
            ).action_open()
        self.assertFalse(self.case.emergency_ids)
