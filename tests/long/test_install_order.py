"""The addons in the order of the documents, one command each, on a bare Odoo; four apps
of Odoo on top; a family; and all of it uninstalled. What other apps have is compared.
"""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DATABASE = f"sos_test_{os.getpid()}_order"
ORDER = ("sos_casework", "sos_timetracking", "sos_reporting", "sos_learning_lab")
ON_TOP = ("project", "crm", "website", "stock")

sys.path.insert(0, str(ROOT / "scripts/lib"))

import what_changed  # noqa: E402

UNINSTALL = """
env["ir.module.module"].search(
    [("name", "=", "sos_casework")]
).button_immediate_uninstall()
"""
SAY = """
env["ir.config_parameter"].set_param("sos_casework.families_to_delete", 1)
env.cr.commit()
"""
LEFT = {
    "addons": "FROM ir_module_module WHERE name LIKE 'sos\\_%' AND state <> "
    "'uninstalled'",
    "tables": "FROM pg_class WHERE relname LIKE 'sos\\_%' AND relkind = 'r'",
    "names": "FROM ir_model_data WHERE module LIKE 'sos\\_%'",
    "parameters": "FROM ir_config_parameter WHERE key LIKE 'sos\\_%'",
}


#: what only test machines and Odoo's own libraries say
NOISE = ("Running as user 'root'", " py.warnings: ")


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


def with_databases(command):
    done = run("bash", "-c", f"source scripts/lib/setup.sh; sos_export; {command}")
    assert done.returncode == 0, done.stdout + done.stderr


def odoo(command, *options, **more):
    return run(
        *("odoo", command, "-c", os.environ["ODOO_RC"], "-d", DATABASE, "--no-http"),
        *("--log-level=warn", *options),
        **more,
    )


def find_problems(done):
    """Lines of Odoo's log that say that something went wrong."""
    words = (" ERROR ", " CRITICAL ", " WARNING ")
    return [
        line
        for line in done.stderr.splitlines()
        if any(word in line for word in words) and not any(n in line for n in NOISE)
    ]


def install(name):
    done = odoo("server", "-i", name, "--stop-after-init")
    assert done.returncode == 0, f"-i {name}\n{done.stderr}"
    assert find_problems(done) == [], name


def show(title, before, after, **options):
    lines = what_changed.compare(before, after, **options)
    print(f"\n{title}: {what_changed.count(before[1])} before,")
    print(f"  {what_changed.count(after[1])} after; {len(lines)} differ.")
    print("".join(f"  {line}\n" for line in lines))
    return lines


@pytest.fixture(scope="module")
def taken():
    """What was there at each stage, and what was said."""
    taken = {}
    try:
        with_databases(f"sos_db_drop {DATABASE}; createdb {DATABASE}")
        for name in ("base", *ORDER, *ON_TOP):
            install(name)
            taken[name] = what_changed.take_of(DATABASE)
        played = run("scripts/play", "tests/cases/ashdown.yaml", "--db", DATABASE)
        assert played.returncode == 0, played.stdout + played.stderr
        taken["with"] = what_changed.take_of(DATABASE)
        taken["refusal"] = odoo("shell", input=UNINSTALL)
        taken["still"] = what_changed.take_of(DATABASE)
        taken["uninstalled"] = odoo("shell", input=SAY + UNINSTALL)
        taken["after"] = what_changed.take_of(DATABASE)
        taken["left"] = {
            name: run(
                *("psql", "-XAtqc", f"SELECT count(*) {query}", DATABASE)
            ).stdout.strip()
            for name, query in LEFT.items()
        }
        yield taken
    finally:
        with_databases(f"sos_db_drop {DATABASE}")


def test_installed_in_order_with_apps_on_top(taken):
    assert set(ON_TOP) <= taken["with"][0]
    for earlier, later in pairwise(("base", *ORDER, *ON_TOP)):
        if later in ORDER:
            title = f"{later} installed, of what was there"
            assert show(title, taken[earlier], taken[later]) == []


def test_with_and_without_ours_the_same(taken):
    title = "All of ours taken out, of every other app"
    assert show(title, taken["with"], taken["after"], of_all=True) == []
    assert show("The same, of the bare Odoo", taken["base"], taken["after"]) == []


def test_uninstalling_is_refused_until_the_number_is_said(taken):
    refusal = taken["refusal"].stderr
    assert "Families in this database: 1." in refusal, refusal
    assert "sos_casework.families_to_delete" in refusal
    assert taken["still"] == taken["with"]
    done = taken["uninstalled"]
    assert done.returncode == 0, done.stderr
    assert find_problems(done) == []
    assert taken["left"] == dict.fromkeys(LEFT, "0")
