"""A real service, as config/ makes it, on a copy of the database and without
containers: what has to be done to get in, and what is locked again."""

import base64
import configparser
import os
import re
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests

from odoo.tools import config

from odoo.addons.auth_totp.models.totp import hotp

ROOT = Path(__file__).parent.parent
DATABASE = f"sos_test_{os.getpid()}"
FIRST_PASSWORD = "the first password, of .env"


def run(*command, **environment):
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def with_databases(command):
    run("bash", "-c", f"source scripts/lib/setup.sh; sos_export; {command}")


def find_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """odoo-production.conf with the paths and ports of this machine."""
    parser = configparser.RawConfigParser()
    parser.read_string((ROOT / "config/odoo-production.conf").read_text())
    parser["options"].update(
        {
            "addons_path": ",".join(config["addons_path"]),
            "data_dir": config["data_dir"],
            "db_name": DATABASE,
            "dbfilter": f"^{DATABASE}$",
            "http_interface": "127.0.0.1",
            "http_port": str(find_port()),
            "gevent_port": str(find_port()),
            "workers": "2",
            "max_cron_threads": "0",
            "log_level": "warn",
        }
    )
    path = tmp_path_factory.mktemp("production") / "odoo.conf"
    with path.open("w") as file:
        parser.write(file)
    return path


@pytest.fixture(scope="module")
def installed(settings):
    """The database of an agency that had what Odoo installs unasked."""
    try:
        with_databases(f"sos_template_copy {DATABASE}")
        run(
            "bash",
            "config/install.sh",
            "--upgrade",
            HOST=config["db_host"],
            PORT=str(config["db_port"]),
            USER=config["db_user"],
            PASSWORD="not asked for here",
            ODOO_RC=str(settings),
            SOS_ADDONS_DIR=str(ROOT / "addons"),
            SOS_ADMIN_PASSWORD=FIRST_PASSWORD,
        )
        yield settings
    finally:
        with_databases(f"sos_db_drop {DATABASE}")


