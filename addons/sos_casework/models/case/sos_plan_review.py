from odoo import fields, models


class SosPlanReview(models.Model):
    """A review conference held on a child protection plan (census: CPPreviewDate)."""

    _name = "sos.plan.review"
    _inherit = ["sos.counted.mixin"]
    _description = "Review of a plan"
    _order = "held_on, id"
    _rec_name = "held_on"

    plan_id = fields.Many2one("sos.plan", required=True, index=True)
    case_id = fields.Many2one(related="plan_id.case_id", store=True, index=True)
    form_id = fields.Many2one("sos.form", "Minutes", required=True)
    held_on = fields.Date("Held", required=True)
    category_id = fields.Many2one(
        "sos.code", "Category", domain=[("code_set", "=", "abuse_category")]
    )

    _recorded_once = models.UniqueIndex(
        "(plan_id, form_id) WHERE active IS TRUE", "This review is recorded already."
    )

    def _get_display_label(self):
        return str(self.held_on)
