import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from ..models import sos_census_file
from .common import MadeReturnCommon

CHILD = """<Child>
<ChildIdentifiers><LAchildID>%s</LAchildID><UPNunknown>UN1</UPNunknown>
<PersonBirthDate>%s</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>
<CINdetails><CINreferralDate>2025-09-03</CINreferralDate>
<ReferralSource>1A</ReferralSource><ReferralNFA>true</ReferralNFA></CINdetails>
</Child>"""
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>%s</Year>
<ReferenceDate>%s-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>392</LEA></Source></Header>
<Children>%s</Children></Message>"""


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestCensusFile(RefusalsMixin, MadeReturnCommon):
    """A census of any system is checked, apart from the record."""

    def _bring(self, text, user=None):
        returns = self.env["sos.return"].with_user(user or self.analyst)
        return returns.create(
            {
                "kind": "cin_file",
                "upload": base64.b64encode(text.encode()),
                "upload_name": "theirs.xml",
            }
        )

    def _file(self, *children, year=2026):
        return FILE % (year, year, "".join(CHILD % child for child in children))

    def _check(self, record):
        record.action_make()
        with self.enter_registry_test_mode():
            self.env.ref("sos_reporting.ir_cron_return").method_direct_trigger()
        self.env.invalidate_all()
        return record

    def test_findings_apart_from_the_record(self):
        # the number is one of ours, and another child
        number = self.sam.reference
        self.env["sos.return.answer"]._keep(
            self.env.company, [("8770Q", number)], "It is so."
        )
        record = self._check(
            self._bring(self._file((number, "2030-01-02"), ("TWO", "2030-01-02")))
        )
        self.assertEqual(record.state, "checked", record.run_message)
        self.assertEqual(record.name, "Check of theirs.xml")
        self.assertEqual((record.done_count, record.total_count), (2, 2))
        self.assertEqual(set(record.issue_ids.mapped("kind")), {"error", "query"})
        self.assertIn("TWO", record.issue_ids.mapped("number"))
        found = record.issue_ids.filtered(lambda issue: issue.number == number)
        self.assertTrue(found)
        self.assertFalse(found.answer_id | record.issue_ids.answer_id)
        self.assertFalse(record.issue_ids.team_id)
        self.assertFalse(any(record.issue_ids.mapped("res_model")))
        self.assertTrue(all("Line " in (d or "") for d in found.mapped("detail")))
        self.assertFalse(record.row_ids)
        self.assertFalse(record.sudo().file)
        query = record.issue_ids.filtered(lambda issue: issue.kind == "query")[:1]
        with self._refused(UserError, "answered where the file comes from"):
            query.with_user(self.analyst).reason = "It is so."
        with self._refused(UserError, "is checked, and not sent"):
            record.with_user(self.service_manager).action_approve()
        # and then the file goes
        record.action_discard()
        self.assertFalse(record.upload or record.issue_ids)

    def test_is_told_apart_from_the_record(self):
        """What is wrong is in the file, and put right where it comes from."""
        record = self._check(self._bring(self._file(("A", "2030-01-02"))))
        said = self._get_said(record)
        self.assertIn(f"{record.error_count}", said)
        self.assertIn("where the file comes from", said)
        self.assertNotIn("the record", said)
        self.assertNotIn("without a reason", said)
        self.assertNotIn("action_give_to_teams", self._get_buttons(record))
        with self._refused(UserError, "where the file comes from"):
            record.action_give_to_teams()
        issue = record.issue_ids.filtered(lambda issue: issue.kind == "error")[:1]
        with self._refused(UserError, "where the file comes from"):
            issue.with_user(self.analyst).reason = "It is so."
        with self._refused(UserError, "in the file that was brought here"):
            issue.with_user(self.analyst).action_open()

    def test_in_batches(self):
        children = [(f"P{number}", "2030-01-02") for number in range(5)]
        record = self._bring(self._file(*children))
        with patch.object(sos_census_file, "BATCH", 2):
            self._check(record)
        self.assertEqual(
            set(record.issue_ids.mapped("number")) - {False},
            {number for number, _day in children},
        )
        codes = record.issue_ids.filtered(lambda i: i.number == "P0").mapped("code")
        self.assertEqual(len(codes), len(set(codes)), "nothing found twice")

    def test_bad_files_are_refused(self):
        for text, words in (
            ("no xml", "not XML: line 1"),
            ("<other/>", "does not begin with <Message>"),
            (
                '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
                "<Message>&b;</Message>",
                "document type",
            ),
            (self._file(("A", "2018-01-02"), year=2019), "for the years 2025 to 2027"),
            (self._file(("A", "2018-01-02")).replace("CIN<", "903<"), "another kind"),
            (self._file(("A", "2018-01-02"), year=""), "does not say of which year"),
            ("", "Choose the census file"),
        ):
            with self.subTest(words), self._refused(UserError, words):
                self._bring(text)
        with patch.object(sos_census_file, "MAX_BYTES", 100):
            with self._refused(UserError, "larger than any census"):
                self._bring(self._file(("A", "2018-01-02")))

    def test_broken_in_the_middle(self):
        """It is said where, and nothing half is kept."""
        children = [(f"P{number}", "2030-01-02") for number in range(2000)]
        text = self._file(*children)
        record = self._check(self._bring(text[: len(text) - 300]))
        self.assertEqual((record.state, record.run_state), ("draft", "failed"))
        self.assertRegex(record.run_message, "line [0-9]+ cannot be read")
        self.assertFalse(record.issue_ids)

    def test_all_findings_as_a_list(self):
        record = self._check(self._bring(self._file(("A", "2030-01-02"))))
        action = record.action_open_issues()
        issues = self.env[action["res_model"]].with_user(self.analyst)
        self.assertEqual(issues.search(action["domain"]), record.issue_ids)
