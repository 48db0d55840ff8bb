import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tests import freeze_time, tagged

from .common_output import OutputCommon

#: Stored fields whose changes are not in the log, and why not.
NOT_KEPT = {
    "sequence": "the order of lines on a screen",
    "sos.case.reader_ids": "follows from team, allocations and restriction",
    "sos.form.submitted_by_id": "in the line of the state",
    "sos.form.submitted_at": "in the line of the state",
    "sos.form.authorised_by_id": "in the line of the state",
    "sos.form.authorised_at": "in the line of the state",
    "sos.form.document_id": "every document is kept, with a number",
    "sos.form.child.confirmed_at": "in the line of the day it counts from",
    "sos.form.child.confirmed_by_id": "in the line of the day it counts from",
    "sos.form.answer.body": "kept for each piece of writing, not for each saving",
    "blocked_user_ids": "follows from who is blocked, which is kept",
    "correction_id": "in each line that the correction has caused",
    "sos.form.child.set_off": "how the effects came about; they are kept themselves",
    "sos.form.answer.revision": "counts the saves",
    "sos.form.answer.written_by_id": "who and when of the line of the text",
    "sos.form.answer.written_at": "who and when of the line of the text",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestChangeLog(OutputCommon):
    def _get_models(self):
        mixin = self.env.registry["sos.record.mixin"]
        for name in sorted(self.env.registry):
            model = self.env[name]
            if isinstance(model, mixin) and not (model._abstract or model._transient):
                yield model

    def _get_logs(self, record, name=None):
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        if name:
            domain.append(("field", "=", name))
        return self.env["sos.change.log"].search(domain, order="id")

    # ---------------------------------------------------------------- everything

    def test_whole_record_is_kept(self):
        """What is stored is logged, unless it is worked out from what is."""
        missing, models = [], 0
        for model in self._get_models():
            models += 1
            for field in model._fields.values():
                if not field.store or field.type == "one2many":
                    continue
                if field.name in {"id", *LOG_ACCESS_COLUMNS}:
                    continue
                worked_out = field.compute and field.readonly
                known = {field.name, str(field)} & NOT_KEPT.keys()
                if not worked_out and not known and not model._is_logged(field.name):
                    missing.append(str(field))
        self.assertGreater(models, 30)
        self.assertEqual(missing, [])

    def test_reasons_are_for_fields_that_there_are(self):
        stored = {
            str(field)
            for model in self._get_models()
            for field in model._fields.values()
            if field.store and not model._is_logged(field.name)
        }
        shared = {"sequence", "blocked_user_ids", "correction_id"}
        self.assertLessEqual(NOT_KEPT.keys() - shared, stored)

    def test_any_words_that_are_changed_are_in_the_log(self):
        tried = 0
        for model in self._get_models():
            record = model.search([], limit=1)
            # a name that changes changes in the list of names, too
            words = f"Other words of {model._name}."
            for field in model._fields.values():
                is_text = field.type in ("char", "text", "html")
                if not (record and is_text and model._is_logged(field.name)):
                    continue
                before = record._get_log_text(field.name)
                try:
                    record.write({field.name: words})
                except UserError:
                    continue  # it never changes
                tried += 1
                log = self._get_logs(record, field.name)[-1:]
                with self.subTest(field):
                    self.assertEqual((log.old or "", log.new), (before, words))
        self.assertGreater(tried, 45)

    def test_why_a_form_was_sent_back_is_kept_when_it_comes_again(self):
        self.report.with_user(self.worker).action_submit()
        self.report.with_user(self.manager).action_send_back("Say more about Sam.")
        self.report.with_user(self.worker).action_submit()
        self.assertFalse(self.report.sent_back_reason)
        log = self._get_logs(self.report, "sent_back_reason")
        self.assertEqual(log.mapped("old"), ["", "Say more about Sam."])
        states = self._get_logs(self.report, "state")
        self.assertEqual(states.user_id, self.worker | self.manager)
        self.assertEqual(len(states), 3)

    def test_note_that_is_not_completed_keeps_its_first_words(self):
        note = (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "text": "<p>Rang <b>Alex</b>.</p>",
                }
            )
        )
        note.text = "<p>Rang Kit.</p>"
        log = self._get_logs(note, "text")
        self.assertEqual((log.old, log.new), ("Rang *Alex*.", "Rang Kit."))

    def test_picture_is_in_the_log_by_its_fingerprint(self):
        self.voice.with_user(self.worker).image = self._draw(30, 30)
        log = self._get_logs(self.voice, "image")[-1]
        self.assertRegex(log.old, r"^picture [0-9a-f]{12}$")
        self.assertRegex(log.new, r"^picture [0-9a-f]{12}$")
        self.assertNotEqual(log.old, log.new)
        self.assertEqual(base64.b64decode(self.voice.image)[:4], b"\x89PNG")

    # ------------------------------------------------------------------- answers

    def _write(self, at, text, user=None):
        form = self.report.with_user(user or self.worker)
        with freeze_time(at):
            form.write_answer("analysis", f"<p>{text}</p>")
        return form.answer_ids.filtered(lambda a: a.code == "analysis")

    def _new_lines(self, answer):
        lines = self._get_logs(answer)[self.lines_before :]
        return [(line.user_id, line.old or "", line.new) for line in lines]

    def _start(self):
        """What stands there is laid down, so that a test sees its own lines only."""
        answer = self._write("2026-11-23 09:00:00", "First")
        answer._log_written()
        self.lines_before = len(self._get_logs(answer))

    def test_each_piece_of_writing_is_one_line(self):
        self._start()
        self._write("2026-11-23 10:00:00", "First. Se")
        answer = self._write("2026-11-23 10:00:04", "First. Second")
        self._write("2026-11-23 10:14:00", "First. Second.")
        self.assertEqual(self._new_lines(answer), [], "not while somebody types")
        self._write("2026-11-23 10:15:00", "First. Second. Third.", self.manager)
        expected = [(self.worker, "First", "First. Second.")]
        self.assertEqual(self._new_lines(answer), expected)
        self._write("2026-11-23 10:20:00", "Third.", self.worker)
        expected.append((self.manager, "First. Second.", "First. Second. Third."))
        self.assertEqual(self._new_lines(answer), expected)
        self._write("2026-11-23 10:40:00", "Fourth.", self.worker)
        expected.append((self.worker, "First. Second. Third.", "Third."))
        self.assertEqual(self._new_lines(answer), expected, "back after a pause")
        last = self._get_logs(answer)[-1]
        self.assertEqual(str(last.at), "2026-11-23 10:20:00", "when it was written")

    def test_what_was_submitted_is_in_the_log(self):
        self._start()
        answer = self._write("2026-11-23 10:00:00", "Second.")
        self.report.with_user(self.worker).action_submit()
        expected = [(self.worker, "First", "Second.")]
        self.assertEqual(self._new_lines(answer), expected)
        self.report.with_user(self.manager).action_send_back("More.")
        self.assertEqual(self._new_lines(answer), expected, "and only once")

    def test_first_text_is_in_the_log_as_well(self):
        form = self._open("visit", self.sam)
        answer = form.answer_ids[0]
        answer.with_user(self.worker).body = "<p>Mine.</p>"
        answer.with_user(self.manager).body = "<p>Ours.</p>"
        log = self._get_logs(answer)
        self.assertEqual((log.old, log.new), ("", "Mine."))

    def test_saving_costs_no_query_more_while_somebody_types(self):
        answer = self._write("2026-11-23 10:00:00", "A")

        def count(at, text):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._write(at, text)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        # once each, for what Odoo keeps in its caches
        count("2026-11-23 10:30:00", "AB")
        count("2026-11-23 10:30:02", "ABC")
        typing = count("2026-11-23 10:30:04", "ABCD")
        lines = len(self._get_logs(answer))
        self.assertEqual(count("2026-11-23 10:30:06", "ABCDE"), typing)
        self.assertEqual(len(self._get_logs(answer)), lines)
        after_pause = count("2026-11-23 11:00:00", "ABCDEF")
        self.assertEqual(len(self._get_logs(answer)), lines + 1)
        # the last line is read, the new one written
        self.assertLessEqual(after_pause - typing, 2)

    # -------------------------------------------------------------------- screen

    def test_button_shows_what_belongs_to_the_record(self):
        self.report.with_user(self.worker).action_submit()
        self.sam.with_user(self.worker).phone = "07700 900000"
        self.danger.with_user(self.worker).goal = "Another goal."
        for record, fields_of in (
            (self.report, {("sos.form", "state"), ("sos.form.answer", "body")}),
            (self.case, {("sos.danger", "goal"), ("sos.form", "state")}),
            (self.sam, {("sos.person", "phone")}),
        ):
            action = record.with_user(self.worker).action_change_log()
            logs = self.env["sos.change.log"].with_user(self.worker)
            found = logs.search(action["domain"])
            with self.subTest(record):
                self.assertLessEqual(
                    fields_of, {(log.res_model, log.field) for log in found}
                )
        answers = found.search([("res_model", "=", "sos.form.answer")], limit=1)
        self.assertEqual(answers.kind, "Answer")
        section = self.env["sos.form.answer"].browse(answers.res_id)
        self.assertEqual(answers.record_name, section.title)

    def test_log_of_others_is_not_read(self):
        self.danger.with_user(self.worker).goal = "Another goal."
        log = self._get_logs(self.danger, "goal")
        with self.assertRaises(AccessError):
            log.with_user(self.outsider).read(["new"])
        self.assertNotIn(log, log.with_user(self.outsider).search([]))

    def test_log_is_not_written_changed_or_deleted(self):
        self.danger.with_user(self.worker).goal = "Another goal."
        log = self._get_logs(self.danger, "goal")
        values = {
            "case_id": self.case.id,
            "res_model": "sos.danger",
            "res_id": self.danger.id,
            "field": "goal",
            "user_id": self.manager.id,
            "at": fields.Datetime.now(),
        }
        for user in (self.worker, self.manager, self.auditor, self.service_manager):
            mine = log.with_user(user)
            for change in (
                lambda m=mine: m.create(values),
                lambda m=mine: m.write({"new": "Nothing."}),
                lambda m=mine: m.unlink(),
            ):
                with self.assertRaises(UserError):
                    change()
        with self.assertRaisesRegex(UserError, "only added to"):
            log.sudo().new = "Nothing."
        with self.assertRaisesRegex(UserError, "only added to"):
            log.sudo().unlink()
