from odoo import api, fields, models
from odoo.fields import Domain


class SosDanger(models.Model):
    """A danger statement with its safety goal and its scale: they belong together."""

    _name = "sos.danger"
    _inherit = ["sos.practice.mixin"]
    _description = "Danger statement"
    _order = "case_id, ended_on desc, sequence, id"
    _rec_name = "text"

    text = fields.Text("Danger statement", required=True)
    goal = fields.Text("Safety goal")
    scale_0 = fields.Text("0 means")
    scale_10 = fields.Text("10 means")
    opinion_ids = fields.One2many("sos.opinion", "danger_id", "Who agrees")
    rating_ids = fields.One2many("sos.rating", "danger_id", "Ratings")
    bottom_line_ids = fields.One2many("sos.bottom.line", "danger_id", "Bottom lines")
    is_paired = fields.Boolean(
        "Goal and rating",
        compute="_compute_is_paired",
        search="_search_is_paired",
        help="It has its safety goal and somebody has rated it.",
    )
    hint = fields.Text(
        "Worth a look",
        compute="_compute_hint",
        help="What would make the statement and its goal stronger. Only hints.",
    )
    latest_rating_id = fields.Many2one("sos.rating", compute="_compute_scale")
    latest_score = fields.Integer(
        "Latest score", compute="_compute_scale", aggregator=None
    )
    latest_text = fields.Char(
        "Scale now",
        compute="_compute_scale",
        help="The newest rating, with the day on which it was given.",
    )
    movement = fields.Float(
        compute="_compute_scale",
        digits=(4, 1),
        aggregator=None,
        help="On the last day with ratings: how far each rater has moved since they "
        "rated before, as a mean. Like is compared with like.",
    )
    movement_text = fields.Char(
        "Change",
        compute="_compute_scale",
        help="How far the raters of the last day have moved since they rated before. "
        "Empty while nobody has rated twice.",
    )
    lowest = fields.Integer(compute="_compute_scale", aggregator=None)
    highest = fields.Integer(compute="_compute_scale", aggregator=None)
    spread = fields.Integer(
        "Apart",
        compute="_compute_scale",
        aggregator=None,
        help="How far the lowest and the highest of everybody's latest ratings are "
        "apart. Big differences are the conversation to have.",
    )
    spread_text = fields.Char(
        "Spread",
        compute="_compute_scale",
        help="The lowest and the highest of everybody's latest ratings.",
    )

    @api.depends("goal", "rating_ids")
    def _compute_is_paired(self):
        for danger in self:
            danger.is_paired = bool(danger.goal and danger.rating_ids)

    def _search_is_paired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("goal", "!=", False) & Domain("rating_ids", "!=", False)

    @api.depends(
        "text",
        "goal",
        "ended_on",
        "words_of_id",
        "child_ids.first_name",
        "child_ids.known_as",
        "case_id.member_ids.role",
        "rating_ids",
    )
    def _compute_hint(self):
        jargon = self._get_jargon()
        for danger in self:
            danger.hint = "\n".join(danger._get_hints(jargon)) or False

    def _get_hints(self, jargon):
        """What would make the statement and its goal stronger, one sentence each."""
        self.ensure_one()
        text, goal = self.text or "", self.goal or ""
        if self.ended_on or not text:
            return []
        hints = []
        if not goal:
            hints.append(self.env._("No safety goal yet: what would we see instead?"))
        if not self.rating_ids:
            hints.append(self.env._("Nobody has rated it yet."))
        hints += self._hint_children(text, self.child_ids or self.case_id.child_ids)
        hints += self._hint_only_negative(goal)
        for words in (text, goal):
            hints += self._hint_long_sentences(words)
        if not self.words_of_id:
            hints += self._hint_jargon(f"{text}\n{goal}", jargon)
        return hints

    @api.depends("rating_ids.score", "rating_ids.rated_at")
    def _compute_scale(self):
        for danger in self:
            scale = danger.rating_ids._get_scale()
            danger.latest_rating_id = scale["latest"]
            danger.latest_score = scale["latest"].score
            danger.lowest, danger.highest = scale["lowest"], scale["highest"]
            danger.spread = scale["highest"] - scale["lowest"]
            danger.movement = scale["movement"] or 0.0
            danger.update(danger._get_scale_texts(**scale))

    def _get_scale_texts(self, latest, lowest, highest, movement):
        """The numbers of a scale as they are read out; empty where there are none."""
        if not latest:
            return dict.fromkeys(("latest_text", "movement_text", "spread_text"), False)
        day = self.env["res.company"]._sos_local_date(latest.rated_at)
        if movement is None:
            moved = False
        elif not movement:
            moved = self.env._("the same")
        else:
            moved = f"{movement:+.1f}".removesuffix(".0").replace("-", "−")
        return {
            "latest_text": f"{latest.score} ({day.strftime('%d/%m/%Y')})",
            "movement_text": moved,
            "spread_text": (
                self.env._("%(lowest)s to %(highest)s", lowest=lowest, highest=highest)
                if lowest != highest
                else str(lowest)
            ),
        }

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean(vals))

    @api.model
    def _clean(self, vals):
        """A goal of nothing but spaces is no goal."""
        if vals.get("goal"):
            vals = dict(vals, goal=vals["goal"].strip() or False)
        return vals

    def action_ratings(self):
        """Everybody's ratings of this statement over time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_rating_action"
        )
        action.update(
            domain=[("danger_id", "=", self.id)],
            context={
                "default_danger_id": self.id,
                "default_case_id": self.case_id.id,
                "hide_case": True,
            },
        )
        return action
