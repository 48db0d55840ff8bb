"""Installation and upgrade as config/install.sh makes them, without containers: a
migration that fails, an upgrade that was forgotten, a way back."""

import configparser
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import requests

from odoo.tools import config

ROOT = Path(__file__).parent.parent.parent
DATABASE = f"sos_test_{os.getpid()}_upgrade"
DATA = Path(config["data_dir"])
FIRST_PASSWORD = "the first password, of .env"  # pragma: allowlist secret
STATES = ("", "_next", "_before", "_undone")
FAILING = """def migrate(cr, version):
    cr.execute("UPDATE res_users SET login = 'half-' || login")
    raise RuntimeError("planted")
"""


def psql(query, database=DATABASE):
    command = ["psql", "-XAtq", "-d", database, "-c", query]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()


class Service:
    def __init__(self, folder, port):
        self.code = folder / "code"
        shutil.copytree(
            ROOT / "addons",
            self.code,
            ignore=shutil.ignore_patterns("tests", "__pycache__"),
        )
        self.address = f"http://127.0.0.1:{port}"
        parser = configparser.RawConfigParser()
        parser.read_string((ROOT / "config/odoo-production.conf").read_text())
        parser["options"].update(
            {
                "addons_path": str(DATA / "addons" / DATABASE),
                "data_dir": str(DATA),
                "db_name": DATABASE,
                "dbfilter": f"^{DATABASE}$",
                "http_interface": "127.0.0.1",
                "http_port": str(port),
                "workers": "0",
                "max_cron_threads": "0",
                "log_level": "warn",
            }
        )
        self.settings = folder / "odoo.conf"
        with self.settings.open("w") as file:
            parser.write(file)

    def run(self, *arguments):
        return subprocess.run(
            ["bash", ROOT / "config/install.sh", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ
            | {
                "ODOO_RC": str(self.settings),
                "SOS_ADDONS_DIR": str(self.code),
                "SOS_ADMIN_PASSWORD": FIRST_PASSWORD,
                "SOS_HARDENING": "yes",
            },
        )

    def bump(self, addon, version):
        manifest = self.code / addon / "__manifest__.py"
        lines = manifest.read_text().splitlines(keepends=True)
        manifest.write_text(
            "".join(
                f'    "version": "{version}",\n' if '"version":' in line else line
                for line in lines
            )
        )

    def ask_health(self):
        """:return: status and answer of the health check of a started server"""
        server = subprocess.Popen(
            ["odoo", "-c", self.settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _n in range(600):
                try:
                    answer = requests.get(self.address + "/web/health", timeout=60)
                    return answer.status_code, answer.json()
                except requests.ConnectionError:
                    assert server.poll() is None, "the server did not start"
                    time.sleep(0.2)
            raise AssertionError("the server does not answer")
        finally:
            server.terminate()
            server.wait(60)

    def get_versions(self):
        return psql(
            "SELECT name, latest_version FROM ir_module_module"
            " WHERE state = 'installed' ORDER BY name"
        )


def drop():
    for state in STATES:
        name = DATABASE + state
        psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")
        for path in ("filestore", "addons"):
            shutil.rmtree(DATA / path / name, ignore_errors=True)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Installed from nothing, as an agency does."""
    drop()
    service = Service(tmp_path_factory.mktemp("service"), 18069 + os.getpid() % 1000)
    result = service.run()
    assert not result.returncode, result.stdout + result.stderr
    yield service
    drop()


def test_installed_and_well(service):
    assert service.ask_health()[0] == 200
    again = service.run()
    assert not again.returncode
    assert "newer code" not in again.stdout
    assert service.run("--back").returncode == 1


def test_a_migration_that_fails_changes_nothing(service):
    versions = service.get_versions()
    served = (DATA / "addons" / DATABASE / "sos_reporting/__manifest__.py").read_text()
    service.bump("sos_casework", "19.0.9.0.0")
    service.bump("sos_reporting", "19.0.9.0.0")
    migration = service.code / "sos_reporting/migrations/19.0.9.0.0/post-planted.py"
    migration.parent.mkdir(parents=True)
    migration.write_text(FAILING)
    assert "newer code" in service.run().stdout
    result = service.run("--upgrade")
    assert result.returncode
    assert "planted" in result.stderr
    assert "nothing was changed" in result.stderr
    # neither half of the addons, nor the code, nor a copy that was begun
    assert service.get_versions() == versions
    assert "half-admin" not in psql("SELECT login FROM res_users")
    now = DATA / "addons" / DATABASE / "sos_reporting/__manifest__.py"
    assert now.read_text() == served
    assert not psql(
        f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}_next'", "postgres"
    )
    assert service.ask_health() == (200, {"status": "pass"})
    migration.unlink()


def test_a_way_back_after_an_upgrade(service):
    old = service.get_versions()
    result = service.run("--upgrade")
    assert not result.returncode, result.stdout + result.stderr
    assert "19.0.9.0.0" in str(service.get_versions())
    assert service.ask_health()[0] == 200
    assert not service.run("--back").returncode
    assert service.get_versions() == old
    assert service.ask_health()[0] == 200


def test_an_upgrade_that_was_forgotten_is_not_well(service):
    """As where somebody changes the code of a running service by hand."""
    served = DATA / "addons" / DATABASE
    shutil.rmtree(served)
    shutil.copytree(service.code, served)
    status, answer = service.ask_health()
    assert status == 503
    assert answer["status"] == "upgrade needed"
    assert answer["addons"] == ["sos_casework", "sos_reporting"]
