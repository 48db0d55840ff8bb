from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .test_access_block import AccessBlockCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosOversight(AccessBlockCommon):
    """Oversight is not switched off by who is overseen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notices = cls.env["sos.oversight"]
        # whoever else oversees in this database stands aside
        others = cls.notices._get_overseers() - cls.auditor - cls.service_manager
        others.active = False
        cls.second_auditor = cls._new_user("auditor2", "quality_auditor")
        cls.overseers = cls.auditor | cls.service_manager | cls.second_auditor

    def _told(self, kind=None):
        return self.notices.search([("kind", "=", kind)] if kind else [])

    # ---------------------------------------------------------------- blocking

    def test_an_overseer_is_blocked_by_two_people(self):
        block = self._block(self.auditor)
        self.assertEqual(block.state, "waiting")
        self.assertTrue(self._sees(self.case, self.auditor))
        self.assertNotIn(self.auditor, self.case.blocked_user_ids)
        # the button is for others than who began it
        self.assertFalse(block.with_user(self.manager).may_confirm)
        self.assertTrue(block.with_user(self.service_manager).may_confirm)
        for user in (self.manager, self.worker, self.outsider, self.auditor):
            with (
                self.subTest(user.login),
                self._refused(UserError, "."),
            ):
                block.with_user(user).action_confirm()
        self.assertTrue(self._sees(self.case, self.auditor))
        block.with_user(self.service_manager).action_confirm()
        self.assertEqual(block.state, "acting")
        self.assertEqual(block.confirmed_by_id, self.service_manager)
        self.assertFalse(self._sees(self.case, self.auditor))
        block.with_user(self.manager).action_lift()
        self.assertTrue(self._sees(self.case, self.auditor))

    def test_who_is_to_be_blocked_neither_confirms_nor_reads_it(self):
        block = self._block(self.service_manager)
        self.assertFalse(self._sees(block, self.service_manager))
        for press in ("action_confirm", "action_lift"):
            with self.subTest(press), self._refused(AccessError, "."):
                getattr(block.with_user(self.service_manager), press)()
        self.assertEqual(block.state, "waiting")
        second = self._new_user("manager2", "team_manager", self.team)
        block.with_user(second).action_confirm()
        self.assertFalse(self._sees(self.case, self.service_manager))

    def test_a_wait_ends_by_lifting(self):
        block = self._block(self.auditor)
        block.with_user(self.manager).action_lift()
        self.assertEqual(block.state, "lifted")
        block.with_user(self.service_manager).action_confirm()
        self.assertTrue(self._sees(self.case, self.auditor))

    def test_others_are_blocked_by_one(self):
        block = self._block(self.support)
        self.assertEqual(block.state, "acting")
        self.assertFalse(self._sees(self.case, self.support))
        self.assertFalse(self._told())

    def test_everybody_blocks_themself_at_once(self):
        self.case.with_user(self.auditor).action_block_myself()
        self.assertFalse(self._sees(self.case, self.auditor))
        self.assertIn("blocked themself from", self._told("block").name)

    def test_the_last_overseer_stays(self):
        for user in (self.auditor, self.second_auditor):
            self._block(user).with_user(self.service_manager).action_confirm()
        with self._refused(UserError, "Somebody who oversees the work must be left"):
            self._block(self.service_manager)
        self.assertTrue(self._sees(self.case, self.service_manager))

    def test_two_that_wait_do_not_take_the_last_one(self):
        second = self._new_user("manager2", "team_manager", self.team)
        blocks = [self._block(user) for user in self.overseers]
        for block in blocks[:2]:
            block.with_user(second).action_confirm()
        with self._refused(UserError, "Somebody who oversees the work must be left"):
            blocks[2].with_user(second).action_confirm()

    def test_block_from_a_person_asks_the_same(self):
        block = self._block(self.auditor, person_id=self.kit.id)
        self.assertEqual(block.state, "waiting")
        self.assertTrue(self._sees(self.kit, self.auditor))
        self.assertIn(self.case.reference, self._told("block").name)
        block.with_user(self.service_manager).action_confirm()
        self.assertFalse(self._sees(self.kit, self.auditor))

    # ------------------------------------------------------------------- told

    def test_every_overseer_is_told_of_a_block(self):
        block = self._block(self.auditor)
        (notice,) = self._told("block")
        self.assertEqual(notice.activity_ids.user_id, self.overseers)
        self.assertIn(self.case.reference, notice.name)
        self.assertIn(self.manager.name, notice.name)
        self.assertIn(self.auditor.name, notice.name)
        self.assertNotIn("Hill", str(notice.read()) + str(notice.activity_ids.read()))
        block.with_user(self.service_manager).action_confirm()
        self.assertEqual(len(self._told("block")), 2)
        self.assertEqual(
            notice.with_user(self.second_auditor).why, "Her sister.", "why"
        )
        # who is blocked learns that, and not why
        mine = notice.with_user(self.auditor)
        self.assertIn("You are blocked", mine.why)
        with self._refused(AccessError, "."):
            mine.read(["reason"])

    def test_every_overseer_is_told_of_a_restriction(self):
        case = self.case.with_user(self.manager)
        case.write(
            {
                "restricted": True,
                "named_reader_ids": self.manager.ids,
                "restricted_reason": "The father works here.",
            }
        )
        (notice,) = self._told("restriction")
        self.assertEqual(notice.activity_ids.user_id, self.overseers)
        self.assertIn(self.case.reference, notice.name)
        self.assertIn(self.manager.name, notice.name)
        self.assertNotIn("Hill", notice.name)
        why = notice.with_user(self.service_manager).why
        self.assertEqual(why, "The father works here.")
        case.write({"name": "Hill and Moor"})
        self.assertEqual(len(self._told()), 1)
        case.write({"named_reader_ids": [(4, self.support.id)]})
        self.assertEqual(len(self._told()), 2)
        case.write({"restricted": False, "named_reader_ids": [(5,)]})
        self.assertEqual(len(self._told()), 2)

    def test_told_by_every_way_of_restricting(self):
        new = self.env["sos.case"].with_user(self.manager)
        new = new.create({"name": "New", "restricted": True})
        self.assertIn(new.reference, self._told("restriction").name)
        other = self._other_family()
        other.team_id = self.team
        other.with_user(self.manager)._merge(new.with_user(self.manager), "One family.")
        self.assertIn(other.reference, self._told("restriction")[0].name)

    def test_is_added_to_only(self):
        self._block(self.auditor)
        notice = self._told().with_user(self.service_manager)
        for values in ({"name": "x"}, {"kind": "questions"}):
            with self._refused(UserError, "."):
                notice.write(values)
        with self._refused(UserError, "."):
            notice.unlink()
        with self._refused(UserError, "."):
            self.notices.with_user(self.manager).create({"name": "x", "kind": "block"})
        # a reminder is its own
        activity = notice.activity_ids.filtered(
            lambda a: a.user_id == self.service_manager
        )
        activity.with_user(self.service_manager).action_done()
        with self._refused(AccessError, "."):
            self.notices.with_user(self.manager).search([])

    # ------------------------------------------------------------- what is kept

    def _traces(self, user):
        traces = self.env["sos.oversight.trace"].with_user(user)
        return traces.search([("reference", "=", self.case.reference)])

    def test_who_is_not_named_or_blocked_keeps_what_was_done(self):
        """Number, who, when and what kind of record; no words."""
        self.env.flush_all()
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        self.case.with_user(self.manager).web_read({"name": {}})
        self._block(self.second_auditor, self.env.user)
        self.case.with_user(self.manager).name = "Zqnewqz"
        self.env.flush_all()
        for user in (self.service_manager, self.auditor, self.second_auditor):
            with self.subTest(user.login):
                self.assertFalse(self._sees(self.case, user))
                traces = self._traces(user)
                self.assertIn("changed", traces.mapped("operation"))
                self.assertIn("opened", traces.mapped("operation"))
                self.assertIn(self.manager, traces.user_id)
                self.assertIn("Family file", traces.mapped("kind"))
                answer = str(traces.read())
                for words in ("Hill", "Zqnewqz", "sister"):
                    self.assertNotIn(words, answer)

    def test_traces_are_for_overseers(self):
        analyst = new_test_user(
            self.env, "analyst3", groups="sos_casework.group_performance_analyst"
        )
        for user in (self.worker, self.manager, self.configurator, analyst):
            with self.subTest(user.login), self._refused(AccessError, "."):
                self._traces(user)
        self._block(self.auditor)
        notice = self._told("block")
        for press in ("action_open_trace", "action_open_blocks"):
            for user in (self.worker, self.manager, self.configurator, analyst):
                with self.subTest(user.login), self._refused(AccessError, "."):
                    getattr(notice.with_user(user), press)()
            self.assertTrue(getattr(notice.with_user(self.service_manager), press)())

    def test_screens(self):
        block = self._block(self.auditor)
        Form(block.with_user(self.service_manager))
        notice = self._told("block").with_user(self.service_manager)
        Form(notice)
        action = notice.action_open_trace()
        self.assertEqual(action["domain"], [("reference", "=", self.case.reference)])
        self.assertEqual(notice.action_open_blocks()["res_model"], "sos.access.block")
