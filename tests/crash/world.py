"""A small world in a database of its own: families that are all alike, each with an
enquiry that is written and decided, and not yet submitted."""

import base64
import io
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from contextlib import closing, contextmanager
from hashlib import sha1
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from odoo import SUPERUSER_ID, api, sql_db, tools
from odoo.modules.registry import Registry
from odoo.tests import new_test_user

from odoo.addons.sos_casework.tests.common import SosCommon

from .server import PASSWORD

USERS = ("worker", "manager", "analyst", "administrator")


def copy_database(source, target):
    """A copy with its files, which never change and so may be hard links."""
    sql_db.close_all()
    drop_database(target)
    subprocess.run(["createdb", "-T", source, target], check=True)
    files = Path(tools.config.filestore(source))
    if files.is_dir():
        shutil.copytree(files, tools.config.filestore(target), copy_function=os.link)


def drop_database(name):
    Registry.registries.pop(name, None)
    sql_db.close_db(name)
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    shutil.rmtree(tools.config.filestore(name), ignore_errors=True)


@contextmanager
def look(database):
    """An environment on what is in the database now."""
    # this is no run of Odoo's own tests: they would be looked for
    with patch.dict(tools.config.options, {"test_enable": False}):
        registry = Registry(database)
    with registry.cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})


class World(SosCommon):
    """The helpers of the tests, on a database that is really written to."""

    @classmethod
    def build(cls, env, families):
        """:return: the enquiries, one a family, ready to be submitted"""
        cls.env = env
        env.company.sos_la_code = "392"
        # the workers here log in without a page
        env["ir.config_parameter"].set_param(
            "sos_hardening.open_routes", "/web/session/authenticate"
        )
        cls.team = env["sos.team"].create({"name": "North"})
        cls.worker = cls._new_user("worker", "practitioner", cls.team)
        cls.manager = cls._new_user("manager", "team_manager", cls.team)
        cls.support = cls._new_user("support", "business_support", cls.team)
        cls.analyst = cls._new_user("analyst", "performance_analyst")
        # runs the job that makes returns, which these servers do not run by themselves
        cls.administrator = new_test_user(
            env, login="administrator", groups="base.group_system"
        )
        (cls.worker | cls.manager | cls.analyst | cls.administrator).password = PASSWORD
        self = cls()
        return [self._add_enquiry(number).id for number in range(families)]

    def _add_enquiry(self, number):
        cls = type(self)
        cls.case = self._new_family()
        cls.sam, cls.robin = self.case.child_ids.sorted("first_name", reverse=True)
        adults = self.case.member_ids.filtered(lambda m: m.role == "adult").person_id
        cls.alex = adults.filtered(lambda p: p.first_name == "Alex")
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
        )
        self.env["sos.voice"].with_user(self.worker).create(
            {
                "case_id": self.case.id,
                "child_id": self.sam.id,
                "tool": "drawing",
                "image": draw(number),
            }
        )
        self._refer("strategy")
        self._strategy()
        return self._fill(self._open("section47"), decision="conference")


def draw(number):
    """A drawing of its own for each family, so that each has files of its own."""
    noise = random.Random(number).randbytes(160 * 120 * 3)
    stream = io.BytesIO()
    Image.frombytes("RGB", (160, 120), noise).save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


def describe(form):
    """All that submitting and authorising a form may change, without numbers and
    names that differ from family to family."""
    env, case = form.env, form.case_id
    reminders = env["mail.activity"].search(
        [("res_model", "=", "sos.deadline"), ("res_id", "in", case.deadline_ids.ids)]
    )
    documents = []
    for document in case.form_ids.document_ids:
        document._check_fits()
        documents.append((document.form_id.type_code, document.number))

    def rows(records, *names):
        return sorted(
            tuple(str(record.mapped(name)) for name in names) for record in records
        )

    return {
        "forms": rows(
            case.form_ids,
            *("type_code", "state", "submitted_by_id.login", "authorised_by_id.login"),
            *("document_id.number", "child_ids.child_id.first_name"),
        ),
        "documents": sorted(documents),
        "decisions": rows(
            case.form_ids.child_ids,
            *("form_id.type_code", "child_id.first_name", "decision_id.code"),
            *("confirmed_on", "confirmed_by_id.login"),
        ),
        "episodes": rows(case.episode_ids, "child_id.first_name", "state", "closed_on"),
        "enquiries": rows(
            env["sos.enquiry"].search([("case_id", "=", case.id)]),
            *("child_id.first_name", "started_on", "ended_on", "conference_required"),
        ),
        "plans": rows(case.plan_ids, "child_id.first_name", "kind", "started_on"),
        "clocks": rows(
            case.deadline_ids,
            *("step_id.code", "child_id.first_name", "started_on", "due_on"),
            *("state", "met_on", "form_id.type_code"),
        ),
        "reminders": rows(reminders, "user_id.login", "date_deadline"),
        "log": sorted(
            Counter(
                env["sos.change.log"]
                .search([("case_id", "=", case.id)])
                .mapped(lambda log: (log.res_model, log.field))
            ).items()
        ),
    }


def wait_until_gone(program):
    """PostgreSQL notices that a client is gone when it next speaks to it."""
    end = time.monotonic() + 10
    while count_connections(program):
        assert time.monotonic() < end, "connections of a killed server stay"
        time.sleep(0.02)


def count_connections(program):
    """How many connections of a program PostgreSQL still holds, locks and all."""
    with closing(sql_db.db_connect("postgres").cursor()) as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s",
            [program.name],
        )
        return cursor.fetchone()[0]


def find_missing_files(env):
    """Attachments whose file is not there, or is not the one that was written."""
    missing = []
    for attachment in env["ir.attachment"].search([("store_fname", "!=", False)]):
        path = Path(attachment._full_path(attachment.store_fname))
        if (
            not path.is_file()
            or sha1(path.read_bytes()).hexdigest() != attachment.checksum
        ):
            missing.append(attachment.id)
    return missing
