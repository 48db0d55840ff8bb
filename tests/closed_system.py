"""Uses an installed system as a person and its own jobs would, and tells which other
machines it tried to reach. A program of its own, since it watches every connection of
the process that it runs in.

python tests/closed_system.py CONFIG DATABASE LOGIN: prints what was done as JSON.
"""

import ipaddress
import json
import re
import socket
import sys

tried = []


class Refused(OSError):
    """A connection to another machine."""


def is_here(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in (None, "", "localhost", b"", b"localhost")


def watch(owner, name, get_host):
    original = getattr(owner, name)

    def watched(*args, **kwargs):
        host = get_host(args)
        if host is not False and not is_here(host):
            tried.append(f"{name} {host}")
            raise Refused(f"{name} {host} is another machine")
        return original(*args, **kwargs)

    setattr(owner, name, watched)


def of_socket(args):
    """The host that a method of a socket names; False for a socket of this machine."""
    return args[0].family != socket.AF_UNIX and args[-1][0]


for method in ("connect", "connect_ex", "sendto"):
    watch(socket.socket, method, of_socket)
for function in ("getaddrinfo", "gethostbyname"):
    watch(socket, function, lambda args: args[0])

# from here on: nothing before this line may have opened a connection
import requests  # noqa: E402
from werkzeug.test import Client  # noqa: E402

import odoo.http  # noqa: E402
import odoo.service.server  # noqa: E402
from odoo.api import SUPERUSER_ID, Environment  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.tools import config  # noqa: E402

PASSWORD = "a password for this test only"
#: what a page or a style sheet loads by itself
LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["'](.*?)["']"""
    r"""|url\(\s*["']?(.*?)["']?\s*\)|@import\s+["'](.*?)["']"""
)


def serve(environ, start_response):
    """Odoo without a server: its client is this very process."""
    environ["REMOTE_ADDR"] = "127.0.0.1"
    return odoo.http.root(environ, start_response)


class Person:
    """Somebody at the web client."""

    def __init__(self):
        self.client = Client(serve)
        self.loaded = 0
        self.foreign = []

    def get(self, path):
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.get_data(as_text=True)

    def call(self, path, **params):
        answer = self.client.post(path, json={"params": params}).json
        assert "error" not in answer, f"{path}: {answer}"
        return answer["result"]

    def read(self, model, method, *args, **kwargs):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def log_in(self, login):
        page = self.load("/web/login")
        token = re.search(r'name="csrf_token" value="(.*?)"', page)[1]
        form = {"login": login, "password": PASSWORD, "csrf_token": token}
        answer = self.client.post("/web/login", data=form)
        assert answer.status_code == 303, "the login was refused"

    def load(self, path):
        """A page and all that it loads."""
        page = self.get(path)
        for address in self.find_loaded(page):
            if re.search(r"/web/assets/.*\.(css|js)$", address):
                content = self.get(address)
                if address.endswith(".css"):
                    self.find_loaded(content)
        return page

    def find_loaded(self, text):
        found = {"".join(parts) for parts in LOADED.findall(text)}
        self.loaded += len(found)
        self.foreign += [a for a in found if re.match(r"(https?:)?//", a)]
        return found

    def open_screens(self):
        """Every screen of the menus, with its first rows and its first record."""
        screens = 0
        for menu in self.call_menus():
            action = self.call("/web/action/load", action_id=menu)
            if action["type"] != "ir.actions.act_window":
                continue
            screens += 1
            model = action["res_model"]
            views = self.read(model, "get_views", action["views"])
            shown = views["models"][model]["fields"]
            rows = self.read(
                model, "web_search_read", [], {"display_name": {}}, limit=5
            )
            for row in rows["records"][:1]:
                self.read(model, "web_read", [row["id"]], {f: {} for f in shown})
        return screens

    def call_menus(self):
        menus = json.loads(self.get("/web/webclient/load_menus"))
        return sorted({m["actionID"] for m in menus.values() if m["actionID"]})


def run_jobs(env):
    jobs = env["ir.cron"].search([])
    for job in jobs:
        job.method_direct_trigger()
        env.cr.commit()
    return jobs.mapped("cron_name")


def type_an_agency(env):
    """Addons of Odoo complete what is typed from a service of theirs."""
    partner = env["res.partner"]
    partner.create({"name": "Hill Primary School", "is_company": True})
    if hasattr(partner, "autocomplete_by_name"):
        partner.autocomplete_by_name("Hill Primary", 0)
        env.company.iap_enrich_auto()


def reach_out():
    """What would be told, if the system did reach out."""
    try:
        requests.get("http://192.0.2.1/", timeout=1)
    except requests.RequestException:
        return tried.pop()


def main(config_path, database, login):
    config.parse_config(
        ["-c", config_path, "-d", database, "--no-http", "--log-level=error"],
        setup_logging=True,
    )
    odoo.service.server.load_server_wide_modules()
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        env["res.users"].search([("login", "=", login)]).password = PASSWORD
        cr.commit()
        person = Person()
        person.log_in(login)
        person.load("/odoo")
        done = {"screens": person.open_screens(), "jobs": run_jobs(env)}
        type_an_agency(env)
        cr.rollback()
    done |= {"loaded": person.loaded, "foreign": person.foreign}
    done |= {"control": reach_out(), "tried": tried}
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
