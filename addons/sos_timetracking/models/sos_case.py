from odoo import api, fields, models


class SosCase(models.Model):
    _name = "sos.case"
    _inherit = ["sos.case", "sos.time.mixin"]

    _time_field = "sos_case_id"

    time_line_ids = fields.One2many(
        "account.analytic.line",
        "sos_case_id",
        "Time",
        groups="hr_timesheet.group_hr_timesheet_user",
    )

    @api.depends("time_line_ids.unit_amount")
    def _compute_time_minutes(self):
        return super()._compute_time_minutes()

    def _get_time_company(self):
        return self.company_id

    def _prepare_time_values(self):
        return {"sos_case_id": self.id, "sos_form_id": False}
