"""The ways in that were found once, and their brothers, tried again on a running
service with two workers behind the shipped proxy: what leaves it. Each is refused, or
answers the same to right and wrong, or leaves a line that names the family. What was
tried is printed at the end, way by way; the numbers are those of the list of what was
found. 5, 6 and 8 to 15 are in ``test_closed_acts_over_http``, all spellings of closed
doors in ``test_door``."""

import json

import pytest
import requests
from running.visitor import EMPLOYEES, PICTURE, WRONG, get_token, is_logged

PLAIN = ("char", "text", "html", "date", "datetime", "selection", "integer", "float")
LEADING = ("many2one", "one2many", "many2many")

# -------------------------------------------------------------------------- 1 domains

TO_TIME = "sos_timesheet_project_id.timesheet_ids.sos_case_id"
#: from what everybody reads to a family
PATHS = (
    ("ir.attachment", f"company_id.{TO_TIME}"),
    ("ir.attachment", f"create_uid.company_id.{TO_TIME}"),
    ("ir.attachment", "create_uid.sos_blocked_case_ids"),
    ("res.partner", "message_partner_ids.user_ids.sos_blocked_case_ids"),
    ("res.partner", f"message_partner_ids.user_ids.company_id.{TO_TIME}"),
    ("res.users", "sos_blocked_case_ids"),
    ("res.company", TO_TIME),
    ("account.analytic.line", "sos_case_id"),
    ("account.analytic.line", "sos_form_id.case_id"),
    ("project.project", "timesheet_ids.sos_case_id"),
    ("mail.activity", f"user_id.company_id.{TO_TIME}"),
)
#: where a family's words stand
ENDS = ("name", "danger_ids.text", "member_ids.person_id.first_name")
SHAPES = (
    lambda path, end, word: [[f"{path}.{end}", "like", word]],
    lambda path, end, word: [[path, "any", [[end, "like", word]]]],
    lambda path, end, word: ["!", [path, "not any", [[end, "like", word]]]],
)


@pytest.mark.parametrize(
    "role", ["no_role", "practitioner", "stranger", "quality_auditor", "configurator"]
)
def test_no_domain_tells_of_a_family_that_is_hidden(service, visit, tried, role):
    """The right word and a wrong one get the same answer."""
    visitor = visit(role)
    (own,) = visitor.call("ir.attachment", "create", [{"name": "mine", "raw": "mine"}])
    (user,) = visitor.call("res.users", "read", [visitor.uid], ["partner_id"])
    partner = user["partner_id"][0]
    visitor.ask("res.partner", "message_subscribe", [partner], [partner])
    hidden = service.roles[role]["hidden"]
    assert hidden
    for model, path in PATHS:
        base = [["id", "=", own]] if model == "ir.attachment" else []
        for end in ENDS:
            for shape in SHAPES:
                wrong = visitor.ask(
                    model, "search_count", base + shape(path, end, WRONG)
                )
                for kinds in hidden.values():
                    mark, first_name = kinds["name"]
                    word = first_name if end.endswith("first_name") else mark
                    right = visitor.ask(
                        model, "search_count", base + shape(path, end, word)
                    )
                    assert right[0] == wrong[0], (model, path, end, word)
                    assert not right[0] or right[1] == wrong[1], (model, path, word)
                    result = "answered alike" if right[0] else "refused"
                    tried["1 domains", result] += 1


def test_domains_find_what_is_ones_own(service, visit):
    """So that the answers above are not those of a path that finds nothing."""
    manager, family = visit("team_manager"), service.families["own"]
    first_name = service.roles["no_role"]["hidden"]["own"]["name"][1]
    words = (family["mark"], family["mark"], first_name)
    for end, word in zip(ENDS, words, strict=True):
        for shape in SHAPES:
            right, wrong = (
                manager.call(
                    "account.analytic.line",
                    "search_count",
                    shape("sos_case_id", end, asked),
                )
                for asked in (word, WRONG)
            )
            assert right
            assert not wrong


