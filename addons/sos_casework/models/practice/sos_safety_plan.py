from odoo import api, fields, models


class SosSafetyPlan(models.Model):
    """What the family and the network do so that the children are safe."""

    _name = "sos.safety.plan"
    _inherit = ["sos.practice.mixin"]
    _description = "Safety plan"
    _order = "case_id, ended_on desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [("interim", "Interim safety plan"), ("long_term", "Long-term safety plan")],
        required=True,
        default="interim",
    )
    rule_ids = fields.One2many("sos.safety.rule", "plan_id", "Rules")
    signs_of_danger = fields.Text("Red flags", help="What tells us it is not working.")
    safety_object = fields.Char(
        "Safety object",
        help="The thing a child moves or gives to say “I don't feel safe” without "
        "words, and what happens then.",
    )
    hint = fields.Text(
        "Worth a look",
        compute="_compute_hint",
        help="What would make the plan stronger. Only hints.",
    )

    @api.depends(
        "kind",
        "child_ids",
        "ended_on",
        "rule_ids.who_id",
        "rule_ids.backup_id",
        "rule_ids.child_text",
        "rule_ids.status",
        "case_id.safety_plan_ids.ended_on",
        "case_id.safety_plan_ids.kind",
        "case_id.safety_plan_ids.child_ids",
    )
    def _compute_hint(self):
        for plan in self:
            plan.hint = "\n".join(plan._get_hints()) or False

    def _get_hints(self):
        """What would make the plan stronger, one sentence each."""
        self.ensure_one()
        if self.ended_on:
            return []
        hints = []
        rules = self.rule_ids.filtered(lambda rule: rule.status != "ended")
        if not rules:
            hints.append(self.env._("No rules yet."))
        for empty, words in (
            ("who_id", self.env._("Rules without a name for who does it: %s.")),
            ("backup_id", self.env._("Rules without somebody who steps in: %s.")),
            ("child_text", self.env._("Rules not yet in the child's words: %s.")),
        ):
            number = len(rules.filtered(lambda rule, name=empty: not rule[name]))
            if number:
                hints.append(words % number)
        if self._get_rivals():
            hints.append(
                self.env._(
                    "Another interim plan is open for these children: end the one "
                    "that the family no longer lives by."
                )
            )
        return hints

    def _get_rivals(self):
        """Other open interim plans about the same children."""
        if self.kind != "interim":
            return self.browse()
        everybody = self.case_id.child_ids
        children = self.child_ids or everybody
        return (self.case_id.safety_plan_ids - self._origin - self).filtered(
            lambda plan: plan.kind == "interim"
            and not plan.ended_on
            and (plan.child_ids or everybody) & children
        )

    def _get_display_label(self):
        day = self.recorded_on and self.recorded_on.strftime("%d/%m/%Y")
        return f"{super()._get_display_label()}, {day}"
