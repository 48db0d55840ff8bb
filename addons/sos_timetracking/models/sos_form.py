from odoo import api, fields, models


class SosForm(models.Model):
    _name = "sos.form"
    _inherit = ["sos.form", "sos.time.mixin"]

    _time_field = "sos_form_id"

    time_line_ids = fields.One2many(
        "account.analytic.line",
        "sos_form_id",
        "Time",
        groups="hr_timesheet.group_hr_timesheet_user",
    )

    @api.depends("time_line_ids.unit_amount")
    def _compute_time_minutes(self):
        return super()._compute_time_minutes()

    def _get_time_company(self):
        return self.case_id.company_id

    def _prepare_time_values(self):
        return {"sos_case_id": self.case_id.id, "sos_form_id": self.id}
