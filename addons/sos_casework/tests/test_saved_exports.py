from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SosCommon


@tagged("post_install", "-at_install")
class TestSavedExports(SosCommon):
    """Which columns somebody exports is saved for them, and theirs alone."""

    def _save(self, user):
        return (
            self.env["ir.exports"]
            .with_user(user)
            .create(
                {
                    "name": "My families",
                    "resource": "sos.case",
                    "export_fields": [(0, 0, {"name": "reference"})],
                }
            )
        )

    def test_own(self):
        saved = self._save(self.manager)
        saved.name = "Families by number"
        saved.export_fields = [(0, 0, {"name": "closed_on"})]
        found = saved.search([("resource", "=", "sos.case")])
        self.assertEqual(found, saved)
        saved.unlink()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_of_others(self):
        saved = self._save(self.manager)
        other = saved.with_user(self.service_manager)
        self.assertNotIn(saved, other.search([]))
        for act in (
            lambda: other.read(["name"]),
            lambda: other.write({"name": "Other"}),
            lambda: other.unlink(),
            lambda: other.export_fields.write({"name": "closed_on"}),
            lambda: saved.export_fields.with_user(self.worker).unlink(),
            lambda: self.env["ir.exports.line"]
            .with_user(self.worker)
            .create({"export_id": saved.id, "name": "closed_on"}),
        ):
            with self.assertRaises(AccessError):
                act()
