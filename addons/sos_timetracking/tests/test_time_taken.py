from odoo.tests import freeze_time, tagged

from .common_study import BEFORE, StudyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-05 10:00:00")
class TestTimeTaken(StudyCommon):
    """Each kind of form and each version says what time it takes."""

    def _text(self, record, user=None):
        record.invalidate_recordset()
        return record.with_user(user or self.configurator).time_taken_text

    def test_type_and_version(self):
        form_type = self.types["strategy"]
        version = form_type.live_version_id
        self.assertEqual(self._text(form_type), "not measured")
        for person, minutes in enumerate((10, 20, 30, 40, 150)):
            form = self._make_forms("strategy", 1, BEFORE)
            self._keep(form, minutes, BEFORE, person)
        words = "50m on average, median 30m, forms: 5"
        self.assertEqual(self._text(form_type), words)
        self.assertEqual(self._text(version), words)
        self.assertEqual(self._text(self.types["assessment"]), "not measured")

    def test_what_is_not_finished_says_nothing(self):
        for state in ("draft", "cancelled"):
            form = self._make_forms("strategy", 1, BEFORE, state=state)
            for person in range(5):
                self._keep(form, 10, BEFORE, person)
        self.assertEqual(self._text(self.types["strategy"]), "not measured")

    def test_five_people(self):
        form_type = self.types["strategy"]
        form = self._make_forms("strategy", 1, BEFORE)
        for person in range(4):
            self._keep(form, 15, BEFORE, person)
        for user in (self.worker, self.configurator, self.other_manager, self.lead):
            with self.subTest(user=user.login):
                few = "too few people to show"
                self.assertEqual(self._text(form_type, user), few)
                values = form_type.with_user(user).read(
                    ["time_taken_average", "time_taken_median"]
                )[0]
                self.assertFalse(values["time_taken_average"])
                self.assertFalse(values["time_taken_median"])
        for user in (self.manager, self.service_manager):
            with self.subTest(user=user.login):
                self.assertIn("1h on average", self._text(form_type, user))
        self._keep(form, 15, BEFORE, 4)
        self.assertIn("1h15m on average", self._text(form_type, self.worker))

    def test_a_type_that_is_new(self):
        self.assertEqual(self.env["sos.form.type"].new().time_taken_forms, 0)
