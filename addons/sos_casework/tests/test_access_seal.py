import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.access import sos_access_seal
from ..models.access.sos_access_seal import as_ranges, from_ranges
from .refusals import RefusalsMixin
from .test_access_log import AccessLogCommon


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
            pass
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
                    [f"Seal {seal.number}: lines {line} were changed."],
                )
                savepoint.close(rollback=True)

    def test_a_line_taken_out(self):
        seal = self._chain()[0]
        line = self._lines_of(seal)[1]
        self._tamper("sos_access_log", "DELETE FROM sos_access_log WHERE id=%s", line)
        self.assertEqual(
            self.seals._check(), [f"Seal {seal.number}: lines {line} were taken out."]
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
            self.seals._check(), ["Lines 1000000000 name a seal that is not theirs."]
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
            [f"Seal {seal.number}: lines {line} were taken out of the seal."],
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
        rows = self.seals._fetch_lines(SQL("seal_id = %s", seal.id))
        digests = [self.seals._get_line_digest(row) for row in rows]
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
        with self._refused(UserError, f"lines {line} were taken out"):
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

    # ----------------------------------------------------------------- retention

    def test_what_is_past_its_time_goes_by_whole_seals(self):
        with freeze_time("2020-01-10 10:00:00"):
            old = self._seal("a", "b")
        with freeze_time("2020-02-10 10:00:00"):
            kept = self._seal("c")
        lines = self._lines_of(kept)
        # before the first line of another test's log
        seals = type(self.seals)
        remove = self.seals.with_user(self.manager)._remove_before
        older = self.seals.search([("number", "<", self.first)])
        self.assertFalse(older.filtered(lambda s: not s.removed_at), "a fresh log")
        self.assertEqual(remove(kept.sealed_at), 2)
        self.assertTrue(old.removed_at)
        self.assertEqual(old.removed_by_id, self.manager)
        self.assertFalse(kept.removed_at)
        log = self.env["sos.access.log"]
        self.assertFalse(log.browse(self._lines_of(old)).exists())
        self.assertEqual(log.browse(lines).exists().ids, lines)
        self.assertEqual(log.search([], limit=1).operation, "removed")
        self.assertEqual(self.seals._check(), [])
        self.assertEqual(remove(kept.sealed_at), 0)
        self.assertTrue(seals)

    def test_saying_that_lines_were_removed_does_not_hide_that_they_are_gone(self):
        seal = self._seal("a", "b")
        self._tamper(
            "sos_access_log",
            "DELETE FROM sos_access_log WHERE seal_id = %s",
            seal.id,
        )
        self._tamper(
            "sos_access_seal",
            "UPDATE sos_access_seal SET removed_at = now() WHERE id = %s",
            seal.id,
        )
        self.assertEqual(
            self.seals._check(),
            [
                f"The lines of seal {seal.number} are gone, and no line of the log "
                "says who removed them."
            ],
        )
