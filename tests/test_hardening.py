"""Without sos_hardening the addons leave the settings of other apps alone, and what
must hold for families holds for those alone: on a copy of the database that it is taken
out of, and that is compared with Odoo's own before any addon came."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).parent.parent
DATABASE = f"sos_test_{os.getpid()}"
BEFORE = "sos_base"

sys.path.insert(0, str(ROOT / "scripts/lib"))

import what_changed  # noqa: E402

#: Rules of ours on records of Odoo, which may say no more than this.
ON_OTHERS = {
    "account.analytic.line": "time on a family, a team or the service",
    "ir.embedded.actions": "those about families",
    "ir.exports": "lists of columns about families",
    "ir.exports.line": "of those lists",
    "ir.filters": "those about families",
    "spreadsheet.dashboard": "ours, for administrators without a role",
}


def run(*command):
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def with_databases(command):
    run("bash", "-c", f"source scripts/lib/setup.sh; sos_export; {command}")


def shell(text):
    command = ["odoo", "shell", "-c", os.environ["ODOO_RC"], "-d", DATABASE]
    command += ["--no-http", "--log-level=warn"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def opened():
    try:
        with_databases(f"sos_template_copy {DATABASE}")
        yield shell(
            "env['ir.module.module'].search([('name', '=', 'sos_hardening')])"
            ".button_immediate_uninstall()"
        )
    finally:
        with_databases(f"sos_db_drop {DATABASE}")


def test_settings_of_other_apps_are_as_before(opened):
    before = what_changed.take_of(BEFORE)
    after = what_changed.take_of(DATABASE)
    print(f"\nWithout sos_hardening, compared: {what_changed.count(after[1])}.")
    assert what_changed.compare(before, after) == []


def test_it_would_be_seen():
    """The comparison finds what the template, with sos_hardening, has closed."""
    found = what_changed.compare(
        what_changed.take_of(BEFORE), what_changed.take_of("sos_template")
    )
    assert any(line.startswith("parameter iap.endpoint:") for line in found), found
    assert any(line.startswith("job ") for line in found)


def test_uninstalling_says_nothing_in_the_log(opened):
    assert "ERROR" not in opened.stderr
    assert "WARNING" not in opened.stderr.replace("Running as user 'root'", "")


def test_rules_on_records_of_other_apps(opened):
    with psycopg2.connect(dbname=DATABASE) as connection:
        cr = connection.cursor()
        cr.execute(
            """SELECT DISTINCT m.model FROM ir_rule r
            JOIN ir_model m ON m.id = r.model_id
            JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id
            WHERE d.module LIKE 'sos\\_%' AND m.model NOT LIKE 'sos.%'"""
        )
        assert {model for (model,) in cr.fetchall()} == set(ON_OTHERS)


def test_others_share_and_export_as_before(opened):
    said = shell(
        """
from odoo.tests import new_test_user
one = new_test_user(env, "one", "base.group_user,base.group_allow_export")
other = new_test_user(env, "other", "base.group_user,base.group_allow_export")
exports = env["ir.exports"].with_user(one)
saved = exports.create({"name": "x", "resource": "res.partner"})
print("seen", saved.with_user(other).search([("id", "=", saved.id)]) == saved)
dashboard = env["spreadsheet.dashboard"].create({
    "name": "Sales",
    "dashboard_group_id": env["spreadsheet.dashboard.group"].create({"name": "x"}).id,
})
shares = env["spreadsheet.dashboard.share"].with_user(one)
values = {"dashboard_id": dashboard.id, "spreadsheet_data": "{}"}
print("shared", bool(shares.create(values)))
devices = env["mail.push.device"].with_user(one)
devices.register_devices(
    endpoint="https://x.example/1",
    keys={"p256dh": "a", "auth": "b"},
    vapid_public_key=devices.get_web_push_vapid_public_key(),
)
print("pushed", bool(env["mail.push.device"].search([])))
"""
    ).stdout
    for word in ("seen", "shared", "pushed"):
        assert f"{word} True" in said, said


#: what must hold about families wherever the addons are
OF_FAMILIES = (
    "addons/sos_casework/tests/test_saved_exports.py",
    "addons/sos_casework/tests/test_leaks.py",
    "addons/sos_reporting/tests/test_dashboard_access.py",
)


def test_about_families_nothing_leaves_all_the_same(opened):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    command += [f"--odoo-config={os.environ['ODOO_RC']}"]
    command += [f"--odoo-database={DATABASE}", *OF_FAMILIES]
    print(run(*command))
