"""A day with its errors, and what the logs of the server say of it: classes, tables and
places, and no name, no birth date and no identifier."""

import re
import time
from contextlib import suppress

import pytest
from running.odoo import Program
from running.service import Refused

#: as somebody types them; none stands in the code of anything
FIRST, LAST, BORN = "Wilhelmina", "Zqtypedqz", "2019-08-07"
UPN = "Z12345678901B"
WORDS = (FIRST, LAST, BORN, UPN, "Zqfileqz", "Zqquestionqz", "Zqcronqz", "Zqpathqz")


def attempt(person, model, method, *args, **kwargs):
    with suppress(Refused):
        person.call(model, method, *args, **kwargs)


def make_errors_of_people(service, person):
    """Each is refused with a sentence or an error that holds what was typed."""
    child = {"first_name": FIRST, "last_name": LAST, "birth_date": BORN}
    own = service.families["own"]
    attempt(person, "sos.person", "create", [child | {"kind": False}])
    attempt(person, "sos.person", "create", [child | {"kind": LAST}])
    attempt(
        person, "sos.person", "create", [child | {"kind": "child", "birth_date": LAST}]
    )
    attempt(person, "sos.person", "create", [{"kind": "child", LAST: FIRST}])
    attempt(person, "sos.person", "search_count", [["birth_date", "=", LAST]])
    attempt(person, "sos.person", "search_count", [["id", "=", LAST]])
    attempt(person, "sos.person", "search_count", [[LAST, "=", FIRST]])
    attempt(person, "sos.person", "search", [["last_name", "in", LAST]], order=LAST)
    attempt(person, "sos.person", f"{LAST}_{FIRST}", [])
    attempt(person, "sos.person", "unlink", [own["child"]])
    attempt(person, "sos.person", "write", [own["child"]], {"reference": UPN})
    attempt(person, "sos.case", "write", [own["case"]], {"team_id": LAST})
    # who exists already: PostgreSQL names the values
    attempt(person, "res.users", "create", [{"login": LAST, "name": FIRST}])
    for form in own["records"].get("sos.form", []):
        attempt(person, "sos.form", "action_submit", [form])


def make_errors_of_paths(service, person):
    file = ("Zqfileqz.pdf", b"%PDF-1.4 no such thing", "application/pdf")
    page = person.get("/odoo").text
    token = re.search(r'csrf_token: "(.*?)"', page)[1]
    for csrf in (token, "wrong"):
        person.post(
            "/web/binary/upload_attachment",
            data={"csrf_token": csrf, "model": "sos.case", "id": "1"},
            files={"ufile": file},
        )
    for path in (
        "/web/content/1/Zqfileqz.pdf",
        "/web/content/999999/Zqfileqz.pdf?download=true",
        "/web/image/sos.voice/999999/image/Zqfileqz.png",
        "/web/content?model=sos.case&id=1&field=name&filename=Zqquestionqz",
        "/web/login?redirect=/odoo/Zqquestionqz",
        "/report/pdf/Zqpathqz/1",
        "/odoo/Zqpathqz",
        "/Zqpathqz/1",
        "/zqpathqz",
        "/web/login/Zqpathqz",
    ):
        person.get(path)
        behind = service.visit_behind()
        behind.cookies.update(person.cookies)
        behind.get(path)
    person.post("/web/dataset/call_kw", data=f"{{{LAST}", headers=JSON)
    person.get("/web/content/1", headers={"Range": f"bytes={LAST}"})
    # the proxy alone answers
    person.post("/web/login", data=b"x" * (26 * 1024 * 1024) + LAST.encode())


JSON = {"Content-Type": "application/json"}

JOB = """
env["ir.cron"].search([]).active = False
job = env["ir.cron"].create({
    "name": "Fails",
    "cron_name": "Fails",
    "model_id": env.ref("base.model_res_partner").id,
    "state": "code",
    "code": "raise UserError('Nobody found Zqcronqz')",
    "interval_number": 1,
    "interval_type": "days",
})
broken = job.copy({"code": "env.cr.execute(\\"SELECT 'Zqcronqz'::date\\")"})
broken.active = True
env.cr.commit()
"""


def run_jobs(service):
    service.shell(JOB)
    log = service.folder / "jobs.log"
    program = Program(
        log,
        *("--workers=0", "--max-cron-threads=1", "--no-http"),
        settings=service.settings,
    )
    try:
        for _n in range(600):
            logged = log.read_text()
            if logged.count("Traceback") >= 2:
                break
            time.sleep(0.2)
        return logged
    finally:
        program.stop()


@pytest.fixture(scope="module")
def logs(service):
    for role in ("practitioner", "team_manager", "administrator"):
        person = service.log_in(role)
        make_errors_of_people(service, person)
        make_errors_of_paths(service, person)
    return {**service.get_logs(), "jobs": run_jobs(service)}


def test_no_word_is_in_a_log(service, logs):
    words = [*WORDS, *(family["mark"] for family in service.families.values())]
    words += [
        value
        for row in service.query(
            "SELECT first_name, last_name, birth_date, reference FROM sos_person"
        )
        for value in row
        if len(value) > 3
    ]
    found = {
        f"{name}: {line[:300]}"
        for name, log in logs.items()
        for line in log.splitlines()
        for word in words
        if re.search(rf"\b{re.escape(word)}", line, re.IGNORECASE)
    }
    assert not found, "\n".join(sorted(found)[:40])


def test_what_went_wrong_is_in_a_log(logs):
    odoo = logs["Odoo"]
    assert "odoo.exceptions.UserError" in odoo
    assert "psycopg2.errors.NotNullViolation (23502, sos_person)" in odoo
    assert "POST /web/dataset" in odoo
    assert "Traceback (most recent call last)" in odoo
    assert "psycopg2.errors.InvalidDatetimeFormat" in logs["jobs"]
    assert " POST /web/dataset 200 " in logs["proxy"]
    assert " GET /web/content 404 " in logs["proxy"]
    assert " GET - 404 " in logs["proxy"]
