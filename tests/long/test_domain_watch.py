"""What a client sends as a domain, an order or a grouping is never worked out as
superuser: every model × relation × operator × role, here and with other apps on top."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DATABASE = f"sos_test_{os.getpid()}_asked"


def run(script, *arguments, **environment):
    setup = "source scripts/lib/setup.sh && sos_export && "
    result = subprocess.run(
        ["bash", "-c", setup + script, "bash", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("apps", ["", "project,hr,crm,website"])
def test_no_domain_is_worked_out_as_superuser(apps, tmp_path):
    odoo = '"$SOS_LOCAL/bin/odoo"'
    options = '-c "$SOS_LOCAL/odoo.conf" -d "$1" --no-http --log-level=error'
    path = tmp_path / "asked.json"
    try:
        run('sos_template_copy "$1"', DATABASE)
        if apps:
            run(f'{odoo} {options} -i "$2" --stop-after-init', DATABASE, apps)
        run(
            f"{odoo} shell {options} < tests/long/ask_domains.py",
            DATABASE,
            SOS_ASKED=str(path),
        )
    finally:
        run('sos_db_drop "$1"', DATABASE)
    asked = json.loads(path.read_text())
    for role, said in asked["said"].items():
        print(f"{role}: {said}")
    assert asked["worked_out"] > 30000
    assert not {role: found for role, found in asked["found"].items() if found}
    assert not {role: ways for role, ways in asked["ways"].items() if ways}
