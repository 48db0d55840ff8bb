"""Odoo with two workers behind the shipped proxy, with the families of the access
tests in it, and the people who work there.

    def test_something(service):  # the fixture of conftest.py
        worker = service.log_in("practitioner")
        case = service.families["own"]["case"]
        worker.call("sos.case", "read", [case], ["name"])
"""

import json
import os
import re
from contextlib import ExitStack, contextmanager
from itertools import count

import requests
from requests.adapters import HTTPAdapter

from . import machine
from .odoo import Program, read_settings, write_production_settings
from .proxy import Proxy

numbers = count(1)


class Refused(Exception):
    """The server answered, and refused.

    :ivar error: all that it said
    """

    def __init__(self, error):
        self.error = error
        super().__init__(error.get("data", {}).get("message") or error["message"])


class FromAddress(HTTPAdapter):
    """Comes from an address of its own on this machine: the proxy counts by address."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **options):
        super().init_poolmanager(*args, source_address=(self.address, 0), **options)


class Person(requests.Session):
    """Somebody at a browser: cookies, and the calls of the web client.

    :ivar address: of the proxy, or of Odoo behind it
    """

    def __init__(self, address, certificate=True, comes_from=None):
        super().__init__()
        self.address, self.verify = address, certificate
        if comes_from:
            self.mount("https://", FromAddress(comes_from))

    def request(self, method, url, **options):
        if url.startswith("/"):
            url = self.address + url
        # requests prefers certificates that the environment names
        options.setdefault("verify", self.verify)
        options.setdefault("timeout", 120)
        return super().request(method, url, **options)

    def send_form(self, path, page=None, **form):
        page = page or self.get(path)
        token = re.search(r'name="csrf_token" value="(.*?)"', page.text)[1]
        return self.post(path, data={**form, "csrf_token": token})

    def log_in(self, login, password):
        return self.send_form("/web/login", login=login, password=password)

    def ask(self, route, **params):
        """:return: all that is answered to a call of the client, errors too"""
        answer = self.post(
            route, json={"jsonrpc": "2.0", "method": "call", "params": params}
        )
        answer.raise_for_status()
        return answer.json()

    def rpc(self, route, **params):
        """:raise Refused:"""
        answer = self.ask(route, **params)
        if "error" in answer:
            raise Refused(answer["error"])
        # what returns nothing is answered without a result
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )


class Service:
    """
    :ivar roles: role → uid, login, name, password, hidden (marks they may not read)
    :ivar families: key → mark, case, child, adult, records (model → ids), readers
    :ivar records: model → {id: keys of its families}
    :ivar world: all that was said of what is in the database
    :ivar address: of the proxy; ``behind``: of Odoo itself, past the proxy
    """

    def __init__(self, folder, database, world):
        self.folder, self.database, self.world = folder, database, world
        self.roles, self.families = world["roles"], world["families"]
        self.records = {
            model: {int(i): keys for i, keys in records.items()}
            for model, records in world["records"].items()
        }
        self.settings = folder / "odoo.conf"
        self.log = folder / "odoo.log"
        self.people = {}
        self.odoo = self.proxy = None

    def start(self, **options):
        """:param options: of Odoo, other than those of the tests"""
        self.database_log, self.database_log_from = machine.set_up_log(self.database)
        write_production_settings(self.settings, self.database, **options)
        ports = read_settings(self.settings)
        self.behind = f"http://127.0.0.1:{ports['http_port']}"
        self.odoo = Program(self.log, settings=self.settings)
        self.proxy = Proxy(self.folder, ports["http_port"], ports["gevent_port"])
        self.address = self.proxy.address
        self.odoo.wait(self.behind)
        self.proxy.wait()

    def stop(self):
        for program in (self.proxy, self.odoo):
            if program:
                program.stop()

    def visit(self, comes_from=None):
        """A browser without a login, at the proxy."""
        return Person(self.address, self.proxy.certificate, comes_from)

    def visit_behind(self):
        """A browser without a login that has found a way around the proxy."""
        return Person(self.behind)

    def log_in(self, role, again=False):
        """
        :param again: a session of its own, instead of the one of all tests
        """
        if again or role not in self.people:
            user, person = self.roles[role], self.visit()
            page = person.log_in(user["login"], user["password"])
            assert "/web/login" not in page.url, f"{role} was not let in"
            if again:
                return person
            self.people[role] = person
        return self.people[role]

    def get_logs(self):
        """:return: all that Odoo, the proxy and PostgreSQL have logged"""
        with self.database_log.open("rb") as log:
            log.seek(self.database_log_from)
            logged = log.read().decode(errors="replace")
        return {
            "Odoo": self.log.read_text(),
            "proxy": self.proxy.log.read_text(),
            "proxy, errors": self.proxy.error_log.read_text(),
            "PostgreSQL": logged,
        }

    def query(self, query):
        """The rows of a query past Odoo, as texts."""
        return machine.ask(self.database, query)

    def shell(self, script):
        """:return: what a script in "odoo shell" prints

        The workers hear of it: a shell does not tell them by itself."""
        script += "\nenv.registry.clear_cache()\nenv.registry.signal_changes()\n"
        return machine.with_setup(
            '"$SOS_LOCAL/bin/odoo" shell -c "$1" --no-http --log-level=error <<<"$2"',
            str(self.settings),
            script,
        )


@contextmanager
def running(folder, world="tests/running/world.py", make=None, **options):
    """
    :param folder: for settings and logs
    :param world: what "odoo shell" reads, to put people and families into the database
    :param make: a piece of bash that makes another database than that of the addons
    :param options: of Odoo, other than those of the tests
    """
    with ExitStack() as stack:
        name = f"sos_test_{os.getpid()}_service_{next(numbers)}"
        database = stack.enter_context(machine.database(name, *filter(None, [make])))
        path = folder / "world.json"
        machine.with_setup(
            '"$SOS_LOCAL/bin/odoo" shell -c "$SOS_LOCAL/odoo.conf" -d "$1" --no-http '
            '--log-level=error < "$2"',
            database,
            world,
            SOS_WORLD=str(path),
            PYTHONPATH=str(machine.ROOT / "scripts" / "lib"),
        )
        service = Service(folder, database, json.loads(path.read_text()))
        stack.callback(service.stop)
        service.start(**options)
        yield service
