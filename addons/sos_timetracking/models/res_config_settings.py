from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sos_timesheet_project_id = fields.Many2one(
        related="company_id.sos_timesheet_project_id", readonly=False
    )
    sos_time_locked_until = fields.Date(
        related="company_id.sos_time_locked_until", readonly=False
    )
