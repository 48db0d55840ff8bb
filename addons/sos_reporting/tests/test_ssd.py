import base64
import csv
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.sos_casework.tests.refusals import RefusalsMixin

from ..tools.ssd import get_tables, make_harmless
from .common import ReturnCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSsd(RefusalsMixin, ReturnCommon):
    """The Standard Safeguarding Dataset as files of the published columns."""

    def _make(self, as_at="2026-03-31"):
        record = (
            self.env["sos.return"]
            .with_user(self.analyst)
            .create({"kind": "ssd", "as_at": as_at})
        )
        record.action_make()
        with self.enter_registry_test_mode():
            self.env.ref("sos_reporting.ir_cron_return").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(record.state, "checked", record.run_message)
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(record.sudo().file)))
        return record, {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode()))
            )
            for name in archive.namelist()
        }

    def test_family_under_protection(self):
        self._protect()
        self._visit_on("2025-10-10")
        self._review_on("2026-01-05", category="PHY")
        self._visit_on("2026-05-01")
        record, tables = self._make()
        number = self.sam.reference
        self.assertEqual([p["pers_person_id"] for p in tables["ssd_person"]], [number])
        person = tables["ssd_person"][0]
        self.assertEqual((person["pers_sex"], person["pers_dob"]), ("F", "2017-05-04"))
        self.assertEqual(person["pers_surname"], "", "names are not exported")
        self.assertEqual(
            [d["disa_disability_code"] for d in tables["ssd_disability"]], ["NONE"]
        )
        (episode,) = tables["ssd_cin_episodes"]
        self.assertEqual(episode["cine_referral_date"], "2025-09-03")
        self.assertEqual(episode["cine_referral_nfa"], "N")
        self.assertEqual(len(tables["ssd_contacts"]), 1)
        (enquiry,) = tables["ssd_s47_enquiry"]
        self.assertEqual(enquiry["s47e_s47_start_date"], "2025-09-16")
        self.assertEqual(enquiry["s47e_referral_id"], episode["cine_referral_id"])
        (plan,) = tables["ssd_cp_plans"]
        self.assertEqual(plan["cppl_cp_plan_start_date"], "2025-10-06")
        self.assertEqual(plan["cppl_cp_plan_end_date"], "")
        self.assertEqual(plan["cppl_cp_plan_initial_category"], "Neglect")
        self.assertIn("Physical", plan["cppl_cp_plan_latest_category"])
        (conference,) = tables["ssd_initial_cp_conference"]
        self.assertEqual(conference["icpc_icpc_date"], "2025-10-06")
        self.assertEqual(conference["icpc_icpc_outcome_cp_flag"], "Y")
        self.assertEqual(conference["icpc_cp_plan_id"], plan["cppl_cp_plan_id"])
        self.assertEqual(plan["cppl_icpc_id"], conference["icpc_icpc_id"])
        # a visit in May is not known on 31 March
        (visit,) = tables["ssd_cp_visits"]
        self.assertEqual(visit["cppv_cp_visit_date"], "2025-10-10")
        self.assertEqual(visit["cppv_cp_plan_id"], plan["cppl_cp_plan_id"])
        self.assertFalse(tables["ssd_cin_visits"])
        (review,) = tables["ssd_cp_reviews"]
        self.assertEqual(review["cppr_cp_review_date"], "2026-01-05")
        # what was kept says how long each table is
        kept = dict(record.row_ids.mapped(lambda line: (line.number, line.content)))
        self.assertTrue(kept["ssd_cp_plans"].startswith("1 lines"))

    def test_need_plan_assessment_and_worker(self):
        with self._on("2025-09-01"):
            self.env["sos.allocation"].with_user(self.manager).create(
                {"case_id": self.case.id, "user_id": self.worker.id, "role": "lead"}
            )
        self._refer_on("2025-09-03")
        self._assess_on("2025-09-04", "2025-10-01", factors=("16A", "3B"))
        self._visit_on("2025-10-20")
        _record, tables = self._make()
        (assessment,) = tables["ssd_cin_assessments"]
        self.assertEqual(assessment["cina_assessment_auth_date"], "2025-10-01")
        self.assertEqual(assessment["cina_assessment_child_seen"], "Y")
        (factors,) = tables["ssd_assessment_factors"]
        self.assertEqual(factors["cinf_assessment_factors_json"], '["16A", "3B"]')
        self.assertEqual(len(tables["ssd_cin_plans"]), 1)
        (visit,) = tables["ssd_cin_visits"]
        self.assertEqual(visit["cinv_cin_visit_seen_alone"], "Y")
        self.assertFalse(tables["ssd_cp_visits"])
        involved = tables["ssd_involvements"]
        self.assertEqual(
            {(i["invo_person_id"], i["invo_professional_id"]) for i in involved},
            {(self.sam.reference, str(self.worker.id))},
        )
        self.assertIn(
            str(self.worker.id),
            [p["prof_professional_id"] for p in tables["ssd_professionals"]],
        )

    def test_nobody_still_has_the_headings(self):
        _record, tables = self._make("2020-03-31")
        self.assertEqual(set(tables), {table.name for table in get_tables()})
        self.assertFalse(tables["ssd_person"])

    def test_columns_are_the_published_ones(self):
        for table in get_tables():
            names = [name for name, _source in table.columns]
            self.assertEqual(len(names), len(set(names)), table.name)
            prefixes = {name.partition("_")[0] for name in names}
            self.assertEqual(len(prefixes), 1, table.name)

    def test_text_is_not_run_by_a_spreadsheet(self):
        for text in ("=1+1", "+44", "-x", "@SUM", "\tx"):
            self.assertEqual(make_harmless(text), f"'{text}")
        self.assertEqual(make_harmless("A = b"), "A = b")

    def test_day_ahead(self):
        with self._refused(UserError, "today or a day in the past"):
            self._make("2027-01-01")
