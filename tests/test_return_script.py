"""scripts/return: what it writes, and what it says to what it cannot do."""

import subprocess
from pathlib import Path

import openpyxl
import pytest

from odoo.tests.common import get_db_name

SCRIPT = Path(__file__).parent.parent / "scripts" / "return"
CIN = ("cin", "--year", "2026")
ANNEX = ("annex-a", "--as-at", "2026-03-31")
SOMEWHERE = ("--db", "no_such_database", "--out", "return.out")


def run(folder, *arguments):
    return subprocess.run(
        [SCRIPT, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (SOMEWHERE, "Say which return"),
        (("ssda903", *SOMEWHERE), "There is no return “ssda903”"),
        (("cin", *SOMEWHERE), "--year 2026"),
        (("cin", "--year", "26", *SOMEWHERE), "“26” is not a year"),
        ((*CIN, "--as-at", "2026-03-31", *SOMEWHERE), "--as-at is for annex-a"),
        (("annex-a", *SOMEWHERE), "--as-at 2026-03-31"),
        (("annex-a", "--as-at", "31/03/2026", *SOMEWHERE), "is not a day"),
        (("annex-a", "--as-at", "2026-02-30", *SOMEWHERE), "is not a day"),
        ((*CIN, "--out", "return.out"), "--db NAME"),
        ((*CIN, "--db", "a;b", "--out", "return.out"), "cannot be the name"),
        ((*CIN, "--db", "sos_demo"), "--out FILE"),
        ((*CIN, "--db", "sos_demo", "--out"), "--out needs a value"),
        ((*CIN, "--db", "sos_demo", "--out", "none/return.out"), "no folder none"),
        ((*CIN, "--db", "sos_demo", "--out", "."), "is a folder"),
        ((*CIN, "--fast", *SOMEWHERE), "no option --fast"),
        ((*CIN, *SOMEWHERE), "There is no database no_such_database"),
        ((*CIN, "--db", "postgres", "--out", "return.out"), "sos_reporting"),
    ],
)
def test_what_it_cannot_do(tmp_path, arguments, words):
    result = run(tmp_path, *arguments)
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_refused_by_the_addon(tmp_path):
    """A file that is there stays as it was."""
    out = tmp_path / "return.xml"
    out.write_text("before")
    result = run(tmp_path, "cin", "--year", "1999", "--db", get_db_name(), "--out", out)
    assert result.returncode == 1
    assert "for the years 2025 to" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_lists(tmp_path):
    out = tmp_path / "lists.xlsx"
    out.write_text("before")
    result = run(tmp_path, *ANNEX, "--db", get_db_name(), "--out", "lists.xlsx")
    assert result.returncode == 0, result.stderr
    assert "Written: lists.xlsx" in result.stdout
    assert openpyxl.load_workbook(out).sheetnames[0] == "List 1"
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_mode & 0o077 == 0, "only its owner reads it"
