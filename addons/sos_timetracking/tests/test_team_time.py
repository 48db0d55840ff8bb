from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from .common import TimeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestTeamTime(RefusalsMixin, TimeCommon):
    """Time that is about no family, and days on which nothing changes any more."""

    def _keep(self, user=None, **values):
        team = self.team.with_user(user or self.worker)
        return team.log_time(values.pop("minutes", 30), "meeting", **values)

    def test_work_for_the_team(self):
        line = self._keep(note="Learning lab")
        self.assertEqual(line.sos_team_id, self.team)
        self.assertFalse(line.sos_case_id)
        self.assertEqual(line.name, f"Work for the team {self.team.name}")
        self.assertEqual(self.team.with_user(self.worker).time_minutes, 30)

    def test_time_on_a_family_is_its_teams(self):
        line = self.case.with_user(self.worker).log_time(30, "travel")
        self.assertEqual(line.sos_team_id, self.case.team_id)
        self.assertEqual(
            line.with_user(self.worker).sos_child_ids, self.sam | self.robin
        )
        self.assertFalse(
            self.team.with_user(self.worker).time_minutes, "not the team's own work"
        )

    def test_refuse_a_team_that_is_not_mine(self):
        other = self.env["sos.team"].create({"name": "Elsewhere"})
        with self._refused(UserError, "not in the team Elsewhere"):
            other.with_user(self.worker).log_time(30, "meeting")

    def test_who_sees_it(self):
        line = self._keep()
        approver = new_test_user(
            self.env,
            login="approver",
            groups="base.group_user,hr_timesheet.group_timesheet_manager",
        )
        seen = {
            self.worker: True,
            self.manager: True,
            self.support: False,
            self.other_manager: False,
            approver: False,
        }
        for user, expected in seen.items():
            with self.subTest(user=user.login):
                found = self.lines.with_user(user).search([("id", "=", line.id)])
                self.assertEqual(bool(found), expected)
                if user != self.worker:
                    with self.assertRaises(AccessError):
                        line.with_user(user).unit_amount = 1

    def test_locked_days(self):
        early = self._keep(date="2026-08-31")
        self.env.company.sos_time_locked_until = "2026-08-31"
        words = "31/08/2026 is locked"
        for change in (
            lambda: self._keep(date="2026-08-31"),
            lambda: early.write({"unit_amount": 1}),
            lambda: early.write({"date": "2026-09-01"}),
            lambda: early.unlink(),
        ):
            with self._refused(UserError, words):
                change()
        later = self._keep(date="2026-09-01")
        with self._refused(UserError, words):
            later.date = "2026-08-31"
        early.sos_note = "A note is no time."
        later.unlink()
