from odoo.tests import freeze_time, tagged

from odoo.addons.sos_timetracking.tests.common_study import BEFORE, StudyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-05 10:00:00")
class TestIdeaTime(StudyCommon):
    """A change that is live says what became of the time."""

    def _publish(self, version, minutes, people=5):
        if version.state == "draft":
            version.with_user(self.configurator).action_publish()
        form = self._make_forms("strategy", 1, BEFORE, version=version)
        for person in range(people):
            self._keep(form, minutes / people, BEFORE, person)

    def _new_version(self, version):
        action = version.with_user(self.configurator).action_new_version()
        return version.browse(action["res_id"])

    def test_before_and_since(self):
        form_type = self.types["strategy"]
        old = form_type.live_version_id
        # a draft that was never live is not what it took before
        self._new_version(old)
        new = self._new_version(old)
        idea = self.env["sos.form.idea"].with_user(self.lead)
        idea = idea.create({"form_type_id": form_type.id, "problem": "Asked twice."})
        idea.decision_reason = "It is."
        idea.action_accept()
        idea.version_id = new
        self._publish(old, 60)
        self._publish(new, 40, people=4)
        idea.invalidate_recordset()
        self.assertEqual(idea.former_version_id, old)
        self.assertIn("1h on average", idea.time_before_text)
        self.assertEqual(idea.time_after_text, "too few people to show")
        theirs = idea.with_user(self.service_manager)
        self.assertIn("40m on average", theirs.time_after_text)

    def test_nothing_is_live(self):
        idea = self.env["sos.form.idea"].with_user(self.worker)
        form_type = self.types["strategy"]
        idea = idea.create({"form_type_id": form_type.id, "problem": "Asked twice."})
        self.assertFalse(idea.former_version_id)
        self.assertFalse(idea.time_before_text)
