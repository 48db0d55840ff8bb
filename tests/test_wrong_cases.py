"""A case that is wrong is refused with one line, and leaves nothing behind."""

import io
import os
import subprocess
from pathlib import Path

import player
from player.command import load_all, play_all

from odoo.sql_db import db_connect
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tests.common import get_db_name

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
WRONG = CASES / "wrong"

#: file → what its line says: where it is and what is wrong
BEFORE_ODOO = {
    "unknown_key": ("event 2 (2026-06-01 14:00, tm): allocate", "“from” is not known"),
    "unknown_event": ("event 2 (2026-06-01 14:00, tm)", "no event “authorize”"),
    "unknown_person": (
        "event 2 (2026-06-01 14:00, tm): note: children",
        "there is no person “benn”",
    ),
    "out_of_order": ("event 2 (2026-05-31 14:00, tm): at", "earlier than the event"),
    "form_not_opened": (
        "event 2 (2026-06-01 14:00, tm): submit: form",
        "there is no form “assess1”",
    ),
    "not_a_date": ("line 13: people: ben: born", "“2017-02-30” is not a day"),
    "syntax": ("line 20", "not valid YAML"),
    "twice_the_key": ("line 19", "“text” is there twice"),
    "two_in_one": ("event 2 (2026-06-01 14:00, tm)", "submit, authorise"),
    "wrong_version": ("line 1: format", "“2” is not known"),
    "correction_of_nothing": (
        "event 2 (2026-06-01 14:00, bs): correct",
        "nothing is corrected",
    ),
    "correction_of_two": (
        "event 2 (2026-06-01 14:00, bs): correct",
        "one correction is of one fact",
    ),
    "correction_of_nobody": (
        "event 2 (2026-06-01 14:00, bs): correct",
        "“child” is missing",
    ),
    "empty": ("", "the file is empty"),
    "binary": ("", "not a text file"),
}
#: found by asking the database, before anything is written
BEFORE_WRITING = {
    "unknown_code": (
        "event 1 (2026-06-01 09:00, bs): referral: source",
        "no code “9Z” for referral source",
    ),
    "unknown_decision": (
        "event 2 (2026-06-01 14:00, tm): decide: children: ben",
        "no decision “investigate”",
    ),
    "correction_decision": (
        "event 2 (2026-06-01 14:00, bs): correct: decision",
        "no decision “cp_plan”",
    ),
    "unknown_section": (
        "event 2 (2026-06-01 14:00, tm): write: summary",
        "no section “summary”",
    ),
    "unknown_user": ("event 1 (2026-06-01 09:00, bb): by", "there is no user “bb”"),
    "no_such_form": (
        "event 2 (2026-06-01 14:00, tm): open: type",
        "no form of the type “family_plan”",
    ),
}
#: found while it is played: what was written is taken back
WHILE_PLAYING = {
    "no_right": (
        "event 6 (2026-06-02 09:30, sw): authorise",
        "Only a team manager may authorise",
    ),
    "not_refused": (
        "event 2 (2026-06-01 14:00, tm): refused: try: allocate",
        "should have been refused",
    ),
    "other_words": (
        "event 2 (2026-06-01 14:00, sw): refused: says",
        "not with “full moon”",
    ),
    "correction": (
        "event 2 (2026-06-01 14:00, tm): correct",
        "This form is not signed yet",
    ),
    "correction_own": (
        "event 6 (2026-06-02 09:00, tm): correct",
        "nobody authorises their own work",
    ),
    "another_role": ("users: admin", "this database knows this user as"),
}


def count_rows(cr):
    """Table → number of rows, of everything that a case could leave."""
    cr.execute(
        """SELECT tablename FROM pg_tables WHERE schemaname = 'public'
           AND (tablename LIKE 'sos\\_%' OR tablename IN (
               'res_users', 'res_partner', 'mail_activity', 'mail_message',
               'ir_model_data', 'ir_config_parameter', 'ir_attachment',
               'account_analytic_line', 'hr_employee'))"""
    )
    counts = {}
    for (table,) in cr.fetchall():
        cr.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  from the catalogue
        counts[table] = cr.fetchone()[0]
    return counts


