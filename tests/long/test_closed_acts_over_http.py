"""As ``test_closed_over_http``: what somebody does, asks for, or brings in.

Left to other tests: what a forger does in the database itself (9, ``test_check_log``),
the lock of the screen (15, ``test_screen_lock``)."""

import base64
import io
import json
import time
import zipfile
from collections import Counter

import pytest
from running.visitor import (
    EMPLOYEES,
    PICTURE,
    WRONG,
    forget,
    get_last_line,
    get_token,
)

# -------------------------------------------------------- 5 duplicates, 6 oversight


CHILD = ("first_name", "last_name", "birth_date", "upn", "reference")


def get_child(service, family):
    rows = service.query(
        f"SELECT {', '.join(CHILD)} FROM sos_person"
        f" WHERE id = {service.families[family]['child']}"
    )
    return dict(zip(CHILD, rows[0], strict=True))


def ask_who_is_here(visitor, **given):
    """:return: what is said while somebody is entered, and by how many lines"""
    last = get_last_line(visitor.service)
    values = {"kind": "child", **given}
    whole = dict.fromkeys((*CHILD[:4], "kind", "duplicate_list"), {})
    answer = visitor.call("sos.person", "onchange", [], values, list(given), whole)
    ((lines,),) = visitor.service.query(
        f"""SELECT count(*) FROM sos_access_log WHERE id > {last}
        AND user_id = {visitor.uid} AND operation = 'searched'"""
    )
    return answer.get("value", {}).get("duplicate_list") or [], int(lines)


@pytest.mark.parametrize("family", ["other", "named", "kept"])
def test_a_child_is_not_found_by_guessing(service, visit, tried, family):
    visitor, child = visit("practitioner"), get_child(service, family)
    first, last, born = child["first_name"], child["last_name"], child["birth_date"]
    forget(service)
    exact = {"first_name": first, "last_name": last, "birth_date": born}
    for more in (
        {"birth_date": False},
        {"birth_date": f"{born[:4]}-12-30"},
        {"birth_date": f"{born[:5]}02-02"},
        {"birth_date": f"{born[:8]}28"},
        {"last_name": last[:-1]},
        {"first_name": first[:-1]},
        {"first_name": False},
        {"first_name": False, "last_name": False, "upn": child["upn"]},
        {"first_name": "Ann", "last_name": "Other", "upn": child["upn"]},
    ):
        found, lines = ask_who_is_here(visitor, **{**exact, **more})
        assert not found, more
        asked = {**exact, **more}
        # without a name or a number nothing is asked
        assert lines == bool(asked["last_name"] or asked.get("upn")), more
        tried["5 guesses", "told nothing"] += 1
        tried["5 guesses", "logged"] += lines
    # the very same is said, by number, and logged
    found, lines = ask_who_is_here(visitor, **exact)
    assert [hit["reference"] for hit in found] == [child["reference"]]
    assert last not in json.dumps(found)
    assert lines == 1
    tried["5 the very same", "logged"] += 1
    taken = [{"last_name": "Other", "upn": child["upn"]}]
    done, text = visitor.ask("sos.person", "create", taken)
    assert not done
    assert last not in text
    assert child["reference"] not in text
    tried["5 a number that is taken", "refused"] += 1


def test_a_referral_tells_no_more(service, visit, tried):
    visitor, child = visit("practitioner"), get_child(service, "other")
    names = {name: child[name] for name in ("first_name", "last_name", "birth_date")}
    forget(service)
    for more, found in (({}, True), ({"birth_date": "2011-11-11"}, False)):
        answer = visitor.call(
            "sos.referral",
            "onchange",
            [],
            {"child_line_ids": [[0, "virtual_1", {**names, **more}]]},
            ["child_line_ids"],
            {
                "child_line_ids": {"fields": dict.fromkeys(names, {})},
                "duplicate_html": {},
            },
        )
        assert (child["reference"] in json.dumps(answer)) == found
        tried["5 a referral", "told nothing" if not found else "logged"] += 1


