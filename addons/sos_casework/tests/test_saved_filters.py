from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestSavedFilters(SosCommon):
    """A filter that somebody saves on a list of families, and an action that they put
    beside it, are theirs alone; for everybody, configurators keep them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = new_test_user(
            cls.env, login="stranger", groups="base.group_user"
        )
        cls.action = cls.env.ref("sos_casework.sos_case_action")

    def _save(self, user, shared=(), **values):
        return (
            self.env["ir.filters"]
            .with_user(user)
            .create(
                {
                    "name": "Nobody's clocks",
                    "model_id": "sos.deadline",
                    "domain": "[('id', '=', 0)]",
                    "is_default": True,
                    "user_ids": [Command.set(shared)],
                    **values,
                }
            )
        )

    def _embed(self, user, **values):
        return (
            self.env["ir.embedded.actions"]
            .with_user(user)
            .create(
                {
                    "name": "Mine",
                    "parent_action_id": self.action.id,
                    "parent_res_model": "sos.case",
                    "action_id": self.action.id,
                    **values,
                }
            )
        )

    def _check_refused(self, *acts):
        for number, act in enumerate(acts):
            with (
                self.subTest(number),
                mute_logger("odoo.addons.base.models.ir_rule"),
                self.assertRaises(AccessError),
            ):
                act()

    def test_filter_is_ones_own(self):
        for user in (self.worker, self.stranger):
            own = self._save(user, [user.id])
            own.name = "My clocks"
            names = [f["name"] for f in own.get_filters("sos.deadline")]
            self.assertIn("My clocks", names)
            for other in (self.manager, self.configurator):
                found = own.with_user(other).get_filters("sos.deadline")
                self.assertNotIn("My clocks", [f["name"] for f in found])
                self.assertNotIn(own, own.with_user(other).search([]))

    def test_filter_for_others_is_a_configurators(self):
        own = self._save(self.worker, [self.worker.id])
        shared = self._save(self.configurator)
        named = self._save(self.configurator, (self.configurator | self.worker).ids)
        found = own.get_filters("sos.deadline")
        self.assertEqual(
            {f["id"] for f in found}, {own.id, shared.id, named.id}, "all are used"
        )
        users = (self.worker | self.manager).ids
        self._check_refused(
            lambda: self._save(self.stranger),
            lambda: self._save(self.worker),
            lambda: self._save(self.worker, users),
            lambda: self._save(self.worker, self.manager.ids),
            lambda: own.write({"user_ids": [Command.clear()]}),
            lambda: own.write({"user_ids": [Command.link(self.manager.id)]}),
            lambda: shared.with_user(self.worker).write({"domain": "[]"}),
            lambda: shared.with_user(self.worker).unlink(),
            lambda: named.with_user(self.worker).write({"active": False}),
            lambda: self._save(
                self.worker, model_id="res.partner", is_default=False
            ).write({"model_id": "sos.case"}),
        )
        shared.unlink()

    def test_filters_of_other_models_are_as_in_odoo(self):
        shared = self._save(self.worker, model_id="res.partner", is_default=False)
        shared.with_user(self.stranger).write({"name": "Ours"})
        shared.with_user(self.stranger).unlink()

    def test_embedded_action_is_ones_own(self):
        own = self._embed(self.worker, user_id=self.worker.id)
        own.name = "My own"
        self.assertNotIn(own, own.with_user(self.manager).search([]))
        shared = self._embed(self.configurator)
        self.assertIn(shared, shared.with_user(self.worker).search([]))
        self._check_refused(
            lambda: self._embed(self.worker),
            lambda: self._embed(self.worker, user_id=self.manager.id),
            lambda: self._embed(self.stranger, parent_res_model="res.partner"),
            lambda: own.write({"user_id": False}),
            lambda: shared.with_user(self.worker).write({"name": "Other"}),
            lambda: shared.with_user(self.worker).unlink(),
        )
