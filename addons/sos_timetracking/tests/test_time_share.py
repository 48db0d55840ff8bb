from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common_study import BEFORE, StudyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-05 10:00:00")
class TestTimeShare(StudyCommon):
    """What time is spent on: one's own, the team's, sums of five people."""

    def _spend(self, kind, minutes, person=0, **values):
        return self.lines.sudo().create(
            {
                "sos_case_id": self.case.id,
                "unit_amount": minutes / 60,
                "date": BEFORE,
                "employee_id": self.staff[person].id,
                "sos_work_kind_id": self._code("work_kind", kind).id,
                **values,
            }
        )

    def _groups(self, model, user, by, domain=()):
        self.env.flush_all()
        rows = self.env[model].with_user(user)
        return rows._read_group(domain, by, ["screen_share:avg", "hours:sum"])

    def test_the_share_is_of_hours(self):
        self._spend("recording", 180)
        self._spend("direct", 30)
        self._spend("travel", 20)
        self._spend("reflection", 10)
        me = self.staff[0].user_id
        [(user, share, hours)] = self._groups("sos.time.share", me, ["user_id"])
        self.assertEqual((user, share, round(hours, 6)), (me, 75.0, 4.0))
        spent = {
            activity: round(hours * 60)
            for activity, _share, hours in self._groups(
                "sos.time.share", me, ["activity"]
            )
        }
        self.assertEqual(
            spent, {"screen": 180, "families": 30, "travel": 20, "other": 10}
        )

    def test_who_sees_whose(self):
        self._spend("recording", 60, 0)
        self._spend("recording", 60, 1)
        everybody = self.staff[:2].user_id
        expected = {
            self.staff[0].user_id: self.staff[0].user_id,
            self.staff[2].user_id: self.env["res.users"],
            self.manager: everybody,
            self.service_manager: everybody,
            self.other_manager: self.env["res.users"],
            self.support: self.env["res.users"],
        }
        for user, seen in expected.items():
            with self.subTest(user=user.login):
                groups = self._groups("sos.time.share", user, ["user_id"])
                people = self.env["res.users"].union(*(row[0] for row in groups))
                self.assertEqual(people.with_env(self.env), seen)
        for user in (self.lead, self.analyst, self.auditor, self.configurator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._groups("sos.time.share", user, ["user_id"])

    def _team_groups(self, user=None):
        return {
            activity: round(hours * 60)
            for activity, _share, hours in self._groups(
                "sos.time.share.team",
                user or self.analyst,
                ["activity"],
                [("team_id", "=", self.team.id)],
            )
        }

    def test_sums_of_five_people(self):
        for person in range(4):
            self._spend("recording", 60, person)
        self.assertEqual(self._team_groups(), {})
        self._spend("recording", 60, 4)
        self._spend("travel", 7, 0)
        self.assertEqual(self._team_groups(), {"screen": 300}, "one who travelled")
        for person in range(1, 5):
            self._spend("meeting", 10, person)
        self.assertEqual(
            self._team_groups(), {"screen": 300, "other": 47}, "five of both together"
        )
        rows = self.env["sos.time.share.team"].with_user(self.analyst).search([])
        self.assertEqual(rows.mapped("people"), [5, 5])
        for user in (self.worker, self.manager, self.configurator, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._team_groups(user)

    def _summary(self, user, **values):
        self.env.flush_all()
        summaries = self.env["sos.time.share.summary"].with_user(user)
        return summaries.create(values).summary_html

    def test_at_a_glance(self):
        day = "2026-09-30"
        self._spend("recording", 180, date=day)
        self._spend("direct", 60, date=day)
        self._spend("direct", 60, 1, date=day)
        self._spend("direct", 60, date="2026-07-31")
        me = self.staff[0].user_id
        page = self._summary(me)
        for words in ("75.0%", "25.0%", "09/2026", "60 to 80%", "4h"):
            with self.subTest(words=words):
                self.assertIn(words, page)
        self.assertIn("60.0%", self._summary(me, months="11"), "another hour in July")
        self.assertIn("No time was kept", self._summary(me, months="0"))
        others = self.staff[1].user_id.name
        self.assertNotIn(others, self._summary(me, whose="team"))
        page = self._summary(self.manager, whose="team")
        self.assertIn("60.0%", page)
        for employee in self.staff[:2]:
            self.assertIn(employee.user_id.name, page)
