from importlib.util import module_from_spec, spec_from_file_location

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path, mute_logger

from .common import SosCommon

SCRIPT = "sos_casework/migrations/19.0.1.2.0/post-one_authority.py"
OVERSIGHT = ("service_manager", "quality_auditor", "performance_analyst")


@tagged("post_install", "-at_install")
class TestAuthority(SosCommon):
    """One authority a database: its families are read by who works for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = cls.case.company_id
        cls.other = cls.env["res.company"].create({"name": "Southshire"})
        cls.stranger = new_test_user(
            cls.env,
            login="stranger",
            groups="base.group_user",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def _get_role(self, name):
        return self.env.ref(f"sos_casework.group_{name}")

    def _assert_refused(self, sentence, change):
        # with a savepoint, which assertRaisesRegex has not
        with self.assertRaises(ValidationError) as caught:
            change()
        self.assertRegex(str(caught.exception), sentence)

    def test_first_one_is_the_authority(self):
        self.assertTrue(self.authority.sos_is_authority)
        self.assertFalse(self.other.sos_is_authority)

    def test_second_one_is_refused(self):
        for make in (
            lambda: self.env["sos.team"].create(
                {"name": "East", "company_id": self.other.id}
            ),
            lambda: self.other.write({"sos_la_code": "201"}),
            lambda: self.env["res.company"].create(
                {"name": "Eastshire", "sos_la_code": "202"}
            ),
            lambda: self.team.write({"company_id": self.other.id}),
            lambda: self.case.write({"company_id": self.other.id}),
        ):
            self._assert_refused("One authority a database", make)

    @mute_logger("odoo.sql_db")
    def test_it_stays_the_authority(self):
        self._assert_refused(
            "stays the authority",
            lambda: self.authority.write({"sos_is_authority": False}),
        )
        with self.assertRaises(IntegrityError):
            self.other.sos_is_authority = True
            self.env.flush_all()

    def test_role_needs_the_authority(self):
        """However it is given, and when the company is taken away."""
        everybody = self.env.ref("base.group_user")
        for name in (*OVERSIGHT, "practitioner", "configurator"):
            role = self._get_role(name)
            for record, values in (
                (self.stranger, {"group_ids": [Command.link(role.id)]}),
                (role, {"user_ids": [Command.link(self.stranger.id)]}),
                (everybody, {"implied_ids": [Command.link(role.id)]}),
            ):
                self._assert_refused(
                    "role in Casework.*stranger",
                    lambda record=record, values=values: record.write(values),
                )
        elsewhere = {
            "company_id": self.other.id,
            "company_ids": [Command.set(self.other.ids)],
        }
        self._assert_refused(
            "role in Casework.*stranger2",
            lambda: new_test_user(
                self.env,
                login="stranger2",
                groups="base.group_user,sos_casework.group_service_manager",
                **elsewhere,
            ),
        )
        self._assert_refused(
            "role in Casework.*auditor", lambda: self.auditor.write(elsewhere)
        )

    def test_who_works_for_both_may_have_one(self):
        """And makes teams of the authority, whichever company is open."""
        self.stranger.company_ids = self.authority | self.other
        self.stranger.group_ids += self._get_role("configurator")
        teams = self.env["sos.team"].with_user(self.stranger)
        team = teams.with_context(allowed_company_ids=self.other.ids).create(
            {"name": "West"}
        )
        self.assertEqual(team.company_id, self.authority)

    # ---------------------------------------------------------------- upgrading

    def _upgrade(self):
        spec = spec_from_file_location("upgrade", file_path(SCRIPT))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.1.0")

    def _put_back(self):
        """As an earlier version left it: roles of any company, no authority."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_company SET sos_is_authority = NULL")
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
            [self._get_role("service_manager").id, self.stranger.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    @mute_logger("upgrade")
    def test_upgrade_takes_roles_of_other_companies(self):
        self._put_back()
        cases = self.env["sos.case"].with_user(self.stranger)
        self.assertTrue(cases.search([("id", "=", self.case.id)]))
        self._upgrade()
        self.assertTrue(self.authority.sos_is_authority)
        self.assertFalse(cases.has_access("read"))
        self.assertTrue(self.stranger.has_group("base.group_user"))
        self.assertTrue(
            self.service_manager.has_group("sos_casework.group_service_manager")
        )

    def test_upgrade_of_two_authorities_is_refused(self):
        family = self._new_family()
        self._put_back()
        self.env.cr.execute(
            "UPDATE sos_case SET company_id = %s WHERE id = %s",
            [self.other.id, family.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "more than one company"):
            self._upgrade()
