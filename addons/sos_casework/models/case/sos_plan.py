from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.days import is_within


class SosPlan(models.Model):
    """A child's child in need plan or child protection plan."""

    _name = "sos.plan"
    _inherit = ["sos.counted.mixin"]
    _description = "Plan"
    _order = "started_on desc, id desc"
    _merge_key = ("child_id", "kind")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    episode_id = fields.Many2one("sos.episode", required=True, index=True)
    form_id = fields.Many2one("sos.form", "Decided in")
    kind = fields.Selection(
        [("cin", "Child in need plan"), ("cp", "Child protection plan")], required=True
    )
    started_on = fields.Date("Started", required=True)
    ended_on = fields.Date("Ended")
    initial_category_id = fields.Many2one(
        "sos.code", "First category", domain=[("code_set", "=", "abuse_category")]
    )
    latest_category_id = fields.Many2one(
        "sos.code", "Category now", domain=[("code_set", "=", "abuse_category")]
    )
    previous_plans = fields.Integer(
        "Earlier protection plans",
        help="Child protection plans of this child before this one, anywhere.",
    )
    review_ids = fields.One2many("sos.plan.review", "plan_id", "Reviews")

    _one_open = models.UniqueIndex(
        "(child_id, kind) WHERE ended_on IS NULL AND active IS TRUE",
        "This child has an open plan of this kind already.",
    )

    @api.constrains("started_on", "ended_on")
    def _check_dates(self):
        for plan in self:
            if plan.ended_on and plan.ended_on < plan.started_on:
                raise ValidationError(
                    self.env._("The plan ends before it starts (rules 4011, 8925).")
                )

    def _is_running_on(self, day):
        self.ensure_one()
        return is_within(day, self.started_on, self.ended_on)

    def _find_twin(self, old, new):
        """Two that are open are one: a decision to start a plan that goes on already
        starts none."""
        if self.ended_on:
            return self.browse()
        domain = [("child_id", "=", new.id), ("kind", "=", self.kind)]
        return self.search([*domain, ("ended_on", "=", False)], limit=1)

    def _get_fold_values(self, other):
        """The plan goes on from the day on which the first of the two started; its
        category is the newer decision's."""
        first = ("started_on", "form_id", "initial_category_id", "previous_plans")
        values = self._get_values_of_earlier(other, "started_on", first)
        if other.latest_category_id and self.started_on <= other.started_on:
            values["latest_category_id"] = other.latest_category_id.id
        return values

    def _count_each_other(self, others, moves):
        """Protection plans of two records of one child count each other as earlier
        ones."""
        protection = [p.filtered(lambda x: x.kind == "cp") for p in (self, others)]
        days = {plan: plan.started_on for plan in protection[0] | protection[1]}
        for plans, theirs in (protection, protection[::-1]):
            for plan in plans:
                earlier = sum(days[other] < days[plan] for other in theirs)
                number = plan.previous_plans + earlier
                values = {"previous_plans": number} if earlier else {}
                self.env["sos.merge"]._take_over(plan, values, moves)

    def _get_display_label(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{self.child_id.display_name}: {kinds[self.kind]}"

    @api.model
    def _start(self, episode, kind, day, form, category=None):
        """Start a plan; when one of this kind is open, none starts.

        :return: the plan that is open afterwards
        """
        child = episode.child_id
        existing = self.search(
            [("child_id", "=", child.id), ("kind", "=", kind), ("ended_on", "=", False)]
        )
        if existing:
            return existing
        earlier = self.search_count(
            [("child_id", "=", child.id), ("kind", "=", "cp"), ("started_on", "<", day)]
        )
        category_id = category.id if category and kind == "cp" else False
        return self.create(
            {
                "case_id": episode.case_id.id,
                "child_id": child.id,
                "episode_id": episode.id,
                "form_id": form.id,
                "kind": kind,
                "started_on": day,
                "initial_category_id": category_id,
                "latest_category_id": category_id,
                "previous_plans": child.previous_plans + earlier if kind == "cp" else 0,
            }
        )

    def _refresh_latest_category(self):
        """A protection plan's category is that of the newest conference that decided
        one, or the first one."""
        plans = self.filtered(lambda plan: plan.kind == "cp")
        newest = {
            line.plan_id: line.category_id
            for line in self.env["sos.form.child"].search(
                [
                    ("plan_id", "in", plans.ids),
                    ("category_id", "!=", False),
                    ("confirmed_on", "!=", False),
                    ("active", "=", True),
                ],
                order="confirmed_on, id",
            )
        }
        for plan in plans:
            category = newest.get(plan) or plan.initial_category_id
            if plan.latest_category_id != category:
                plan.latest_category_id = category

    def _count_earlier(self):
        """How many protection plans each of these children had before, with us."""
        return {
            plan: self.search_count(
                [
                    ("child_id", "=", plan.child_id.id),
                    ("kind", "=", "cp"),
                    ("started_on", "<", plan.started_on),
                ]
            )
            for plan in self
        }

    def _take_back_changes(self, line, old, new):
        # the category follows from the decisions that still count
        values = {name: v for name, v in old.items() if name != "latest_category_id"}
        again = self.search(
            [
                ("child_id", "=", self.child_id.id),
                ("kind", "=", self.kind),
                ("ended_on", "=", False),
                ("id", "!=", self.id),
            ]
        )
        if "ended_on" in values and again:
            raise UserError(
                self.env._(
                    "%(child)s has had another plan of this kind since %(date)s, so "
                    "the one before it cannot go on. Correct the later decision "
                    "first.",
                    child=self.child_id.display_name,
                    date=again.started_on.strftime("%d/%m/%Y"),
                )
            )
        return super()._take_back_changes(line, values, new)

    def _end(self, day):
        """End the open ones among these plans, and their clocks."""
        plans = self.filtered(lambda p: not p.ended_on)
        for plan in plans:
            # no plan outlives its child (rules 4009Q, 8920)
            died = plan.child_id.death_on or day
            plan.ended_on = max(plan.started_on, min(died, day))
        self.env["sos.deadline"].search([("plan_id", "in", plans.ids)])._end(day)
