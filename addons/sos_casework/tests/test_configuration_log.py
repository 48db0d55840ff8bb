from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .access_table import AccessTable
from .common import SosCommon
from .refusals import RefusalsMixin


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosConfigurationLog(SosCommon, RefusalsMixin):
    """What changes who may see or sign something leaves a line: old, new, by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.earlier = cls.env["sos.change.log"].search([])

    def _lines(self, record, field, user=None):
        lines = self.env["sos.change.log"].with_user(user or self.auditor)
        return lines.search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("field", "=", field),
                ("id", "not in", self.earlier.ids),
            ]
        )

    def test_who_signs_a_form(self):
        form_type = self.env["sos.form.type"]._get("assessment")
        old = form_type.authoriser_group_id.display_name
        lead = self.env.ref("sos_casework.group_practice_lead")
        form_type.with_user(self.configurator).authoriser_group_id = lead
        line = self._lines(form_type, "authoriser_group_id")
        self.assertEqual((line.old, line.new), (old, lead.display_name))
        self.assertEqual(line.user_id, self.configurator)
        self.assertEqual(line.record_name, form_type.name)
        self.assertEqual(line.label, "Authorised by")

    def test_who_is_in_a_team(self):
        self.team.with_user(self.configurator).member_ids -= self.worker
        line = self._lines(self.team, "member_ids")
        self.assertIn(self.worker.name, line.old)
        self.assertNotIn(self.worker.name, line.new)
        self.assertEqual(line.record_name, "North")
        self.outsider.sos_team_ids |= self.team
        line = self._lines(self.outsider, "sos_team_ids")
        self.assertEqual((line.old, line.new), ("South", "North, South"))

    def test_new_team_and_new_user(self):
        team = (
            self.env["sos.team"]
            .with_user(self.configurator)
            .create({"name": "East", "member_ids": [Command.link(self.worker.id)]})
        )
        self.assertEqual(self._lines(team, "member_ids").new, self.worker.name)
        user = new_test_user(
            self.env, login="new", groups="sos_casework.group_service_manager"
        )
        self.assertIn("Service manager", self._lines(user, "group_ids").new)

    def test_new_user_reads_the_files_of_their_team(self):
        user = new_test_user(
            self.env,
            login="new",
            groups="base.group_user,sos_casework.group_practitioner",
            sos_team_ids=[Command.link(self.team.id)],
        )
        self.assertTrue(self.case.with_user(user).has_access("read"))

    def test_roles_of_a_user_given_in_the_user_or_in_the_group(self):
        manager = self.env.ref("sos_casework.group_team_manager")
        self.worker.group_ids |= manager
        line = self._lines(self.worker, "group_ids")
        self.assertNotIn("Team manager", line.old)
        self.assertIn("Team manager", line.new)
        manager.user_ids -= self.worker
        line = self._lines(manager, "user_ids")
        self.assertIn(self.worker.name, line.old)
        self.assertNotIn(self.worker.name, line.new)

    def test_role_taken_in_the_group_is_followed_by_who_reads(self):
        self.case.with_user(self.manager).restricted = True
        self.assertIn(self.support, self.case.reader_ids)
        self.env.ref("sos_casework.group_business_support").user_ids -= self.support
        self.assertNotIn(self.support, self.case.reader_ids)

    def test_hours_of_an_emergency(self):
        company = self.env.company
        company.sos_emergency_hours = 8
        line = self._lines(company, "sos_emergency_hours")
        self.assertEqual((line.old, line.new), ("4", "8"))

    def test_who_reads_it(self):
        self.team.with_user(self.configurator).member_ids -= self.worker
        self.assertTrue(self._lines(self.team, "member_ids"))
        for user in (self.worker, self.manager, self.service_manager):
            self.assertFalse(self._lines(self.team, "member_ids", user), user.login)

    def test_line_of_a_family_is_none_of_the_system(self):
        self.case.with_user(self.manager).write(
            {"restricted": True, "named_reader_ids": self.manager.ids}
        )
        self.env["sos.access.block"].with_user(self.manager).create(
            {"person_id": self.sam.id, "user_id": self.chair.id, "reason": "Uncle."}
        )
        self.sam.with_user(self.manager).phone = "0191"
        lines = self.env["sos.change.log"].search([("id", "not in", self.earlier.ids)])
        self.assertTrue(lines)
        self.assertTrue(all(line.case_id or line.person_id for line in lines))
        self.assertFalse(
            lines.with_user(self.auditor).search([("id", "in", lines.ids)])
        )

    def test_is_not_changed(self):
        self.team.member_ids -= self.worker
        with self._refused(UserError, "only added to"):
            self._lines(self.team, "member_ids").sudo().write({"old": "x"})

    # ----------------------------------------------------- all that is configured

    def _get_configuration(self):
        """The models that a configurator may write, by the table."""
        table = AccessTable(self.env)
        operations = ("write", "create", "unlink")
        # somebody's own reminder, gone when it is done
        skip = {"mail.activity", "ir.attachment"}
        return [
            self.env[model]
            for model in table.models
            if model not in skip
            and any(table.get(model, name, "configurator") for name in operations)
        ]

    def test_all_that_configurators_write_is_kept(self):
        models = self._get_configuration()
        self.assertGreater(len(models), 10)
        for model in models:
            self.assertIsInstance(
                model, self.env.registry["sos.logged.mixin"], model._name
            )
            missing = [
                name
                for name in model._fields
                if model._is_typed_in(name) and not model._is_logged(name)
            ]
            self.assertFalse(missing, model._name)

    def test_all_settings_of_the_authority_are_kept(self):
        company = self.env.company
        for name in company._fields:
            if name.startswith("sos_") and company._is_typed_in(name):
                self.assertTrue(company._is_logged(name), name)
        company.sos_la_code = "392"
        self.assertEqual(self._lines(company, "sos_la_code").new, "392")

    def test_a_change_of_each_kind(self):
        types = self.env["sos.form.type"]
        live = types._get("assessment").live_version_id.with_user(self.configurator)
        draft = live.browse(live.action_new_version()["res_id"])
        step = self.env["sos.step"].search([], limit=1)
        for record, name, value in (
            (self._code("sex", "F"), "name", "Girl"),
            (self._code("sex", "F"), "valid_until", 2040),
            (self.env["sos.day.off"].search([], limit=1), "name", "Closed"),
            (self.team, "name", "North East"),
            (types._get("contact"), "max_pages", 3),
            (types._get("contact"), "is_meeting", True),
            (draft, "note", "Shorter"),
            (draft.section_ids[0], "required", not draft.section_ids[0].required),
            (draft.section_ids[0], "prompt", "What now?"),
            (draft.decision_ids[0], "effect_ids", [Command.clear()]),
            (self.env["sos.form.fact"].search([], limit=1), "name", "Something"),
            (self.env["sos.effect"].search([], limit=1), "name", "Something"),
            (step, "due_number", step.due_number + 1),
            (self.env["sos.retention.rule"].search([], limit=1), "years", 99),
        ):
            theirs = record.with_user(self.configurator).sudo(False)
            with self.subTest(f"{record._name} {name}"):
                old = theirs._get_log_text(name)
                theirs.write({name: value})
                line = self._lines(theirs, name)
                self.assertEqual(
                    (line.old, line.new, line.user_id),
                    (str(old), str(theirs._get_log_text(name)), self.configurator),
                )

    def test_what_is_made_published_and_deleted(self):
        live = self.env["sos.form.type"]._get("assessment").live_version_id
        live = live.with_user(self.configurator)
        draft = live.browse(live.action_new_version()["res_id"])
        self.assertEqual(self._lines(draft, "id").label, "Added")
        draft.action_publish()
        self.assertEqual(self._lines(draft, "state").new, "Live")
        self.assertEqual(self._lines(live, "state").new, "Retired")
        codes = self.env["sos.code"].with_user(self.configurator)
        code = codes.create({"code_set": "note_kind", "code": "zz", "name": "Walk"})
        self.assertEqual(self._lines(code, "id").new, "Walk")
        code.unlink()
        made, gone = self._lines(code, "id").sorted("id")
        self.assertEqual(
            (gone.old, gone.label, made.label), ("Walk", "Deleted", "Added")
        )
        self.assertEqual(self._lines(code, "code").sorted("id")[-1].old, "zz")

    def test_parameters_of_this_system(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("sos_casework.fingerprint_sample", "7")
        parameter = parameters.search([("key", "=", "sos_casework.fingerprint_sample")])
        self.assertEqual(self._lines(parameter, "value").new, "7")
        parameters.set_param("sos_casework.fingerprint_sample", "8")
        self.assertEqual(self._lines(parameter, "value").sorted("id")[-1].old, "7")
        parameters.set_param("sos_casework.fingerprint_sample", False)
        self.assertEqual(self._lines(parameter, "value").sorted("id")[-1].old, "8")
        parameters.set_param("other.password", "secret")
        other = parameters.search([("key", "=", "other.password")])
        self.assertFalse(self._lines(other, "value"))
