import re

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, Query

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosAccessProbes(SosCommon, RefusalsMixin):
    """What can be learnt of records that may not be read, by searching, grouping,
    sorting and exporting records that may be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(user=cls.outsider)
        cls.olly = env["sos.person"].create({"first_name": "Olly", "last_name": "Own"})
        cls.own = env["sos.case"].create(
            {"name": "Own", "member_ids": [Command.create({"person_id": cls.olly.id})]}
        )
        # Olly is related to Sam, of whom South knows nothing
        half = cls._code("relationship", "half_sibling").id
        cls.relation = cls.env["sos.relationship"].create(
            {"person_id": cls.olly.id, "type_id": half, "other_id": cls.sam.id}
        )
        cls.env["sos.relationship"].create(
            {"person_id": cls.robin.id, "type_id": half, "other_id": cls.olly.id}
        )

    def test_paths_to_what_may_not_be_read_find_nothing(self):
        for model, readable, domains in (
            (
                "sos.relationship",
                self.relation,
                [
                    [("other_id.last_name", "ilike", "Hill")],
                    [("other_id.name", "=like", "Sam%")],
                    [("other_id", "ilike", "Hill")],
                    [("other_id.birth_date", "=", "2017-05-04")],
                    [("other_id.member_ids.case_id.name", "ilike", "Hill")],
                    [("other_id", "any", [("first_name", "=", "Sam")])],
                ],
            ),
            (
                "sos.person",
                self.olly,
                [
                    [("relation_ids.other_id.last_name", "ilike", "Hill")],
                    [("relation_ids.other_id", "ilike", "Hill")],
                    [("inverse_relation_ids.person_id.last_name", "ilike", "Hill")],
                ],
            ),
            (
                "sos.case",
                self.own,
                [
                    [
                        (
                            "member_ids.person_id.relation_ids.other_id.last_name",
                            "ilike",
                            "Hill",
                        )
                    ],
                ],
            ),
        ):
            lines = self.env[model].with_user(self.outsider)
            self.assertIn(readable, lines.search([]))
            for domain in domains:
                with self.subTest(f"{model} {domain}"):
                    # there is something to find, for who may
                    self.assertIn(readable, self.env[model].search(domain))
                    self.assertNotIn(readable, lines.search(domain))
                    # nor by what is left over
                    self.assertIn(readable, lines.search(["!", *domain]))

    def test_users_and_teams_lead_to_no_family(self):
        """Everybody reads users and teams: no way from there to a family."""
        family = self.env.registry["sos.record.mixin"]
        for name in (
            "res.users",
            "sos.team",
            "res.partner",
            "sos.code",
            "sos.form.type",
        ):
            model = self.env[name].with_user(self.outsider)
            for field in model._fields.values():
                comodel = self.env.get(field.comodel_name) if field.relational else None
                if comodel is None or not isinstance(comodel, family):
                    continue
                self.fail(f"{name}.{field.name} leads to {field.comodel_name}")

    def test_headings_sorting_and_export_give_no_name(self):
        lines = self.env["sos.relationship"].with_user(self.outsider)
        (group,) = lines.formatted_read_group([], ["other_id"], ["__count"])
        self.assertEqual(
            group["other_id"], (self.sam.id, f"{self.sam.reference} (no access)")
        )
        with self._refused(UserError, "written about families"):
            lines.formatted_read_group([], ["other_id.last_name"], ["__count"])
        self.outsider.group_ids |= self.env.ref("base.group_allow_export")
        relation = self.relation.with_user(self.outsider)
        with self._refused(AccessError, "You have no access"):
            relation.export_data(["other_id/last_name"])
        ((shown,),) = relation.export_data(["other_id"])["datas"]
        self.assertEqual(shown, f"{self.sam.reference} (no access)")
        with self._refused(AccessError, "."):
            relation.web_read({"other_id": {"fields": {"last_name": {}}}})
        self.assertNotIn("Hill", str(relation.web_read({"other_id": {"fields": {}}})))

    def test_order_does_not_tell_where_a_name_stands(self):
        """Sorting one's own lines by somebody's name would tell it letter by letter."""
        people = self.env["sos.person"].with_user(self.outsider)
        named = people.create([{"last_name": "Aaa"}, {"last_name": "Zzz"}])
        lines = self.relation | self.env["sos.relationship"].create(
            [
                {
                    "person_id": self.olly.id,
                    "type_id": self._code("relationship", "sibling").id,
                    "other_id": person.id,
                }
                for person in named
            ]
        )
        orders = set()
        for name in ("Aaa", "Zzz"):
            self.sam.last_name = name
            found = lines.with_user(self.outsider).search(
                [("id", "in", lines.ids)], order="other_id, id"
            )
            orders.add(tuple(found.ids))
        self.assertEqual(len(orders), 1)

    def test_no_relation_is_sorted_by_a_familys_name(self):
        """By number; one to a person by the birth date before."""
        family = self.env.registry["sos.record.mixin"]
        tried = 0
        for name in self.env.registry.models:
            model = self.env[name]
            for field in model._fields.values():
                if field.type != "many2one" or not field.store or model._abstract:
                    continue
                if not isinstance(self.env[field.comodel_name], family):
                    continue
                for order in (field.name, f"{field.name} desc", f"{field.name}.name"):
                    query = Query(self.env, model._table, model._table_sql)
                    sql = model._order_to_sql(order, query)
                    columns = set(re.findall(r'"\."(\w+)"', sql.code))
                    known = {field.name}
                    if field.comodel_name == "sos.person":
                        known.add("birth_date")
                    else:
                        self.assertFalse(query._joins, f"{name}: {order}")
                    self.assertEqual(columns, known, f"{name}: {order}")
                tried += 1
        self.assertGreater(tried, 100)

    def test_person_in_a_restricted_and_an_open_file(self):
        """The restricted file wins: who reads the open one finds a number there."""
        self._protected()
        opened = self.env["sos.case"].create(
            {
                "name": "Moor",
                "team_id": self.other_team.id,
                "member_ids": [Command.create({"person_id": self.sam.id})],
            }
        )
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        self.env.invalidate_all()
        for user in (self.service_manager, self.outsider):
            sam = self.sam.with_user(user)
            with self.subTest(user.login):
                self.assertFalse(sam.search([("id", "=", sam.id)]))
                line = opened.member_ids.with_user(user)
                self.assertEqual(line.display_name, f"{sam.reference} (no access)")
                self.assertFalse(line.birth_date or line.age_text)
                self.assertFalse(line.search([("person_id.last_name", "=", "Hill")]))
                with self._refused(AccessError, "no access"):
                    sam.read(["name"])
                with self._refused(AccessError, "no access"):
                    self.robin.with_user(user).read(["name"])
        self.assertEqual(self.sam.with_user(self.manager).name, "Sam Hill")

    def test_restricted_file_by_its_clocks_and_reminders(self):
        self.env["sos.allocation"].with_user(self.manager).create(
            {"case_id": self.case.id, "user_id": self.worker.id}
        )
        self._refer()
        clocks = self.case.deadline_ids
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "sos.deadline"), ("res_id", "in", clocks.ids)]
        )
        self.assertEqual(activities.user_id, self.worker)
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        self.assertEqual(activities.exists().user_id, self.manager)
        for user in (self.worker, self.support, self.service_manager, self.auditor):
            with self.subTest(user.login):
                self.assertFalse(
                    self.env["sos.deadline"]
                    .with_user(user)
                    .search([("case_id", "=", self.case.id)])
                )
        log = self.env["sos.change.log"].search(
            [("res_model", "=", "sos.case"), ("field", "=", "named_reader_ids")]
        )
        self.assertEqual(log.user_id, self.manager)
        self.assertIn(self.manager.name, log.new)
        with self._refused(AccessError, "."):
            log.with_user(self.auditor).read()
        self.assertEqual(log.with_user(self.manager).new, log.new)

    def test_chair_of_a_restricted_file_must_be_named(self):
        self._protected()
        self.assertIn(self.chair, self.case.reader_ids)
        case = self.case.with_user(self.manager)
        case.restricted = True
        self.assertIn(self.chair, self.case.reader_ids)
        case.named_reader_ids = self.manager
        self.assertNotIn(self.chair, self.case.reader_ids)
        case.named_reader_ids |= self.chair
        self.assertIn(self.chair, self.case.reader_ids)


@tagged("post_install", "-at_install")
class TestSosAccessScale(SosCommon):
    """Rules that PostgreSQL answers from an index, however many families there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                INSERT INTO sos_case (reference, name, company_id, team_id)
                SELECT 'X' || i, 'X' || i, %(company)s, %(team)s
                  FROM generate_series(1, 5000) i;
                INSERT INTO sos_person (reference, kind, last_name, name, active)
                SELECT 'X' || i, 'child', 'X' || i, 'X' || i, true
                  FROM generate_series(1, 5000) i;
                INSERT INTO sos_case_reader_rel (case_id, user_id)
                SELECT id, CASE WHEN id %% 250 = 0 THEN %(worker)s ELSE %(other)s END
                  FROM sos_case WHERE reference LIKE 'X%%';
                INSERT INTO sos_person_reader_rel (person_id, user_id)
                SELECT id, CASE WHEN id %% 250 = 0 THEN %(worker)s ELSE %(other)s END
                  FROM sos_person WHERE reference LIKE 'X%%';
                ANALYZE sos_case; ANALYZE sos_case_reader_rel;
                ANALYZE sos_person; ANALYZE sos_person_reader_rel
                """,
                company=cls.env.company.id,
                team=cls.other_team.id,
                worker=cls.worker.id,
                other=cls.outsider.id,
            )
        )

    def _get_plan(self, model, user):
        records = self.env[model].with_user(user)
        query = records._search([], order=records._order, limit=80)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in rows)

    def _check_plans(self):
        for table in ("sos_case", "sos_person"):
            plan = self._get_plan(table.replace("_", "."), self.worker)
            with self.subTest(table):
                self.assertRegex(plan, f"{table}_reader_rel_user_id_.*_idx")
                self.assertNotRegex(plan, rf"Seq Scan on {table}\b")

    def test_reader_looks_into_an_index(self):
        self._check_plans()

    def test_blocked_reader_does_so_too(self):
        self.env["sos.access.block"].create(
            {"case_id": self.case.id, "user_id": self.worker.id, "reason": "Cousin."}
        )
        self.assertIn("<>", self._get_plan("sos.case", self.worker))
        self._check_plans()

    def test_service_reads_along_the_order(self):
        plan = self._get_plan("sos.case", self.service_manager)
        self.assertNotRegex(plan, r"Seq Scan on sos_case\b")
