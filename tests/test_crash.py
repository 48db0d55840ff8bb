"""``kill -9`` in the middle of the work: what was acknowledged is there, and nothing
is there by half.

A real server on this machine, driven over HTTP, is killed with its whole process group,
ten times in each of five kinds of work. The moments are spread over the time that the
work takes, measured before. Then the database is looked at, past the server.
"""

import base64
import io
import random
import time
from datetime import date

import openpyxl
import pytest
from crash import server as crash_server
from crash import upgrade, world
from lxml import etree

from odoo import sql_db
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

KILLS = 10
#: One family is left undisturbed, to know what comes of each step.
FAMILIES = KILLS + 1


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A database with the families, and the servers on it."""
    database = f"{get_db_name()}_crash"
    log = tmp_path_factory.mktemp("crash") / "server.log"
    world.copy_database(get_db_name(), database)
    try:
        with world.look(database) as env:
            forms = world.World.build(env, FAMILIES)
            env.cr.commit()
        yield Workshop(database, log, forms)
    finally:
        world.drop_database(database)


class Workshop:
    def __init__(self, database, log, forms):
        self.database, self.log, self.forms = database, log, forms
        self.random = random.Random(20260907)

    def moment(self, number, duration):
        """A moment for each kill: somewhere in its own tenth of the time that the
        work takes, and for the last a little over its end."""
        return duration * 1.1 * (number + self.random.random()) / KILLS

    def describe(self, form_id):
        with world.look(self.database) as env:
            return world.describe(env["sos.form"].browse(form_id))

    def missing_files(self):
        with world.look(self.database) as env:
            return world.find_missing_files(env)


@pytest.fixture
def servers(workshop):
    servers = crash_server.Servers(workshop.database, workshop.log, world.USERS)
    try:
        yield servers
    finally:
        servers.stop()


def timed(work, server):
    start = time.monotonic()
    work(server)
    return time.monotonic() - start


def report(kind, kills, **numbers):
    """One line for each kind; pytest shows it with -s, and when something fails."""
    words = ", ".join(f"{name} {number}" for name, number in numbers.items())
    print(f"\n{kind}: kills {kills}, {words}")


# ------------------------------------------------------------------ saving an answer


@pytest.mark.parametrize("workers", [0, 2])
def test_saving_an_answer(workshop, servers, workers):
    form_id = workshop.forms[-1]
    kills = KILLS if not workers else 2
    paragraph = "<p>Sam told us about the belt, and Robin was under the bed.</p>" * 200
    with world.look(workshop.database) as env:
        form = env["sos.form"].browse(form_id)
        answer_id = form.answer_ids.filtered(lambda a: a.code == "analysis").id
        revision = first = form.answer_ids.browse(answer_id).revision
    acknowledged = unanswered = 0

    def save(server, acks):
        """Save once, with the next number."""
        number = acks[-1]
        number = server.call(
            *("worker", "sos.form", "write_answer", [form_id], "analysis"),
            *(f"<p>Number {number + 1}.</p>{paragraph}", None, number),
        )
        acks.append(number)

    def save_on(server, acks):
        """Save as fast as the server answers."""
        while True:
            save(server, acks)

    for number in range(KILLS - kills, KILLS):
        server, acks = servers.take(workers), [revision]
        # the first loads what a new server needs, the second says how long one takes
        save(server, acks)
        duration = timed(lambda s, a=acks: save(s, a), server)
        moment = workshop.moment(number, duration * 10)
        crash_server.kill_during(
            servers, server, moment, lambda s, a=acks: save_on(s, a)
        )
        world.wait_until_gone(server)
        with world.look(workshop.database) as env:
            answer = env["sos.form.answer"].browse(answer_id)
            revision, body = answer.revision, answer.body
        acknowledged += len(acks) - 1
        unanswered += revision - acks[-1]
        # at most the one that was on its way
        assert revision in (acks[-1], acks[-1] + 1)
        if revision > first:
            assert body == f"<p>Number {revision}.</p>{paragraph}"
    assert acknowledged > kills
    report(
        f"saving an answer, {workers} workers",
        kills,
        acknowledged=acknowledged,
        found=acknowledged + unanswered,
    )


# ------------------------------------------------- submission, authorisation, effects


@pytest.mark.parametrize(
    ("kind", "user", "method"),
    [
        ("submission", "worker", "action_submit"),
        ("authorisation", "manager", "action_authorise"),
    ],
)
def test_step_of_a_form(workshop, servers, kind, user, method):
    """All of it or nothing: state, document, decisions, periods of need, enquiries,
    next forms, clocks, reminders, the change log."""

    def step(form_id):
        def work(server):
            return server.call(user, "sos.form", method, [form_id])

        return work

    undisturbed, *others = workshop.forms
    before = workshop.describe(undisturbed)
    server = servers.take()
    duration = timed(step(undisturbed), server)
    after = workshop.describe(undisturbed)
    assert before != after
    if kind == "authorisation":
        changed = {name for name in before if before[name] != after[name]}
        assert changed >= {"forms", "documents", "decisions", "enquiries", "clocks"}
        assert "reminders" in changed
    servers.kill(server)

    acknowledged = found = 0
    for number, form_id in enumerate(others):
        assert workshop.describe(form_id) == before
        server = servers.take()
        moment = workshop.moment(number, duration)
        answer = crash_server.kill_during(servers, server, moment, step(form_id))
        world.wait_until_gone(server)
        is_now = workshop.describe(form_id)
        assert is_now in (before, after)
        if answer is not None:
            acknowledged += 1
            assert is_now == after
        found += is_now == after
        if is_now == before and number >= KILLS / 2:
            # the machine is busier than it was when the time was taken
            duration *= 1.25
        assert not workshop.missing_files()
    # what was not done can be done again, with nothing in the way
    server = servers.take()
    for form_id in others:
        if workshop.describe(form_id) == before:
            assert step(form_id)(server)
        assert workshop.describe(form_id) == after
    report(
        *(kind, KILLS),
        acknowledged=acknowledged,
        found=found,
        seconds=f"{duration:.2f}",
    )


# ------------------------------------------------------------------------- a return


def test_return(workshop, servers):
    """No half file, no lock; what was asked for is made by the next server."""
    with world.look(workshop.database) as env:
        job = env.ref("sos_reporting.ir_cron_return").id
    today = date.today()
    year = str(today.year + (today >= date(today.year, 4, 1)))
    made, kind = [], "annex_a"

    def run(server):
        return server.call("administrator", "ir.cron", "method_direct_trigger", [job])

    def make(server):
        values = {"kind": kind, "year": year, "as_at": str(today)}
        made[:] = server.call("analyst", "sos.return", "create", [values])
        server.call("analyst", "sos.return", "action_make", made)
        run(server)
        return made

    server = servers.take()
    duration = timed(make, server)
    servers.kill(server)
    acknowledged = found = 0
    for number in range(KILLS):
        moment = workshop.moment(number, duration)
        kind = ("cin", "annex_a")[number % 2]
        server = servers.take()
        answer = crash_server.kill_during(servers, server, moment, make)
        world.wait_until_gone(server)
        with world.look(workshop.database) as env:
            record = env["sos.return"].search([], order="id desc", limit=1)
            if answer is not None:
                acknowledged += 1
                assert record.ids == made
                assert record.state == "checked"
            assert bool(record.file) == (record.state == "checked")
            if record.file and record.ids == made:
                found += 1
                assert_whole(record)
            elif number >= KILLS / 2:
                duration *= 1.25
            # nobody waits for somebody who is gone
            env.cr.execute("LOCK TABLE sos_return, sos_return_row, sos_form NOWAIT")
            env.cr.rollback()
            # Odoo leaves a job out once whose server was gone three times in a row;
            # each kill here is one by itself
            env.cr.execute("DELETE FROM ir_cron_progress WHERE cron_id = %s", [job])
            env.cr.commit()
    run(servers.take())
    with world.look(workshop.database) as env:
        asked = env["sos.return"].search([("asked_at", "!=", False)])
        assert len(asked) > found
        for record in asked:
            assert_whole(record)
    report(
        *("return", KILLS),
        acknowledged=acknowledged,
        found=found,
        seconds=f"{duration:.2f}",
    )


def assert_whole(record):
    record._check_file()
    lines = record.row_ids.mapped(lambda line: (line.part, line.position))
    assert len(lines) == len(set(lines)) > 0
    content = base64.b64decode(record.file)
    if record.kind == "cin":
        numbers = etree.fromstring(content).findall(".//LAchildID")
        assert [number.text for number in numbers] == record.row_ids.mapped("number")
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.sheetnames[0] == "List 1"


# ------------------------------------------------------------------------ an upgrade

ADDONS = ("sos_casework", "sos_timetracking", "sos_reporting", "sos_learning_lab")


def count_upgraded(stock, before, after):
    """How many addons are as they should be; each is that, or as it was before."""
    upgraded = 0
    for addon in ADDONS:
        is_now = upgrade.of_addon(stock, addon)
        assert is_now in (
            upgrade.of_addon(before, addon),
            upgrade.of_addon(after, addon),
        ), addon
        upgraded += is_now == upgrade.of_addon(after, addon)
    return upgraded


def test_upgrade(workshop, servers):
    """The same command runs through afterwards, and what there is then is what an
    undisturbed upgrade leaves; the service starts."""
    database = f"{workshop.database}_up"
    command = ("-u", "sos_casework", "--stop-after-init", "--no-http")
    servers.stop()

    def run(name):
        program = crash_server.Program(name, workshop.log, *command)
        assert program.process.wait() == 0
        return program

    try:
        world.copy_database(workshop.database, database)
        upgrade.make_earlier(database)
        before = upgrade.take_stock(database)
        world.copy_database(database, f"{database}_ref")
        start = time.monotonic()
        run(f"{database}_ref")
        duration = time.monotonic() - start
        after = upgrade.take_stock(f"{database}_ref")
        names = {"rules", "rights", "views", "menus", "codes", "columns", "indexes"}
        assert set(upgrade.differences(before, after)) >= names
        found = []
        for number in range(KILLS):
            program = crash_server.Program(database, workshop.log, *command)
            time.sleep(workshop.moment(number, duration))
            program.kill()
            world.wait_until_gone(program)
            found.append(count_upgraded(upgrade.take_stock(database), before, after))
        run(database)
        assert not upgrade.differences(upgrade.take_stock(database), after)
        assert {row.split("'")[3] for row in after["modules"]} == {"installed"}
        again = crash_server.Servers(database, workshop.log, world.USERS)
        try:
            server = again.take()
            assert server.call("worker", "sos.form", "search_count", [])
        finally:
            again.stop()
        report(
            *("upgrade", KILLS),
            acknowledged=0,
            found=f"{found} of {len(ADDONS)} addons upgraded",
            seconds=f"{duration:.1f}",
        )
    finally:
        for name in (database, f"{database}_ref"):
            Registry.registries.pop(name, None)
            sql_db.close_db(name)
            world.drop_database(name)
