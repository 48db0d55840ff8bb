from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.study import format_as_paper, format_percent, round_half_up

#: activity → its colour in the bar
COLOURS = {
    "screen": "#b5562c",
    "families": "#1d6f78",
    "travel": "#8a9a5b",
    "meeting": "#5c6f9c",
    "other": "#a6adb4",
}


class SosTimeShareSummary(models.TransientModel):
    """What time was spent on, at a glance: one's own, or that of the people of one's
    teams. It reads ``sos.time.share`` with the user's own rights."""

    _name = "sos.time.share.summary"
    _description = "Share of time at a glance"

    whose = fields.Selection(
        [("mine", "Mine"), ("team", "My teams'")], required=True, default="mine"
    )
    months = fields.Selection(
        [
            ("0", "This month"),
            ("2", "This month and two before"),
            ("11", "The last twelve months"),
        ],
        "When",
        required=True,
        default="2",
    )
    summary_html = fields.Html(compute="_compute_summary_html", sanitize=False)

    @api.depends_context("uid")
    @api.depends("whose", "months")
    def _compute_summary_html(self):
        for summary in self:
            summary.summary_html = self.env["ir.qweb"]._render(
                "sos_timetracking.sos_time_share_summary", summary._get_summary()
            )

    def _get_summary(self):
        """Hours by activity of all, and of each month or person."""
        self.ensure_one()
        shares = self.env["sos.time.share"]
        by = "user_id" if self.whose == "team" else "month:month"
        rows = defaultdict(lambda: defaultdict(float))
        total = defaultdict(float)
        for key, activity, hours in shares._read_group(
            self._get_domain(), [by, "activity"], ["hours:sum"]
        ):
            name = key.name if self.whose == "team" else key.strftime("%m/%Y")
            rows[name][activity] += hours
            total[activity] += hours
        names = dict(shares._fields["activity"]._description_selection(self.env))
        return {
            "whose": self.whose,
            "names": names,
            "colours": COLOURS,
            "total": self._get_shares(total),
            "rows": [(name, self._get_shares(hours)) for name, hours in rows.items()],
            "percent": format_percent,
        }

    def _get_domain(self):
        today = self.env["res.company"]._sos_today()
        begins = today.replace(day=1) - relativedelta(months=int(self.months))
        domain = Domain("month", ">=", begins)
        if self.whose == "mine":
            domain &= Domain("user_id", "=", self.env.uid)
        return domain

    def _get_shares(self, hours):
        """``{activity: percent}`` of all activities, and how much it is together."""
        total = sum(hours.values())
        return {
            "time": format_as_paper(round_half_up(total * 60)),
            "shares": {
                name: round_half_up(100 * hours.get(name, 0) / total, 1) if total else 0
                for name in COLOURS
            },
        }

    def action_details(self):
        """The same as chart and table."""
        self.ensure_one()
        name = "sos_time_share_action"
        if self.whose == "mine":
            name = "sos_time_share_action_mine"
        return self.env["ir.actions.act_window"]._for_xml_id(f"sos_timetracking.{name}")