class WrongCase(TransactionCase):
    def play(self, *paths, **options):
        """Play as the command does; the exit code and the lines of errors."""
        err, out = io.StringIO(), io.StringIO()
        cases = load_all(paths, err=err)
        if cases is None:
            return 1, err.getvalue().splitlines()
        with self.enter_registry_test_mode():
            code = play_all(self.registry, cases, out=out, err=err, **options)
        return code, err.getvalue().splitlines()

    def check_refused(self, name, where, words):
        path = WRONG / f"{name}.yaml"
        before = count_rows(self.cr)
        code, lines = self.play(path)
        self.assertEqual(code, 1)
        self.assertEqual(len(lines), 1, lines)
        start = f"{path}: {where}: " if where else f"{path}: "
        self.assertTrue(lines[0].startswith(start), f"{lines[0]}\n{start}")
        self.assertIn(words, lines[0][len(start) :])
        self.assertEqual(count_rows(self.cr), before)


@tagged("post_install", "-at_install")
class TestWrongFiles(WrongCase):
    def test_every_wrong_file_is_tried(self):
        tried = {**BEFORE_ODOO, **BEFORE_WRITING, **WHILE_PLAYING}
        self.assertEqual({path.stem for path in WRONG.iterdir()}, set(tried))

    def test_before_odoo(self):
        for name, (where, words) in BEFORE_ODOO.items():
            with self.subTest(name):
                self.check_refused(name, where, words)
                with self.assertRaises(player.CaseError):
                    player.load(WRONG / f"{name}.yaml")

    def test_before_writing(self):
        for name, (where, words) in BEFORE_WRITING.items():
            with self.subTest(name):
                self.check_refused(name, where, words)

    def test_while_playing(self):
        for name, (where, words) in WHILE_PLAYING.items():
            with self.subTest(name):
                self.check_refused(name, where, words)

    def test_no_such_file(self):
        code, lines = self.play(WRONG / "nothing.yaml")
        self.assertEqual(code, 1)
        self.assertEqual(
            lines, [f"{WRONG}/nothing.yaml: there is no such file. Check the name."]
        )

    def test_one_wrong_file_keeps_the_others_from_being_begun(self):
        before = count_rows(self.cr)
        code, lines = self.play(CASES / "ashdown.yaml", WRONG / "empty.yaml")
        self.assertEqual((code, len(lines)), (1, 1))
        self.assertEqual(count_rows(self.cr), before)

    def test_played_twice(self):
        code, lines = self.play(CASES / "brook.yaml")
        self.assertEqual((code, lines), (0, []))
        before = count_rows(self.cr)
        code, lines = self.play(CASES / "brook.yaml")
        self.assertEqual(code, 1)
        self.assertEqual(len(lines), 1)
        self.assertIn("this file was played already", lines[0])
        self.assertEqual(count_rows(self.cr), before)

    def test_as_at_before_the_last_event(self):
        code, lines = self.play(CASES / "brook.yaml", as_at="2026-10-01")
        self.assertEqual((code, len(lines)), (1, 1))
        self.assertIn("the last event is on 2026-11-20", lines[0])


@tagged("post_install", "-at_install")
class TestCommandLine(BaseCase):
    """The real script against the real database: what it does not keep is not there."""

    def run_play(self, *arguments):
        return subprocess.run(
            [ROOT / "scripts" / "play", *arguments],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=ROOT,
            env={**os.environ, "ODOO_RC": ""},
        )

    def count(self):
        with db_connect(get_db_name()).cursor() as cr:
            return count_rows(cr)

    def test_refused_while_playing(self):
        before = self.count()
        path = "tests/cases/wrong/no_right.yaml"
        result = self.run_play(path, "--db", get_db_name())
        self.assertEqual(result.returncode, 1, result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        where, words = WHILE_PLAYING["no_right"]
        self.assertTrue(lines[0].startswith(f"{path}: {where}: "), lines[0])
        self.assertIn(words, lines[0])
        self.assertEqual(self.count(), before)

    def test_refused_before_the_database_is_touched(self):
        result = self.run_play("tests/cases/wrong/empty.yaml", "--fresh")
        self.assertEqual(result.returncode, 1)
        self.assertIn("the file is empty", result.stderr)
        self.assertNotIn("Database sos_play", result.stdout)

    def test_usage(self):
        for arguments in ((), ("--db",), ("--nonsense",), ("x.yaml", "--as-at", "May")):
            with self.subTest(arguments):
                result = self.run_play(*arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(self.run_play("--help").returncode, 0)
