"""Who comes in, and how: a real service behind the shipped proxy, and past it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from running.service import Refused

#: what came in is read and kept by nobody but who asked for it
KEPT_NOWHERE = "no-store"
MACHINE = "for the machine alone"


def rpc(model, method, *args, **kwargs):
    return {"model": model, "method": method, "args": args, "kwargs": kwargs}


def is_closed(answer):
    return answer.status_code == 404


# -------------------------------------------------------------- nobody is superuser


@pytest.mark.parametrize("way", ["proxy", "behind"])
def test_nobody_becomes_superuser(service, way):
    administrator = service.log_in("administrator", again=True)
    if way == "behind":
        administrator.address = service.behind
    for path in ("/web/become", "/en_GB/web/become", "/en/web/become"):
        assert is_closed(administrator.get(path)), path
    own = service.families["own"]["case"]
    with pytest.raises(Refused):
        administrator.call("sos.case", "read", [own], ["name"])


def test_a_session_of_user_1_is_over(service):
    """As an earlier version has let somebody make one, or an addon still does."""
    person = service.log_in("administrator", again=True)
    path = person.cookies["session_id"]
    service.shell(
        f"""
from odoo import http
from odoo.service import security
store = http.root.session_store
session = store.get({path!r})
session.uid = 1
session.session_token = env(user=1).user._compute_session_token(session.sid)
store.save(session)
"""
    )
    for route, body in (
        ("/web/dataset/call_kw", rpc("res.users", "search_count", [])),
        ("/web/session/get_session_info", {}),
        ("/web/session/modules", {}),
    ):
        answer = person.ask(route, **body)
        assert answer["error"]["code"] == 100, route
    assert "/web/login" in person.get("/odoo").url


def test_user_1_does_not_log_in(service):
    service.shell(
        f"""
env["ir.config_parameter"].set_param("sos_hardening.open_routes", "/jsonrpc")
env.ref("base.user_root").password = {MACHINE!r}
env.flush_all()
# Odoo refuses that, and the database does not
env.cr.execute("UPDATE res_users SET active = TRUE WHERE id = 1")
env.cr.commit()
"""
    )
    try:
        person = service.visit_behind()
        page = person.log_in("__system__", MACHINE)
        assert "/web/login" in page.url
        answer = person.post(
            "/jsonrpc",
            json={
                "params": {
                    "service": "object",
                    "method": "execute_kw",
                    "args": [
                        *(service.database, 1, MACHINE),
                        *("res.users", "search_count", [[]]),
                    ],
                }
            },
        )
        assert "result" not in answer.json()
    finally:
        service.shell(
            """
