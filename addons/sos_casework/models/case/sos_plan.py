from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosPlan(models.Model):
    """A child's child in need plan or child protection plan."""

    _name = "sos.plan"
    _inherit = ["sos.record.mixin"]
    _description = "Plan"
    _order = "started_on desc, id desc"
    _log_fields = (
        "started_on",
        "ended_on",
        "initial_category_id",
        "latest_category_id",
        "previous_plans",
    )

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
        "(child_id, kind) WHERE ended_on IS NULL",
        "This child has an open plan of this kind already.",
    )

    @api.constrains("started_on", "ended_on")
    def _check_dates(self):
        for plan in self:
            if plan.ended_on and plan.ended_on < plan.started_on:
                raise ValidationError(
                    self.env._("The plan ends before it starts (rules 4011, 8925).")
                )

    def _get_display_label(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{self.child_id.name}: {kinds[self.kind]}"

    @api.model
    def _start(self, episode, kind, day, form, category=None):
        """Start a plan; when one of this kind is open, nothing happens.

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

    def _end(self, day):
        """End the open ones among these plans, and their clocks."""
        plans = self.filtered(lambda p: not p.ended_on)
        plans.write({"ended_on": day})
        self.env["sos.deadline"].search([("plan_id", "in", plans.ids)])._end(day)