def test_groups_by_what_is_hidden(visit):
    for role in EMPLOYEES:
        for model, groups in (
            ("account.analytic.line", ["sos_case_id.name"]),
            ("account.analytic.line", ["sos_case_id"]),
            ("account.analytic.line", ["sos_note"]),
            ("project.project", ["timesheet_ids.sos_case_id"]),
            ("res.users", ["sos_blocked_case_ids"]),
            ("ir.attachment", ["name"]),
        ):
            visit(role).looks(
                "1 groups", model, "formatted_read_group", [], groups, ["__count"]
            )


def test_no_list_stands_in_the_order_of_names(visit, tried):
    """Families of which only numbers are shown are not sorted by what is hidden."""
    analyst = visit("performance_analyst")
    for model in ("sos.measure.caseload", "sos.measure.step", "sos.measure.episode"):
        for order in ("case_id", "case_id desc"):
            rows = analyst.call(model, "search_read", [], ["case_id"], order=order)
            numbers = [row["case_id"][0] for row in rows]
            assert len(set(numbers)) > 3
            assert numbers == sorted(numbers, reverse="desc" in order), model
            tried["1 orders", "by number"] += 1
        for order in ("case_id.name", "team_id, case_id.name"):
            done, text = analyst.ask(model, "search_read", [], ["id"], order=order)
            assert not done or "Zq" not in text
            tried["1 orders", "answered alike" if done else "refused"] += 1


# ---------------------------------------------------------------------------- 2 lines


@pytest.mark.parametrize("role", EMPLOYEES)
def test_every_kind_of_record(service, visit, tried, role):
    """Each list, record, export, group, name and form that is filled in."""
    visitor = visit(role)
    before = tried.copy()
    for model in service.records:
        done, text = visitor.ask(model, "fields_get", [], ["type"])
        fields = json.loads(text) if done else {}
        plain = [name for name, field in fields.items() if field["type"] in PLAIN]
        leads = [name for name, field in fields.items() if field["type"] in LEADING]
        names = {name: {"fields": {"display_name": {}}} for name in leads}
        whole = {**dict.fromkeys(plain, {}), **names}
        text = visitor.looks("2 lists", model, "search_read", [], plain + leads)
        rows = json.loads(text)
        ids = [row["id"] for row in rows] if isinstance(rows, list) else []
        # hidden ones as well: refused
        every = sorted(service.records[model])[-5:]
        visitor.looks("2 lists", model, "web_search_read", [], whole)
        for some in (ids[:3], every):
            if some:
                visitor.looks("2 records", model, "read", some, plain + leads)
                visitor.looks("2 records", model, "web_read", some, whole)
                visitor.looks("2 exports", model, "export_data", some, plain + leads)
        for one in ids[:1] + every[-1:]:
            visitor.looks("2 onchange", model, "onchange", [one], {}, [], whole)
        groups = [name for name in leads if fields[name]["type"] == "many2one"]
        for group in groups[:3]:
            visitor.looks(
                "2 groups", model, "formatted_read_group", [], [group], ["__count"]
            )
        visitor.looks("2 names", model, "name_search", "")
        visitor.looks("2 names", model, "web_name_search", "", {"display_name": {}})
    logged = sum(n for key, n in (tried - before).items() if key[1] == "logged")
    if role in ("practitioner", "team_manager", "quality_auditor"):
        assert logged > 200, role


def get_ways_out(service, family):
    """Other ways for a family to leave: ``(way, model, method, args)``."""
    family = service.families[family]
    records, case, child = family["records"], family["case"], family["child"]
    form, answers = records["sos.form"][0], records["sos.form.answer"]
    lines = records["account.analytic.line"]
    yield (
        *("2 a document while typing", "sos.form", "onchange"),
        [[form], {}, [], {"document_html": {}}],
    )
    for values in ({"person_id": child}, {"person_id": family["adult"]}):
        yield (
            *("2 a window", "sos.referral.person", "onchange"),
            [[], values, ["person_id"], {"person_id": {}, "first_name": {}}],
        )
    for path in (
        *("name", "form_ids/answer_ids/body", "member_ids/person_id/name"),
        "member_ids/person_id/address_ids/text",
    ):
        yield (
            *("2 exports by another record", "account.analytic.line", "export_data"),
            [lines, [f"sos_case_id/{path}"]],
        )
    for groups, sums in (
        ([], ["body:array_agg"]),
        ([], ["body:array_agg_distinct"]),
        ([], ["body:max"]),
        (["body"], ["__count"]),
        (["form_id"], ["__count"]),
    ):
        for method in ("formatted_read_group", "web_read_group"):
            yield (
                *("2 groups of texts", "sos.form.answer", method),
                [[["id", "in", answers]], groups, sums],
            )
    yield (
        *("2 a spreadsheet", "spreadsheet.dashboard"),
        "get_display_names_for_spreadsheet",
        [[{"model": "sos.case", "id": case}, {"model": "sos.person", "id": child}]],
    )
    for name in ("res_name", "summary", "note", "display_name"):
        yield (
            *("2 reminders", "mail.activity", "search_read"),
            [[["res_model", "like", "sos."]], [name]],
        )
    for name in ("name", "res_name", "display_name", "index_content"):
        yield (
            *("2 names of files", "ir.attachment", "search_read"),
            [[["res_model", "like", "sos."]], [name]],
        )


