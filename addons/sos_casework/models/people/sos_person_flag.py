from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SosPersonFlag(models.Model):
    """A warning that whoever opens the person must see, with a day on which it is
    looked at again."""

    _name = "sos.person.flag"
    _inherit = ["sos.record.mixin"]
    _description = "Warning"
    _order = "ended_on desc, since desc, id desc"
    _rec_name = "text"
    _anchor_fields = ("person_id",)

    person_id = fields.Many2one("sos.person", required=True, index=True)
    text = fields.Char("Warning", required=True)
    since = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._sos_today()
    )
    review_on = fields.Date("Look again on", required=True)
    ended_on = fields.Date("Ended")
    end_reason = fields.Char("Why it ended")
    is_current = fields.Boolean(
        "Holds", compute="_compute_is_current", search="_search_is_current"
    )
    is_overdue = fields.Boolean(
        "Look again overdue",
        compute="_compute_is_current",
        search="_search_is_overdue",
        help="It holds still, and the day on which to look again has passed.",
    )

    @api.depends("ended_on", "review_on")
    def _compute_is_current(self):
        today = self.env["res.company"]._sos_today()
        for flag in self:
            flag.is_current = not flag.ended_on or flag.ended_on > today
            late = flag.review_on and flag.review_on < today
            flag.is_overdue = flag.is_current and late

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._sos_today()
        return Domain("ended_on", "=", False) | Domain("ended_on", ">", today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._sos_today()
        return Domain("is_current", "=", True) & Domain("review_on", "<", today)

    @api.constrains("since", "review_on", "ended_on", "end_reason")
    def _check_end(self):
        for flag in self:
            reason = (flag.end_reason or "").strip()
            if flag.ended_on and not reason:
                raise ValidationError(
                    self.env._("Say why the warning “%s” ends.", flag.text)
                )
            if reason and not flag.ended_on:
                raise ValidationError(
                    self.env._(
                        "There is a reason for the end of the warning “%s”. Fill in "
                        "the day on which it ends, too.",
                        flag.text,
                    )
                )
            if flag.ended_on and flag.ended_on < flag.since:
                raise ValidationError(
                    self.env._("The warning “%s” ends before it begins.", flag.text)
                )
            if flag.review_on < flag.since:
                raise ValidationError(
                    self.env._(
                        "The day on which to look again at the warning “%s” is "
                        "before it begins.",
                        flag.text,
                    )
                )
