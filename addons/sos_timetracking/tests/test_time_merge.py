from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestTimeMerge(TimeCommon):
    def test_time_follows_its_form_to_the_new_file_and_back(self):
        form = self._open("visit", self.robin)
        on_form = form.log_time(20, "recording")
        on_case = self.case.with_user(self.worker).log_time(45, "travel")
        case = self.case.with_user(self.manager)
        merge = case._split("Moor", self.robin, "Two households.", both=self.alex)
        new = merge.merged_case_id.with_env(self.env)
        self.assertEqual(on_form.sudo().sos_case_id, new)
        self.assertEqual(on_case.sudo().sos_case_id, self.case)
        merge.action_undo("One household.")
        self.env.invalidate_all()
        self.assertEqual((on_form | on_case).sudo().sos_case_id, self.case)

    def test_time_of_a_merged_file_is_in_the_kept_one(self):
        other = self.env["sos.case"].create(
            {
                "name": "Moor",
                "team_id": self.team.id,
                "member_ids": [Command.create({"person_id": self.kit.id})],
            }
        )
        line = other.with_user(self.worker).log_time(45, "travel")
        case = self.case.with_user(self.manager)
        merge = case._merge(other.with_user(self.manager), "One family.")
        self.assertEqual(line.sudo().sos_case_id, self.case)
        self.assertEqual(self.case.with_user(self.worker).time_minutes, 45)
        merge.action_undo("Two families.")
        self.env.invalidate_all()
        self.assertEqual(line.sudo().sos_case_id, other)
