"""What scripts/generate makes is what the addons would have written."""

import io
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import generate
from generate.rows import LINKS, TABLES, open_rows
from lxml import etree
from needs import OUTSIDE, get_validator

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, file_path

from odoo.addons.sos_reporting.tests.common import read_census
from odoo.addons.sos_reporting.tools.census import find_schema_errors

CHILDREN = 60
AS_AT = date(2026, 3, 31)
CLOSURES = {"RC5", "RC7", "RC8", "RC9"}


def make(env, seed=1, children=CHILDREN):
    world = generate.World(env, children, AS_AT)
    generate.generate(env, world, children, seed)
    return world


def run_rules(xml, allowed=""):
    """The DfE's rules, as local authorities have coded them."""
    python = get_validator()
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(xml)
        file.flush()
        return subprocess.run(
            [
                python,
                OUTSIDE / "run_cin_validator.py",
                file.name,
                "2026",
                allowed,
            ],
            capture_output=True,
            text=True,
            check=False,
        )


@tagged("post_install", "-at_install")
class TestGenerator(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"active_test": False})
        cls.before = {table: cls._get_last(table) for table in TABLES}
        cls.world = make(cls.env)

    @classmethod
    def _get_last(cls, table):
        cls.env.cr.execute(
            SQL("SELECT coalesce(max(id), 0) FROM %s", SQL.identifier(table))
        )
        return cls.env.cr.fetchone()[0]

    def _records(self, table):
        model = table.replace("_", ".")
        return self.env[model].search([("id", ">", self.before[table])])

    def test_constraints(self):
        for table in TABLES:
            records = self._records(table)
            self.assertTrue(records, f"nothing in {table}")
            records._validate_fields(records._fields)

    def test_stored_values(self):
        """Worked out anew, everything stored is what it was."""
        for table in TABLES:
            records = self._records(table)
            for name, field in records._fields.items():
                # what is copied once, as the role of a member, is anybody's to change
                if not (field.store and field.compute and field.readonly):
                    continue
                with self.subTest(model=records._name, field=name):
                    before = [record[name] for record in records]
                    self.env.add_to_compute(field, records)
                    after = [record[name] for record in records]
                    self.assertEqual(before, after, f"{table}.{name}")

    def test_readers(self):
        for case in self._records("sos_case"):
            self.assertEqual(case.reader_ids, case._get_readers())

    def test_who_reads_what(self):
        """Each worker reads the families of the team, and no other."""
        cases = self._records("sos_case")
        for team in self.world.teams:
            worker = self.env["res.users"].browse(team.workers[0][0])
            mine = cases.with_user(worker)._filtered_access("read")
            self.assertEqual(
                mine.sudo(), cases.filtered(lambda c, w=worker: w in c.reader_ids)
            )
            open_files = cases.filtered(lambda c: not c.restricted)
            self.assertEqual(
                open_files & mine.sudo(),
                open_files.filtered(lambda c, t=team: c.team_id.id == t.id),
            )

    def test_clocks(self):
        """One open clock of a step at most for each child; due by the same rule."""
        clocks = self._records("sos_deadline")
        going_on = clocks.filtered(lambda c: c.state == "open")
        self.assertTrue(going_on)
        count = Counter((c.case_id, c.child_id, c.step_id) for c in going_on)
        self.assertEqual(max(count.values()), 1)
        closed = self._records("sos_case").filtered("closed_on")
        self.assertFalse(going_on & closed.deadline_ids)
        company = self.env.company
        for clock in clocks:
            step = clock.step_id
            dues = {company._sos_add(clock.started_on, step.due_number, step.due_unit)}
            if step.repeat_number:
                dues.add(
                    company._sos_add(
                        clock.started_on, step.repeat_number, step.repeat_unit
                    )
                )
            if not step.before_booked_days:
                self.assertIn(clock.due_on, dues, step.code)

    def test_all_kinds(self):
        episodes = self._records("sos_episode")
        self.assertEqual(set(episodes.mapped("state")), {"open", "nfa", "closed"})
        self.assertLessEqual(CLOSURES, set(episodes.closure_reason_id.mapped("code")))
        plans = self._records("sos_plan")
        self.assertEqual(set(plans.mapped("kind")), {"cin", "cp"})
        self.assertTrue(plans.filtered("previous_plans"))
        self.assertTrue(episodes.filtered("transfer_conference_on"))
        self.assertTrue(
            self._records("sos_enquiry").filtered(
                lambda e: e.conference_required == "no"
            )
        )
        children = self._records("sos_person").filtered(lambda p: p.kind == "child")
        self.assertTrue(children.filtered(lambda p: len(p.episode_ids) > 1))
        self.assertTrue(children.filtered("expected_on"))
        self.assertGreater(
            len(self._records("sos_form").type_id), len(self.world.types) - 2
        )

    def test_begins_before_odoo_knows_its_addons(self):
        """As the script begins: the folder of the addons is said in its options."""
        folder = Path(generate.__file__).parents[1]
        ran = subprocess.run(
            [sys.executable, "-m", "generate", "--help"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_every_role_works_here(self):
        """Each role has somebody; whoever keeps time is an employee."""
        users = self.env["res.users"].search([("login", "=like", "generated.%")])
        roles = {
            group.get_external_id()[group.id].removeprefix("sos_casework.group_")
            for group in users.group_ids
        }
        self.assertLessEqual(
            {
                *("practitioner", "team_manager", "conference_chair"),
                *("business_support", "practice_lead", "quality_auditor"),
                *("performance_analyst", "service_manager", "configurator"),
            },
            roles,
        )
        company = self.env.company
        self.assertEqual(users.with_company(company).employee_id.user_id, users)
        # made a second time, they are the same
        generate.World(self.env, CHILDREN, AS_AT)
        again = self.env["res.users"].search([("login", "=like", "generated.%")])
        self.assertEqual(again, users)
        self.assertEqual(len(users.employee_ids), len(users))

    def test_time_is_kept(self):
        """Of the last months up to the day of the data, within a working day."""
        lines = self.env["account.analytic.line"].search(
            [("sos_form_id", "in", self._records("sos_form").ids)]
        )
        self.assertEqual(
            set(lines.sos_work_kind_id.mapped("code")),
            {"recording", "direct", "meeting", "travel"},
        )
        days = lines.mapped("date")
        self.assertLess((AS_AT - max(days)).days, 7)
        self.assertLess((AS_AT - min(days)).days, 91)
        for of_day in lines.grouped(
            lambda line: (line.employee_id, line.date)
        ).values():
            self.assertLessEqual(sum(of_day.mapped("unit_amount")), 8)
        for line in lines:
            self.assertEqual(line.user_id, line.sos_form_id.submitted_by_id)
            self.assertEqual(line.sos_team_id, line.sos_form_id.case_id.team_id)

    def test_work_of_the_last_day(self):
        """Some of what is not signed yet waits for whoever signs it."""
        rows = open_rows(self.env.cr, datetime(2026, 3, 31, 18))
        generate.build(self.world, rows, 400, 1)
        waiting = [f for f in rows.tables["sos_form"] if f["state"] == "submitted"]
        self.assertTrue(waiting)
        ids = {form["id"] for form in waiting}
        assessment = self.world.types["assessment"]
        self.assertEqual({form["type_id"] for form in waiting}, {assessment.id})
        self.assertEqual({form["submitted_at"].date() for form in waiting}, {AS_AT})
        lines = [c for c in rows.tables["sos_form_child"] if c["form_id"] in ids]
        self.assertTrue(all(line["decision_id"] for line in lines))
        self.assertFalse(any(line.get("confirmed_at") for line in lines))

    def test_opens(self):
        """A worker opens a family and its forms as any other."""
        team = self.world.teams[0]
        worker = self.env["res.users"].browse(team.workers[0][0])
        case = self._records("sos_case").filtered(
            lambda c: c.lead_id and worker in c.reader_ids
        )[:1]
        for record in (case, *case.form_ids, *case.child_ids):
            record = record.with_user(worker)
            view = record.get_view(view_type="form")
            names = set(view["models"][record._name])
            names &= record.fields_get(attributes=()).keys()
            values = record.web_read({name: {} for name in names})
            self.assertEqual(values[0]["id"], record.id)

    def test_next_number(self):
        person = self.env["sos.person"].create(
            {"kind": "adult", "first_name": "New", "last_name": "Here"}
        )
        last = max(self._records("sos_person") - person, key=lambda p: p.id)
        self.assertGreater(person.reference, last.reference)

    def test_census(self):
        xml = self.env["sos.census"]._get_xml(2026)
        path = file_path("sos_reporting/data/cin_2026.xsd")
        self.assertEqual(find_schema_errors(xml, path), [])
        self.assertGreater(len(read_census(xml)), CHILDREN / 3)
        ran = run_rules(xml)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("109 rules", ran.stdout)

    def _count_census_queries(self):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["sos.census"]._get_xml(2026)
        return self.env.cr.sql_log_count - before

    def test_census_queries(self):
        """Twice as many children cost no query more."""
        self._count_census_queries()
        before = self._count_census_queries()
        make(self.env, seed=2)
        self.assertEqual(self._count_census_queries(), before)

    def test_census_file(self):
        """Written as it comes, and only when it is right."""
        source, file, done = self.env["sos.census"], io.BytesIO(), []
        source._write_xml(2026, file, done.append)
        self.assertEqual(file.getvalue(), source._get_xml(2026))
        self.assertEqual(done, [len(read_census(file.getvalue()))])
        whole = etree.fromstring(
            file.getvalue(), etree.XMLParser(remove_blank_text=True)
        )
        pretty = etree.tostring(
            whole, xml_declaration=True, encoding="UTF-8", pretty_print=True
        )
        self.assertEqual(etree.fromstring(pretty).tag, "Message")
        self.assertEqual(
            pretty.split(b"\n")[1:], file.getvalue().split(b"\n")[1:] + [b""]
        )
        child = (
            self._records("sos_episode")
            .filtered(lambda e: e.state == "open")[-1:]
            .child_id
        )
        child.ethnicity_id = False
        empty = io.BytesIO()
        with self.assertRaisesRegex(UserError, child.reference):
            source._write_xml(2026, empty)
        self.assertFalse(empty.getvalue())

    def test_annex_a(self):
        self.assertTrue(self.env["sos.annex.a"]._get_workbook(AS_AT))

    def test_same_seed_same_rows(self):
        made = []
        for seed in (3, 3, 4):
            rows = open_rows(self.env.cr, datetime(2026, 3, 31, 18))
            generate.build(self.world, rows, 20, seed)
            made.append(
                ({t: rows.tables[t] for t in TABLES}, {t: rows.links[t] for t in LINKS})
            )
        self.assertEqual(made[0], made[1])
        self.assertNotEqual(made[0], made[2])
