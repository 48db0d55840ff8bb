"""The access table against a server that really runs, called as other programs call
it: Odoo's JSON-2 with a key, and XML-RPC."""

import json
import os
import time
import xmlrpc.client
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from running import machine
from running.odoo import Program

from odoo.addons.sos_casework.tests.access_count import AccessCount
from odoo.addons.sos_casework.tests.access_marks import MarkSearch

#: refused by access, by another rule of the system, or no such method
REFUSED = (401, 403, 404, 422)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """A database of its own with the world in it, and what it says."""
    path = tmp_path_factory.mktemp("access") / "plan.json"
    with machine.database(f"sos_test_{os.getpid()}_http") as database:
        machine.with_setup(
            '"$SOS_LOCAL/bin/odoo" shell -c "$SOS_LOCAL/odoo.conf" -d "$1" --no-http '
            "--log-level=error < tests/access_server.py",
            database,
            SOS_ACCESS_PLAN=str(path),
        )
        yield {"database": database, **json.loads(path.read_text())}


@pytest.fixture(scope="module")
def server(plan, tmp_path_factory):
    """The address of a server that runs as it does for everybody, on this machine."""
    port = machine.find_port()
    address = f"http://127.0.0.1:{port}"
    process = Program(
        tmp_path_factory.mktemp("server") / "server.log",
        *("-d", plan["database"], "--http-interface=127.0.0.1"),
        *(f"--http-port={port}", f"--gevent-port={machine.find_port()}"),
        *("--workers=2", "--no-database-list", "--max-cron-threads=0"),
        "--log-level=critical",
    )
    try:
        yield process.wait(address) and address
    finally:
        process.stop()


class Client:
    """One role with its key. What is not as the table says is kept in ``problems``."""

    def __init__(self, server, plan, role, count):
        self.server, self.database = server, plan["database"]
        self.role, self.count = role, count
        self.plan = plan["roles"][role]
        self.marks = MarkSearch(plan["marks"])
        self.hidden = MarkSearch(self.plan["hidden"])
        self.problems = []
        self.tried = Counter()
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
        self.tried[model] += 1
        what = f"{self.role}, {way} of {model}"
        if done and not allowed:
            self.problems.append(f"{what}: allowed: {text[:200]}")
        if not done and (result not in REFUSED or allowed and result in (401, 403)):
            self.problems.append(f"{what}: {result}: {text[:300]}")
        # who is refused is told of no family at all
        self.check_marks(self.hidden if allowed else self.marks, text, what, model)
        return result if done else None

    def check_marks(self, marks, text, what, model):
        for family, kind, near in marks.find(text, model):
            self.problems.append(f"{what}: tells a {kind} of {family}: {near}")

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
        self.tried[model] += 1
        if found != expected:
            what = f"{self.role}, {way} of {model}"
            self.problems.append(f"{what}: {found} instead of {expected}: {text[:200]}")
        self.check_marks(self.hidden, text, f"{self.role}, {way} of {model}", model)

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


def run(clients, phase, expected):
    """All roles at once; what each finds wrong is shown together.

    :param expected: called with the plan of a model, how often it is tried
    """
    before = {client: client.tried.copy() for client in clients}
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(phase, clients))
    for client in clients:
        tried = client.tried - before[client]
        models = client.plan["models"]
        assert models
        assert tried == +Counter({m: expected(plan) for m, plan in models.items()})
    problems = [problem for client in clients for problem in client.problems]
    shown = "\n".join(sorted(problems))
    assert not problems, f"{len(problems)} are not as the table says:\n{shown}"


def test_found(clients):
    run(clients, Client.find, lambda plan: 3)


def test_read_by_id(clients):
    run(clients, Client.read, lambda plan: 2 * len(plan["records"]))


def test_written(clients):
    run(clients, Client.write, lambda plan: len(plan["records"]))


def test_created(clients):
    run(clients, Client.create, lambda plan: len(plan["new"]))


def test_deleted(clients):
    run(
        clients,
        Client.unlink,
        lambda plan: sum(not record["may"]["unlink"] for record in plan["records"]),
    )


def test_xmlrpc(clients):
    run(
        [c for c in clients if c.role in XMLRPC],
        Client.read_by_xmlrpc,
        lambda plan: sum(2 - record["may"]["write"] for record in plan["records"]),
    )


#: by this way one role of each kind: who reads, reads by role, and reads nothing
XMLRPC = ("practitioner", "quality_auditor", "configurator", "portal", "public")


def test_without_a_key(server, plan):
    marks = MarkSearch(plan["marks"])
    for headers in ({}, {"Authorization": "bearer 0123"}, {"Authorization": "x"}):
        for model in plan["roles"]["public"]["models"]:
            answer = requests.post(
                f"{server}/json/2/{model}/search_read",
                json={"domain": []},
                headers=headers,
                timeout=60,
            )
            assert answer.status_code == 401, model
            assert not marks.find(answer.text)


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
