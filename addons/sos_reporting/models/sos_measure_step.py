from odoo import fields, models
from odoo.tools import SQL

from ..tools.numbers import MaybeFloat, MaybeInteger


class SosMeasureStep(models.Model):
    """One clock of one child: whether the step was done in time."""

    _name = "sos.measure.step"
    _inherit = ["sos.measure.rows"]
    _description = "Step in time or late"
    _auto = False
    _order = "due_on desc, id desc"
    _rec_name = "step_id"
    _depends = {
        "sos.deadline": [
            "case_id",
            "team_id",
            "lead_id",
            "step_id",
            "started_on",
            "due_on",
            "met_on",
            "ended_on",
            "state",
            "late_reason",
        ],
    }

    step_id = fields.Many2one("sos.step", "Step", readonly=True)
    started_on = fields.Date("Started", readonly=True)
    due_on = fields.Date("Due", readonly=True)
    met_on = fields.Date("Done", readonly=True)
    result = fields.Selection(
        [
            ("in_time", "Done in time"),
            ("late", "Done late"),
            ("overdue", "Not done, and late"),
            ("missed", "Never done: it was late when its plan or need ended"),
            ("running", "Not due yet"),
            ("none", "Does not count (paused, cancelled, or ended before its day)"),
        ],
        readonly=True,
    )
    in_time_share = MaybeFloat(
        "% in time",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of what was done or should have been done by today.",
    )
    days_late = MaybeInteger(
        readonly=True, aggregator="avg", help="Calendar days after the day it was due."
    )
    days_taken = MaybeInteger(
        readonly=True, aggregator="avg", help="Calendar days from the start until done."
    )
    unexplained = fields.Boolean(
        "Late without a reason", readonly=True, help="Nobody has said why it was late."
    )
    unexplained_count = fields.Integer("No reason yet", readonly=True)
    late_reason = fields.Char("Why it was late", compute="_compute_late_reason")

    def _compute_late_reason(self):
        # somebody's words: shown to those who read the family, and to nobody else
        clocks = self.env["sos.deadline"].browse(self.ids)
        if clocks.browse().has_access("read"):
            clocks = clocks._filtered_access("read")
        else:
            clocks = clocks.browse()
        reasons = {clock.id: clock.late_reason for clock in clocks}
        for row in self:
            row.late_reason = reasons.get(row.id)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT clock.id, clock.case_id, clock.team_id, clock.lead_id,
                clock.step_id, clock.started_on, clock.due_on, clock.met_on,
                clock.result,
                CASE WHEN clock.result = 'in_time' THEN 100.0
                    WHEN clock.was_late THEN 0.0
                END AS in_time_share,
                CASE WHEN clock.was_late
                    THEN coalesce(clock.met_on, clock.ended_on, %(today)s)
                        - clock.due_on
                END AS days_late,
                clock.met_on - clock.started_on AS days_taken,
                clock.unexplained, clock.unexplained::int AS unexplained_count
            FROM (
                SELECT *, result IN ('late', 'overdue', 'missed') AS was_late,
                    result IN ('late', 'overdue', 'missed')
                        AND coalesce(late_reason, '') = '' AS unexplained
                FROM (
                    SELECT *, CASE
                        WHEN state = 'met' AND met_on <= due_on THEN 'in_time'
                        WHEN state = 'met' THEN 'late'
                        WHEN state = 'open' AND due_on < %(today)s THEN 'overdue'
                        WHEN state = 'open' THEN 'running'
                        WHEN state = 'ended' AND due_on < ended_on THEN 'missed'
                        ELSE 'none'
                    END AS result
                    FROM sos_deadline
                ) AS judged
            ) AS clock
            """,
            today=self.env["res.company"]._sos_today(),
        )