@pytest.fixture(scope="module")
def address(installed):
    parser = configparser.RawConfigParser()
    parser.read(installed)
    address = f"http://127.0.0.1:{parser['options']['http_port']}"
    server = subprocess.Popen(
        ["odoo", "-c", str(installed)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _n in range(300):
            try:
                requests.get(address + "/web/health", timeout=60)
                break
            except requests.ConnectionError:
                assert server.poll() is None, "the server did not start"
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(60)


class Browser(requests.Session):
    def __init__(self, address):
        super().__init__()
        self.address = address

    def send_form(self, path, page=None, **form):
        page = page or self.get(self.address + path)
        token = re.search(r'name="csrf_token" value="(.*?)"', page.text)[1]
        return self.post(self.address + path, data={**form, "csrf_token": token})

    def call(self, path, **params):
        return self.post(self.address + path, json={"params": params}).json()

    def log_in(self, password):
        return self.send_form("/web/login", login="admin", password=password)

    def count_users(self):
        """What somebody does who is at work."""
        return self.call(
            "/web/dataset/call_kw/res.users/search_count",
            model="res.users",
            method="search_count",
            args=[[]],
            kwargs={},
        )


def get_code(secret, later=0):
    """
    :param later: for a second log-in in the same half minute, whose code is used up:
        a clock that is ahead by so many codes; one is let in
    """
    key = base64.b32decode(secret.replace(" ", ""))
    return f"{hotp(key, int(time.time() / 30) + later):06}"


def ask(query):
    rows = run("psql", "-XAtq", "-d", DATABASE, "-c", query).splitlines()
    return dict(row.split("|") for row in rows)


def test_what_nobody_asked_for_is_gone(installed):
    modules = ask("SELECT name, state FROM ir_module_module WHERE state <> 'x'")
    assert modules["sos_casework"] == "installed"
    assert modules["auth_timeout"] == "installed"
    for name in ("iap", "partner_autocomplete", "sms", "snailmail", "web_unsplash"):
        assert modules[name] == "uninstalled", name


def test_limits(installed):
    values = ask("SELECT key, value FROM ir_config_parameter")
    assert int(values["auth_password_policy.minlength"]) >= 12
    assert int(values["base.login_cooldown_after"]) == 10
    assert int(values["sessions.max_inactivity_seconds"]) <= 12 * 60 * 60
    assert values["iap.endpoint"] == "switched-off://"


def test_settings_that_are_stricter_stay(installed):
    """And what was made laxer does not."""
    run(
        "psql",
        *("-Xq", "-d", DATABASE, "-c"),
        """UPDATE ir_config_parameter SET value = CASE key
            WHEN 'auth_password_policy.minlength' THEN '16' ELSE '0' END
            WHERE key IN
                ('auth_password_policy.minlength', 'base.login_cooldown_after');
        UPDATE res_groups SET lock_timeout_inactivity = 5, lock_timeout = 9999
            WHERE lock_timeout > 0""",
    )
    with (ROOT / "config/production.py").open() as script:
        subprocess.run(
            ["odoo", "shell", "-c", installed, "--no-http"], stdin=script, check=True
        )
    values = ask("SELECT key, value FROM ir_config_parameter")
    assert values["auth_password_policy.minlength"] == "16"
    assert values["base.login_cooldown_after"] == "10"
    assert ask(
        "SELECT lock_timeout_inactivity, lock_timeout FROM res_groups"
        " WHERE lock_timeout > 0"
    ) == {"5": "720"}


def test_password_alone_opens_nothing(address):
    browser = Browser(address)
    assert "Wrong login" in browser.log_in("admin").text
    assert browser.log_in(FIRST_PASSWORD).url.endswith("/web/login/second-step")
    assert browser.count_users()["error"]["code"] == 100


@pytest.fixture(scope="module")
def secret(address):
    """The first log-in, in which the second step is set up."""
    browser = Browser(address)
    page = browser.log_in(FIRST_PASSWORD)
    secret = re.search(r"<code.*?>([A-Z2-7 ]+)<", page.text)[1]
    browser.send_form("/web/login/second-step", page, code=get_code(secret))
    assert browser.count_users()["result"]
    return secret


def test_second_step_is_asked_for(address, secret):
    browser = Browser(address)
    page = browser.log_in(FIRST_PASSWORD)
    assert "/web/login/totp" in page.url
    wrong = browser.send_form("/web/login/totp", page, totp_token="000000")
    assert "Verification failed" in wrong.text
    assert browser.count_users()["error"]["code"] == 100


def test_screen_locks_and_opens_again(address, secret):
    browser = Browser(address)
    page = browser.log_in(FIRST_PASSWORD)
    code = get_code(secret, later=1)
    browser.send_form("/web/login/totp", page, totp_token=code)
    assert browser.count_users()["result"]
    # what the client tells when nobody has touched it for longer than the limit
    browser.call(
        "/websocket/peek_notifications", channels=[], last=0, is_first_poll=True
    )
    quarter = 15 * 60 * 1000
    browser.call("/websocket/update_bus_presence", inactivity_period=quarter + 1000)
    locked = browser.count_users()["error"]
    assert locked["data"]["name"].endswith("CheckIdentityException")
    unlock = "/auth-timeout/session/check-identity"
    wrong = browser.call(unlock, type="password", password="wrong")
    assert "error" in wrong
    assert "error" in browser.count_users()
    browser.call(unlock, type="password", login="admin", password=FIRST_PASSWORD)
    assert browser.count_users()["result"]


def test_cookie_of_the_session(address):
    answer = requests.get(address + "/web/login", timeout=60)
    (cookie,) = [c for c in answer.cookies if c.name == "session_id"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert "Max-Age=43200" in answer.headers["Set-Cookie"]


def test_too_large_an_upload_is_refused(address):
    size = 25 * 1024 * 1024 + 1
    answer = requests.post(
        address + "/web/login", files={"login": b"x" * size}, timeout=60
    )
    assert answer.status_code == 413


def test_interfaces_of_other_programs_need_a_key(address, secret):
    answer = Browser(address).call(
        "/web/session/authenticate",
        db=DATABASE,
        login="admin",
        password=FIRST_PASSWORD,
    )
    assert not answer["result"]["uid"]
