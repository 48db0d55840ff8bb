from odoo import fields, models


class SosEffect(models.Model):
    """A fixed word for something that a decision sets off. The words are known to the
    code (``sos_form_child_effects.py``); which decision has which is data."""

    _name = "sos.effect"
    _inherit = ["sos.configuration.mixin"]
    _description = "Effect of a decision"
    _order = "sequence, id"
    # the order is what happens first, and no matter of how a list looks
    _known_by = ("code", "sequence")

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Effects of one decision happen in this order."
    )

    _code_unique = models.Constraint("UNIQUE(code)", "This effect exists already.")
