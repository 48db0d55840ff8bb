from odoo import fields, models
from odoo.tools import SQL

from ..tools.numbers import MaybeFloat


class SosMeasurePlan(models.Model):
    """One child's plan: of what category, how long, and whether it is a second one."""

    _name = "sos.measure.plan"
    _inherit = ["sos.measure.rows"]
    _description = "Plan of a child"
    _auto = False
    _order = "started_on desc, id desc"
    _rec_name = "started_on"
    _depends = {
        "sos.case": ["team_id", "lead_id"],
        "sos.plan": [
            "active",
            "case_id",
            "child_id",
            "kind",
            "started_on",
            "ended_on",
            "latest_category_id",
        ],
    }

    kind = fields.Selection(
        [("cin", "Child in need plan"), ("cp", "Child protection plan")], readonly=True
    )
    category_id = fields.Many2one("sos.code", "Category now", readonly=True)
    started_on = fields.Date("Started", readonly=True)
    ended_on = fields.Date("Ended", readonly=True)
    running = fields.Boolean("Running", readonly=True)
    days = fields.Integer(
        "Length in days",
        readonly=True,
        aggregator="avg",
        help="Until it ended, or now.",
    )
    band = fields.Selection(
        [
            ("1", "Under 3 months"),
            ("2", "3 to 6 months"),
            ("3", "6 to 12 months"),
            ("4", "1 to 2 years"),
            ("5", "2 years or longer"),
        ],
        readonly=True,
    )
    second = fields.Boolean(
        "Second plan within two years",
        readonly=True,
        help="An earlier child protection plan of the child ended in the two years "
        "before this one started.",
    )
    second_share = MaybeFloat(
        "% second plans", readonly=True, aggregator="avg", digits=(5, 1)
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT plan.*,
                CASE WHEN plan.kind = 'cp' AND plan.second THEN 100.0
                    WHEN plan.kind = 'cp' THEN 0.0 END AS second_share
            FROM (
                SELECT one.id, one.case_id, family.team_id, family.lead_id, one.kind,
                    one.latest_category_id AS category_id,
                    one.started_on, one.ended_on, one.ended_on IS NULL AS running,
                    until.day - one.started_on AS days,
                    CASE
                        WHEN until.day < one.started_on + interval '3 months' THEN '1'
                        WHEN until.day < one.started_on + interval '6 months' THEN '2'
                        WHEN until.day < one.started_on + interval '12 months' THEN '3'
                        WHEN until.day < one.started_on + interval '24 months' THEN '4'
                        ELSE '5'
                    END AS band,
                    one.kind = 'cp' AND EXISTS (
                        SELECT FROM sos_plan AS earlier
                        WHERE earlier.child_id = one.child_id AND earlier.kind = 'cp'
                            AND earlier.active IS TRUE AND earlier.id != one.id
                            AND earlier.ended_on <= one.started_on
                            AND earlier.ended_on
                                >= one.started_on - interval '24 months'
                    ) AS second
                FROM sos_plan AS one
                JOIN sos_case AS family ON family.id = one.case_id,
                LATERAL (SELECT coalesce(one.ended_on, %(today)s::date) AS day) AS until
                WHERE one.active IS TRUE
            ) AS plan
            """,
            today=self.env["res.company"]._sos_today(),
        )
