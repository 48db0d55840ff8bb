from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.duration import format_minutes, parse_minutes


class SosTimeAdd(models.TransientModel):
    _name = "sos.time.add"
    _description = "Add time"

    case_id = fields.Many2one("sos.case", "Family file", readonly=True)
    form_id = fields.Many2one("sos.form", "Form", readonly=True)
    kind_id = fields.Many2one(
        "sos.code",
        "Kind of work",
        required=True,
        domain=[("code_set", "=", "work_kind")],
        default=lambda self: self.env["sos.code"]._get("work_kind", "recording"),
    )
    duration = fields.Char(
        "How long", required=True, help="For example 1h20, 1:20, 80m or 1.5 (hours)."
    )
    understood = fields.Char(compute="_compute_understood")
    date = fields.Date(
        "Day",
        required=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    note = fields.Char(
        help="Seen only by who may read the family file, and by who wrote it."
    )

    @api.depends("duration")
    def _compute_understood(self):
        for entry in self:
            try:
                entry.understood = format_minutes(parse_minutes(entry.duration))
            except ValueError:
                entry.understood = False

    def action_add(self):
        """Keep the time on the form, or on the family file where there is none."""
        self.ensure_one()
        record = self.form_id or self.case_id
        if not record:
            raise UserError(self.env._("Open the form or the family file first."))
        record.log_time(
            self._get_minutes(), self.kind_id.code, date=self.date, note=self.note
        )
        return {"type": "ir.actions.act_window_close"}

    def _get_minutes(self):
        try:
            return parse_minutes(self.duration)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%s” is not a length of time up to a day. Write it for example "
                    "as 1h20, 1:20, 80m, or 1.5 for an hour and a half.",
                    self.duration,
                )
            ) from error
