"""The deployment files hold together: nothing here starts a container."""

import configparser
import importlib.resources
import json
import pathlib
import re
import subprocess

import crossplane
import jsonschema
import pytest
import yaml

from odoo import http
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name
from odoo.tools import config as odoo_config

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")
# Names that are about secrets; of these no value may be in a file.
SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN", re.IGNORECASE)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture(scope="module")
def production():
    parser = configparser.RawConfigParser()
    parser.read_string((ROOT / "config/odoo-production.conf").read_text())
    return dict(parser["options"])


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """Every directive of the proxy, as the image would read it."""
    text = (ROOT / "config/nginx.conf").read_text()
    whole = tmp_path_factory.mktemp("nginx") / "nginx.conf"
    text = text.replace("${SOS_HOST}", "example.org")
    # In the image the file is included in the block "http".
    whole.write_text(f"events {{}}\nhttp {{\n{text}\n}}\n")
    parsed = crossplane.parse(str(whole), single=True)
    assert parsed["status"] == "ok", parsed["errors"]
    return list(directives(parsed["config"][0]["parsed"]))


def directives(block):
    for directive in block:
        yield directive
        yield from directives(directive.get("block", []))


def strings(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def variables(compose):
    """Each ${NAME…} as (name, what follows the name); $$ is a plain dollar."""
    for text in strings(compose):
        yield from VARIABLE.findall(text.replace("$$", ""))


def services(compose):
    return sorted(compose["services"])


def mounts(compose):
    """Each mount of every service as (service, source, target)."""
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            # The message of a variable may hold a colon of its own.
            volume = VARIABLE.sub(lambda match: "$" + match.group(1), volume)
            yield (name, *volume.split(":")[:2])


# The compose file


def test_compose_follows_the_schema(compose):
    schema = json.loads(
        importlib.resources.files("check_jsonschema")
        .joinpath("builtin_schemas/vendor/compose-spec.json")
        .read_text()
    )
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(compose)
    ]
    assert not errors


def test_nothing_is_built_and_every_image_has_a_version(compose):
    for name, service in compose["services"].items():
        assert "build" not in service, name
        image, __, version = service["image"].partition(":")
        # a release, and not what "the newest of 19.0" is today
        assert re.match(r"\d+\.\d+(-\d{8}|\.\d+|$)", version), f"{name}: {image}"
        assert version not in ("19.0", "17", "1.28"), f"{name}: {image} moves"


def test_odoo_is_the_release_of_the_addons(compose):
    manifests = ROOT.glob("addons/*/__manifest__.py")
    series = {
        re.search(r'"version": "(\d+\.\d+)\.', path.read_text()).group(1)
        for path in manifests
    }
    assert {
        service["image"].partition(":")[2].partition("-")[0]
        for service in compose["services"].values()
        if service["image"].startswith("odoo:")
    } == series


def test_every_mounted_path_exists(compose):
    missing = [
        f"{name}: {source}"
        for name, source, __ in mounts(compose)
        if source.startswith(".") and not (ROOT / source).exists()
    ]
    assert not missing


def test_every_named_volume_and_network_is_declared(compose):
    for name, source, __ in mounts(compose):
        if not source.startswith((".", "/", "$")):
            assert source in compose["volumes"], f"{name}: {source}"
    for name, service in compose["services"].items():
        for network in service["networks"]:
            assert network in compose["networks"], f"{name}: {network}"


def test_dependencies_are_services_with_the_state_that_is_waited_for(compose):
    for name, service in compose["services"].items():
        for other, wait in service.get("depends_on", {}).items():
            target = compose["services"][other]
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in target, f"{name} waits for {other}"
            else:
                assert target["restart"] == "no", f"{name} waits for {other}"


def test_lasting_services_restart_and_are_watched(compose):
    for name, service in compose["services"].items():
        if service["restart"] != "no":
            assert service["restart"] == "unless-stopped", name
            assert "healthcheck" in service, name