env.cr.execute("UPDATE res_users SET active = FALSE WHERE id = 1")
env["ir.config_parameter"].set_param("sos_hardening.open_routes", False)
env.cr.commit()
"""
        )


# ------------------------------------------------------------------- closed at the door

CLOSED = (
    "/web/become",
    "/web/database/manager",
    "/web/database/list",
    "/xmlrpc/common",
    "/xmlrpc/2/common",
    "/xmlrpc/2/object",
    "/jsonrpc",
    "/json/version",
    "/json/1/res.users",
    "/json/2/res.users/search_read",
    "/doc",
    "/doc/index.json",
    "/doc-bearer/index.json",
    "/my",
    "/my/security",
    "/dashboard/share/1/token",
    "/chat/1/token",
    "/meet/token",
    "/discuss/channel/1",
    "/rate/token/5",
    "/web/set_profiling",
    "/web/tests",
    "/web/session/authenticate",
    "/web_unsplash/fetch_images",
    "/something/else",
)
#: whatever stands before Odoo
CLOSED_IN_CODE = (
    "/web/become",
    "/web/database/manager",
    "/web/database/list",
    "/xmlrpc/2/common",
    "/jsonrpc",
    "/json/version",
    "/json/1/res.users",
    "/json/2/res.users/search_read",
    "/doc",
    "/doc/index.json",
    "/my",
    "/my/security",
    "/dashboard/share/1/token",
    "/web/session/authenticate",
)
#: spellings of the same that a proxy or Odoo may take for another path
SPELLINGS = (
    "{}",
    "/en_GB{}",
    "/en{}",
    "/en_US{}",
    "/{}",
    "{}/",
    "/en_GB/{}",
    "/odoo/..{}",
    "{}/../../../../../odoo",
    "{}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/odoo",
    "{}/..%2f..%2f..%2fodoo",
    "/web/login/..%2f..{}",
    "/./{}",
)


def send(service, path, method="GET", **options):
    """The path as it is written: libraries would tidy it up first."""
    session = requests.Session()
    request = requests.Request(method, service.address, **options)
    prepared = session.prepare_request(request)
    prepared.url = service.address + path
    return session.send(
        prepared,
        verify=service.proxy.certificate,
        allow_redirects=False,
        timeout=60,
    )


def test_proxy_closes_whatever_is_not_on_its_list(service):
    tried = 0
    for path in CLOSED:
        for spelling in SPELLINGS:
            for method in ("GET", "POST"):
                spelt = spelling.format(path)
                answer = send(service, spelt, method, json={})
                assert answer.status_code in (400, 404), f"{method} {spelt}"
                # Odoo was not asked
                assert "<center>nginx</center>" in answer.text, spelt
                tried += 1
    print(f"Ways tried and closed by the proxy: {tried}")


@pytest.mark.parametrize(
    "path",
    [
        "/web/login",
        "/en/web/login",
        "/en_GB/web/login",
        "/%77eb/login",
        "/web/login/",
        "/web/reset_password",
        "/en_GB/web/signup",
        "/auth/passkey/start-auth",
        "/auth-timeout/session/check-identity",
        "/en/auth-timeout/check-identity",
    ],
)
def test_passwords_are_not_tried_fast_however_it_is_spelt(service, path):
    # each from an address of its own, all at once
    number = 2 + sum(map(ord, path)) % 250

    def attempt(_number):
        visitor = service.visit(comes_from=f"127.0.0.{number}")
        answer = visitor.post(path, data={"login": "x"}, allow_redirects=False)
        return answer.status_code

    with ThreadPoolExecutor(40) as pool:
        assert 429 in set(pool.map(attempt, range(40)))


def test_what_people_need_is_open(service):
    worker = service.log_in("practitioner")
    for path in (
        "/",
        "/web",
        "/odoo",
        "/odoo/action-menu",
        "/robots.txt",
        "/web/login",
    ):
        assert worker.get(path).ok, path
    page = worker.get("/odoo").text
    for address in set(re.findall(r'(?:src|href)="(/web/[^"]+)"', page)):
        assert worker.get(address.replace("&amp;", "&")).ok, address
    menus = worker.get("/web/webclient/load_menus")
    assert menus.ok
    assert worker.rpc("/mail/data", fetch_params=["init_messaging"]) is not None


def test_code_closes_too(service):
    """Whoever gets around the proxy."""
    person = service.log_in("administrator", again=True)
    person.address = service.behind
    tried = 0
    for path in CLOSED_IN_CODE:
        for spelling in SPELLINGS[:7]:
            spelt = spelling.format(path)
            for method, body in (("GET", {}), ("POST", {"json": {}})):
                answer = person.request(method, spelt, **body)
                # 405: there is no such thing for who reads
                closed = answer.status_code in (404, 405) or (
                    # Odoo's answer to a call of the client that leads nowhere
                    answer.ok and answer.json().get("error", {}).get("code") == 404
                )
                assert closed, f"{method} {spelt}: {answer.text[:300]}"
                tried += 1
    print(f"Ways tried and closed in Odoo: {tried}")


def test_keys_of_other_programs(service):
    """Closed; and open, where the service says so, by their own way only."""
    uid = service.roles["practitioner"]["uid"]
    key = service.shell(
        f"""
keys = env["res.users.apikeys"].with_user({uid}).sudo()
print("KEY", keys._generate("rpc", "Door", None))
env.cr.commit()
"""
    ).split("KEY ")[1]
    program = service.visit_behind()
    program.headers["Authorization"] = f"bearer {key.split()[0]}"

    def count():
        return program.post("/json/2/res.users/search_count", json={"domain": []})

    def call():
        arguments = [service.database, uid, key.split()[0], "res.users"]
        params = {"service": "object", "method": "execute_kw"}
        params["args"] = [*arguments, "search_count", [[]]]
        return program.post("/jsonrpc", json={"params": params})

    def open_routes(routes):
        service.shell(
            f"""
