from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormType(models.Model):
    """What the configuration screens need of a form type."""

    _inherit = "sos.form.type"

    authoriser_name = fields.Char(
        related="authoriser_group_id.name", string="Signed by a"
    )
    draft_count = fields.Integer("Drafts", compute="_compute_draft_count")

    @api.depends("version_ids.state")
    def _compute_draft_count(self):
        for form_type in self:
            drafts = form_type.version_ids.filtered(
                lambda v: v.state in ("draft", "tested")
            )
            form_type.draft_count = len(drafts)

    def action_new_version(self):
        """A draft to change: a copy of the live version, or an empty one."""
        self.ensure_one()
        latest = self.live_version_id or self.version_ids[:1]
        if latest:
            return latest.action_new_version()
        version = self.env["sos.form.version"].create({"type_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": version._name,
            "res_id": version.id,
            "view_mode": "form",
        }

    @api.model
    def action_import_shipped(self):
        """Read the shipped forms again, and say what is new."""
        if not self.browse().has_access("create"):
            raise UserError(self.env._("Only a configurator changes the forms."))
        report = self._import_shipped()
        if report:
            message = "\n".join(report)
        else:
            message = self.env._("Nothing is new: the forms are as they were shipped.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": bool(report),
                "message": message,
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Forms"),
                    "res_model": self._name,
                    "views": [(False, "list"), (False, "form")],
                },
            },
        }