def get_routes(family, token):
    """The same by routes: ``(way, path, what is posted)``."""
    case, lines = family["case"], family["records"]["account.analytic.line"]
    exported = {
        "model": "account.analytic.line",
        "fields": [{"name": "sos_case_id/name", "label": "Family", "type": "char"}],
        "ids": lines,
        "domain": [],
        "groupby": [],
        "import_compat": False,
        "context": {},
    }
    form = {"data": json.dumps(exported), "csrf_token": token}
    yield "2 /web/export", "/web/export/csv", {"data": form}
    path = [{"model": "sos.case", "resId": case}]
    yield (
        *("2 breadcrumbs", "/web/action/load_breadcrumbs"),
        {"json": {"params": {"actions": path}}},
    )
    form = family["records"]["sos.form"][0]
    for report in ("professionals", "give"):
        yield "2 paper", f"/report/html/sos_casework.report_form_{report}/{form}", {}


@pytest.mark.parametrize("role", EMPLOYEES)
def test_other_ways_out(service, visit, role):
    visitor = visit(role)
    token = get_token(visitor.person)
    for key, family in service.families.items():
        if not family["case"]:
            continue
        for way, model, method, args in get_ways_out(service, key):
            visitor.looks(way, model, method, *args)
        for way, path, posted in get_routes(family, token):
            send = visitor.person.post if posted else visitor.person.get

            def ask(send=send, path=path, posted=posted):
                answer = send(path, **posted)
                return answer.ok and '"error"' not in answer.text, answer.text

            visitor.looked(way, ask, f"{role} {path} {key}")


# ---------------------------------------------------------------------------- 3 files

#: where somebody would take a file
ELSEWHERE = (
    {"public": True},
    {"res_model": False, "res_id": False},
    {"res_model": "res.partner", "res_id": 1},
    {"res_field": False},
)


@pytest.fixture
def family_files(service):
    """Of the family “own”: a letter, and a picture in a field, with their contents."""
    records = service.families["own"]["records"]
    (voice,) = records["sos.voice"]
    ((picture,),) = service.query(
        "SELECT id FROM ir_attachment WHERE res_model = 'sos.voice' AND"
        f" res_id = {voice} AND res_field = 'image'"
    )
    return {
        records["ir.attachment"][0]: service.families["own"]["mark"].encode(),
        int(picture): b"\x89PNG",
    }


@pytest.mark.parametrize("role", ["practitioner", "team_manager", "administrator"])
def test_a_family_file_goes_nowhere(visit, family_files, role):
    visitor = visit(role)
    for file in family_files:
        for values in ({}, *ELSEWHERE):
            for method in ("copy", "copy_data"):
                visitor.is_refused(
                    "3 copies", "ir.attachment", method, [file], dict(values)
                )
        for values in ELSEWHERE:
            visitor.is_refused(
                "3 taken elsewhere", "ir.attachment", "write", [file], values
            )
        visitor.is_refused("3 tokens", "ir.attachment", "generate_access_token", [file])
        visitor.is_refused("3 taken elsewhere", "ir.attachment", "unlink", [file])
        answer = visitor.person.ask(
            f"/html_editor/modify_image/{file}",
            name="a.png",
            data=PICTURE,
            mimetype="image/png",
        )
        assert "error" in answer
        visitor.tried["3 copies", "refused"] += 1