env["ir.config_parameter"].set_param("sos_hardening.open_routes", {routes!r})
env.cr.commit()
"""
        )

    assert is_closed(count())
    assert is_closed(call())
    try:
        open_routes("/json/2")
        assert count().ok
        assert is_closed(call())
        open_routes("/json/2, /jsonrpc")
        assert call().json()["result"]
    finally:
        open_routes(False)


# ------------------------------------------------------------ nobody in another's name


def write_note(uid, case, **kwargs):
    return rpc(
        "sos.case",
        "web_save",
        [case],
        {"name": "Written in another's name"},
        specification={},
        context={"uid": uid, "lang": "en_US", **kwargs},
    )


@pytest.fixture
def shared_browser(service):
    """One person has a page open; in a second tab another one has logged in since."""
    person = service.log_in("practitioner", again=True)
    person.get("/web/session/logout")
    user = service.roles["team_manager"]
    assert "/web/login" not in person.log_in(user["login"], user["password"]).url
    return person


@pytest.mark.parametrize("route", ["/web/dataset/call_kw", "/web/dataset/call_button"])
def test_words_are_not_stored_in_anothers_name(service, shared_browser, route):
    case = service.families["own"]
    body = write_note(service.roles["practitioner"]["uid"], case["case"])
    for path in ("", "/sos.case/web_save"):
        answer = shared_browser.ask(route + path, **body)
        assert "somebody else has logged in" in answer["error"]["data"]["message"]
    (name,) = service.query(f"SELECT name FROM sos_case WHERE id = {case['case']}")
    assert name == (case["mark"],)
    # their own page goes on
    body = write_note(service.roles["team_manager"]["uid"], case["case"])
    body["args"][1].pop("name")
    assert "error" not in shared_browser.ask(route, **body)


def test_a_beacon_of_a_page_that_is_left(service, shared_browser):
    """Odoo sends what is not saved when a tab is closed, as a call without headers."""
    case = service.families["own"]
    params = write_note(service.roles["practitioner"]["uid"], case["case"])
    shared_browser.post(
        "/web/dataset/call_kw/sos.case/web_save",
        data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
        headers={"Content-Type": "application/json"},
    )
    (name,) = service.query(f"SELECT name FROM sos_case WHERE id = {case['case']}")
    assert name == (case["mark"],)
    rows = service.query(
        "SELECT count(*) FROM sos_change_log WHERE new LIKE 'Written in%'"
    )
    assert rows == [("0",)]


def test_calls_without_a_context_say_whose_page_it_is(service, shared_browser):
    """As files that are put into a text: the client names its user with each call."""
    header = {"X-Page-User": str(service.roles["practitioner"]["uid"])}
    answer = shared_browser.post(
        "/html_editor/attachment/add_data",
        json={"params": {"name": "x.png", "data": "", "res_model": "sos.case"}},
        headers=header,
    )
    message = answer.json()["error"]["data"]["message"]
    assert "somebody else has logged in" in message


# --------------------------------------------------------- nothing is left behind


def test_answers_about_a_family_are_kept_by_no_browser(service):
    worker = service.log_in("practitioner")
    records = service.families["own"]["records"]
    (voice,) = records["sos.voice"]
    (attachment,) = records["ir.attachment"]
    paths = [
        f"/web/image/sos.voice/{voice}/image",
        f"/web/image/sos.voice/{voice}/image?unique=1",
        f"/web/image/sos.voice/{voice}/image/200x200?unique=0123",
        f"/web/content/sos.voice/{voice}/image?download=true&unique=1",
        f"/web/content/{attachment}?unique=1",
        f"/web/image/{attachment}-0123abcd",
        "/odoo",
    ]
    for path in paths:
        answer = worker.get(path)
        assert answer.ok, path
        assert KEPT_NOWHERE in answer.headers["Cache-Control"], path
        assert "max-age" not in answer.headers["Cache-Control"], path
    answer = worker.post(
        "/web/dataset/call_kw",
        json={"params": rpc("sos.case", "search_count", [])},
    )
    assert KEPT_NOWHERE in answer.headers["Cache-Control"]


def test_what_is_nobodys_is_kept(service):
    """The client itself, whose address changes with it."""
    worker = service.log_in("practitioner")
    page = worker.get("/odoo").text
    address = re.search(r'src="(/web/assets/[^"]+\.js)"', page)[1]
    assert "max-age" in worker.get(address).headers["Cache-Control"]


def test_log_out_takes_everything_along(service):
    for way in ("/web/session/logout", "/web/session/destroy"):
        person = service.log_in("practitioner", again=True)
        if way.endswith("logout"):
            answer = person.get(way, allow_redirects=False)
        else:
            answer = person.post(way, json={"params": {}})
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"', way
