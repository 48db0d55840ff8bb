from odoo import api, fields, models


class SosRating(models.Model):
    """Where one person puts the family on a scale, 0 to 10, on one day. Never
    overwritten: a new rating is a new row."""

    _name = "sos.rating"
    _inherit = ["sos.family.line.mixin"]
    _description = "Rating"
    _order = "rated_at, id"
    _rec_name = "score"
    _person_fields = ("person_id",)
    _same_case_fields = ("danger_id", "form_id")
    _case_from_fields = ("danger_id", "form_id")
    _past_fields = ("rated_at",)
    _system_fields = ("rater_name", "rater_kind")
    _fixed = True

    danger_id = fields.Many2one(
        "sos.danger",
        "Danger statement",
        index="btree_not_null",
        domain="[('case_id', '=', case_id)]",
        help="Empty: the overall scale.",
    )
    form_id = fields.Many2one(
        "sos.form",
        "Given in",
        index="btree_not_null",
        domain="[('case_id', '=', case_id)]",
    )
    person_id = fields.Many2one(
        "sos.person",
        "Family or network",
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    user_id = fields.Many2one("res.users", "Worker")
    partner_id = fields.Many2one(
        "res.partner", "Agency", domain=[("sos_agency_kind_id", "!=", False)]
    )
    rater_name = fields.Char("Who", compute="_compute_rater", store=True)
    rater_kind = fields.Selection(
        [
            ("child", "Child"),
            ("adult", "Family or network"),
            ("worker", "Worker"),
            ("agency", "Agency"),
        ],
        "Kind of rater",
        compute="_compute_rater",
        store=True,
    )
    score = fields.Integer(
        required=True,
        default=-1,
        aggregator="avg",
        help="0 to 10. Not rated yet is no number, and never 0.",
    )
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

    @api.depends("person_id", "user_id", "partner_id")
    def _compute_rater(self):
        """As they were called that day: whoever reads the family need not read
        everybody in it any more."""
        for rating in self:
            rater = rating.person_id or rating.user_id or rating.partner_id
            rating.rater_name = rater.name
            if rating.person_id:
                rating.rater_kind = rating.person_id.kind
            else:
                rating.rater_kind = "worker" if rating.user_id else "agency"

    def _get_scale(self):
        """These ratings of one scale in numbers.

        :return: dict of ``latest`` (the newest rating), ``lowest`` and ``highest``
            of everybody's newest, and ``movement``: over the raters of the last day,
            the mean of how far each has moved since they rated on an earlier day
            (``None`` while nobody has rated on two days)
        """
        ratings = self.filtered(lambda r: r.rated_at and r.score >= 0)
        ratings = ratings.sorted("rated_at")
        if not ratings:
            return {"latest": ratings, "lowest": 0, "highest": 0, "movement": None}
        day_of = self.env["res.company"]._sos_local_date
        last_day = day_of(ratings[-1].rated_at)
        newest, before = {}, {}
        for rating in ratings:
            rater = (rating.person_id, rating.user_id, rating.partner_id)
            newest[rater] = rating
            if day_of(rating.rated_at) < last_day:
                before[rater] = rating
        moves = [
            rating.score - before[rater].score
            for rater, rating in newest.items()
            if rater in before and day_of(rating.rated_at) == last_day
        ]
        scores = [rating.score for rating in newest.values()]
        return {
            "latest": ratings[-1],
            "lowest": min(scores),
            "highest": max(scores),
            "movement": round(sum(moves) / len(moves), 1) if moves else None,
        }

    def _get_fixed_message(self):
        return self.env._(
            "A rating stays as it was given. Add a new one: everybody can see how it "
            "has moved."
        )

    def _get_display_label(self):
        return f"{self.score} ({self.rater_name})" if self.rater_name else ""
