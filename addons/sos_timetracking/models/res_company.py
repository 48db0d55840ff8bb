from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    _inherit = "res.company"

    sos_timesheet_project_id = fields.Many2one(
        "project.project",
        "Project for time on families",
        domain="[('allow_timesheets', '=', True), ('company_id', 'in', [False, id])]",
        help="The one project that carries the time of the whole service. Never make "
        "one for a child or family: whoever keeps time can read a project's name.",
    )

    sos_time_locked_until = fields.Date(
        "Time is locked up to",
        help="Nobody enters, changes or deletes time on families and teams up to this "
        "day. Empty: nothing is locked.",
    )

    def _sos_get_timesheet_project(self):
        """The project that time on families is kept on.

        :raise UserError: when there is none to keep it on
        """
        self.ensure_one()
        # sudo: who keeps time needs no right to companies or projects
        project = self.sudo().sos_timesheet_project_id or self.env.ref(
            "sos_timetracking.project_children_services", raise_if_not_found=False
        )
        project = project and project.sudo()
        if not project or not project.active or not project.allow_timesheets:
            raise UserError(
                self.env._(
                    "There is no project to keep time on. Ask your administrator to "
                    "choose one in Settings, Timesheets."
                )
            )
        return project
