from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_output import SAM_VIEW, OutputCommon

LOGGER = "odoo.addons.sos_casework.models.form.sos_document_check"


@tagged("post_install", "-at_install")
class TestDocumentCheck(OutputCommon):
    """What was changed past Odoo is found at night, wherever it is."""

    @classmethod
    def setUpClass(cls):
        with freeze_time("2026-11-23 10:00:00"):
            super().setUpClass()
            cls.report.with_user(cls.worker).action_submit()
            cls.document = cls.report.document_id
            cls.given = cls.report.with_user(cls.worker).give(
                "family", "by_hand", cls.alex
            )
        cls.checks = cls.env["sos.document.check"]
        cls.reference = cls.report.reference

    def _tamper(self, record, **values):
        """A change made in the database, past Odoo."""
        self.env.flush_all()
        self._let_change(record, True)
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
                (value, record.id),
            )
        self._let_change(record, False)
        self.env.invalidate_all()

    def _let_change(self, record, may):
        """As who owns the tables does: the database itself refuses a change."""
        state = "DISABLE" if may else "ENABLE"
        self.env.cr.execute(f"ALTER TABLE {record._table} {state} TRIGGER USER")

    def _run(self, day, expect=()):
        """One night; what it says is expected, and nothing else.

        :param expect: what the lines of the log speak of
        """
        with freeze_time(f"{day} 02:00:00"):
            if not expect:
                with self.assertNoLogs(LOGGER):
                    self.checks._cron_check()
                return
            with self.assertLogs(LOGGER, "ERROR") as log:
                self.checks._cron_check()
        self.assertEqual(len(log.output), len(expect), log.output)
        for words in expect:
            self.assertTrue(any(words in line for line in log.output), log.output)
            self.assertIn(self.reference, log.output[0])
            self.assertNotIn("Hill", str(log.output))

    def _wrong(self):
        """What the list shows to quality audit."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_document_check_action"
        )
        self.assertIn("search_default_wrong", action["context"])
        found = self.checks.with_user(self.auditor).search([("fits", "=", False)])
        return [(row.reference, row.res_model, row.number) for row in found]

    # ------------------------------------------------------------------ at night

    def test_all_fits(self):
        self._run("2026-11-24")
        self.assertEqual(self._wrong(), [])
        checked = self.checks.search([("fits", "=", True)])
        wanted = len(self.env["sos.form.document"].search([]))
        wanted += len(self.env["sos.form.given"].search([]))
        self.assertEqual(len(checked), wanted)

    def test_text_that_was_changed_is_found(self):
        text = self.document.content.replace(SAM_VIEW, "I want Kit there.")
        self._tamper(self.document, content=text)
        self._run("2026-11-24", ["sos.form.document"])
        number = self.document.number
        expected = [(self.reference, "sos.form.document", number)]
        self.assertEqual(self._wrong(), expected)

    def test_picture_that_was_changed_is_found_though_its_own_fingerprint_fits(self):
        copy = self.document.picture_ids[:1]
        self._swap_picture(copy)
        self._run("2026-11-24", ["sos.form.document", "sos.form.given"])
        with self.assertRaisesRegex(UserError, "fingerprint"):
            self.report.with_user(self.worker)._get_output("professionals")

    def _swap_picture(self, copy):
        image = self._draw(32, 32)
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", copy._name),
                ("res_field", "=", "image"),
                ("res_id", "=", copy.id),
            ]
        )
        attachment.datas = image
        self._tamper(copy, sha256=copy.document_id._fingerprint(image.decode()))

    def test_picture_that_was_removed_is_found(self):
        self.env.flush_all()
        copies = self.document.picture_ids
        self.assertTrue(copies)
        self.env.cr.execute(
            "DELETE FROM sos_form_document_picture WHERE document_id = %s",
            (self.document.id,),
        )
        self.env.invalidate_all()
        self._run("2026-11-24", ["sos.form.document", "sos.form.given"])

    def test_copy_that_was_changed_is_found(self):
        self._tamper(self.given, content=self.given.content.replace("Sam", "Tom"))
        self._run("2026-11-24", ["sos.form.given"])
        self.assertEqual(self._wrong(), [(self.reference, "sos.form.given", 0)])

    def test_document_that_is_gone_is_found(self):
        self._tamper(self.report, document_id=None)
        self._run("2026-11-24", [f"sos.form {self.report.id}"])
        self.assertEqual(self._wrong(), [(self.reference, "sos.form", 0)])
        self._tamper(self.report, document_id=self.document.id)
        self._run("2026-11-25")
        self.assertEqual(self._wrong(), [])

    def test_earlier_document_that_is_gone_is_found(self):
        self.report.with_user(self.manager).action_send_back("More.")
        self.report.with_user(self.worker).action_submit()
        self.assertNotEqual(self.report.document_id, self.document)
        self.env.flush_all()
        self._let_change(self.document, True)
        self.env.cr.execute(
            "DELETE FROM sos_form_given WHERE id = %s;"
            "DELETE FROM sos_form_document_picture WHERE document_id = %s;"
            "DELETE FROM sos_form_document WHERE id = %s",
            (self.given.id, self.document.id, self.document.id),
        )
        self._let_change(self.document, False)
        self.env.invalidate_all()
        self._run("2026-11-24", [f"sos.form {self.report.id}"])

    # -------------------------------------------------------------------- sample

    def test_sample_takes_what_was_not_checked_for_longest(self):
        self.env["ir.config_parameter"].set_param(
            "sos_casework.fingerprint_sample", "1"
        )
        every = len(self.env["sos.form.document"].search([])) + 1
        self.assertGreaterEqual(every, 3)
        for night in range(1, every + 1):
            self._run(f"2026-12-{night:02}")
            self.assertEqual(len(self.checks.search([])), night)
        days = self.checks.search([]).mapped("checked_on")
        self.assertEqual(len(set(days)), every)
        self._run("2026-12-20")
        self.assertNotIn(
            "2026-12-01", map(str, self.checks.search([]).mapped("checked_on"))
        )

    def test_second_run_checks_nothing_twice(self):
        self._tamper(self.document, content="{}")
        self._run("2026-11-24", ["sos.form.document"])
        rows = self.checks.search([]).read()
        self._run("2026-11-24")
        self.assertEqual(self.checks.search([]).read(), rows)

    def test_what_did_not_fit_is_looked_at_every_night_until_it_does(self):
        self.env["ir.config_parameter"].set_param(
            "sos_casework.fingerprint_sample", "2"
        )
        text = self.document.content
        self._tamper(self.document, content="{}")
        for day in range(24, 31):
            with freeze_time(f"2026-11-{day} 02:00:00"), mute_logger(LOGGER):
                self.checks._cron_check()
        self.assertEqual(len(self._wrong()), 1)
        row = self.checks.search([("fits", "=", False)])
        since = row.found_on
        self._run("2026-12-01", ["sos.form.document"])
        self.assertEqual(row.found_on, since)
        self._tamper(self.document, content=text)
        self._run("2026-12-02")
        self.assertEqual(self._wrong(), [])
        self.assertFalse(row.found_on)

    # -------------------------------------------------------------------- screen

    def test_auditor_checks_again_when_it_was_restored(self):
        text = self.document.content
        self._tamper(self.document, content="{}")
        self._run("2026-11-24", ["sos.form.document"])
        row = self.checks.search([("fits", "=", False)])
        self._tamper(self.document, content=text)
        with freeze_time("2026-11-24 09:00:00"):
            row.with_user(self.auditor).action_check()
        self.assertEqual(self._wrong(), [])

    def test_list_is_for_quality_audit_and_the_service(self):
        self._run("2026-11-24")
        row = self.checks.search([], limit=1)
        for user in (self.worker, self.manager, self.chair, self.configurator):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["fits"])
            with self.assertRaises(AccessError):
                row.with_user(user).action_check()
        for user in (self.auditor, self.service_manager):
            theirs = row.with_user(user)
            self.assertTrue(theirs.fits)
            with self.assertRaises(AccessError):
                theirs.write({"fits": False})
            with self.assertRaises(AccessError):
                theirs.unlink()

    def test_line_opens_the_form_for_who_may_read_it(self):
        self._run("2026-11-24")
        row = self.checks.search([("res_id", "=", self.document.id)], limit=1)
        action = row.with_user(self.auditor).action_open_form()
        self.assertEqual(action["res_id"], self.report.id)
        gone = self.checks.create(
            {
                "res_model": "sos.form",
                "res_id": self.report.id,
                "reference": self.reference,
                "checked_on": "2026-11-24",
            }
        )
        self.case.with_user(self.manager).restricted = True
        for line in (row, gone):
            with self.assertRaises(AccessError):
                line.with_user(self.auditor).action_open_form()

    def test_job_is_there(self):
        cron = self.env.ref("sos_casework.ir_cron_fingerprints")
        self.assertTrue(cron.active)
        with freeze_time("2026-11-24 02:00:00"):
            cron.ir_actions_server_id.run()
        self.assertTrue(self.checks.search([("fits", "=", True)]))
