from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.duration import format_minutes


class SosTimeAdd(models.TransientModel):
    """Time is added in one line: from a form, a family file or a team, or from the
    menu, where what it was for is chosen first."""

    _name = "sos.time.add"
    _description = "Add time"

    subject = fields.Selection(
        [("form", "A form or visit"), ("case", "A family"), ("team", "My team")],
        "For",
        required=True,
        default=lambda self: self._default_subject() or "case",
    )
    subject_fixed = fields.Boolean(
        default=lambda self: bool(self._default_subject()), readonly=True
    )
    case_id = fields.Many2one("sos.case", "Family file")
    form_id = fields.Many2one("sos.form", "Form")
    team_id = fields.Many2one(
        "sos.team",
        "Team",
        domain=lambda self: [("id", "in", self.env.user.sos_team_ids.ids)],
        default=lambda self: self._default_team_id(),
    )
    kind_id = fields.Many2one(
        "sos.code",
        "Kind of work",
        required=True,
        domain=[("code_set", "=", "work_kind")],
        default=lambda self: self.env["sos.code"]._get("work_kind", "recording"),
    )
    duration = fields.Char(
        "How long",
        required=True,
        help="For example 1h20, 1:20, 80m, 1.5 (hours) or 9:15-10:35.",
    )
    understood = fields.Char(compute="_compute_understood")
    misunderstood = fields.Char(compute="_compute_understood")
    date = fields.Date(
        "Day",
        required=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    note = fields.Char(
        help="Seen only by who may read the family file, and by who wrote it."
    )

    @api.model
    def _default_subject(self):
        """What the window was opened from, if anything."""
        subjects = ("form", "case", "team")
        named = (s for s in subjects if self.env.context.get(f"default_{s}_id"))
        return next(named, None)

    @api.model
    def _default_team_id(self):
        teams = self.env.user.sos_team_ids
        return teams if len(teams) == 1 else False

    @api.depends("duration")
    def _compute_understood(self):
        for entry in self:
            entry.understood = entry.misunderstood = False
            if entry.duration:
                try:
                    entry.understood = format_minutes(entry._get_minutes())
                except UserError as error:
                    entry.misunderstood = str(error)

    def action_add(self):
        """Keep the time on what it was for."""
        self.ensure_one()
        record = self[f"{self.subject}_id"]
        if not record:
            raise UserError(
                self.env._("Say first which form, family or team the time was for.")
            )
        record.log_time(
            self._get_minutes(), self.kind_id.code, date=self.date, note=self.note
        )
        return {"type": "ir.actions.act_window_close"}

    def _get_minutes(self):
        return self.env["sos.time.mixin"]._parse_duration(self.duration)
