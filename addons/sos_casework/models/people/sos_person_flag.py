from odoo import api, fields, models


class SosPersonFlag(models.Model):
    """A warning that whoever opens the person must see, with a day on which it is
    looked at again."""

    _name = "sos.person.flag"
    _inherit = ["sos.record.mixin"]
    _description = "Warning"
    _order = "ended_on desc, since desc, id desc"
    _rec_name = "text"
    _log_fields = ("text", "review_on", "ended_on", "end_reason")

    person_id = fields.Many2one("sos.person", required=True, index=True)
    text = fields.Char("Warning", required=True)
    since = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._sos_today()
    )
    review_on = fields.Date("Look again on", required=True)
    ended_on = fields.Date("Ended")
    end_reason = fields.Char("Why it ended")
    is_current = fields.Boolean(compute="_compute_is_current")

    @api.depends("ended_on")
    def _compute_is_current(self):
        today = self.env["res.company"]._sos_today()
        for flag in self:
            flag.is_current = not flag.ended_on or flag.ended_on > today

    def _get_log_case(self):
        return self.person_id.member_ids.case_id