def test_asking_ends(service, visit, tried):
    """Very many questions are answered no more, and the auditors hear of it."""
    visitor, child = visit("business_support"), get_child(service, "opened")
    exact = {name: child[name] for name in ("first_name", "last_name", "birth_date")}
    forget(service)
    assert ask_who_is_here(visitor, **exact)[0]
    for number in range(60):
        day = f"2012-{number % 12 + 1:02}-{number // 12 + 1:02}"
        ask_who_is_here(visitor, **exact | {"first_name": "Q", "birth_date": day})
        tried["5 very many", "logged"] += 1
    found, lines = ask_who_is_here(visitor, **exact | {"upn": child["upn"]})
    assert not found
    assert lines
    told = visit("quality_auditor").call(
        "sos.oversight", "search_read", [["kind", "=", "questions"]], ["user_id"]
    )
    assert [row["user_id"][0] for row in told] == [visitor.uid]
    forget(service)


def test_oversight_is_not_switched_off(service, visit, tried):
    manager = visit("team_manager")
    word = "Zqoverseenqz"
    (case,) = manager.call("sos.case", "create", [{"name": word}])
    ((number,),) = service.query(f"SELECT reference FROM sos_case WHERE id = {case}")
    overseers = [visit(role) for role in ("service_manager", "quality_auditor")]

    def reads(visitor):
        return word in visitor.ask("sos.case", "read", [case], ["name"])[1]

    for overseer in overseers:
        values = {"user_id": overseer.uid, "case_id": case, "reason": "A cousin."}
        done, text = manager.ask("sos.access.block", "create", [values])
        assert done, text
        # it waits for a second person, who is not the first
        manager.is_refused(
            "6 blocks", "sos.access.block", "action_confirm", json.loads(text)
        )
        assert reads(overseer)
    manager.is_refused(
        *("6 blocks", "sos.oversight", "search_read", [], ["name"]),
    )
    named = {"named_reader_ids": [[6, 0, [manager.uid]]], "restricted_reason": "Why."}
    manager.call("sos.case", "write", [case], {"restricted": True, **named})
    assert reads(manager)
    for overseer in overseers:
        assert not reads(overseer)
        about = [["reference", "=", number]]
        told = overseer.call("sos.oversight", "search_read", about, ["kind", "name"])
        kinds = Counter(row["kind"] for row in told)
        assert kinds == {"block": 2, "restriction": 1}, told
        fields = ["operation", "user_id", "kind", "reference"]
        traces = overseer.call("sos.oversight.trace", "search_read", about, fields)
        assert manager.uid in [row["user_id"][0] for row in traces]
        assert word not in json.dumps([told, traces])
        tried["6 overseers", "told"] += len(told)
        tried["6 traces without words", "read"] += len(traces)


# ------------------------------------------------------ 8 restriction, 9 what is sealed


def test_restriction_is_not_taken_off(service, visit):
    """By who reads the restricted file, and is no manager of it."""
    support, child = visit("business_support"), service.families["named"]["child"]
    own = service.families["own"]["case"]
    member = {"case_id": own, "person_id": child}
    line = [[0, 0, {"person_id": child, "role": "child"}]]
    for model, method, args in (
        ("sos.case.member", "create", [[{**member, "role": "child"}]]),
        ("sos.case", "write", [[own], {"member_ids": line}]),
        ("sos.case", "web_save", [[own], {"member_ids": line}, {}]),
        ("sos.case", "create", [[{"name": "New", "member_ids": line}]]),
        ("sos.person", "write", [[child], {"member_ids": [[0, 0, {"case_id": own}]]}]),
        ("sos.network.member", "create", [[member]]),
    ):
        message = support.is_refused("8 ways in", model, method, *args)
        assert "Only a manager who" in message, (model, method)
    for role in ("practitioner", "team_manager", "service_manager"):
        other = visit(role)
        for method, args in (
            ("read", [["name"]]),
            ("write", [{"known_as": "x"}]),
        ):
            other.is_refused("8 who may not read", "sos.person", method, [child], *args)
    assert "named" in json.dumps(support.call("sos.person", "read", [child], ["name"]))


