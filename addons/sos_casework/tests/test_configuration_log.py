from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosConfigurationLog(SosCommon, RefusalsMixin):
    """What changes who may see or sign something leaves a line: old, new, by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.earlier = cls.env["sos.change.log"].search([])

    def _lines(self, record, field, user=None):
        lines = self.env["sos.change.log"].with_user(user or self.auditor)
        return lines.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("field", "=", field),
                ("id", "not in", self.earlier.ids),
            ]
        )

    def test_who_signs_a_form(self):
        form_type = self.env["sos.form.type"]._get("assessment")
        old = form_type.authoriser_group_id.display_name
        lead = self.env.ref("sos_casework.group_practice_lead")
        form_type.with_user(self.configurator).authoriser_group_id = lead
        line = self._lines(form_type, "authoriser_group_id")
        self.assertEqual((line.old, line.new), (old, lead.display_name))
        self.assertEqual(line.user_id, self.configurator)
        self.assertEqual(line.record_name, form_type.name)
        self.assertEqual(line.label, "Authorised by")

    def test_who_is_in_a_team(self):
        self.team.with_user(self.configurator).member_ids -= self.worker
        line = self._lines(self.team, "member_ids")
        self.assertIn(self.worker.name, line.old)
        self.assertNotIn(self.worker.name, line.new)
        self.assertEqual(line.record_name, "North")
        self.outsider.sos_team_ids |= self.team
        line = self._lines(self.outsider, "sos_team_ids")
        self.assertEqual((line.old, line.new), ("South", "North, South"))

    def test_new_team_and_new_user(self):
        team = (
            self.env["sos.team"]
            .with_user(self.configurator)
            .create({"name": "East", "member_ids": [Command.link(self.worker.id)]})
        )
        self.assertEqual(self._lines(team, "member_ids").new, self.worker.name)
        user = new_test_user(
            self.env, login="new", groups="sos_casework.group_service_manager"
        )
        self.assertIn("Service manager", self._lines(user, "group_ids").new)

    def test_new_user_reads_the_files_of_their_team(self):
        user = new_test_user(
            self.env,
            login="new",
            groups="base.group_user,sos_casework.group_practitioner",
            sos_team_ids=[Command.link(self.team.id)],
        )
        self.assertTrue(self.case.with_user(user).has_access("read"))

    def test_roles_of_a_user_given_in_the_user_or_in_the_group(self):
        manager = self.env.ref("sos_casework.group_team_manager")
        self.worker.group_ids |= manager
        line = self._lines(self.worker, "group_ids")
        self.assertNotIn("Team manager", line.old)
        self.assertIn("Team manager", line.new)
        manager.user_ids -= self.worker
        line = self._lines(manager, "user_ids")
        self.assertIn(self.worker.name, line.old)
        self.assertNotIn(self.worker.name, line.new)

    def test_role_taken_in_the_group_is_followed_by_who_reads(self):
        self.case.with_user(self.manager).restricted = True
        self.assertIn(self.support, self.case.reader_ids)
        self.env.ref("sos_casework.group_business_support").user_ids -= self.support
        self.assertNotIn(self.support, self.case.reader_ids)

    def test_hours_of_an_emergency(self):
        company = self.env.company
        company.sos_emergency_hours = 8
        line = self._lines(company, "sos_emergency_hours")
        self.assertEqual((line.old, line.new), ("4", "8"))

    def test_who_reads_it(self):
        self.team.with_user(self.configurator).member_ids -= self.worker
        self.assertTrue(self._lines(self.team, "member_ids"))
        for user in (self.worker, self.manager, self.service_manager):
            self.assertFalse(self._lines(self.team, "member_ids", user), user.login)

    def test_line_of_a_family_is_none_of_the_system(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        self.env["sos.access.block"].with_user(self.manager).create(
            {"person_id": self.sam.id, "user_id": self.chair.id, "reason": "Uncle."}
        )
        self.sam.with_user(self.manager).phone = "0191"
        lines = self.env["sos.change.log"].search([("id", "not in", self.earlier.ids)])
        self.assertTrue(lines)
        self.assertTrue(all(line.case_id or line.person_id for line in lines))
        self.assertFalse(
            lines.with_user(self.auditor).search([("id", "in", lines.ids)])
        )

    def test_is_not_changed(self):
        self.team.member_ids -= self.worker
        with self._refused(UserError, "only added to"):
            self._lines(self.team, "member_ids").sudo().write({"old": "x"})
