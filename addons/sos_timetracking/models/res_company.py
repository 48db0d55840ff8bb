from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sos_casework.tools.guarded import GuardedMany2one


class ResCompany(models.Model):
    _inherit = "res.company"

    sos_timesheet_project_id = GuardedMany2one(
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

    sos_timer_round_minutes = fields.Integer(
        "Timer: round up to minutes",
        help="A stopped timer is rounded up to a multiple of so many minutes. 0: it is "
        "kept to the minute.",
    )
    sos_timer_hours = fields.Integer(
        "Timer: forgotten after hours",
        default=10,
        required=True,
        help="Who lets a timer run for longer is asked how long it was.",
    )
    sos_screen_measured = fields.Boolean(
        "Measure time at the screen",
        default=True,
        help="While somebody works on a form, their time is measured and proposed to "
        "them alone. Nothing is kept before they accept it.",
    )
    sos_screen_idle_minutes = fields.Integer(
        "Time at the screen: idle after minutes",
        default=2,
        required=True,
        help="Who does not type, point or scroll for so long is not working.",
    )

    _sos_timer = models.Constraint(
        "CHECK(sos_timer_round_minutes BETWEEN 0 AND 60"
        " AND sos_timer_hours BETWEEN 1 AND 24"
        " AND sos_screen_idle_minutes BETWEEN 1 AND 60)",
        "Timers are rounded up to at most 60 minutes (0: not at all) and forgotten "
        "after 1 to 24 hours; nobody is idle before 1 or after 60 minutes.",
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
