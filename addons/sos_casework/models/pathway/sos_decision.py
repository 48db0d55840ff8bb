from odoo import api, fields, models


class SosDecision(models.Model):
    """A decision that a form offers for each child, and what it sets off."""

    _name = "sos.decision"
    _inherit = ["sos.configuration.mixin"]
    _description = "Decision"
    _order = "version_id, sequence, id"
    _known_by = ("version_id",)

    version_id = fields.Many2one(
        "sos.form.version", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char("Decision", required=True, translate=True)
    needs_category = fields.Boolean("Needs a category of abuse")
    needs_closure_reason = fields.Boolean("Needs a reason for closure")
    needs_reason = fields.Boolean("Needs a reason in words")
    effect_ids = fields.Many2many("sos.effect", string="What happens")
    opens_type_ids = fields.Many2many("sos.form.type", string="Opens the forms")
    step_ids = fields.Many2many("sos.step", string="Starts the clocks")

    _code_unique = models.Constraint(
        "UNIQUE(version_id, code)", "This decision is in the form already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions.version_id._check_changeable()
        return decisions

    def write(self, vals):
        self.version_id._check_changeable()
        return super().write(vals)

    def _check_may_go(self):
        self.version_id._check_changeable()

    def _get_sources(self):
        """What the decision sets off, in the words of ``Cause.source``."""
        return {
            *(f"effect:{effect.code}" for effect in self.effect_ids),
            *(f"clock:{step.code}" for step in self.step_ids),
            *(f"form:{form_type.code}" for form_type in self.opens_type_ids),
        }
