from odoo import api, fields, models


class SosFormIdea(models.Model):
    _inherit = "sos.form.idea"

    former_version_id = fields.Many2one(
        "sos.form.version",
        "Version before",
        compute="_compute_former_version_id",
        help="The version that forms were written with until the change.",
    )
    time_before_text = fields.Char(
        "Time before the change", compute="_compute_time_texts"
    )
    time_after_text = fields.Char(
        "Time since the change", compute="_compute_time_texts"
    )

    @api.depends("version_id.number", "form_type_id.version_ids.live_from")
    def _compute_former_version_id(self):
        for idea in self:
            number = idea.version_id.number
            former = idea.form_type_id.version_ids.filtered(
                lambda v, number=number: v.live_from and v.number < number
            )
            idea.former_version_id = former.sorted("number")[-1:]

    @api.depends_context("uid")
    @api.depends("version_id.number", "form_type_id.version_ids.live_from")
    def _compute_time_texts(self):
        for idea in self:
            idea.time_before_text = idea.former_version_id.time_taken_text
            idea.time_after_text = idea.version_id.time_taken_text
