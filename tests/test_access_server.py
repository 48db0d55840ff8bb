"""The access table against a server that really runs, called as other programs call
it: Odoo's JSON-2 with a key, and XML-RPC."""

import json
import os
import socket
import subprocess
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from odoo.addons.sos_casework.tests.access_count import AccessCount

ROOT = Path(__file__).parent.parent
LOCAL = ROOT / ".local"
#: refused by access, by another rule of the system, or no such method
REFUSED = (401, 403, 404, 422)


def shell(script, *arguments, **environment):
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script, "-", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def with_setup(script):
    return f"source scripts/lib/setup.sh && sos_export && {script}"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A database of its own with the world in it, and what it says."""
    database = f"sos_test_{os.getpid()}_http"
    path = tmp_path_factory.mktemp("access") / "plan.json"
    made = shell(
        with_setup(
            'sos_template_copy "$1" && "$SOS_LOCAL/bin/odoo" shell '
            '-c "$SOS_LOCAL/odoo.conf" -d "$1" --no-http --log-level=error '
            "< tests/access_server.py"
        ),
        database,
        SOS_ACCESS_PLAN=str(path),
    )
    try:
        assert path.exists(), made.stdout[-2000:] + made.stderr[-4000:]
        yield {"database": database, **json.loads(path.read_text())}
    finally:
        shell(with_setup('sos_db_drop "$1"'), database)


@pytest.fixture(scope="module")
def server(plan, tmp_path_factory):
    """The address of a server that runs as it does for everybody, on this machine."""
    port, other = get_free_port(), get_free_port()
    log = tmp_path_factory.mktemp("server") / "server.log"
    process = subprocess.Popen(
        [
            LOCAL / "bin" / "odoo",
            *("-c", LOCAL / "odoo.conf", "-d", plan["database"]),
            *("--http-interface=127.0.0.1", f"--http-port={port}"),
            *("--workers=2", f"--gevent-port={other}"),
            *("--no-database-list", "--max-cron-threads=0", "--log-level=critical"),
            f"--logfile={log}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def get_free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()[-4000:]
        with suppress(requests.ConnectionError):
            if requests.get(f"{address}/web/login", timeout=60).ok:
                return
        time.sleep(0.2)
    raise AssertionError("The server did not start: " + log.read_text()[-4000:])


class Client:
    """One role with its key. What is not as the table says is kept in ``problems``."""

    def __init__(self, server, plan, role, count):
        self.server, self.database = server, plan["database"]
        self.role, self.count, self.marks = role, count, plan["marks"]
        self.plan = plan["roles"][role]
        self.problems = []
        self.session = requests.Session()
        if self.plan["key"]:
            self.session.headers["Authorization"] = f"bearer {self.plan['key']}"

    # ------------------------------------------------------------------- calling

    def call(self, model, method, ids=(), **values):
        """:return: whether it was done, the result or the status, and all the words"""
        body = {**values, "ids": list(ids)} if ids else values
        response = self.session.post(
            f"{self.server}/json/2/{model}/{method}", json=body, timeout=120
        )
        if response.ok:
            return True, response.json(), response.text
        return False, response.status_code, response.text

    def judge(self, way, model, allowed, answer):
        done, result, text = answer
        self.count.add(way, allowed)
        what = f"{self.role}, {way} of {model}"
        if done and not allowed:
            self.problems.append(f"{what}: allowed: {text[:200]}")
        if not done and (result not in REFUSED or allowed and result in (401, 403)):
            self.problems.append(f"{what}: {result}: {text[:300]}")
        # who is refused is told of no family at all
        for mark in self.plan["hidden"] if allowed else self.marks:
            if mark in text:
                self.problems.append(f"{what}: tells of {mark}")
        return result if done else None

    # ------------------------------------------------------------------- phases

    def find(self):
        for model, plan in self.plan["models"].items():
            domain = [["id", "in", plan["all"]]]
            context = {"active_test": False}
            for way, method, values in (
                ("search_read", "search_read", {"fields": ["display_name"]}),
                ("name_search", "name_search", {"limit": None}),
                ("group", "formatted_read_group", {"aggregates": ["__count"]}),
            ):
                answer = self.call(
                    model, method, domain=domain, context=context, **values
                )
                self.check_found(way, model, set(plan["read"]), answer)

    def check_found(self, way, model, expected, answer):
        """What may not be read is not among what is found; nothing for who may none."""
        done, result, text = answer
        found = set()
        if done and way == "group":
            total = sum(group["__count"] for group in result)
            found = expected if total == len(expected) else total
        elif done:
            found = {r["id"] if isinstance(r, dict) else r[0] for r in result}
        self.count.add(way, bool(expected))
        if found != expected:
            what = f"{self.role}, {way} of {model}"
            self.problems.append(f"{what}: {found} instead of {expected}: {text[:200]}")
        for mark in self.plan["hidden"]:
            if mark in text:
                self.problems.append(f"{self.role}, {way}, {model}: tells of {mark}")

    def each_record(self):
        for model, plan in self.plan["models"].items():
            for record in plan["records"]:
                yield model, record["id"], record["may"], record["vals"]

    def read(self):
        for model, record_id, may, _vals in self.each_record():
            for way, operation, values in (
                ("read", "read", {"fields": ["display_name"]}),
                ("export_data", "export", {"fields_to_export": ["display_name"]}),
            ):
                answer = self.call(model, way, [record_id], **values)
                self.judge(way, model, may[operation], answer)

    def write(self):
        for model, record_id, may, vals in self.each_record():
            answer = self.call(model, "write", [record_id], vals=vals)
            self.judge("write", model, may["write"], answer)

    def create(self):
        for model, plan in self.plan["models"].items():
            for new in plan["new"]:
                answer = self.call(model, "create", vals_list=[new["vals"]])
                self.judge("create", model, new["may"], answer)

    def unlink(self):
        for model, record_id, may, _vals in self.each_record():
            # what may be taken out is somebody's own; others still look for it
            if not may["unlink"]:
                answer = self.call(model, "unlink", [record_id])
                self.judge("unlink", model, False, answer)

    def read_by_xmlrpc(self):
        """The oldest way in, with the same key."""
        models = xmlrpc.client.ServerProxy(
            f"{self.server}/xmlrpc/2/object", allow_none=True
        )
        login = self.plan["uid"], self.plan["key"] or "x"
        for model, record_id, may, vals in self.each_record():
            for way, operation, arguments in (
                ("read", "read", [[record_id], ["display_name"]]),
                ("write", "write", [[record_id], vals]),
            ):
                if operation == "write" and may[operation]:
                    continue
                try:
                    result = models.execute_kw(
                        self.database, *login, model, way, arguments
                    )
                    answer = True, result, repr(result)
                except xmlrpc.client.Fault as fault:
                    # 1 is an error in the call itself, and no refusal
                    status = 500 if fault.faultCode == 1 else 403
                    answer = False, status, fault.faultString
                self.judge(f"XML-RPC {way}", model, may[operation], answer)


@pytest.fixture(scope="module")
def clients(server, plan):
    count = AccessCount("Access by JSON-2 and XML-RPC, on a running server")
    yield [Client(server, plan, role, count) for role in plan["roles"]]
    count.say()


def run(clients, phase, tried):
    """All roles at once; what each finds wrong is shown together."""
    count = clients[0].count
    before = len(count)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(phase, clients))
    problems = [problem for client in clients for problem in client.problems]
    shown = "\n".join(problems[:40])
    assert not problems, f"{len(problems)} are not as the table says:\n{shown}"
    assert len(count) - before > tried


def test_found(clients):
    run(clients, Client.find, 2000)


def test_read_by_id(clients):
    run(clients, Client.read, 2000)


def test_written(clients):
    run(clients, Client.write, 1000)


def test_created(clients):
    run(clients, Client.create, 1000)


def test_deleted(clients):
    run(clients, Client.unlink, 900)


def test_xmlrpc(clients):
    run([c for c in clients if c.role in XMLRPC], Client.read_by_xmlrpc, 700)


#: by this way one role of each kind: who reads, reads by role, and reads nothing
XMLRPC = ("practitioner", "quality_auditor", "configurator", "portal", "public")


def test_without_a_key(server, plan):
    for headers in ({}, {"Authorization": "bearer 0123"}, {"Authorization": "x"}):
        for model in plan["roles"]["public"]["models"]:
            answer = requests.post(
                f"{server}/json/2/{model}/search_read",
                json={"domain": []},
                headers=headers,
                timeout=60,
            )
            assert answer.status_code == 401, model
            assert not any(mark in answer.text for mark in plan["marks"])


def test_tabs_that_tell_of_the_same_moment(clients):
    """Time at the screen counts once, however many tabs and devices tell of it."""
    worker = next(client for client in clients if client.role == "practitioner")
    form_id = worker.plan["models"]["sos.form"]["read"][0]

    def tell(_tab=None):
        done, seconds, text = worker.call(
            "sos.screen.time", "beat", form_id=form_id, seconds=100
        )
        assert done, text
        return seconds

    tell()
    began = time.monotonic()
    time.sleep(4)
    with ThreadPoolExecutor(8) as tabs:
        credited = sum(tabs.map(tell, range(40)))
    assert 3 <= credited <= time.monotonic() - began + 1
