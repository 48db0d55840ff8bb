from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sos_timesheet_project_id = fields.Many2one(
        related="company_id.sos_timesheet_project_id", readonly=False
    )
    sos_time_locked_until = fields.Date(
        related="company_id.sos_time_locked_until", readonly=False
    )
    sos_timer_round_minutes = fields.Integer(
        related="company_id.sos_timer_round_minutes", readonly=False
    )
    sos_timer_hours = fields.Integer(
        related="company_id.sos_timer_hours", readonly=False
    )
    sos_screen_measured = fields.Boolean(
        related="company_id.sos_screen_measured", readonly=False
    )
    sos_screen_idle_minutes = fields.Integer(
        related="company_id.sos_screen_idle_minutes", readonly=False
    )
