import os
import tempfile
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, file_path, mute_logger

from ..models.access import sos_access_seal
from ..models.access.sos_access_seal import as_ranges, from_ranges
from .refusals import RefusalsMixin
from .test_access_log import AccessLogCommon

SCRIPT = "sos_casework/migrations/19.0.1.2.0/post-seals.py"


@tagged("post_install", "-at_install")
class TestSosAccessSeal(AccessLogCommon, RefusalsMixin):
    """A change made outside Odoo shows, whatever was changed."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "seals", "head.txt")
        self.startPatcher(
            patch.dict(os.environ, {"SOS_SEAL_FILE": str(self.path)}, clear=False)
        )
        self.seals = self.env["sos.access.seal"]
        while self.seals._seal():
            self.seals._write_head()
        self.first = self.seals.search([], limit=1).number + 1

    def _look(self, *names):
        for name in names:
            self.env["sos.access.log"].with_user(self.worker)._record(
                "opened", self.sam, name
            )

    def _seal(self, *names):
        self._look(*names)
        seal = self.seals._seal()
        self.seals._write_head()
        return seal

    def _chain(self):
        return self._seal("a", "b", "c"), self._seal("d"), self._seal("e", "f")

    def _tamper(self, table, query, *args):
        """As somebody does who has the database's password."""
        name = SQL.identifier(table)
        self.env.flush_all()
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", name))
        self.env.cr.execute(SQL(query, *args))
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", name))
        self.env.invalidate_all()

    def _lines_of(self, seal):
        return from_ranges(seal.ids_text)

    def test_ranges(self):
        for ids, text in (
            ([], ""),
            ([4], "4"),
            ([1, 2, 3], "1-3"),
            ([1, 3, 4, 9], "1,3-4,9"),
        ):
            self.assertEqual(as_ranges(ids) if ids else "", text)
            self.assertEqual(from_ranges(text), ids)

    def test_an_honest_log_fits(self):
        seals = self._chain()
        self.assertEqual([s.count for s in seals], [3, 1, 2])
        self.assertEqual(
            [s.number for s in seals], [self.first, self.first + 1, self.first + 2]
        )
        self.assertEqual(seals[1].previous_sha256, seals[0].sha256)
        self.assertFalse(self.seals._seal(), "nothing is left to seal")
        self.assertEqual(self.seals._check(), [])

    def test_lines_that_come_in_late_go_under_the_next_seal(self):
        """Transactions end in another order than they begin."""
        self._look("a", "b")
        early, late = self._lines().ids
        self._tamper("sos_access_log", "DELETE FROM sos_access_log WHERE id=%s", early)
        first = self.seals._seal()
        self.env.cr.execute(
            SQL(
                """INSERT INTO sos_access_log (id, at, user_id, operation, res_model)
                VALUES (%s, now(), %s, 'opened', 'sos.case')""",
                early,
                self.worker.id,
            )
        )
        second = self.seals._seal()
        self.assertEqual(self._lines_of(first), [late])
        self.assertEqual(self._lines_of(second), [early])
        self.assertEqual(self.seals._check(), [])

    def test_a_batch_has_an_end(self):
        with patch.object(sos_access_seal, "BATCH", 2):
            self._look("a", "b", "c")
            self.assertEqual([self.seals._seal().count for _i in (1, 2)], [2, 1])
        self.assertEqual(self.seals._check(), [])

    def test_a_changed_line(self):
        seal = self._chain()[0]
        line = self._lines_of(seal)[1]
        for column, value in (
            ("user_id", self.manager.id),
            ("case_id", 0),
            ("detail", "x"),
            ("shown", '{"sos.case": [1]}'),
            ("at", "2020-01-01"),
        ):
            with self.subTest(column):
                savepoint = self.env.cr.savepoint()
                self._tamper(
                    "sos_access_log",
                    "UPDATE sos_access_log SET %s = %s WHERE id = %s",
                    SQL.identifier(column),
                    value,
                    line,
                )
                self.assertEqual(
                    self.seals._check(),
                    [
                        f"Seal {seal.number}: lines {line} of the access log were "
                        "changed."
                    ],
                )
                savepoint.close(rollback=True)

    def test_a_line_taken_out(self):
        seal = self._chain()[0]
        line = self._lines_of(seal)[1]
        self._tamper("sos_access_log", "DELETE FROM sos_access_log WHERE id=%s", line)
        self.assertEqual(
            self.seals._check(),
            [f"Seal {seal.number}: lines {line} of the access log were taken out."],
        )

    def test_a_line_put_in(self):
        seals = self._chain()
        self._tamper(
            "sos_access_log",
            """INSERT INTO sos_access_log
                (id, at, user_id, operation, res_model, seal_id)
            VALUES (%s, now(), %s, 'opened', 'sos.case', %s)""",
            1_000_000_000,
            self.worker.id,
            seals[0].id,
        )
        self.assertEqual(
            self.seals._check(),
            [
                "Lines 1000000000 of the access log name a seal that is not theirs.",
            ],
        )

    def test_a_line_taken_out_of_its_seal(self):
        seal = self._chain()[0]
        line = self._lines_of(seal)[0]
        self._tamper(
            "sos_access_log",
            "UPDATE sos_access_log SET seal_id = NULL WHERE id = %s",
            line,
        )
        self.assertEqual(
            self.seals._check(),
            [
                f"Seal {seal.number}: lines {line} of the access log were taken out of "
                "the seal."
            ],
        )

    def test_a_changed_line_with_a_new_seal(self):
        """Who makes the seal anew has to make all that follow anew, and the file."""
        seals = self._chain()
        seal = seals[0]
        line = self._lines_of(seal)[1]
        self._tamper(
            "sos_access_log",
            "UPDATE sos_access_log SET detail = 'x' WHERE id = %s",
            line,
        )
        self._tamper(
            "sos_access_seal",
            "UPDATE sos_access_seal SET marks = %s WHERE id = %s",
            "0" * len(seal.marks),
            seal.id,
        )
        findings = self.seals._check()
        self.assertIn(f"Seal {seal.number} was itself changed.", findings)
        rows = self.env["sos.access.log"]._fetch_sealed(SQL("seal_id = %s", seal.id))
        digests = [self.seals._get_row_digest(row) for row in rows]
        mark = sos_access_seal.MARK
        self._tamper(
            "sos_access_seal",
            "UPDATE sos_access_seal SET marks = %s, lines_sha256 = %s WHERE id = %s",
            "".join(digest[:mark] for digest in digests),
            sos_access_seal.fingerprint(*digests),
            seal.id,
        )
        self._tamper(
            "sos_access_seal",
            "UPDATE sos_access_seal SET sha256 = %s WHERE id = %s",
            self.seals._get_seal_digest(seal),
            seal.id,
        )
        self.assertEqual(
            self.seals._check(),
            [
                f"Seal {seal.number} is another one than in {self.path}: the chain "
                "was made anew.",
                f"Seal {seals[1].number} does not follow from the seal before it.",
            ],
        )

    def test_a_seal_taken_out(self):
        seals = self._chain()
        lines = self._lines_of(seals[1])
        self._tamper(
            "sos_access_log",
            "DELETE FROM sos_access_log WHERE seal_id = %s",
            seals[1].id,
        )
        number = seals[1].number
        self._tamper(
            "sos_access_seal", "DELETE FROM sos_access_seal WHERE id = %s", seals[1].id
        )
        self.assertEqual(len(lines), 1)
        self.assertEqual(self.seals._check(), [f"The seals {number} are missing."])

    def test_the_end_cut_off(self):
        """Or a backup put back: without the file nothing would show it."""
        seals = self._chain()
        self._tamper(
            "sos_access_log",
            "DELETE FROM sos_access_log WHERE seal_id = ANY(%s)",
            [seals[1].id, seals[2].id],
        )
        cut = f"{seals[1].number}-{seals[2].number}"
        self._tamper(
            "sos_access_seal",
            "DELETE FROM sos_access_seal WHERE id = ANY(%s)",
            [seals[1].id, seals[2].id],
        )
        (finding,) = self.seals._check()
        self.assertIn(f"The seals {cut} are in {self.path}", finding)
        # going on does not hide it
        self._seal("g")
        findings = self.seals._check()
        self.assertIn("the chain was made anew", findings[0])
        self.assertEqual(len(findings), 2)

    def test_the_seals_are_only_added_to(self):
        seal = self._seal("a")
        for call in (
            lambda: seal.sudo().write({"number": 7}),
            lambda: seal.sudo().unlink(),
            lambda: seal.sudo().create([{"number": 7}]),
        ):
            with self._refused(UserError, "only added to"):
                call()

    def test_the_head(self):
        seals = self._chain()
        mine = [
            line
            for line in self.path.read_text().splitlines()
            if int(line.split()[0]) >= self.first
        ]
        self.assertEqual(
            [(line.split()[0], line.split()[2], line.split()[3]) for line in mine],
            [(str(s.number), str(s.count), s.sha256) for s in seals],
        )
        before = self.path.read_text()
        self.seals._write_head()
        self.assertEqual(self.path.read_text(), before)

    def test_a_head_that_cannot_be_written_is_said_and_made_up_for(self):
        self._look("a")
        self.seals._seal()
        with (
            patch.object(Path, "open", side_effect=PermissionError(13, "denied")),
            self.assertLogs("odoo.addons.sos_casework", "ERROR"),
        ):
            self.seals._write_head()
        self.seals._write_head()
        self.assertIn(self.first, self.seals._read_head())

    def test_a_head_that_is_gone_is_said_and_not_made_up(self):
        self._chain()
        self.path.unlink()
        later = fields.Datetime.now() + timedelta(hours=2)
        with freeze_time(later):
            self.assertEqual(
                self.seals._check(),
                [
                    f"The file {self.path}, which holds the fingerprints outside the "
                    "database, is not there or cannot be read: it was taken away, or "
                    "the server was told another place for it. Put it back, or "
                    "compare with the copy that you keep."
                ],
            )
            newest = self._seal("g")
            self.assertEqual(list(self.seals._read_head()), [newest.number])
            (finding,) = self.seals._check()
        self.assertIn(f"{newest.number - 1} are not in {self.path}", finding)

    def test_the_database_does_not_say_where_the_head_is(self):
        self.env["ir.config_parameter"].set_param(
            "sos_casework.seal_file", "/tmp/elsewhere.txt"
        )
        self.assertEqual(self.seals._get_head_path(), self.path)
        with patch.dict(os.environ):
            del os.environ["SOS_SEAL_FILE"]
            path = self.seals._get_head_path()
        self.assertEqual(path.name, f"{self.env.cr.dbname}.txt")

    # -------------------------------------------------------------------- asking

    def test_auditors_check_it_and_nobody_else(self):
        seal = self._seal("a", "b")
        action = self.seals.with_user(self.auditor).action_check()
        self.assertEqual(action["params"]["type"], "success")
        for user in (self.manager, self.service_manager, self.worker):
            with self.assertRaises(AccessError):
                self.seals.with_user(user).action_check()
        line = self._lines_of(seal)[0]
        self._tamper("sos_access_log", "DELETE FROM sos_access_log WHERE id=%s", line)
        with self._refused(UserError, f"lines {line} of the access log were taken"):
            self.seals.with_user(self.auditor).action_check()

    def test_every_night_what_does_not_fit_reaches_the_auditors_once(self):
        seal = self._seal("a", "b")
        self.seals._cron_check()
        self.assertFalse(self._activities())
        line = self._lines_of(seal)[0]
        self._tamper("sos_access_log", "DELETE FROM sos_access_log WHERE id=%s", line)
        for _night in (1, 2):
            with self.assertLogs("odoo.addons.sos_casework", "ERROR"):
                self.seals._cron_check()
            self.assertEqual(len(self._activities()), 1)

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "sos.access.seal"),
                ("user_id", "=", self.auditor.id),
            ]
        )

    # ----------------------------------------------------- put in, and back-dated

    def _plant(self, line_id, at):
        self._tamper(
            "sos_access_log",
            """INSERT INTO sos_access_log (id, at, user_id, operation, res_model, shown)
            VALUES (%s, %s, %s, 'opened', 'sos.case', '{}')""",
            line_id,
            at,
            self.worker.id,
        )

    def test_a_line_put_in_where_a_number_was_left_out(self):
        self._look("a")
        gap = self.env.execute_query(SQL("SELECT nextval('sos_access_log_id_seq')"))[0][
            0
        ]
        self._look("b")
        first = self._seal()
        self.assertNotIn(gap, self._lines_of(first))
        self.assertEqual(self.seals._check(), [])
        self._plant(gap, first.last_at)
        with freeze_time(first.sealed_at + timedelta(hours=2)):
            self.assertEqual(
                self.seals._check(),
                [
                    f"Lines {gap} of the access log were put in later: their numbers "
                    "or times are those of lines that were sealed before."
                ],
            )
            seal = self._seal()
            self.assertEqual(self._lines_of(seal), [gap])
            self.assertEqual(
                self.seals._check(),
                [
                    f"Seal {seal.number}: lines {gap} of the access log were put in "
                    "where numbers were left out."
                ],
            )

    def test_a_back_dated_line(self):
        first = self._seal("a")
        line = first.last_id + 1000
        self._plant(line, first.sealed_at - timedelta(days=3))
        (finding,) = self.seals._check()
        self.assertIn(f"Lines {line} of the access log were put in later", finding)
        seal = self._seal()
        self.assertEqual(
            self.seals._check(),
            [
                f"Seal {seal.number}: lines {line} of the access log were given an "
                "earlier time than the seal before."
            ],
        )

    def test_what_waited_for_its_seal_is_not_back_dated(self):
        """After an upgrade the lines of years are sealed, batch by batch."""
        with freeze_time("2020-01-10 10:00:00"):
            self._look("a", "b", "c")
        with patch.object(sos_access_seal, "BATCH", 1):
            for _i in range(3):
                self._seal()
        self.assertEqual(self.seals._check(), [])

    # ------------------------------------------------- change log and documents

    def test_a_changed_or_deleted_line_of_the_change_log(self):
        self.sam.with_user(self.manager).phone = "0191"
        self.sam.with_user(self.manager).phone = "0192"
        seal = self._seal()
        self.assertEqual(seal.res_model, "sos.change.log")
        first, second = self._lines_of(seal)[:2]
        self._tamper(
            "sos_change_log", "UPDATE sos_change_log SET new = 'x' WHERE id=%s", first
        )
        self._tamper("sos_change_log", "DELETE FROM sos_change_log WHERE id=%s", second)
        self.assertEqual(
            self.seals._check(),
            [
                f"Seal {seal.number}: lines {second} of the change log were taken out.",
                f"Seal {seal.number}: lines {first} of the change log were changed.",
            ],
        )

    def _freeze(self):
        form = self._open("contact", self.sam)
        form._freeze()
        while seal := self._seal():
            if seal.res_model == "sos.form.document":
                return form.document_id, seal
        return None

    def test_a_document_that_was_changed_with_its_own_fingerprint(self):
        document, seal = self._freeze()
        self.assertIn(document.id, self._lines_of(seal))
        with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env.cr.execute(SQL("UPDATE sos_form_document SET content = '{}'"))
        savepoint = self.env.cr.savepoint()
        self._tamper(
            "sos_form_document",
            "UPDATE sos_form_document SET content = %s, sha256 = %s WHERE id = %s",
            "{}",
            document._fingerprint("{}"),
            document.id,
        )
        self.assertTrue(document._is_intact(), "its own fingerprint fits")
        expected = f"Seal {seal.number}: lines {document.id} of the signed documents"
        self.assertEqual(self.seals._check(), [f"{expected} were changed."])
        savepoint.close(rollback=True)
        self.assertEqual(self.seals._check(), [])
        self._tamper(
            "sos_form_document",
            "DELETE FROM sos_form_document WHERE id = %s",
            document.id,
        )
        self.assertEqual(self.seals._check(), [f"{expected} were taken out."])

    def test_a_document_follows_its_form_to_another_family(self):
        document, _seal = self._freeze()
        other = self._new_family()
        self.env.cr.execute(
            SQL(
                "UPDATE sos_form_document SET case_id = %s WHERE id = %s",
                other.id,
                document.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self.seals._check(), [])

    # ----------------------------------------------------------------- retention

    def _destroy_before(self, day, **values):
        """A destruction of the access log before a day, as two people agreed to it."""
        rule = self.env.ref("sos_casework.retention_rule_access_log")
        line = self.env["sos.destruction"].create(
            {
                "rule_id": rule.id,
                "reference": "Access log",
                "before": day,
                "due_on": self._today(),
                "listed_on": self._today(),
                "state": "authorised",
                "proposed_by_id": self.auditor.id,
                "authorised_by_id": self.service_manager.id,
                "destroy_on": self._today(),
                **values,
            }
        )
        line._destroy()
        return line

    def _old_chain(self):
        with freeze_time("2020-01-10 10:00:00"):
            old = self._seal("a", "b")
        with freeze_time("2020-02-10 10:00:00"):
            kept = self._seal("c")
        return old, kept

    def test_what_is_past_its_time_goes_by_whole_seals(self):
        old, kept = self._old_chain()
        ids = self._lines_of(old)
        with freeze_time("2032-03-01 10:00:00"):
            line = self._destroy_before("2020-02-01")
            self.assertEqual(line.state, "destroyed", line.stop_reason)
            log = self.env["sos.access.log"]
            self.assertFalse(log.browse(ids).exists())
            self.assertEqual(
                log.browse(self._lines_of(kept)).exists(),
                log.browse(self._lines_of(kept)),
            )
            self.assertTrue(old.removed_at)
            self.assertFalse(kept.removed_at)
            self.assertEqual(log.search([], limit=1).operation, "removed")
            self.assertEqual(self.seals._check(), [], "the job has some minutes")
            seal = self.seals._seal()
            self.seals._write_head()
            self.assertEqual(seal.destruction_id, line)
            self.assertEqual(from_ranges(seal.ids_text), ids)
            self.assertIn(seal.number, self.seals._read_head())
            self._seal()
            self.assertEqual(self.seals._check(), [])
            self.assertEqual(self.seals._remove_before(kept.last_at), [])

    def test_an_upgrade_says_what_was_destroyed_before(self):
        old, _kept = self._old_chain()
        with freeze_time("2032-03-01 10:00:00"):
            line = self._destroy_before("2020-02-01")
            line.removed_rows = False
            self.assertTrue(self.seals._check(), "no seal says so")
            spec = spec_from_file_location("upgrade", file_path(SCRIPT))
            script = module_from_spec(spec)
            spec.loader.exec_module(script)
            script.migrate(self.env.cr, "19.0.1.1.0")
            self.assertEqual(line.removed_rows, {"sos.access.log": old.ids_text})
            while self._seal():
                pass
            self.assertEqual(self.seals._check(), [])

    def test_a_forged_line_or_seal_says_nothing_of_what_is_gone(self):
        seal = self._seal("a", "b")
        ids = self._lines_of(seal)
        gone = (
            f"Seal {seal.number}: lines {seal.ids_text} of the access log were taken "
            "out."
        )
        self._tamper(
            "sos_access_log",
            "DELETE FROM sos_access_log WHERE id = ANY(%s)",
            ids,
        )
        self._tamper(
            "sos_access_seal",
            "UPDATE sos_access_seal SET removed_at = now() WHERE id = %s",
            seal.id,
        )
        self._look("forged")
        self._tamper(
            "sos_access_log",
            "UPDATE sos_access_log SET operation = 'removed', detail = '999999'"
            " WHERE seal_id IS NULL",
        )
        self.assertEqual(self.seals._check(), [gone])
        # a destruction that nobody agreed to, and one that is too early
        today = self._today()
        for values, before in (
            ({"state": "destroyed", "authorised_by_id": False}, "2010-01-01"),
            ({"state": "listed"}, "2010-01-01"),
            ({"state": "destroyed"}, str(today)),
            # whose day is right, and whose lines are younger
            ({"state": "destroyed"}, "2010-01-01"),
        ):
            savepoint = self.env.cr.savepoint()
            rule = self.env.ref("sos_casework.retention_rule_access_log")
            line = self.env["sos.destruction"].create(
                {
                    "rule_id": rule.id,
                    "reference": "Access log",
                    "before": before,
                    "due_on": today,
                    "listed_on": today,
                    "proposed_by_id": self.auditor.id,
                    "authorised_by_id": self.service_manager.id,
                    "destroyed_at": fields.Datetime.now(),
                    "removed_rows": {"sos.access.log": seal.ids_text},
                    **values,
                }
            )
            self.assertIn(gone, self.seals._check())
            forged = self.seals._seal()
            self.assertEqual(forged.destruction_id, line)
            findings = self.seals._check()
            self.assertIn(gone, findings)
            savepoint.close(rollback=True)

    def test_a_rule_that_keeps_longer_since_doubts_no_earlier_destruction(self):
        self._old_chain()
        with freeze_time("2032-03-01 10:00:00"):
            line = self._destroy_before("2020-02-01")
        with freeze_time("2032-04-01 10:00:00"):
            while self._seal():
                pass
            line.rule_id.with_user(self.configurator).years = 30
            self._seal()
            self.assertEqual(self.seals._check(), [])
