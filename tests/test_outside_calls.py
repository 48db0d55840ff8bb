"""An installed system reaches no other machine: not when it starts, not when somebody
works with it, not by itself at night."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from odoo.tools import config

ROOT = Path(__file__).parent.parent
DATABASE = f"sos_test_{os.getpid()}"


def run(*command):
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def database():
    """With a family, so that there is something to show."""
    try:
        run("scripts/play", "tests/cases/ashdown.yaml", "--db", DATABASE, "--fresh")
        yield DATABASE
    finally:
        drop = f"source scripts/lib/setup.sh; sos_export; sos_db_drop {DATABASE}"
        run("bash", "-c", drop)


@pytest.fixture(scope="module")
def used(database):
    """What was done; without any network, where this machine lets a program be cut
    off from it."""
    command = [sys.executable, "-W", "ignore", "tests/closed_system.py"]
    command += [config["config"], database, "tm"]
    cut_off = ["unshare", "--net"]
    try:
        if subprocess.run([*cut_off, "true"], capture_output=True).returncode == 0:
            command = [*cut_off, *command]
    except FileNotFoundError:
        pass
    return json.loads(run(*command).splitlines()[-1])


def test_nothing_is_reached(used):
    assert used["tried"] == []


def test_pages_load_nothing_from_elsewhere(used):
    assert used["foreign"] == []


def test_it_was_really_used_and_watched(used):
    assert used["screens"] > 15
    assert any("Casework" in job for job in used["jobs"])
    assert used["loaded"] > 20
    assert "192.0.2.1" in used["control"]
