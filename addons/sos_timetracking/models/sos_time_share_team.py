from odoo import fields, models
from odoo.tools import SQL

from .sos_time_figures import ENOUGH_PEOPLE


class SosTimeShareTeam(models.Model):
    """What a team's month was spent on: sums of five people or more, and no person.

    What fewer than five people kept counts as other work; where that has fewer than
    five people as well, it is left out. There is no total beside it, from which the
    rest could be worked out.
    """

    _name = "sos.time.share.team"
    _inherit = ["sos.time.share"]
    _description = "Share of time of a team"
    _auto = False

    user_id = fields.Many2one(store=False)
    people = fields.Integer(readonly=True, aggregator="max")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(id) AS id, team_id, month, activity,
                COUNT(DISTINCT user_id) AS people, SUM(hours) AS hours,
                CASE WHEN activity = 'screen' THEN 100.0 ELSE 0.0 END AS screen_share
            FROM (
                SELECT id, user_id, team_id, month, hours,
                    CASE WHEN COUNT(*) OVER (PARTITION BY team_id, month, activity)
                        >= %(enough)s THEN activity ELSE 'other' END AS activity
                FROM (%(rows)s) AS own
            ) AS merged
            GROUP BY team_id, month, activity
            HAVING COUNT(DISTINCT user_id) >= %(enough)s
            """,
            enough=ENOUGH_PEOPLE,
            rows=self.env["sos.time.share"]._table_query,
        )