@pytest.mark.parametrize("role", EMPLOYEES)
def test_a_family_file_is_named_to_its_readers(visit, tried, family_files, role):
    """By a file of one's own that points at it, too."""
    visitor = visit(role)
    names = {"original_id": {"fields": {"display_name": {}}}}
    for file in family_files:
        values = {"name": "mine", "original_id": file}
        mine = visitor.call("ir.attachment", "create", [values])
        for method, args in (
            ("read", [mine, ["original_id"]]),
            ("web_read", [mine, names]),
            ("search_read", [[["id", "in", mine]], ["original_id"]]),
            ("export_data", [mine, ["original_id/name", "original_id"]]),
            (
                "formatted_read_group",
                [[["id", "in", mine]], ["original_id"], ["__count"]],
            ),
            ("name_search", ["Zq"]),
        ):
            visitor.looks("3 names of files", "ir.attachment", method, *args)
    if role == "practitioner":
        assert tried["3 names of files", "logged"]


def test_a_family_file_is_opened_by_its_readers(service, visit, tried, family_files):
    (voice,) = service.families["own"]["records"]["sos.voice"]
    reader = visit("practitioner")
    for file, content in family_files.items():
        paths = [f"/web/content/{file}", f"/web/content/{file}?download=1"]
        paths += [f"/web/image/{file}"] if b"PNG" in content else []
        paths += [f"/web/content/sos.voice/{voice}/image"] if b"PNG" in content else []
        for path in paths:
            with is_logged(reader, "own"):
                answer = reader.person.get(path)
            assert content in answer.content
            assert "no-store" in answer.headers["Cache-Control"]
            tried["3 opened by a reader", "logged"] += 1
            own = answer.content
            token = f"{'&' if '?' in path else '?'}access_token=x"
            for role in (None, "no_role", "stranger", "configurator", "administrator"):
                person = service.log_in(role) if role else service.visit()
                answer = person.get(path + (token if role else ""))
                assert own not in answer.content, (role, path)
                assert service.families["own"]["mark"] not in answer.text
                tried["3 opened by others", "refused"] += 1


# ------------------------------------------------------------- 4 superuser, 7 doors

CLOSED = (
    *("/json/2/sos.case/search_read", "/json/1/sos.case", "/jsonrpc", "/doc", "/my"),
    *("/xmlrpc/2/common", "/xmlrpc/common", "/web/become", "/dashboard/share/1/x"),
    *("/web/database/manager", "/web/session/authenticate", "/web/set_profiling"),
)
SPELLINGS = ("{}", "/en{}", "/en_GB{}", "/en_US{}", "/{}", "/./{}", "/web/..{}", "{}/")


def send(person, path, method):
    """The path as it is written: the library would tidy it."""
    request = person.prepare_request(requests.Request(method, person.address, json={}))
    request.url = person.address + path
    return person.send(request, verify=person.verify, timeout=60, allow_redirects=False)


def test_nobody_becomes_superuser(service, visit, tried):
    administrator = visit("administrator")
    for path in ("/web/become", "/en_GB/web/become", "/en/web/become"):
        answer = administrator.person.get(path, allow_redirects=False)
        assert answer.status_code == 404
        who = administrator.person.rpc("/web/session/get_session_info")
        assert who["uid"] == administrator.uid != 1
        tried["4 superuser", "refused"] += 1
    for family in service.families.values():
        for model, ids in family["records"].items():
            if model in ("sos.case", "sos.person", "sos.form", "sos.form.answer"):
                administrator.is_refused("4 an administrator", model, "read", ids)


def test_closed_doors(service, tried):
    """By the proxy, whatever stands before them, with a log-in or without."""
    for person in (service.visit(), service.log_in("administrator")):
        for path in CLOSED:
            for spelling in SPELLINGS:
                for method in ("GET", "POST"):
                    answer = send(person, spelling.format(path), method)
                    assert answer.status_code in (400, 404), (spelling, path)
                    assert "<center>nginx</center>" in answer.text, (spelling, path)
                    tried["7 closed doors", "refused"] += 1
    # an open one, spelt so, is open
    for spelling in SPELLINGS[:4]:
        answer = send(service.visit(), spelling.format("/web/login"), "GET")
        assert answer.status_code < 400
