import ast
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-11-23 10:00:00")
class TestSosCodes(RefusalsMixin, SosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes = cls.env(user=cls.configurator)["sos.code"]

    def _new_code(self, **values):
        values = {"code_set": "note_kind", "code": "walk", "name": "Walk", **values}
        return self.codes.create(values)

    def test_configurator_adds_and_renames(self):
        code = self._new_code()
        code.name = "A walk together"
        self.assertEqual(code.set_name, "Note kind")
        self.assertEqual(self._code("note_kind", "walk"), code)
        code.unlink()
        self.assertFalse(self._code("note_kind", "walk"))

    def test_others_choose_only(self):
        for user in (self.worker, self.manager, self.service_manager):
            codes = self.env["sos.code"].with_user(user)
            self.assertTrue(codes._get_valid("note_kind"))
            with self.assertRaises(AccessError):
                codes.create({"code_set": "note_kind", "code": "x", "name": "X"})
            with self.assertRaises(AccessError):
                self._code("note_kind", "phone").with_user(user).sudo(False).write(
                    {"name": "X"}
                )

    def test_code_once_in_a_set(self):
        self._new_code()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            with self.env.cr.savepoint():
                self._new_code()
                self.env.flush_all()
        self.assertIn("sos_code_code_unique", str(caught.exception))
        self._new_code(code_set="given_how")

    def test_shipped_code_stays(self):
        code = self.codes.browse(self.env.ref("sos_casework.code_sex_u").id)
        with self._refused(UserError, "Archive it"):
            code.unlink()
        with self._refused(UserError, "stay as they are"):
            code.code = "X"
        with self._refused(UserError, "stay as they are"):
            code.code_set = "gender"
        code.write({"code": "U", "name": "Not known"})
        self.assertEqual(code.name, "Not known")

    def test_used_code_is_archived_not_deleted(self):
        # a many2one of a required field, of an optional one, and a many2many
        kind = self._new_code()
        need = self._new_code(code_set="ethnicity", code="ZZ1")
        factor = self._new_code(code_set="disability", code="ZZ2")
        unused = self._new_code(code="run")
        self.env["sos.case.note"].with_user(self.worker).create(
            {"case_id": self.case.id, "kind_id": kind.id, "text": "We walked."}
        )
        self.sam.ethnicity_id = need.id
        self.sam.disability_ids = factor.sudo()
        for code in (kind, need, factor):
            with self._refused(UserError, "in use"):
                code.unlink()
            with self._refused(UserError, "in use"):
                code.code = "other"
            code.active = False
            self.assertNotIn(code, self.codes._get_valid(code.code_set))
        self.assertEqual(self.sam.ethnicity_id.id, need.id)
        unused.code = "jog"
        unused.unlink()
        self.assertFalse(unused.exists())

    def test_archived_code_serves_the_system(self):
        self._code("sex", "U").active = False
        baby = self.env["sos.person"].create(
            {"last_name": "Reed", "expected_on": "2027-01-10"}
        )
        self.assertEqual(baby.sex_id.code, "U")

    def test_valid_in_a_census_year(self):
        valid = {
            year: set(self.codes._get_valid("assessment_factor", year).mapped("code"))
            for year in (2024, 2025, None)
        }
        self.assertIn("18A", valid[2024])
        for year in (2025, None):
            self.assertNotIn("18A", valid[year])
            self.assertIn("18B", valid[year])
        code = self._new_code(valid_from=2027)
        self.assertNotIn(code, self.codes._get_valid("note_kind", 2026))
        self.assertIn(code, self.codes._get_valid("note_kind", 2027))
        self.assertIn(code, self.codes._get_valid("note_kind"))
        code.write({"valid_from": 0, "valid_until": 0})
        self.assertIn(code, self.codes._get_valid("note_kind", 1990))
        with self._refused(ValidationError, "valid until before"):
            code.write({"valid_from": 2028, "valid_until": 2027})

    def test_census_year(self):
        day = self.env["sos.person"]._fields["birth_date"].to_date
        for text, year in (
            ("2026-03-31", 2026),
            ("2026-04-01", 2027),
            ("2026-12-31", 2027),
            ("2027-03-31", 2027),
        ):
            self.assertEqual(self.codes._get_census_year(day(text)), year, text)
        self.assertEqual(self.codes._get_census_year(), 2027)

    def test_fields_offer_valid_codes_only(self):
        code = self._new_code(code_set="gender", code="zz", valid_until=2026)
        domain = self.env["sos.person"].fields_get(["gender_id"])["gender_id"]["domain"]
        if isinstance(domain, str):
            domain = ast.literal_eval(domain)
        offered = self.codes.search(domain)
        self.assertNotIn(code, offered)
        self.assertEqual(len(offered), 4)

    # ---------------------------------------------------------------- an upgrade

    def _upgrade(self, model, header, *rows):
        """What a release does with its list."""
        loader = self.env[model].with_context(
            install_mode=True, mode="update", module="sos_casework", noupdate=False
        )
        with patch.object(self.env.registry, "ready", False):
            result = loader.load(header, list(rows))
        self.assertFalse(result["messages"])

    def test_upgrade_keeps_what_was_changed(self):
        changed = self._code("note_kind", "phone").with_user(self.configurator)
        changed.sudo(False).name = "On the phone"
        header = ["id", "code_set", "code", "name"]
        self._upgrade(
            "sos.code",
            header,
            ["sos_casework.code_note_kind_phone", "note_kind", "phone", "Telephone"],
            ["sos_casework.code_note_kind_other", "note_kind", "other", "Else"],
        )
        self.assertEqual(self._code("note_kind", "phone").name, "On the phone")
        self.assertEqual(self._code("note_kind", "other").name, "Else")

    def test_upgrade_keeps_what_a_call_changed_as_if_it_was_a_release(self):
        code = self._code("note_kind", "phone").with_user(self.configurator)
        code = code.sudo(False).with_context(install_mode=True)
        code.name = "On the phone"
        self._upgrade(
            "sos.code",
            ["id", "code_set", "code", "name"],
            ["sos_casework.code_note_kind_phone", "note_kind", "phone", "Telephone"],
        )
        self.assertEqual(code.name, "On the phone")

    def test_upgrade_takes_up_what_was_added(self):
        code = self._new_code()
        self._upgrade(
            "sos.code",
            ["id", "code_set", "code", "name"],
            ["sos_casework.code_note_kind_walk", "note_kind", "walk", "Walk and talk"],
        )
        self.assertEqual(self.env.ref("sos_casework.code_note_kind_walk").id, code.id)
        self.assertEqual(code.name, "Walk and talk")
        day = self.env["sos.day.off"].create({"date": "2031-05-09", "name": "Ours"})
        self._upgrade(
            "sos.day.off",
            ["id", "date", "name"],
            ["sos_casework.day_off_2031_05_09", "2031-05-09", "Bank holiday"],
        )
        self.assertEqual(self.env.ref("sos_casework.day_off_2031_05_09"), day)
        self.assertEqual(day.name, "Bank holiday")

    # -------------------------------------------------------------------- teams

    def test_team_form(self):
        with Form(self.env["sos.team"].with_user(self.configurator)) as form:
            form.name = "East"
            form.member_ids.add(self.lead)
        self.assertIn(form.record, self.lead.sos_team_ids)
        with self.assertRaises(AccessError):
            self.team.with_user(self.manager).write({"name": "Mine"})

    def test_team_with_families_stays(self):
        team = self.team.with_user(self.configurator)
        with self._refused(UserError, "1 open family files"):
            team.active = False
        with self._refused(UserError, "Archive it instead"):
            team.unlink()
        self.case.team_id = self.other_team
        team.active = False
        self.assertFalse(team.active)
        empty = self.env["sos.team"].with_user(self.configurator).create({"name": "E"})
        empty.unlink()
        self.assertFalse(empty.exists())

    def test_joining_a_team_opens_its_families(self):
        self.assertFalse(self.sam.with_user(self.lead).has_access("read"))
        self.team.with_user(self.configurator).member_ids = [(4, self.lead.id)]
        self.assertTrue(self.sam.with_user(self.lead).has_access("read"))
        self.team.with_user(self.configurator).member_ids = [(3, self.lead.id)]
        self.assertFalse(self.sam.with_user(self.lead).has_access("read"))

    # ----------------------------------------------------------------- agencies

    def test_agencies(self):
        action = self.env.ref("sos_casework.sos_agency_action")
        domain = ast.literal_eval(action.domain)
        school = self.env["res.partner"].create(
            {
                "name": "Hill Lane School",
                "is_company": True,
                "sos_agency_kind_id": self._code("agency_kind", "school").id,
            }
        )
        partners = self.env["res.partner"].with_user(self.worker)
        self.assertEqual(partners.search(domain), school)

    def test_agency_field_is_for_casework_users(self):
        node = '<field name="sos_agency_kind_id"'
        partner = self.env["res.partner"]
        outside = self.env["res.users"].create({"name": "Clerk", "login": "clerk"})
        for user, sees in (
            (self.worker, True),
            (self.configurator, True),
            (outside, False),
        ):
            view = partner.with_user(user).get_view(
                self.env.ref("base.view_partner_form").id, "form"
            )
            self.assertEqual(node in view["arch"], sees, user.login)

    def test_actions_open(self):
        for name, user in (
            ("sos_person_action", self.worker),
            ("sos_person_flag_action", self.worker),
            ("sos_code_action", self.configurator),
            ("sos_team_action", self.configurator),
            ("sos_day_off_action", self.configurator),
            ("sos_agency_action", self.worker),
        ):
            action = self.env.ref(f"sos_casework.{name}")
            views = [(view_id, kind) for view_id, kind in action.views]
            views.append((action.search_view_id.id or False, "search"))
            model = self.env[action.res_model].with_user(user)
            shown = model.get_views(views)["views"]
            self.assertEqual(set(shown), {kind for _id, kind in views}, name)