def test_only_the_proxy_can_be_reached_and_reaches_out(compose):
    """Nothing else has a way out: what should not be sent cannot be sent."""
    assert [
        name for name in services(compose) if "ports" in compose["services"][name]
    ] == ["proxy"]
    open_networks = {
        name
        for name, network in compose["networks"].items()
        if not (network or {}).get("internal")
    }
    assert [
        name
        for name in services(compose)
        if open_networks & set(compose["services"][name]["networks"])
    ] == ["proxy"]
    assert compose["services"]["db"]["networks"] == ["inside"]


def test_no_password_is_on_a_command_line(compose):
    """The entry point of Odoo's image makes one of HOST, USER and PASSWORD when it is
    to run "odoo"; libpq's own names stay in the environment."""
    for name, service in compose["services"].items():
        if service["image"].startswith("odoo:"):
            environment = service["environment"]
            assert {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"} <= set(environment)
            assert not {"HOST", "PORT", "USER", "PASSWORD"} & set(environment), name
            assert environment["PGHOST"] in compose["services"]
            assert service["command"][0] == "bash", name
        for word in (*service.get("command", ()), *service.get("entrypoint", ())):
            assert not SECRET.search(word), f"{name}: {word}"


def test_the_role_of_odoo_is_not_the_one_that_may_do_everything(compose):
    database = compose["services"]["db"]
    assert database["environment"]["POSTGRES_USER"] == "postgres"
    admin = database["environment"]["POSTGRES_PASSWORD"]
    for name, service in compose["services"].items():
        environment = service.get("environment", {})
        assert environment.get("PGUSER") != "postgres"
        if name != "db":
            assert admin not in environment.values(), name
    script = (ROOT / "config/database.sh").read_text()
    assert "NOSUPERUSER" in script and "NOCREATEROLE" in script


def test_connections_fit(compose, production):
    """Each process of Odoo may open as many as it is allowed to."""
    (allowed,) = [
        int(word.partition("=")[2])
        for word in compose["services"]["db"]["command"]
        if word.startswith("max_connections=")
    ]
    processes = int(production["workers"]) + int(production["max_cron_threads"])
    opened = processes * int(production["db_maxconn"])
    opened += int(production["db_maxconn_gevent"])
    # backups, an upgrade beside, and the three that PostgreSQL keeps for itself
    assert opened + 10 <= allowed


def test_every_upgrade_begins_with_a_backup(compose):
    needs = compose["services"]["upgrade"]["depends_on"]
    assert needs["backup-now"]["condition"] == "service_completed_successfully"
    assert compose["services"]["backup-now"]["command"][-1] == "--once"


# Secrets


def test_every_variable_is_asked_for_and_none_has_a_default(compose):
    for name, rest in variables(compose):
        assert re.match(r":\?.*\bset " + name + r"\b", rest), (
            f"${{{name}{rest}}} must be written ${{{name}:?set {name} in .env to …}}"
        )


def test_env_example_lists_the_variables_and_no_values(compose):
    lines = [
        line.partition("=")
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert sorted(name for name, __, __ in lines) == sorted(
        {name for name, __ in variables(compose)}
    )
    assert not [name for name, __, value in lines if value.strip()]


def test_no_password_is_written_down(compose, production):
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            if SECRET.search(key):
                assert value.startswith("${"), f"{name}: {key}"
    for key, value in production.items():
        if SECRET.search(key):
            assert not value, f"{key} in odoo-production.conf"


def test_the_file_with_the_secrets_stays_out_of_git():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


# Odoo's settings


def test_production_has_only_options_that_odoo_knows(production):
    known = {
        option.dest
        for option in odoo_config.options_index.values()
        if option.file_loadable
    }
    assert not set(production) - known


def test_production_is_closed(production, compose):
    assert production["list_db"] == "False"
    # Empty: Odoo refuses every attempt. Left out, it would be "admin".
    assert production["admin_passwd"] == ""
    assert production["proxy_mode"] == "True"
    assert production["with_demo"] == "False"
    assert int(production["workers"]) >= 2
    assert re.fullmatch(production["dbfilter"], production["db_name"])


def test_production_matches_the_mounts(production, compose):
    targets = {target for name, __, target in mounts(compose) if name == "odoo"}
    assert production["data_dir"] in targets
    # the code that the database was upgraded with, kept beside it
    place = f"{production['data_dir']}/addons/{production['db_name']}"
    assert production["addons_path"] == place


def test_scripts_use_the_database_of_the_settings(production):
    for name in ("backup.sh", "restore.sh"):
        script = (ROOT / "config" / name).read_text()
        assert f"{{SOS_DATABASE:-{production['db_name']}}}" in script
        assert f"{{SOS_DATA:-{production['data_dir']}}}" in script


def test_every_script_that_runs_is_mounted(compose):
    for name, service in compose["services"].items():
        for word in (*service.get("command", ()), *service.get("entrypoint", ())):
            if word.startswith("/opt/sos/"):
                assert (ROOT / "config" / word.removeprefix("/opt/sos/")).exists()
                assert ("./config", "/opt/sos") in [
                    (source, target)
                    for service_name, source, target in mounts(compose)
                    if service_name == name
                ]


def test_every_installation_and_upgrade_sets_what_a_real_service_needs():
    lines = (ROOT / "config/install.sh").read_text()
    assert "--skip-auto-install" in lines
    assert '<"$here/production.py"' in lines


@pytest.mark.parametrize(
    "script", [path.name for path in sorted((ROOT / "config").glob("*.sh"))]
)
def test_scripts_are_valid_bash(script):
    subprocess.run(["bash", "-n", ROOT / "config" / script], check=True)


# The proxy


def test_proxy_names_only_services_and_their_ports(nginx, compose, production):
    servers = {d["args"][0] for d in nginx if d["directive"] == "server" and d["args"]}
    assert servers == {
        f"odoo:{production['http_port']}",
        f"odoo:{production['gevent_port']}",
    }
    assert {server.split(":")[0] for server in servers} <= set(compose["services"])
    upstreams = {d["args"][0] for d in nginx if d["directive"] == "upstream"}
    targets = {d["args"][0] for d in nginx if d["directive"] == "proxy_pass"}
    assert targets == {f"http://{name}" for name in upstreams}


def test_proxy_sends_web_sockets_to_their_port(nginx):
    (location,) = [
        d for d in nginx if d["directive"] == "location" and "/websocket" in d["args"]
    ]
    inside = {(d["directive"], *d["args"]) for d in location["block"]}
    assert ("proxy_pass", "http://odoo-websocket") in inside
    assert ("proxy_set_header", "Upgrade", "$http_upgrade") in inside


def test_proxy_headers(nginx):
    headers = {d["args"][0] for d in nginx if d["directive"] == "add_header"}
    assert {
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Permissions-Policy",
    } <= headers
    # What a visitor sends by this name must not be passed on (proxy_mode).
    forwarded = [
        d["args"][1]
        for d in nginx
        if d["directive"] == "proxy_set_header" and d["args"][0] == "X-Forwarded-For"
    ]
    assert forwarded and set(forwarded) == {"$remote_addr"}


def test_pages_load_and_send_nothing_elsewhere(nginx):
    (policy,) = [
        d["args"][1]
        for d in nginx
        if d["directive"] == "add_header" and d["args"][0] == "Content-Security-Policy"
    ]
    rules = {
        words[0]: words[1:] for words in (rule.split() for rule in policy.split(";"))
    }
    here = {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}
    for name, sources in rules.items():
        assert set(sources) <= here | {"wss://example.org"}, name
    assert rules["default-src"] == rules["frame-ancestors"] == ["'self'"]
    assert rules["form-action"] == rules["base-uri"] == ["'self'"]
    assert rules["object-src"] == ["'none'"]


def test_headers_are_not_lost_in_a_location(nginx):
    """In nginx one add_header in a location drops all inherited ones."""
    for location in (d for d in nginx if d["directive"] == "location"):
        assert "add_header" not in {d["directive"] for d in location["block"]}


def test_cookies_are_sent_over_tls_only(nginx):
    (flags,) = [d["args"] for d in nginx if d["directive"] == "proxy_cookie_flags"]
    assert flags == ["~", "secure", "samesite=lax"]


def find_location(nginx, path):
    """The location that answers: the first expression that fits, or else the longest
    prefix."""
    (server,) = [
        d
        for d in nginx
        if d["directive"] == "server"
        and any(inner["directive"] == "ssl_certificate" for inner in d.get("block", []))
    ]
    locations = [d for d in server["block"] if d["directive"] == "location"]
    for location in locations:
        if location["args"][0] == "~" and re.search(location["args"][1], path):
            return location
    prefixes = [
        d for d in locations if len(d["args"]) == 1 and path.startswith(d["args"][0])
    ]
    return max(prefixes, key=lambda d: len(d["args"][0]))


@pytest.mark.parametrize(
    "path",
    [
        "/web/login",
        "/web/login/totp",
        "/web/login/second-step",
        "/en/web/login",
        "/en_GB/web/login/totp",
        "/web/reset_password",
        "/auth/passkey/start-auth",
        "/auth-timeout/session/check-identity",
    ],
)
def test_passwords_and_codes_are_not_tried_fast(nginx, path):
    names = {d["directive"] for d in find_location(nginx, path)["block"]}
    assert {"limit_req", "proxy_pass"} <= names


@pytest.mark.parametrize(
    "path",
    [
        "/web/database/manager",
        "/xmlrpc/2/object",
        "/jsonrpc",
        "/json/2/res.users/read",
        "/json/1/res.users",
        "/doc",
        "/my/security",
        "/dashboard/share/1/token",
        "/web/become",
        "/web/session/authenticate",
        "/what/an/addon/may/add",
    ],
)
@pytest.mark.parametrize("language", ["", "/en", "/en_GB"])
def test_closed_ways_in(nginx, path, language):
    assert is_closed(nginx, language + path)


def is_closed(nginx, path):
    inside = find_location(nginx, path)["block"]
    return [(d["directive"], d["args"]) for d in inside] == [("return", ["404"])]


#: routes of Odoo that the addons change and that nobody needs
NOT_NEEDED = ("/web/become", "/web_editor/")


def test_every_route_of_the_addons_is_open(nginx):
    """Else it is added in nginx.conf, or here."""
    modules = sorted(Registry(get_db_name())._init_modules)
    routes = {
        re.sub("<[^>]+>", "1", url)
        for url, endpoint in http._generate_routing_rules(modules, nodb_only=False)
        if endpoint.func.__module__.startswith("odoo.addons.sos_")
    }
    assert "/web/login/second-step" in routes
    closed = {route for route in routes if is_closed(nginx, route)}
    assert all(route.startswith(NOT_NEEDED) for route in closed), closed


@pytest.mark.parametrize("path", ["/odoo/my-families", "/web/assets/1/a.js", "/odoo"])
def test_work_is_not_held_up(nginx, path):
    names = [d["directive"] for d in find_location(nginx, path)["block"]]
    assert names == ["proxy_pass"]


def test_every_location_that_sets_headers_sets_all_of_them(nginx):
    """In nginx one proxy_set_header in a location drops all inherited ones."""

    def names(block):
        return {d["args"][0] for d in block if d["directive"] == "proxy_set_header"}

    for server in (d for d in nginx if d["directive"] == "server" and "block" in d):
        wanted = names(server["block"])
        for location in server["block"]:
            own = names(location.get("block", []))
            assert not own or wanted <= own, location["args"]


def test_proxy_takes_the_uploads_that_odoo_takes(nginx):
    (limit,) = [d["args"][0] for d in nginx if d["directive"] == "client_max_body_size"]
    (size,) = re.findall(
        r'"web.max_file_upload_size": \((\d+) \* 1024 \* 1024, min\)',
        (ROOT / "addons/sos_hardening/models/sos_hardening_setting.py").read_text(),
    )
    assert limit == f"{size}m"


def test_proxy_waits_as_long_as_odoo_works(nginx, production):
    times = [
        int(d["args"][0].removesuffix("s"))
        for d in nginx
        if d["directive"] == "proxy_read_timeout"
    ]
    assert min(times) >= int(production["limit_time_real"])


def test_proxy_reads_the_certificate_that_is_mounted(nginx, compose):
    targets = [target for name, __, target in mounts(compose) if name == "proxy"]
    for directive in nginx:
        if directive["directive"] in ("ssl_certificate", "ssl_certificate_key"):
            assert str(pathlib.Path(directive["args"][0]).parent) in targets
