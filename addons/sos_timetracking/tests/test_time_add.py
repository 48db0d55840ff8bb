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

    def test_refuse_another_family(self):
        entry = self.env["sos.time.add"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            entry.create({"case_id": self.case.id, "duration": "1h"}).action_add()

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
