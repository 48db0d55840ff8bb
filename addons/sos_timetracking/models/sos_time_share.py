from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.query import Query

#: kinds of work (codes) that are with families; the others that have their own line
#: are recording, travel and meeting
WITH_FAMILIES = ("direct", "phone")


class SosTimeShare(models.Model):
    """What somebody's month in a team was spent on: at the screen, with families,
    travelling, in meetings, on other work.

    Each reads their own; managers that of their teams. Who else wants to know reads
    sums of five people or more, ``sos.time.share.team``.
    """

    _name = "sos.time.share"
    _description = "Share of time of a person"
    _auto = False
    _log_access = False
    _order = "month desc, id"
    _rec_name = "month"
    _depends = {
        "account.analytic.line": [
            "date",
            "sos_team_id",
            "sos_work_kind_id",
            "unit_amount",
            "user_id",
        ]
    }

    user_id = fields.Many2one("res.users", "Person", readonly=True)
    team_id = fields.Many2one("sos.team", "Team", readonly=True)
    month = fields.Date(readonly=True)
    activity = fields.Selection(
        [
            ("screen", "At the screen"),
            ("families", "With families"),
            ("travel", "Travelling"),
            ("meeting", "Meetings"),
            ("other", "Other work"),
        ],
        "Spent",
        readonly=True,
    )
    hours = fields.Float("Time", readonly=True)
    screen_share = fields.Float(
        "% at the screen",
        readonly=True,
        aggregator="avg",
        help="Of all the time that was kept. White (2009) found 60 to 80 %.",
    )

    def _read_group_select(self, aggregate_spec: str, query: Query) -> SQL:
        """A share of time is of hours, not of rows."""
        if aggregate_spec != "screen_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(share)s * %(hours)s) / NULLIF(SUM(%(hours)s), 0)",
            share=self._field_to_sql(self._table, "screen_share", query),
            hours=self._field_to_sql(self._table, "hours", query),
        )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.user_id, line.sos_team_id AS team_id,
                DATE_TRUNC('month', line.date)::date AS month,
                %(activity)s AS activity,
                SUM(line.unit_amount) AS hours,
                CASE WHEN %(activity)s = 'screen' THEN 100.0 ELSE 0.0
                    END AS screen_share
            FROM account_analytic_line AS line
            LEFT JOIN sos_code AS kind ON kind.id = line.sos_work_kind_id
            WHERE line.sos_team_id IS NOT NULL AND line.user_id IS NOT NULL
            GROUP BY 2, 3, 4, 5
            """,
            activity=SQL(
                """
                CASE WHEN kind.code = 'recording' THEN 'screen'
                    WHEN kind.code IN %s THEN 'families'
                    WHEN kind.code IN ('travel', 'meeting') THEN kind.code
                    ELSE 'other' END
                """,
                WITH_FAMILIES,
            ),
        )
