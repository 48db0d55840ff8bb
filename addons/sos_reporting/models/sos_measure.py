import ast

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.numbers import MaybeFloat

#: the day of a row by which it belongs to a period
DAYS = {
    "sos.measure.step": "due_on",
    "sos.measure.episode": "referred_on",
    "sos.measure.plan": "started_on",
    "sos.measure.form": "submitted_on",
    "sos.measure.caseload": False,
}


class SosMeasure(models.Model):
    """What a number means, and how it is counted: in one place, for every screen,
    dashboard and list that shows it."""

    _name = "sos.measure"
    _description = "Measure"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char("Measure", required=True, translate=True)
    sequence = fields.Integer(default=10)
    meaning = fields.Text(required=True, translate=True)
    population = fields.Char("Of what", required=True, translate=True)
    numerator = fields.Char("What is counted", required=True, translate=True)
    denominator = fields.Char("Out of", translate=True)
    source = fields.Char("Why this measure", translate=True)
    owner = fields.Char("Who answers for it", translate=True)
    unit = fields.Selection(
        [
            ("percent", "%"),
            ("children", "children"),
            ("referrals", "referrals"),
            ("families", "families"),
            ("days", "days"),
            ("steps", "steps"),
            ("plans", "plans"),
            ("forms", "forms"),
            ("weight", "weight"),
        ],
        required=True,
    )
    model = fields.Selection(
        [(name, name) for name in DAYS], "Rows", required=True, readonly=True
    )
    domain = fields.Char("Rows that count", required=True, readonly=True, default="[]")
    aggregate = fields.Char(
        required=True,
        readonly=True,
        default="__count",
        help="How the rows become one number: their count, or sum or mean of a field.",
    )
    day = fields.Char(
        "By which day",
        readonly=True,
        help="The day by which rows belong to a period, where it is not that by which "
        "they are listed: a length is known at the end.",
    )
    is_now = fields.Boolean(
        "As it is today", readonly=True, help="No period applies: it is counted now."
    )
    value = MaybeFloat(
        "Last 12 months",
        compute="_compute_value",
        digits=(16, 1),
        help="Of the families that you may count. What is counted now is as it is "
        "today.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "This measure exists already.")

    @api.depends_context("uid")
    def _compute_value(self):
        year = self.env["sos.measure.rows"]._get_periods()["last_12_months"]
        for measure in self:
            try:
                measure.value = measure._get_value(
                    measure.code, since=year.first, until=year.last
                )
            except AccessError:
                # somebody who counts nothing still reads what the measures mean
                measure.value = False

    def _get_rows_domain(self):
        """The rows that a measure counts, of whatever day."""
        return Domain(ast.literal_eval(self.domain))

    def _get_day(self):
        """The field by which rows belong to a period; none where it is counted now."""
        return not self.is_now and (self.day or DAYS[self.model])

    def _get_domain(self, since=None, until=None, team=None, worker=None):
        """The rows that a measure counts, in a period, of a team or a worker."""
        self.ensure_one()
        domain, day = self._get_rows_domain(), self._get_day()
        if day and since:
            domain &= Domain(day, ">=", since)
        if day and until:
            domain &= Domain(day, "<=", until)
        if team:
            domain &= Domain("team_id", "in", team.ids)
        if worker:
            domain &= Domain("lead_id", "in", worker.ids)
        return domain

    @api.model
    def _get_value(self, code, since=None, until=None, team=None, worker=None):
        """The number, of what the user may count.

        :return: ``False`` for a mean of no rows: there is no number then
        """
        measure = self.search([("code", "=", code)])
        domain = measure._get_domain(since, until, team, worker)
        rows = self.env[measure.model]
        ((value,),) = rows._read_group(domain, [], [measure.aggregate])
        return False if value is None else value
