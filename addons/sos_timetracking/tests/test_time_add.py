from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TimeCommon


@tagged("post_install", "-at_install")
class TestTimeAdd(TimeCommon):
    def _entry(self, record):
        action = record.action_time_add()
        model = self.env[action["res_model"]].with_user(record.env.user)
        return Form(model.with_context(**action["context"]))

    def test_add_to_a_form(self):
        form = self._form_for_time()
        entry = self._entry(form)
        entry.duration = "1h20"
        self.assertEqual(entry.understood, "1 h 20 min")
        entry.save().action_add()
        self.assertEqual(form._get_minutes_by_kind(), {form: {"recording": 80}})

    def test_add_to_a_family_file(self):
        case = self.case.with_user(self.worker)
        entry = self._entry(case)
        entry.duration = "45m"
        entry.kind_id = self._code("work_kind", "travel")
        entry.save().action_add()
        self.assertEqual(case._get_minutes_by_kind(), {case: {"travel": 45}})

    def test_refuse_what_is_no_length_of_time(self):
        form = self._form_for_time()
        entry = self._entry(form)
        entry.duration = "an hour"
        self.assertFalse(entry.understood)
        with self.assertRaisesRegex(UserError, "1h20"):
            entry.save().action_add()
        self.assertEqual(form.time_minutes, 0)

    def test_add_from_when_to_when(self):
        form = self._form_for_time()
        entry = self._entry(form)
        entry.duration = "10:35-9:00"
        words = "The end, 9:00, is before the start, 10:35."
        self.assertEqual(entry.misunderstood, words)
        with self.assertRaisesRegex(UserError, words):
            entry.save().action_add()
        entry.duration = "9:15-10:35"
        self.assertFalse(entry.misunderstood)
        entry.save().action_add()
        self.assertEqual(form.time_minutes, 80)

    def test_add_to_a_team(self):
        team = self.team.with_user(self.worker)
        entry = self._entry(team)
        self.assertEqual(entry.subject, "team")
        self.assertTrue(entry.subject_fixed)
        entry.duration = "20m"
        entry.save().action_add()
        self.assertEqual(team.time_minutes, 20)

    def test_add_from_the_menu(self):
        window = self.env["sos.time.add"].with_user(self.worker)
        entry = Form(window)
        self.assertFalse(entry.subject_fixed)
        entry.duration = "20m"
        with self.assertRaisesRegex(AssertionError, "case_id is a required field"):
            entry.save()
        entry.subject = "team"
        self.assertEqual(entry.team_id, self.team, "there is one")
        entry.save().action_add()
        self.assertEqual(self.team.with_user(self.worker).time_minutes, 20)
        # what was chosen first and then not meant gets no time
        entry = Form(window)
        entry.case_id = self.case
        entry.subject = "form"
        entry.form_id = self._form_for_time()
        entry.duration = "5m"
        entry.save().action_add()
        self.assertEqual(entry.record.form_id.with_user(self.worker).time_minutes, 5)
        with self.assertRaisesRegex(UserError, "Say first which"):
            window.create({"subject": "form", "duration": "5m"}).action_add()

    def test_refuse_another_team(self):
        window = self.env["sos.time.add"].with_user(self.outsider)
        values = {"subject": "team", "team_id": self.team.id, "duration": "5m"}
        with self.assertRaisesRegex(UserError, "not in the team North"):
            window.create(values).action_add()

    def test_refuse_another_family(self):
        entry = self.env["sos.time.add"].with_user(self.outsider)
        values = {"subject": "case", "case_id": self.case.id, "duration": "1h"}
        with self.assertRaises(AccessError):
            entry.create(values).action_add()

    def test_list_of_a_form_holds_its_lines_and_adds_one(self):
        form = self._form_for_time()
        form.log_time(10, "recording")
        action = form.action_time_lines()
        lines = self.lines.with_user(self.worker)
        self.assertEqual(len(lines.search(action["domain"])), 1)
        line = lines.with_context(**action["context"]).create(
            {
                "unit_amount": 0.5,
                "sos_work_kind_id": self._code("work_kind", "direct").id,
            }
        )
        self.assertEqual(line.sos_form_id, form)
        self.assertEqual(form.time_minutes, 40)