@pytest.mark.parametrize("role", EMPLOYEES)
def test_what_is_sealed_only_grows(service, visit, role):
    for model in (
        *("sos.access.log", "sos.change.log", "sos.access.seal"),
        *("sos.form.document", "sos.oversight"),
    ):
        table = model.replace(".", "_")
        ids = [int(i) for (i,) in service.query(f"SELECT id FROM {table} LIMIT 3")]
        assert ids
        for method, args in (
            ("write", [ids, {"user_id": 2}]),
            ("unlink", [ids]),
            ("create", [[{"res_model": "sos.case", "operation": "removed"}]]),
        ):
            visit(role).is_refused("9 logs and seals", model, method, *args)


# ------------------------------------------------------- 10 configuration, 11 returns


def test_configuration_has_no_back_door(service, visit, tried):
    configurator = visit("configurator")
    for context in ({}, {"install_mode": True}, {"module": "sos_casework"}):
        for model, values in (
            ("sos.form.fact", {"code": "case_id"}),
            ("sos.form.fact", {"scope": "child"}),
            ("sos.effect", {"code": "start_cp_plan"}),
            ("sos.effect", {"sequence": 990}),
            ("sos.form.type", {"code": "another"}),
            ("sos.step", {"code": "another"}),
            ("sos.code", {"code": "XX"}),
            ("sos.form.version", {"state": "draft"}),
        ):
            live, held = ["state", "=", "live"], ["code", "=", "held_on"]
            domain = {"sos.form.version": [live], "sos.form.fact": [held]}
            domain = domain.get(model, [])
            record = configurator.call(model, "search", domain, limit=1)
            for method in ("write", "web_save"):
                args = [record, values] + [{}] * (method == "web_save")
                configurator.is_refused(
                    "10 codes", model, method, *args, context=context
                )
    # what may be changed is in the change log
    for model in ("sos.step", "sos.form.type", "sos.effect"):
        (row,) = configurator.call(model, "search_read", [], ["name"], limit=1)
        query = f"""SELECT count(*) FROM sos_change_log WHERE res_model = '{model}'
            AND res_id = {row["id"]} AND user_id = {configurator.uid}"""
        before = service.query(query)
        configurator.call(model, "write", [row["id"]], {"name": f"{row['name']} x"})
        assert service.query(query) != before, model
        configurator.call(model, "write", [row["id"]], {"name": row["name"]})
        tried["10 changes", "logged"] += 1


def test_who_is_blocked_sees_no_return_of_the_family(service, visit, tried):
    analyst, manager = visit("performance_analyst"), visit("service_manager")
    service.shell('env.company.sos_la_code = "999"\nenv.cr.commit()')
    made = analyst.call("sos.return", "create", [{"kind": "cin", "year": "2026"}])
    analyst.call("sos.return", "action_make", made)
    service.shell('env["sos.return"]._cron_run()\nenv.cr.commit()')
    numbers = {key: get_child(service, key)["reference"] for key in ("known", "own")}
    rows = analyst.call("sos.return.row", "search_read", [], ["number"])
    assert set(numbers.values()) <= {row["number"] for row in rows}
    assert numbers["own"] in json.dumps(
        manager.call("sos.return.row", "search_read", [], ["number"])
    )
    for model in ("sos.return.row", "sos.return.issue"):
        for method, args in (
            ("search_read", [[], ["number"]]),
            ("name_search", [numbers["known"]]),
            ("search_count", [[["number", "=", numbers["known"]]]]),
            ("formatted_read_group", [[], ["number"], ["__count"]]),
        ):
            done, text = manager.ask(model, method, *args)
            assert numbers["known"] not in text, (model, method)
            assert method != "search_count" or text == "0"
            tried["11 returns", "told nothing" if done else "refused"] += 1
    manager.is_refused("11 a return's file", "sos.return", "action_download", made)
    for field in ("file", "upload"):
        answer = manager.person.get(f"/web/content/sos.return/{made[0]}/{field}")
        assert answer.status_code in (403, 404)
        tried["11 a return's file", "refused"] += 1
    assert analyst.ask("sos.return", "action_download", made)[0]


