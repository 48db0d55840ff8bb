from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .refusals import RefusalsMixin
from .test_access_log import AccessLogCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccessNotice(AccessLogCommon, RefusalsMixin):
    """Who holds a family is told when somebody looks who does not work with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sos.allocation"].with_user(cls.manager).create(
            {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"}
        )

    def _notices(self):
        return self.env["sos.access.notice"].search([("case_id", "=", self.case.id)])

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "sos.access.notice"),
                ("res_id", "in", self._notices().ids),
            ]
        )

    def _look(self, user, record=None):
        self.env.cr.precommit.data.pop("sos.access.log", None)
        record = self.case if record is None else record
        record.with_user(user).web_read({"reference": {}})

    def test_the_lead_worker_is_told_without_a_name_of_the_family(self):
        before = self.env["mail.mail"].search_count([])
        self._look(self.auditor)
        activity = self._activities()
        words = f"{self.auditor.name} (quality auditor) looked at {self.case.reference}"
        self.assertRecordValues(
            activity, [{"user_id": self.worker.id, "summary": words, "note": False}]
        )
        self.assertEqual(self._notices().name, words)
        for text in (activity.summary, activity.res_name, activity.display_name):
            self.assertNotIn("Hill", text or "")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_once_a_day_for_each_who_looks(self):
        for _time in (1, 2):
            self._look(self.auditor)
        self._look(self.service_manager)
        self.assertEqual(len(self._notices()), 2)
        with freeze_time("2026-09-08 10:00:00"):
            self._look(self.auditor)
        self.assertEqual(len(self._notices()), 3)
        self.assertEqual(len(self._activities()), 3)

    def test_a_form_a_line_or_a_child_of_the_family_counts(self):
        contact = self._open("contact")
        for record in (contact, contact.answer_ids[0], self.sam):
            with self.subTest(record._name), self.env.cr.savepoint() as savepoint:
                self.env.cr.precommit.data.pop("sos.access.log", None)
                record.with_user(self.auditor).web_read({"display_name": {}})
                self.assertEqual(len(self._notices()), 1)
                savepoint.rollback()

    def test_those_who_work_with_the_family_are_no_news(self):
        for user in (self.worker, self.manager, self.support):
            self._look(user)
        # a service manager who is allocated is one of them
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.service_manager.id}
        )
        self._look(self.service_manager)
        self.assertFalse(self._notices())

    def test_a_list_is_no_news(self):
        cases = self.env["sos.case"].with_user(self.auditor)
        self.assertGreater(len(cases.web_search_read([], {"name": {}})["records"]), 0)
        self.assertFalse(self._notices())

    def test_an_emergency_is_news_whoever_it_is(self):
        log = self.env["sos.access.log"].with_user(self.outsider)
        log._record("emergency", self.case, "The child is at the hospital.")
        self.assertEqual(self._notices().viewer_id, self.outsider)
        self.assertEqual(self._activities().user_id, self.worker)

    def test_without_a_lead_worker_the_manager_is_told(self):
        self.case.allocation_ids.write({"until": "2026-09-07"})
        with freeze_time("2026-09-08 10:00:00"):
            self.env["sos.deadline"]._nightly()
            self.assertFalse(self.case.lead_id)
            self._look(self.auditor)
        self.assertEqual(self._activities().user_id, self.manager)

    def test_jobs_are_no_news(self):
        self.env["sos.deadline"]._nightly()
        self.case.read(["name"])
        self.assertFalse(self._notices())

    def test_who_reads_it(self):
        self._look(self.auditor)
        notice = self._notices()
        for user in (self.worker, self.manager, self.auditor, self.service_manager):
            self.assertEqual(
                notice.with_user(user).read(["name"])[0]["name"], notice.name
            )
        for user in (self.outsider, self.other_manager, self.lead, self.analyst):
            with self.assertRaises(AccessError):
                notice.with_user(user).read(["name"])
            self.assertNotIn("Hill", notice.with_user(user).sudo().display_name)

    def test_nobody_takes_it_away(self):
        self._look(self.auditor)
        notice, activity = self._notices(), self._activities()
        with self._refused(UserError, "somebody else's reminder"):
            activity.with_user(self.auditor).unlink()
        for user in (self.worker, self.auditor):
            with self.assertRaises(UserError):
                notice.with_user(user).write({"name": "Nothing"})
            with self.assertRaises(UserError):
                notice.with_user(user).unlink()
            with self.assertRaises(UserError):
                self.env["sos.access.notice"].with_user(user).create(
                    {"case_id": self.case.id, "name": "Nothing", "day": "2026-09-07"}
                )
        activity.with_user(self.worker).action_done()
        self.assertTrue(notice.exists())

    def test_price(self):
        """Nothing for those who work with the family, one look-up for others who
        have been told of."""
        spec = {"reference": {}, "team_id": {}}

        def count(user):
            case = self.case.with_user(user)
            case.web_read(spec)
            self.env.cr.precommit.data.pop("sos.access.log", None)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            case.web_read(spec)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(self.auditor) - count(self.worker), 1)

    def test_two_families_of_a_child(self):
        other = (
            self.env["sos.case"]
            .with_user(self.support)
            .create(
                {
                    "name": "Moor",
                    "member_ids": [Command.create({"person_id": self.sam.id})],
                }
            )
        )
        self._look(self.auditor, self.sam)
        notices = self.env["sos.access.notice"].search(
            [("viewer_id", "=", self.auditor.id)]
        )
        self.assertEqual(notices.case_id, self.case | other)
