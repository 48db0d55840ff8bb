"""A real service, as config/ makes it, on a copy of the database and without
containers: what has to be done to get in, and what is locked again."""

import base64
import os
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from running import machine
from running.machine import ROOT, run
from running.odoo import Program, read_settings, write_production_settings
from running.service import Person

from odoo.tools import config

from odoo.addons.auth_totp.models.totp import hotp

DATABASE = f"sos_test_{os.getpid()}"
FIRST_PASSWORD = "the first password, of .env"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    path = tmp_path_factory.mktemp("production") / "odoo.conf"
    code = f"{config['data_dir']}/addons/{DATABASE}"
    return write_production_settings(path, DATABASE, addons_path=code, log_level="warn")


@pytest.fixture(scope="module")
def installed(settings):
    """The database of an agency that had what Odoo installs unasked."""
    before = f"{DATABASE}_before"
    with machine.database(DATABASE), ExitStack() as stack:
        stack.callback(machine.with_setup, 'sos_db_drop "$1"', before)
        for name in (DATABASE, before):
            code = Path(config["data_dir"], "addons", name)
            stack.callback(shutil.rmtree, code, ignore_errors=True)
        run(
            "bash",
            "config/install.sh",
            "--upgrade",
            ODOO_RC=str(settings),
            SOS_ADDONS_DIR=str(ROOT / "addons"),
            SOS_ADMIN_PASSWORD=FIRST_PASSWORD,
            SOS_HARDENING="yes",
        )
        yield settings


@pytest.fixture(scope="module")
def address(installed):
    address = f"http://127.0.0.1:{read_settings(installed)['http_port']}"
    server = Program(installed.parent / "odoo.log", settings=installed)
    try:
        yield server.wait(address) and address
    finally:
        server.stop()


class Browser(Person):
    def log_in(self, password):
        return super().log_in("admin", password)

    def count_users(self):
        """What somebody does who is at work."""
        return self.ask(
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


def ask(query, database=DATABASE):
    rows = run("psql", "-XAtq", "-d", database, "-c", query).splitlines()
    return dict(row.split("|") for row in rows)


def test_what_nobody_asked_for_is_gone(installed):
    modules = ask("SELECT name, state FROM ir_module_module WHERE state <> 'x'")
    assert modules["sos_casework"] == "installed"
    assert modules["auth_timeout"] == "installed"
    for name in ("iap", "partner_autocomplete", "sms", "snailmail", "web_unsplash"):
        assert modules[name] == "uninstalled", name


def test_what_serves_is_a_copy_of_the_code(installed):
    """And what served before is kept, for a way back."""
    served = Path(config["data_dir"], "addons", DATABASE)
    for addon in (ROOT / "addons").glob("sos_*"):
        assert (served / addon.name / "__manifest__.py").exists()
    assert ask("SELECT name, state FROM ir_module_module", f"{DATABASE}_before")


def test_limits(installed):
    values = ask("SELECT key, value FROM ir_config_parameter")
    assert int(values["auth_password_policy.minlength"]) >= 12
    assert int(values["base.login_cooldown_after"]) == 10
    assert int(values["sessions.max_inactivity_seconds"]) <= 12 * 60 * 60
    assert values["iap.endpoint"] == "switched-off://"


def test_reads_dates_as_in_england(installed):
    lang = "SELECT date_format, week_start FROM res_lang WHERE code = 'en_GB'"
    assert ask(lang) == {"%d/%m/%Y": "1"}
    users = """SELECT p.lang, count(*) FROM res_users u
        JOIN res_partner p ON p.id = u.partner_id GROUP BY p.lang"""
    assert ask(users).keys() == {"en_GB"}
    company = """SELECT n.code, c.name FROM res_company o
        JOIN res_currency c ON c.id = o.currency_id
        JOIN res_partner p ON p.id = o.partner_id
        JOIN res_country n ON n.id = p.country_id"""
    assert ask(company) == {"GB": "GBP"}


def test_what_an_administrator_sets_afterwards_stays(installed):
    """Whether it is stricter or laxer; the script says so."""
    run(
        "psql",
        *("-Xq", "-d", DATABASE, "-c"),
        """UPDATE ir_config_parameter SET value = CASE key
            WHEN 'auth_password_policy.minlength' THEN '16' ELSE '0' END
            WHERE key IN
                ('auth_password_policy.minlength', 'base.login_cooldown_after');
        UPDATE res_groups SET lock_timeout_inactivity = 5 WHERE lock_timeout > 0""",
    )
    with (ROOT / "config/production.py").open() as script:
        said = subprocess.run(
            ["odoo", "shell", "-c", installed, "--no-http"],
            stdin=script,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    values = ask("SELECT key, value FROM ir_config_parameter")
    assert values["auth_password_policy.minlength"] == "16"
    assert values["base.login_cooldown_after"] == "0"
    assert re.search(r"login_cooldown_after: 10 \(before: .*\); set to 0 since", said)
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
    browser.ask(
        "/websocket/peek_notifications", channels=[], last=0, is_first_poll=True
    )
    quarter = 15 * 60 * 1000
    browser.ask("/websocket/update_bus_presence", inactivity_period=quarter + 1000)
    locked = browser.count_users()["error"]
    assert locked["data"]["name"].endswith("CheckIdentityException")
    unlock = "/auth-timeout/session/check-identity"
    wrong = browser.ask(unlock, type="password", password="wrong")
    assert "error" in wrong
    assert "error" in browser.count_users()
    browser.ask(unlock, type="password", login="admin", password=FIRST_PASSWORD)
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


def test_a_log_in_that_no_page_uses_is_closed(address, secret):
    answer = Browser(address).post(
        "/web/session/authenticate",
        json={"params": {"db": DATABASE, "login": "admin", "password": FIRST_PASSWORD}},
    )
    assert answer.status_code == 404
