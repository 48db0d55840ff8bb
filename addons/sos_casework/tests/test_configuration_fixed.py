from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.form.sos_form_correct import CORRECTABLE
from .common_correction import LATER, CorrectionCommon

#: keys of a context that Odoo's own installation sets, and any call may
INSTALLATION = {
    "install_mode": True,
    "install_module": "sos_casework",
    "install_xmlid": "x",
    "module": "sos_casework",
    "noupdate": False,
    "_force_unlink": True,
    "import_file": True,
}


@tagged("post_install", "-at_install")
@freeze_time("2026-09-07 10:00:00")
class TestSosConfigurationFixed(CorrectionCommon):
    """What the system knows its configuration by never changes under signed work."""

    def _get_known(self):
        """One record of each kind of configuration, and a change of what it is known
        by."""
        live = self.env["sos.form.type"]._get("assessment").live_version_id
        draft = live.browse(live.action_new_version()["res_id"])
        other = self.env["sos.form.type"]._get("contact")
        fact = self.env["sos.form.fact"].search([("code", "=", "held_on")])
        effects = self.env["sos.effect"].search([])
        return [
            (fact, {"code": "case_id"}),
            (fact, {"scope": "child"}),
            (effects[0], {"code": "another"}),
            (effects[0], {"sequence": effects[-1].sequence + 10}),
            (other, {"code": "another"}),
            (self.env["sos.step"].search([], limit=1), {"code": "another"}),
            (self.env["sos.retention.rule"].search([], limit=1), {"code": "another"}),
            (self._code("sex", "F"), {"code": "X"}),
            (self._code("sex", "F"), {"code_set": "gender"}),
            (draft, {"type_id": other.id}),
            (draft, {"number": 77}),
            (draft, {"state": "live"}),
            (live, {"state": "draft"}),
            (draft, {"live_from": "2020-01-01"}),
            (draft.section_ids[0], {"version_id": live.id}),
            (draft.decision_ids[0], {"version_id": live.id}),
            (live, {"section_ids": [Command.link(draft.section_ids[0].id)]}),
        ]

    def test_what_it_is_known_by_stays(self):
        for record, values in self._get_known():
            for context in ({}, INSTALLATION):
                with self.subTest(f"{record._name} {values} {bool(context)}"):
                    theirs = record.with_user(self.configurator).sudo(False)
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        theirs.with_context(**context).write(values)

    def test_what_it_is_known_by_may_be_sent_unchanged(self):
        for record, values in self._get_known()[:9]:
            same = {name: record[name] for name in values}
            record.with_user(self.configurator).sudo(False).write(
                {**same, "name": "Other words"}
            )
            self.assertEqual(record.name, "Other words")

    def test_a_release_may(self):
        fact = self.env["sos.form.fact"].search([("code", "=", "held_on")])
        with patch.object(self.env.registry, "ready", False):
            fact.code = "booked_for"
        self.assertEqual(fact.code, "booked_for")

    def test_version_is_made_a_draft(self):
        versions = self.env["sos.form.version"].with_user(self.configurator)
        values = {"type_id": self.env["sos.form.type"]._get("contact").id}
        for more in ({"state": "retired"}, {"live_from": "2020-01-01"}):
            with self.assertRaisesRegex(UserError, "buttons"):
                versions.create({**values, **more})
        made = versions.with_context(
            default_state="retired", default_live_from="2020-01-01"
        ).create(values)
        self.assertEqual((made.state, made.live_from), ("draft", False))

    def test_what_is_in_use_is_not_deleted(self):
        live = self.env["sos.form.type"]._get("assessment").live_version_id
        step = live.decision_ids.step_ids[:1]
        self.assertTrue(step)
        for record in (
            step,
            live.decision_ids.opens_type_ids[:1],
            live,
            live.section_ids[:1],
            live.decision_ids[:1],
            self._code("sex", "F"),
            self.team,
        ):
            for context in ({}, INSTALLATION):
                with self.subTest(f"{record._name} {bool(context)}"):
                    theirs = record.with_user(self.configurator).sudo(False)
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        theirs.with_context(**context).unlink()
        self.assertIn(step, live.decision_ids.step_ids)

    def test_correction_of_a_list_in_code_only(self):
        """A fact that says another field's name, as if the database was changed."""
        form = self._refer()
        fact = self.env["sos.form.fact"].search([("code", "=", "need_id")])
        for name in ("case_id", "type_id", "version_id", "reference", "from_form_id"):
            with patch.object(self.env.registry, "ready", False):
                fact.code = name
            with self.subTest(name), self._refused(UserError, "cannot be corrected"):
                self._ask(form, {name: 1})
        child_fact = self.env["sos.form.fact"].search([("code", "=", "seen")])
        for name in ("child_id", "form_id", "active"):
            with patch.object(self.env.registry, "ready", False):
                child_fact.code = name
            with self.subTest(name), self._refused(UserError, "cannot be corrected"):
                self._ask(form, {name: 1}, self.sam)

    def test_what_was_taken_back_counts_no_more_whatever_a_call_says(self):
        form = self._refer()
        earlier = self._line(form, self.sam).episode_id
        self._correct(form, child=self.sam, kind="not_part")
        self.assertFalse(earlier.active)
        with freeze_time(LATER):
            again = self._open(
                "contact",
                self.sam,
                source_id=self._code("referral_source", "2A").id,
                need_id=self._code("primary_need", "N1").id,
            )
            self._fill(again, decision="assess")
            every = again.with_context(active_test=False)
            every.with_user(self.worker).action_submit()
            every.with_user(self.manager).action_authorise()
        episode = again.child_ids.episode_id
        self.assertTrue(episode.active)
        self.assertNotEqual(episode, earlier)

    def test_correctable_facts_are_those_that_ship(self):
        """A fact that is added is put on the list, or named here with the reason."""
        facts = self.env["sos.form.fact"].search([])
        shipped = {
            scope: set(facts.filtered(lambda f, s=scope: f.scope == s).mapped("code"))
            for scope in CORRECTABLE
        }
        # released by its own button, and taken back by it
        shipped["form"].discard("released")
        self.assertEqual(shipped, CORRECTABLE)
        for scope, model in (("form", "sos.form"), ("child", "sos.form.child")):
            anchors = {*self.env[model]._anchor_fields, "child_id", "type_id", "state"}
            self.assertFalse(CORRECTABLE[scope] & anchors)
            for name in CORRECTABLE[scope]:
                self.assertFalse(self.env[model]._fields[name].readonly, name)
