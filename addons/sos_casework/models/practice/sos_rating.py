from odoo import fields, models


class SosRating(models.Model):
    """Where one person puts the family on a scale, 0 to 10, on one day. Never
    overwritten: a new rating is a new row."""

    _name = "sos.rating"
    _inherit = ["sos.record.mixin"]
    _description = "Rating"
    _order = "rated_at, id"
    _rec_name = "score"

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    danger_id = fields.Many2one(
        "sos.danger",
        "Danger statement",
        index="btree_not_null",
        domain="[('case_id', '=', case_id)]",
        help="Empty: the overall scale.",
    )
    form_id = fields.Many2one("sos.form", "Given in", index="btree_not_null")
    person_id = fields.Many2one("sos.person", "Family or network")
    user_id = fields.Many2one("res.users", "Worker")
    partner_id = fields.Many2one("res.partner", "Agency")
    rater_name = fields.Char("Who", compute="_compute_rater_name")
    score = fields.Integer(required=True)
    reason = fields.Text("Why that number")
    higher = fields.Text("What would make it one higher")
    blind = fields.Boolean(
        "Written before seeing the others", help="Each rates alone, then all look."
    )
    rated_at = fields.Datetime("When", required=True, default=fields.Datetime.now)

    _score_range = models.Constraint(
        "CHECK(score BETWEEN 0 AND 10)", "A rating is a number from 0 to 10."
    )
    _one_rater = models.Constraint(
        "CHECK(num_nonnulls(person_id, user_id, partner_id) = 1)",
        "A rating is given by one person, worker or agency.",
    )

    def _compute_rater_name(self):
        for rating in self:
            rater = rating.person_id or rating.user_id or rating.partner_id
            rating.rater_name = rater.display_name
