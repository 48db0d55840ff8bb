import ast
import re
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SosCommon
from .refusals import RefusalsMixin

ADDONS = Path(__file__).parents[2]
HERE = "sos_casework/tests/"

#: What went wrong in other systems of this kind, and the tests that it does not here.
#: A test is named as file::name, in this addon where no folder is given.
TRAPS = {
    "1: a model without a record rule, and no test of what is refused": (
        "test_access_table.py::test_rule_stands_before_each_operation_on_a_family",
        "test_access_generated.py::test_read_by_id",
        "test_access_generated.py::test_write_by_id",
    ),
    "1b: approving one's own work, or by a call behind the button": (
        "test_form_states.py::test_authorised_by_the_role_and_never_by_oneself",
        "test_access.py::test_public_methods_ask_for_rights",
    ),
    "2: a rule that does not name unlink is not applied to it": (
        "test_access_table.py::test_rule_stands_before_each_operation_on_a_family",
        "test_access_table.py::test_nothing_about_a_family_is_deleted_by_anybody",
        "test_access_generated.py::test_nobody_deletes",
    ),
    "3: content goes into the chatter, and from there into mails": (
        "test_access_traps.py::test_no_message_is_about_a_family",
        "test_leaks.py::test_no_record_has_followers_or_links",
        "test_access_http.py::test_chatter_and_mail",
    ),
    "4: a reminder more each time the job runs": (
        "test_access_traps.py::test_job_that_runs_twice_reminds_once",
        "test_deadlines.py::test_overdue_reaches_the_manager_once",
    ),
    "5: access mended in one method, and open by another": (
        "test_access_generated.py::test_found",
        "test_access_generated.py::test_everything_that_is_read",
        "test_access_http.py::test_exports",
        "test_access_http.py::test_reports",
    ),
    "6: the chatter deletes attachments as superuser": (
        "test_access_http.py::test_nobody_adds_or_takes_away_a_file",
        "test_red_team.py::test_drawing_is_not_changed_or_deleted_behind_its_record",
    ),
    "7: everybody reads the log of who read what": (
        "test_access_log.py::test_nobody_else_reads_any_of_it",
        "test_access_generated.py::test_found",
    ),
    "8: a log that makes everything slow": (
        "test_access_log.py::test_opening_costs_one_statement",
        "test_access_log.py::test_opening_a_form_is_one_line_with_its_family",
    ),
    "9: what is filled in comes from two sources mixed": (
        "test_access_traps.py::test_last_answer_is_one_forms_and_one_childs",
    ),
    "10: a lock that somebody left behind": (
        "test_form_states.py::test_two_writers_in_one_section",
        "test_red_team.py::test_second_starts_again",
    ),
    "11: one number worked out in two ways": (
        "sos_reporting/tests/test_one_number.py::test_census_and_lists_agree",
    ),
    "12: a name that is run as a formula": (
        "sos_reporting/tests/test_annex_a.py::test_nothing_is_run_as_a_formula",
    ),
    "13: no earlier plans is a number too": (
        "sos_reporting/tests/test_census.py::test_second_plan_counts_the_first",
    ),
    "14: working days without bank holidays": (
        "test_working_days.py::test_england_s_bank_holidays",
        "test_working_days.py::test_added_changed_and_removed_day",
    ),
    "15: roles and lines of all addons in one": (
        "test_access_traps.py::test_each_addon_stands_by_itself",
        "test_access_table.py::test_every_model_has_a_line",
    ),
    "16: a permission that takes something away": (
        "test_access_generated.py::test_second_role_takes_nothing_away",
    ),
    "17: history goes with the account": (
        "test_access_traps.py::test_history_stays_when_an_account_ends",
    ),
    "18: following a record is reading it": (
        "test_access_traps.py::test_nobody_follows_a_family",
        "test_leaks.py::test_no_record_has_followers_or_links",
    ),
}


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestAccessTraps(RefusalsMixin, SosCommon):
    def test_map(self):
        """Every trap has its tests, by names that there are."""
        self.assertEqual(len(TRAPS), 19)
        for trap, names in TRAPS.items():
            self.assertTrue(names, trap)
            for name in names:
                file, _sign, test = name.partition("::")
                path = ADDONS / (file if "/" in file else HERE + file)
                with self.subTest(trap=trap, test=name):
                    self.assertIn(f"def {test}(self", path.read_text())

    # ----------------------------------------------------------- chatter and mail

    def test_no_message_is_about_a_family(self):
        """Not by who reads and writes the family either."""
        messages = self.env["mail.message"]
        before = messages.search_count([])
        self._refer()
        clock = self.case.deadline_ids[:1]
        self.assertTrue(clock)
        for user in (self.worker, self.manager, self.outsider, self.auditor):
            for record in (self.case, self.sam, clock):
                vals = {"model": record._name, "res_id": record.id, "body": "Sam …"}
                with self.subTest(f"{user.login}, {record._name}"):
                    with self._refused(UserError, "as a message|access|allowed"):
                        messages.with_user(user).create(vals)
                    with self._refused(UserError, "as a message"):
                        messages.with_user(user).sudo().create(vals)
        self.assertEqual(messages.search_count([]), before)

    def test_letter_is_not_written_about_a_family(self):
        """Odoo's window for mails, opened by hand on somebody else's family."""
        partner = self.lead.partner_id
        for user in (self.worker, self.outsider):
            composers = self.env["mail.compose.message"].with_user(user)
            for mode in ("comment", "mass_mail"):
                vals = {
                    "model": "sos.case",
                    "res_ids": self.case.ids,
                    "composition_mode": mode,
                    "partner_ids": [Command.set(partner.ids)],
                    "subject": "About",
                    "body": "A word",
                }
                with self.subTest(f"{user.login}, {mode}"):
                    told = self._send(composers, vals)
                    if user == self.outsider:
                        self.assertNotIn("Hill", told)
        mails = self.env["mail.mail"].search([("model", "=", "sos.case")])
        self.assertFalse(mails)

    def _send(self, composers, vals):
        try:
            with mute_logger("odoo.models.unlink"), self.env.cr.savepoint():
                composer = composers.create(vals)
                told = repr(composer.read())
                composer._action_send_mail()
                self.env.flush_all()
        except (UserError, AttributeError) as error:
            return str(error)
        return told

    def test_nobody_follows_a_family(self):
        """An invitation to follow is what Odoo gives access by elsewhere."""
        partners = self.env["res.partner"].create({"name": "Somebody outside"})
        for user in (self.worker, self.manager):
            followers = self.env["mail.followers"].with_user(user)
            vals = {
                "res_model": "sos.case",
                "res_id": self.case.id,
                "partner_id": partners.id,
            }
            with self.assertRaises(AccessError):
                followers.create(vals)
        self.assertFalse(hasattr(self.case, "message_subscribe"))
        portal = self._new_portal()
        # as if somebody had put it into the database
        self.env["mail.followers"].create({**vals, "partner_id": portal.partner_id.id})
        with self.assertRaises(AccessError):
            self.case.with_user(portal).read(["name"])

    def _new_portal(self):
        portal = self._new_user("family_member", "practitioner")
        portal.group_ids = self.env.ref("base.group_portal")
        return portal

    # ------------------------------------------------------------------ reminders

    def test_job_that_runs_twice_reminds_once(self):
        self._protected()
        with freeze_time("2026-12-01 10:00:00"), self.enter_registry_test_mode():
            job = self.env.ref("sos_casework.ir_cron_nightly")
            job.method_direct_trigger()
            before = self._get_reminders()
            job.method_direct_trigger()
        self.assertTrue(before)
        self.assertEqual(self._get_reminders(), before)

    def _get_reminders(self):
        self.env.invalidate_all()
        reminders = self.case.deadline_ids.activity_ids
        return sorted((r.id, r.res_id, r.user_id.id, r.summary) for r in reminders)

    # ------------------------------------------------------------- what is filled in

    def test_last_answer_is_one_forms_and_one_childs(self):
        """What stands beside an empty section is the last signed answer whole: never
        two put together, never another child's, never a draft's."""
        self._refer()
        first = self._assess("The first.")
        self._assess("The second.")
        # what was signed later is not shown as what went before
        self.assertNotIn(
            "second", "".join(first.answer_ids.filtered("previous").mapped("previous"))
        )
        draft = self._open("assessment")
        for answer in draft.answer_ids:
            shown = answer.previous or ""
            self.assertNotIn("The first.", shown, answer.code)
        analysis = draft.answer_ids.filtered(lambda a: a.code == "analysis")
        self.assertIn("The second.", analysis.previous)
        analysis.with_user(self.worker).write({"body": "Not signed."})
        other = self._open("section47")
        for answer in other.answer_ids:
            self.assertNotIn("Not signed.", answer.previous or "", answer.code)
        found = draft.answer_ids._find_previous()
        self.assertTrue(any(answer.child_id for answer in found))
        for answer, last in found.items():
            self.assertEqual(last.child_id, answer.child_id)
            self.assertEqual(last.code, answer.code)

    def _assess(self, words):
        form = self._open("assessment")
        self._fill(form, decision="cin", query_reason="None.")
        form.with_user(self.worker).write_answer("analysis", words)
        return self._sign(form)

    # ------------------------------------------------------------------- addons

    def test_each_addon_stands_by_itself(self):
        """Each brings its own roles, rules and lines, and needs no other than this. A
        bridge between two of them comes by itself."""
        found = 0
        for path in ADDONS.glob("sos_*/__manifest__.py"):
            manifest = ast.literal_eval(path.read_text())
            ours = {name for name in manifest["depends"] if name.startswith("sos_")}
            with self.subTest(path.parent.name):
                own = path.parent.name
                if manifest.get("auto_install"):
                    self.assertEqual(len(ours - {own}), 2)
                else:
                    self.assertEqual(ours, {"sos_casework"} - {own})
                files = (path.parent / "security").rglob("*.*")
                code = "\n".join(file.read_text() for file in files)
                others = set(re.findall(r"\b(sos_[a-z]+)\.group_", code))
                self.assertFalse(others - {"sos_casework", own})
            found += 1
        self.assertGreaterEqual(found, 1)

    # ------------------------------------------------------------------ accounts

    def test_history_stays_when_an_account_ends(self):
        note = (
            self.env["sos.case.note"]
            .with_user(self.worker)
            .create(
                {
                    "case_id": self.case.id,
                    "kind_id": self._code("note_kind", "phone").id,
                    "text": "Alex rang.",
                }
            )
        )
        form = self._refer()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as refused:
            with self.env.cr.savepoint():
                self.worker.unlink()
        self.assertRegex(type(refused.exception).__name__, "Error|Violation")
        self.assertTrue(self.worker.exists())
        self.worker.active = False
        self.env.invalidate_all()
        seen = note.with_user(self.manager)
        self.assertEqual(seen.author_id.display_name, self.worker.name)
        self.assertEqual(form.with_user(self.manager).submitted_by_id, self.worker)
        self.assertNotIn(self.worker, self.case.reader_ids)
