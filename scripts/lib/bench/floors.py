"""The returns against the least that has to be done for them."""

import gc
import io
import statistics
import subprocess
import sys
import time
from datetime import date

import xlsxwriter
from lxml import etree

from odoo.tools import SQL

from .measure import Line

ROUNDS = 5
#: How many times the floor a return may take, by the number of children.
BUDGETS = {10_000: 2.0}
YEAR, AS_AT = 2026, date(2026, 3, 31)
#: How much more memory a return may take for the larger number of children.
MEMORY_BUDGET = 50
TABLES = {
    "sos_person": "reference, upn, former_upn, upn_unknown_id, birth_date, "
    "expected_on, death_on, sex_id, ethnicity_id",
    "sos_episode": "child_id, referred_on, source_id, need_id, nfa, closed_on, "
    "closure_reason_id, transfer_conference_on",
    "sos_plan": "child_id, episode_id, kind, started_on, ended_on, "
    "initial_category_id, latest_category_id, previous_plans",
    "sos_enquiry": "child_id, episode_id, started_on, target_on, ended_on, "
    "conference_on, conference_required",
}
JOINED = (
    "SELECT r.plan_id, r.held_on, r.category_id FROM sos_plan_review r "
    "JOIN sos_plan p ON p.id = r.plan_id WHERE p.child_id IN %s",
    "SELECT l.id, l.episode_id, f.started_on, f.authorised_at FROM sos_form_child l "
    "JOIN sos_form f ON f.id = l.form_id JOIN sos_form_type t ON t.id = f.type_id "
    "WHERE t.code = 'assessment' AND l.child_id IN %s",
    "SELECT r.* FROM sos_form_child_factor_rel r "
    "JOIN sos_form_child l ON l.id = r.sos_form_child_id WHERE l.child_id IN %s",
    "SELECT * FROM sos_person_disability_rel WHERE sos_person_id IN %s",
)


def _compare(env, name, size, ours, floor, count):
    """Both in turns, so that a busy moment of the machine meets both."""
    # what was made to measure with is not gone through again and again
    gc.collect()
    gc.freeze()
    times = {ours: [], floor: []}
    for _turn in range(ROUNDS):
        for call in (ours, floor):
            env.invalidate_all()
            began = time.perf_counter()
            call()
            times[call].append(time.perf_counter() - began)
    mine, least = (statistics.median(times[call]) for call in (ours, floor))
    raw = {"ours": f"{mine:.2f} s", "floor": f"{least:.2f} s", "rows": count}
    return Line(name, mine / least, BUDGETS.get(size), raw=raw)


# ---------------------------------------------------------------------------- census


def census(env, size):
    source = env["sos.census"]
    message = _to_tuples(etree.fromstring(source._get_xml(YEAR)))
    rows = source._get_rows(YEAR)
    ids = tuple(child.record.id for child in rows)

    def floor():
        for table, columns in TABLES.items():
            key = "id" if table == "sos_person" else "child_id"
            # table and columns are ours, from above
            env.cr.execute(
                f"SELECT id, {columns} FROM {table} WHERE {key} IN %s", [ids]
            )
            env.cr.fetchall()
        for query in JOINED:
            env.cr.execute(SQL(query, ids))
            env.cr.fetchall()
        root = etree.Element("Message")
        _write(root, message)
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    return _compare(
        env,
        f"census XML, {size} children",
        size,
        lambda: source._get_xml(YEAR),
        floor,
        len(ids),
    )


def _to_tuples(node):
    return [
        (item.tag, None if len(item) else item.text, _to_tuples(item)) for item in node
    ]


def _write(parent, items):
    for tag, text, inner in items:
        node = etree.SubElement(parent, tag)
        node.text = text
        if inner:
            _write(node, inner)


# --------------------------------------------------------------------------- Annex A


def annex_a(env, size):
    from odoo.addons.sos_reporting.tools import annex_a as tools

    source = env["sos.annex.a"]
    rows = source._get_lists(AS_AT)
    lists = {
        number: [
            [(column.kind, row.get(column.key)) for column in columns]
            for row in rows[number]
        ]
        for number, columns in tools.get_columns().items()
    }

    def floor():
        with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for number, rows in sorted(lists.items()):
                sheet = book.add_worksheet(f"List {number}")
                for line, cells in enumerate(rows, start=1):
                    _write_cells(sheet, line, cells, day)

    count = sum(map(len, lists.values()))
    return _compare(
        env,
        f"Annex A workbook, {size} children",
        size,
        lambda: source._get_workbook(AS_AT),
        floor,
        count,
    )


def _write_cells(sheet, line, cells, day):
    for place, (kind, value) in enumerate(cells):
        if value is None:
            continue
        if kind == "date":
            sheet.write_datetime(line, place, value, day)
        elif kind == "integer":
            sheet.write_number(line, place, value)
        else:
            sheet.write_string(line, place, value)


# ---------------------------------------------------------------------------- memory


def memory(config_path, kind, databases):
    """How much more memory a return takes at its peak in the largest database than in
    the smallest, each in a process of its own."""
    name = (
        f"memory of a return: {kind}, {max(databases)} less {min(databases)} children"
    )
    if len(databases) < 2:
        return Line(name, None, MEMORY_BUDGET)
    peaks = {}
    for size in (min(databases), max(databases)):
        command = [sys.executable, "-W", "ignore", "-m", "bench.peak"]
        command += [config_path, databases[size], kind]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks[size] = int(done.stdout.split()[-1]) / 1024
    growth = peaks[max(databases)] - peaks[min(databases)]
    raw = {f"at {size}": f"{peak:.0f} MB" for size, peak in peaks.items()}
    return Line(name, growth, MEMORY_BUDGET, "MB", raw)
