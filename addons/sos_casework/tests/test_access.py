from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_family import FullFamilyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccess(FullFamilyCommon):
    """What the table of access does not say: methods, links and moves. Who may do what
    with which kind of record is in ``test_access_generated``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill_family(cls())

    def test_public_methods_ask_for_rights(self):
        form = self.case.form_ids.filtered(lambda f: f.type_code == "core_group")
        form = form or self._open("assessment")
        for user in (self.outsider, self.other_manager, self.configurator):
            theirs = form[:1].with_user(user)
            for call in (
                lambda f: f.write_answer("analysis", "x"),
                lambda f: f.action_submit(),
                lambda f: f.action_authorise(),
                lambda f: f.action_cancel("x"),
                lambda f: f.action_release("x"),
                lambda f: f.child_ids.action_confirm(),
                lambda f: f.case_id.open_form("visit"),
                lambda f: f.case_id.deadline_ids.action_pause("x"),
                lambda f: f.action_change_log(),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    call(theirs)

    def test_windows_are_opened_for_readers(self):
        """What a window shows is asked again; that there is something to show, and how
        much, is no stranger's either."""
        merge = self.env["sos.merge"].search([], limit=1)
        merge = merge or self._merge_two()
        merged = merge.merged_person_id
        for record, press in (
            (self.case, "action_change_log"),
            (self.sam, "action_change_log"),
            (self.case, "action_open_merges"),
            (self.case, "action_open_related"),
            (merged, "action_open_merges"),
            (merged, "action_open_kept"),
            (merge, "action_open_undo"),
        ):
            for user in (self.outsider, self.other_manager, self.configurator):
                with self.subTest(f"{user.login} {record._name} {press}"):
                    with self.assertRaises(AccessError):
                        getattr(record.with_user(user), press)()
            self.assertTrue(getattr(record.with_user(self.manager), press)())
        for press in ("action_open_merge", "action_open_split"):
            with self.subTest(press), self.assertRaises(AccessError):
                getattr(self.case.with_user(self.other_manager), press)()
        with self.assertRaises(AccessError):
            self.sam.with_user(self.other_manager).action_open_merge()

    def test_who_reads_by_one_role_does_not_write_by_another(self):
        """Roles add up, their families do not: a manager of another team who also
        audits the service reads this family, and decides nothing about it."""
        both = self._new_user("both", "team_manager", self.other_team)
        both.group_ids |= self.env.ref("sos_casework.group_quality_auditor")
        own = self.env["sos.case"].create(
            {"name": "Own", "team_id": self.other_team.id}
        )
        case = self.case.with_user(both)
        self.assertTrue(case.has_access("read"))
        form = self._fill(self._open("closure"), decision="close")
        form.action_submit()
        visit = self._open("visit", self.sam, held_on=self._today())
        self._fill(visit).action_submit()
        waiting = visit.with_user(self.worker).ask_correction(
            "It was typed wrong.", {"announced": True}
        )
        values = {"case_id": self.case.id, "reason": "Her sister."}
        blocks = self.env["sos.access.block"].with_user(self.manager)
        block = blocks.create({**values, "user_id": self.support.id})
        unconfirmed = blocks.create({**values, "user_id": self.service_manager.id})
        merge = self._merge_two()
        for words, attempt in {
            "authorise": lambda: form.with_user(both).action_authorise(),
            "correct": lambda: waiting.with_user(both).action_authorise(),
            "refuse": lambda: waiting.with_user(both).action_refuse("No."),
            "merge": lambda: case._merge(own.with_user(both), "One family."),
            "merge the other": lambda: own.with_user(both)._merge(case, "One family."),
            "split": lambda: case._split("Moor", self.robin, "Two households."),
            "undo": lambda: merge.with_user(both).action_undo("Two people."),
            "take out": lambda: case.member_ids[-1:].action_entered_in_error(),
            "lift": lambda: block.with_user(both).action_lift(),
            "confirm": lambda: unconfirmed.with_user(both).action_confirm(),
        }.items():
            with self.subTest(words), self.assertRaises(AccessError):
                attempt()
        self.assertEqual(form.state, "submitted")
        self.assertEqual(waiting.state, "waiting")
        self.assertEqual(merge.state, "done")
        self.assertEqual((block.state, unconfirmed.state), ("acting", "waiting"))
        self.assertFalse(self.case.split_ids or self.case.merged_into_id)

    def _merge_two(self):
        twin = self.env["sos.person"].create(
            {"kind": "adult", "first_name": "Al", "last_name": "Hill"}
        )
        self.env["sos.case.member"].create(
            {"case_id": self.case.id, "person_id": twin.id}
        )
        return self.alex._merge(twin, "One person.", accepted=True)

    def test_administrator_of_odoo_has_no_role(self):
        """Odoo's Settings group is no casework role."""
        admin = self.env.ref("base.user_admin")
        self.assertFalse(admin.has_group("sos_casework.group_reader"))
        with self.assertRaises(AccessError):
            self.case.with_user(admin).read(["name"])

    def test_nobody_brings_in_a_person_they_may_not_read(self):
        """Being in one's own family file would make anybody readable."""
        stranger = self.env["sos.person"].create({"last_name": "Else"})
        self.env["sos.case"].create(
            {
                "name": "Else",
                "team_id": self.other_team.id,
                "member_ids": [Command.create({"person_id": stranger.id})],
            }
        )
        member = {"case_id": self.case.id, "person_id": stranger.id}
        with self.assertRaises(AccessError):
            self.env["sos.case.member"].with_user(self.worker).create(member)
        with self.assertRaisesRegex(UserError, "stays where it is"):
            self.case.member_ids[0].with_user(self.worker).person_id = stranger

    def test_nothing_is_moved_into_another_family(self):
        other = self.env["sos.case"].create(
            {"name": "Else", "team_id": self.other_team.id}
        )
        for line in (self.case.danger_ids, self.case.note_ids, self.case.voice_ids):
            with self.assertRaisesRegex(
                UserError, "stays with its family|stays where it is"
            ):
                line[:1].with_user(self.worker).case_id = other

    def test_links_of_the_pathway_are_not_typed_in(self):
        form = self._open("assessment")
        line = form.child_ids[0]
        values = {"episode_id": self.case.episode_ids[0].id}
        with self.assertRaisesRegex(UserError, "does not change"):
            line.write(values)
        with self.assertRaisesRegex(UserError, "not typed in"):
            form.env["sos.form.child"].create(
                {"form_id": form.id, "child_id": self.sam.id, **values}
            )

    def test_dialogs_are_ones_own(self):
        """Odoo lets whoever may use a dialog read what others typed into it."""
        rules = self.env["ir.rule"].sudo()
        dialogs = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("sos.") and model._transient
        ]
        self.assertIn("sos.referral", dialogs)
        for name in dialogs:
            rule = rules.search([("model_id.model", "=", name), ("groups", "=", False)])
            self.assertIn("create_uid", rule.domain_force or "", name)
        form = self._open("assessment")
        dialog = form.env["sos.form.reason"].create(
            {"form_id": form.id, "operation": "action_cancel", "reason": "Sam said…"}
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.manager).read(["reason"])
