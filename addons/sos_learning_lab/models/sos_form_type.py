from odoo import fields, models


class SosFormType(models.Model):
    _inherit = "sos.form.type"

    idea_ids = fields.One2many("sos.form.idea", "form_type_id", "Ideas")
    idea_count = fields.Integer("Ideas so far", compute="_compute_idea_count")

    def _compute_idea_count(self):
        ideas = self.env["sos.form.idea"]
        counts = {}
        if ideas.has_access("read"):
            counts = dict(
                ideas._read_group(
                    [("form_type_id", "in", self.ids)], ["form_type_id"], ["__count"]
                )
            )
        for form_type in self:
            form_type.idea_count = counts.get(form_type._origin, 0)

    def action_ideas(self):
        """The change register of this form."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_learning_lab.sos_form_idea_action"
        )
        action["domain"] = [("form_type_id", "=", self.id)]
        action["context"] = {"default_form_type_id": self.id}
        return action

    def _get_register(self):
        """The change register of a form as it is read: what went live in which
        version (newest first), what is decided and not live, what is still open."""
        self.ensure_one()
        ideas = self.idea_ids.sorted("at")
        live = ideas.filtered("live_from")
        accepted = ideas.filtered(lambda i: i.state == "accepted") - live
        declined = ideas.filtered(lambda i: i.state == "declined")
        versions = self.version_ids.filtered("live_from").sorted("number", reverse=True)
        return {
            "versions": [
                (version, live.filtered(lambda i, v=version: i.version_id == v))
                for version in versions
            ],
            "accepted": accepted,
            "declined": declined,
            "open": ideas - live - accepted - declined,
        }