def test_filters_and_actions_are_their_owners(service, visit, tried):
    (action,) = service.query(
        "SELECT id FROM ir_act_window WHERE res_model = 'sos.case' LIMIT 1"
    )
    everybody = {"model_id": "sos.deadline", "is_default": True, "user_ids": []}
    shared = {
        "ir.filters": {"name": WRONG, "domain": "[('id', '=', 0)]", **everybody},
        "ir.embedded.actions": {
            "name": WRONG,
            "parent_action_id": int(action[0]),
            "parent_res_model": "sos.case",
            "action_id": int(action[0]),
        },
    }
    for role in ("no_role", "practitioner", "stranger", "administrator"):
        for model, values in shared.items():
            visit(role).is_refused("11 filters and actions", model, "create", [values])
    filters = visit("practitioner").call("ir.filters", "get_filters", "sos.deadline")
    assert WRONG not in json.dumps(filters)
    assert visit("configurator").ask("ir.filters", "create", [shared["ir.filters"]])[0]
    filters = visit("practitioner").call("ir.filters", "get_filters", "sos.deadline")
    assert WRONG in json.dumps(filters)


# ------------------------------------------------------------------ 12 files, 13 texts


def make_office(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return file.getvalue()


UNWANTED = {
    "report.exe": b"MZ" + b"\0" * 200,
    "report.pdf": b"MZ" + b"\0" * 200,
    "page.html": b"<script>alert(1)</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "letter.docx": make_office(
        {
            "[Content_Types].xml": '<Types><Override PartName="/word/x.bin" '
            'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
            "word/document.xml": "<a/>",
            "word/x.bin": "x",
        }
    ),
    "acts.pdf": b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>endobj\n%%EOF",
    "empty.pdf": b"",
}


def test_unwanted_files(service, visit, tried):
    visitor = visit("practitioner")
    about = {"res_model": "sos.case", "res_id": service.families["own"]["case"]}
    defaults = {f"default_{key}": value for key, value in about.items()}
    (voice,) = service.families["own"]["records"]["sos.voice"]
    files = [["res_model", "=", "sos.case"], ["res_id", "=", about["res_id"]]]
    before = visitor.call("ir.attachment", "search_count", files)
    token = get_token(visitor.person)
    for name, content in UNWANTED.items():
        datas = base64.b64encode(content).decode()
        values = {"name": name, "datas": datas, "mimetype": "image/png"}
        for some, context in (({**values, **about}, {}), (values, defaults)):
            visitor.is_refused(
                *("12 files", "ir.attachment", "create", [some]), context=context
            )
        if content:
            visitor.is_refused(
                *("12 pictures", "sos.voice", "write", [voice], {"image": datas})
            )
        form = {"csrf_token": token, "model": "sos.case", "id": about["res_id"]}
        visitor.person.post(
            "/web/binary/upload_attachment",
            data=form,
            files={"ufile": (name, content, "image/png")},
        )
        visitor.person.ask(
            "/html_editor/attachment/add_data",
            **{"name": name, "data": datas, "is_image": True, **about},
        )
        assert visitor.call("ir.attachment", "search_count", files) == before, name
        tried["12 uploads", "refused"] += 2
    link = {"name": "x", "type": "url", "url": "https://example.org"}
    for some, context in (({**link, **about}, {}), (link, defaults)):
        visitor.is_refused(
            *("12 links", "ir.attachment", "create", [some]), context=context
        )
    kept = {"name": "drawing.png", "datas": PICTURE, **about}
    assert visitor.ask("ir.attachment", "create", [kept])[0]
    assert visitor.call("ir.attachment", "search_count", files) == before + 1


