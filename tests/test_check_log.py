"""scripts/check-log: what it says of a log as it was written, and of another one."""

import subprocess
from pathlib import Path

import pytest

from odoo.tests.common import get_db_name

SCRIPT = Path(__file__).parent.parent / "scripts" / "check-log"


def run(*arguments):
    return subprocess.run(
        [SCRIPT, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--db NAME"),
        (("--db",), "--db needs a value"),
        (("--db", "a;b"), "--db NAME"),
        (("--fast",), "no option --fast"),
        (("--db", "sos_demo", "--head", "none.txt"), "no file none.txt"),
        (("--db", "no_such_database"), "no database no_such_database"),
        (("--db", "postgres"), "sos_casework"),
    ],
)
def test_what_it_cannot_do(arguments, words):
    result = run(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert not result.stdout


def test_a_log_that_fits():
    result = run("--db", get_db_name())
    assert (result.returncode, result.stderr.count("Traceback")) == (0, 0)
    assert "Logs and signed documents fit their" in result.stdout


def test_a_database_older_than_its_head(tmp_path):
    """A head that was shipped away knows of seals that the database does not have."""
    head = tmp_path / "head.txt"
    head.write_text(f"999999 2026-11-23T10:00:00Z 4 {'0' * 64}\n")
    result = run("--db", get_db_name(), "--head", head)
    assert result.returncode == 1
    (finding,) = result.stdout.splitlines()
    assert "999999" in finding
    assert str(head) in finding
