"""The service that other tests talk to runs as it ships."""

import pytest
from running.service import Refused


def test_each_role_logs_in(service):
    for role in service.roles:
        if role != "portal":
            page = service.log_in(role).get("/odoo")
            assert page.ok, role
            assert "Strict-Transport-Security" in page.headers


def test_who_reads_what(service):
    own, other = (service.families[key]["case"] for key in ("own", "other"))
    worker = service.log_in("practitioner")
    (row,) = worker.call("sos.case", "read", [own], ["name"])
    assert row["name"] == service.families["own"]["mark"]
    with pytest.raises(Refused):
        worker.call("sos.case", "read", [other], ["name"])


def test_a_stranger_reads_nothing(service):
    with pytest.raises(Refused):
        service.visit().call("sos.case", "search_read", [], ["name"])
    assert service.visit_behind().get("/web/login").ok