def test_one_text_does_not_hold_up_the_service(service, visit, tried):
    """Growth, not seconds: ten times the text takes at most thirty times as long, on a
    machine that does other things too."""
    visitor, case = visit("practitioner"), service.families["own"]["case"]
    domain = [["code_set", "=", "note_kind"]]
    kind = visitor.call("sos.code", "search", domain, limit=1)[0]
    note = {"case_id": case, "kind_id": kind}
    for pattern in ("<a", "<!--", "<a href='", "&lt;<"):
        took = []
        for length in (20_000, 200_000):
            began = time.monotonic()
            text = pattern * (length // len(pattern))
            visitor.ask("sos.case.note", "create", [{**note, "text": text}])
            took.append(max(time.monotonic() - began, 0.2))
        assert took[1] < took[0] * 30, pattern
        tried["13 texts", "cleaned"] += len(took)
    words = "<Mum> said a<b and c>d"
    made = visitor.call("sos.case.note", "create", [{**note, "text": words}])
    (row,) = visitor.call("sos.case.note", "read", made, ["text"])
    assert "&lt;Mum&gt; said a&lt;b and c&gt;d" in row["text"]


# ------------------------------------------------------- 15 another's name, 14 the logs


def test_nobody_writes_in_anothers_name(service, visit, tried):
    """A page is left open; in a second tab somebody else has logged in since."""
    family = service.families["own"]
    visitor, other = visit("team_manager"), service.roles["practitioner"]["uid"]
    for model, method, args in (
        ("sos.case", "write", [[family["case"]], {"name": WRONG}]),
        ("sos.case", "web_save", [[family["case"]], {"name": WRONG}, {}]),
        ("sos.case", "read", [[family["case"]], ["name"]]),
        ("sos.person", "create", [[{"last_name": WRONG}]]),
    ):
        params = {"model": model, "method": method, "args": args}
        params["kwargs"] = {"context": {"uid": other}}
        for route in ("call_kw", "call_button", f"call_kw/{model}/{method}"):
            answer = visitor.person.ask(f"/web/dataset/{route}", **params)
            assert "somebody else has logged in" in answer["error"]["data"]["message"]
            tried["15 another's name", "refused"] += 1
    for model, field in (("sos_case", "name"), ("sos_person", "last_name")):
        query = f"SELECT count(*) FROM {model} WHERE {field} = '{WRONG}'"
        assert service.query(query) == [("0",)]
    # under their own name it is done
    assert visitor.ask(
        *("sos.case", "read", [family["case"]], ["name"]), context={"uid": visitor.uid}
    )[0]


def test_the_logs_name_nobody(service, visit, tried):
    """After everything above, with its errors, and some more of them."""
    visitor, family = visit("practitioner"), service.families["own"]
    mark, child = family["mark"], family["child"]
    visitor.ask("sos.person", "write", [child], {"birth_date": mark})
    visitor.ask("sos.person", "create", [{"kind": False, "last_name": mark}])
    visitor.ask("sos.person", f"{mark}_x", [child])
    visitor.ask("sos.person", "search", [["birth_date", "=", mark]])
    visitor.person.get(f"/web/content/0?filename={mark}.pdf&q={mark}")
    visitor.person.get(f"/web/content/{child}/{mark}.pdf")
    logs = service.get_logs()
    assert "Traceback" in logs["Odoo"]
    assert "/web/dataset" in logs["proxy"]
    kinds = service.roles["no_role"]["hidden"].values()
    words = {word for kind in kinds for word in (*kind["name"], *kind["number"])}
    for name, log in logs.items():
        for word in words:
            # numbers of lines and hours look alike
            found = len(word) > 5 and word in log
            assert not found, (name, word)
        tried[f"14 the log of {name}", "without names"] += 1
