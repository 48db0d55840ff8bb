import base64
from importlib.util import module_from_spec, spec_from_file_location

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from .common import SosCommon
from .refusals import RefusalsMixin

JOBS = "sos_casework/migrations/19.0.1.2.0/post-jobs_at_night.py"


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosImport(SosCommon, RefusalsMixin):
    """People come in from an earlier system, and nothing wrong comes in with them."""

    NAMES = ("first_name", "last_name", "birth_date", "sex_id", "ethnicity_id")

    def _load(self, rows, names=NAMES, user=None):
        people = self.env["sos.person"].with_user(user or self.manager)
        return people.load(list(names), [list(row) for row in rows])

    def _errors(self, result):
        return [
            (message["rows"]["from"], message.get("field"), message["message"])
            for message in result["messages"]
            if message["type"] == "error"
        ]

    # ------------------------------------------------------------------- codes

    def test_every_field_that_points_to_a_code_has_its_list(self):
        codes = self.env["sos.code"]
        sets = set(codes.search([]).mapped("code_set"))
        # shows what another field has, and takes nothing in
        copies = {"sos.correction.ask"}
        count = 0
        for name, model in self.env.registry.items():
            if model._abstract or name in copies:
                continue
            for field in model._fields.values():
                if field.comodel_name != "sos.code" or field.type == "one2many":
                    continue
                if not field.store or not model._auto or field.related:
                    continue
                count += 1
                self.assertIn(codes._get_lists(name).get(field.name), sets, str(field))
        self.assertGreater(count, 25)

    def test_a_code_of_another_list_is_refused_everywhere(self):
        wrong = self._code("closure_reason", "RC7")
        note = self.env["sos.case.note"].with_user(self.worker)
        form = self._open("contact", self.sam)
        line = form.child_ids[:1]
        for act in (
            lambda: self.sam.with_user(self.worker).write({"ethnicity_id": wrong.id}),
            lambda: self.sam.write({"ethnicity_id": wrong.id}),
            lambda: self.sam.write({"disability_ids": [Command.link(wrong.id)]}),
            lambda: self.sam.web_save({"sex_id": wrong.id}, {}),
            lambda: self.env["sos.person"].create(
                {"last_name": "Reed", "gender_id": wrong.id}
            ),
            lambda: note.create(
                {"case_id": self.case.id, "kind_id": wrong.id, "text": "x"}
            ),
            lambda: form.with_user(self.worker).write({"need_id": wrong.id}),
            lambda: line.write({"factor_ids": [Command.link(wrong.id)]}),
            lambda: self.env["sos.referral.person"].create({"sex_id": wrong.id}),
            lambda: self.env["res.partner"].create(
                {"name": "School", "sos_agency_kind_id": wrong.id}
            ),
        ):
            with self._refused(ValidationError, "is an entry of the list “Closure"):
                act()

    def test_a_new_code_of_the_list_is_taken_at_once(self):
        codes = self.env["sos.code"].with_user(self.configurator)
        code = codes.create({"code_set": "ethnicity", "code": "ZZ", "name": "Zz"})
        self.sam.ethnicity_id = code.id
        self.assertEqual(self.sam.ethnicity_id.id, code.id)
        code.active = False
        self.robin.ethnicity_id = code.id

    # ------------------------------------------------------------------ import

    def test_names_and_codes_of_the_own_list(self):
        result = self._load(
            [
                ("Ann", "Reed", "2015-03-04", "Male", "WBRI"),
                ("Ben", "Reed", "2016-03-04", "female", "White British"),
            ]
        )
        self.assertFalse(self._errors(result), result)
        ann, ben = self.env["sos.person"].browse(result["ids"])
        self.assertEqual((ann.sex_id.code_set, ann.sex_id.name), ("sex", "Male"))
        self.assertEqual((ben.sex_id.code_set, ben.sex_id.name), ("sex", "Female"))
        self.assertEqual(ann.ethnicity_id.code, "WBRI")

    def test_all_that_is_wrong_is_said_with_row_and_field(self):
        before = self.env["sos.person"].search_count([])
        rows = [("Ann", f"Reed{n}", "2015-03-04", "Male", "WBRI") for n in range(30)]
        for place in range(0, 30, 2):
            rows[place] = ("Ann", f"Reed{place}", "2015-03-04", "Male", "Adopted")
        rows[1] = ("Ann", "", "2015-03-04", "Male", "WBRI")
        rows[3] = ("Ann", "Reed3", "31/31/2015", "Male", "WBRI")
        result = self._load(rows)
        self.assertFalse(result["ids"])
        found = {(row, field) for row, field, _text in self._errors(result)}
        self.assertEqual(
            found,
            {(place, "ethnicity_id") for place in range(0, 30, 2)}
            | {(1, "last_name"), (3, "birth_date")},
        )
        text = next(text for row, _f, text in self._errors(result) if row == 0)
        self.assertIn("“Adopted” is not in the list of “Ethnicity”", text)
        self.assertEqual(self.env["sos.person"].search_count([]), before)

    def test_a_file_with_dates_that_cannot_be_read(self):
        text = (
            "first_name,last_name,birth_date,ethnicity_id\n"
            "Ann,Reed,04/03/2015,WBRI\nBen,Reed,2015,WBRI\nCis,Reed,99/99/2015,Nn\n"
        )
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "sos.person",
                    "file": base64.b64decode(base64.b64encode(text.encode())),
                    "file_name": "people.csv",
                    "file_type": "text/csv",
                }
            )
        )
        names = ["first_name", "last_name", "birth_date", "ethnicity_id"]
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": ",",
            "date_format": "%d/%m/%Y",
        }
        result = wizard.execute_import(names, names, options, dryrun=True)
        self.assertEqual(
            [(row, field) for row, field, _text in self._errors(result)],
            [(1, "birth_date"), (2, "birth_date"), (2, "ethnicity_id")],
        )

    def test_the_number_of_before_is_kept(self):
        names = ("reference", "last_name", "birth_date")
        result = self._load(
            [("4711A", "Reed", "2015-03-04"), ("", "Moss", "2016-03-04")], names
        )
        self.assertFalse(self._errors(result), result)
        old, new = self.env["sos.person"].browse(result["ids"])
        self.assertEqual(old.reference, "4711A")
        self.assertTrue(new.reference)
        # one that looks like the system's own
        number = int(new.reference[1:]) + 2
        taken = f"{new.reference[0]}{number:0{len(new.reference) - 1}}"
        result = self._load([(taken, "Hay", "2015-05-04")], names)
        self.assertFalse(self._errors(result), result)
        more = self.env["sos.person"].create([{"last_name": f"N{n}"} for n in range(4)])
        self.assertEqual(len(set(more.mapped("reference"))), 4)
        self.assertNotIn(taken, more.mapped("reference"))
        result = self._load(
            [
                ("4711A", "Other", "2011-03-04"),
                ("47/11", "Other", "2012-03-04"),
                ("12345678901", "Other", "2013-03-04"),
                ("99", "Other", "2014-03-04"),
                ("99", "Others", "2014-03-05"),
            ],
            names,
        )
        self.assertEqual(
            [(row, field) for row, field, _text in self._errors(result)],
            [(0, "reference"), (1, "reference"), (2, "reference"), (4, "reference")],
        )

    def test_nobody_else_gives_a_number(self):
        person = (
            self.env["sos.person"]
            .with_user(self.manager)
            .create({"last_name": "Reed", "reference": "4711"})
        )
        self.assertNotEqual(person.reference, "4711")

    def test_who_is_there_already_is_shown(self):
        rows = [
            ("sam", "Hill", "2017-05-04", "F", "WBRI"),
            ("New", "Child", "2017-05-04", "F", "WBRI"),
            ("New", "Child", "2017-05-04", "F", "WBRI"),
        ]
        result = self._load(rows)
        self.assertFalse(result["ids"])
        mine = self._errors(result)
        self.assertEqual([row for row, *_rest in mine], [0, 2])
        self.assertIn(f"Sam Hill ({self.sam.reference}) is there already", mine[0][2])
        self.assertIn("the same person as in row 2", mine[1][2])
        theirs = self._errors(self._load(rows, user=self.other_manager))
        self.assertNotIn("Sam", theirs[0][2])
        self.assertIn("You have no access to that record: ask", theirs[0][2])

    def test_a_file_that_comes_again_by_its_ids_puts_right(self):
        names = ("id", "last_name", "birth_date")
        first = self._load([("reed_1", "Reed", "2015-03-04")], names)
        again = self._load([("reed_1", "Reed-Moss", "2015-03-04")], names)
        self.assertFalse(self._errors(again), again)
        self.assertEqual(again["ids"], first["ids"])
        person = self.env["sos.person"].browse(first["ids"])
        self.assertEqual(person.last_name, "Reed-Moss")

    def test_managers_import_and_nobody_else(self):
        row = [("Ann", "Reed", "2015-03-04", "F", "WBRI")]
        for user in (self.worker, self.support, self.chair, self.configurator):
            result = self._load(row, user=user)
            self.assertFalse(result["ids"])
            self.assertIn("imported by managers", result["messages"][0]["message"])
        for user in (self.manager, self.service_manager):
            result = self._load([("Ann", user.login, *row[0][2:])], user=user)
            self.assertTrue(result["ids"], result)

    # ------------------------------------------------- teams, and jobs at night

    def test_who_is_in_no_team_is_told(self):
        loner = self._new_user("loner", "practitioner")
        with self._refused(UserError, "You are in no team"):
            self.env["sos.case"].with_user(loner).create({"name": "Reed"})
        self.assertTrue(loner.sos_lacks_team)
        loner.sos_team_ids = self.team
        self.assertFalse(loner.sos_lacks_team)
        self.assertFalse(self.auditor.sos_lacks_team)

    def test_a_team_without_a_manager_says_so(self):
        self.assertFalse(self.team.lacks_manager)
        self.manager.sos_team_ids -= self.team
        self.assertTrue(self.team.lacks_manager)
        self.assertTrue(self.env["sos.team"].new({"name": "East"}).lacks_manager)

    def test_an_upgrade_moves_the_jobs_whose_hour_nobody_chose(self):
        spec = spec_from_file_location("upgrade", file_path(JOBS))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        root = self.env(user=SUPERUSER_ID)
        nightly = root.ref("sos_casework.ir_cron_nightly")
        chosen = root.ref("sos_casework.ir_cron_destruction")
        noon = "2026-09-08 12:40:00"
        nightly.nextcall = noon
        chosen.with_user(self.env.ref("base.user_admin")).nextcall = noon
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(nightly.nextcall.hour, 0)
        self.assertEqual(str(chosen.nextcall), noon)

    def test_nightly_jobs_run_at_night(self):
        jobs = self.env["ir.cron"].search([("interval_type", "=", "days")])
        own = jobs.get_external_id()
        mine = jobs.filtered(lambda job: own[job.id].startswith("sos_"))
        self.assertGreaterEqual(len(mine), 5)
        starts = [(job.nextcall.hour, job.nextcall.minute) for job in mine]
        self.assertEqual(len(set(starts)), len(mine), "one after the other")
        for job in mine:
            self.assertIn(job.nextcall.hour, range(0, 5), job.name)
