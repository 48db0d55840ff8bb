from odoo import fields, models
from odoo.tools import SQL

from ..tools.numbers import MaybeFloat, MaybeInteger
from .sos_whiteboard_query import DEPENDS, get_query

#: What one child weighs: with a protection plan, with a child in need plan, without.
WEIGHTS = (3, 2, 1)


class SosMeasureCaseload(models.Model):
    """One open family in a worker's caseload, and whether its practice is in place: the
    columns of the whiteboard as numbers, without a name."""

    _name = "sos.measure.caseload"
    _inherit = ["sos.measure.rows"]
    _description = "Open family in a caseload"
    _auto = False
    _order = "id desc"
    _rec_name = "case_id"
    _depends = DEPENDS

    allocated = fields.Boolean(readonly=True)
    opened_on = fields.Date("Open since", readonly=True)
    days_open = MaybeInteger(readonly=True, aggregator="avg")
    child_count = fields.Integer("Children", readonly=True)
    weight = fields.Integer(
        readonly=True,
        help="A child with a child protection plan counts 3, with a child in need plan "
        "2, any other child 1.",
    )
    late_count = fields.Integer("Late", readonly=True)
    mapped_share = fields.Float("% with a map", readonly=True, aggregator="avg")
    paired_share = fields.Float(
        "% with danger, goal and scale",
        readonly=True,
        aggregator="avg",
        help="Families with a danger statement, and each of them with goal and scale.",
    )
    heard_share = MaybeFloat(
        "% with every child heard",
        readonly=True,
        aggregator="avg",
        help="Of the families with a child who is born.",
    )
    told_share = fields.Float(
        "% with the network told",
        readonly=True,
        aggregator="avg",
        help="Families with a safety network of which everybody knows the worries.",
    )
    given_share = fields.Float("% given a copy", readonly=True, aggregator="avg")
    supervised_share = fields.Float(
        "% supervised", readonly=True, aggregator="avg", help="In the last month."
    )

    def _get_display_label(self):
        return self.case_id.reference

    @property
    def _table_query(self):
        today = self.env["res.company"]._sos_today()
        protected, planned, other = WEIGHTS
        # a share is of the families of whom it can be said
        shares = {
            "mapped_share": SQL("map_on IS NOT NULL"),
            "paired_share": SQL("danger_count > 0 AND paired_count = danger_count"),
            "heard_share": SQL(
                "CASE WHEN heard_count + unheard_count > 0 THEN unheard_count = 0 END"
            ),
            "told_share": SQL("network_count > 0 AND told_count = network_count"),
            "given_share": SQL("given_on IS NOT NULL"),
            "supervised_share": SQL(
                "coalesce(supervised_on > %s::date - interval '1 month', FALSE)", today
            ),
        }
        return SQL(
            """
            SELECT id, case_id, team_id, lead_id, lead_id IS NOT NULL AS allocated,
                opened_on, days_open, child_count, late_count,
                %(protected)s * protected_count + %(planned)s * planned_count
                    + %(other)s * GREATEST(
                        child_count - protected_count - planned_count, 0) AS weight,
                %(shares)s
            FROM (%(rows)s) AS board
            """,
            protected=protected,
            planned=planned,
            other=other,
            shares=SQL(", ").join(
                SQL("100.0 * (%s)::int AS %s", condition, SQL.identifier(name))
                for name, condition in shares.items()
            ),
            rows=get_query(today),
        )
