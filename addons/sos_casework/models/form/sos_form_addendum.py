from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.words import WrittenHtml


class SosFormAddendum(models.Model):
    """What was added to a form after it was submitted. Never changed."""

    _name = "sos.form.addendum"
    _inherit = ["sos.record.mixin"]
    _description = "Addendum"
    _order = "added_at, id"
    _rec_name = "form_id"
    _stamp_fields = ("added_by_id", "added_at")

    form_id = fields.Many2one("sos.form", required=True, index=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    text = WrittenHtml(required=True)
    added_by_id = fields.Many2one("res.users", "By", readonly=True)
    added_at = fields.Datetime("When", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["added_by_id"] = self.env.uid
            vals["added_at"] = fields.Datetime.now()
            form = self.env["sos.form"].browse(vals["form_id"])
            if form.state == "draft":
                raise UserError(
                    self.env._("The form is still being written: write it in the form.")
                )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        # nothing of it ever changes, so there is nothing to hand on
        raise UserError(self.env._("An addendum cannot be changed: add another."))

    def _get_display_label(self):
        return self.env._("Addendum")
