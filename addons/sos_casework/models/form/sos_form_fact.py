from odoo import fields, models


class SosFormFact(models.Model):
    """A typed fact that a form may ask: a column that a rule, a clock or a return
    reads. Which forms ask it is set on the form's version."""

    _name = "sos.form.fact"
    _inherit = ["sos.configuration.mixin"]
    _description = "Typed fact"
    _order = "scope, sequence, id"
    _known_by = ("scope", "code")

    code = fields.Char(required=True, help="The name of the field in the form.")
    name = fields.Char(required=True, translate=True)
    scope = fields.Selection(
        [("form", "The whole form"), ("child", "Each child")], required=True
    )
    sequence = fields.Integer(default=10)

    _code_unique = models.Constraint("UNIQUE(scope, code)", "This fact exists already.")
