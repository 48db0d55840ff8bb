from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class SosCase(models.Model):
    """What an emergency access means for the file: its readers see that there is one,
    and whoever has it does not make it last."""

    _inherit = "sos.case"

    emergency_ids = fields.One2many(
        "sos.break.glass", "case_id", "Opened in an emergency"
    )
    emergency_text = fields.Text(
        "Emergency access",
        compute="_compute_emergency_text",
        help="What no manager has reviewed yet.",
    )
    my_emergency_until = fields.Datetime(
        "Open for you until", compute="_compute_emergency_text"
    )

    @api.depends_context("uid")
    @api.depends("emergency_ids.ended_at", "emergency_ids.reviewed_at")
    def _compute_emergency_text(self):
        for case in self:
            waiting = case.emergency_ids.filtered(lambda a: not a.reviewed_at)
            case.emergency_text = "\n".join(
                self.env._(
                    "%(user)s, %(since)s to %(until)s: %(reason)s",
                    user=access.user_id.name,
                    since=self._format_time(access.opened_at),
                    until=self._format_time(access.ended_at or access.until),
                    reason=access.reason,
                )
                for access in waiting.sorted("opened_at")
            )
            mine = case.emergency_ids._get_open().filtered("is_mine")
            case.my_emergency_until = mine[:1].until

    def _format_time(self, at):
        # whatever the user's own setting, people write and read the time in England
        return format_datetime(
            self.env, at, tz="Europe/London", dt_format="d MMM yyyy HH:mm"
        )

    def _end_needless_emergencies(self):
        """Who has a reason of their own by now to read the file needs none."""
        # sudo: whoever's it is
        for access in self.sudo().emergency_ids._get_open():
            reasons = access.case_id._get_readers_by_reason()
            del reasons["emergency"]
            if any(access.user_id in users for users in reasons.values()):
                access._end()

    def _check_not_emergency(self):
        """A few hours stay a few hours: nobody gives themself, in that time, what
        lasts longer.

        :raise UserError: if the user has one of these files open in an emergency
        """
        # sudo: one's own access, which one may not read any more in a moment
        if not self.env.su and self.env.user in (
            self.sudo().emergency_ids._get_open().user_id
        ):
            raise UserError(
                self.env._(
                    "You opened this family in an emergency. Who works with it, and "
                    "who sees it, is decided by the managers of the team that holds it."
                )
            )

    def action_open_emergencies(self):
        self.ensure_one()
        return self._open_lines(
            "sos_casework.sos_break_glass_action", self.env._("Emergency access")
        )

    def action_end_emergency(self):
        """Close the file that the user opened in an emergency."""
        self.ensure_one()
        self.emergency_ids._get_open().filtered("is_mine").action_end()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_case_action"
        )
        return {**action, "target": "main"}
