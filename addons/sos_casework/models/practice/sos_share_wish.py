from odoo import fields, models


class SosShareWish(models.Model):
    """Whether a child wants a person to see the child's own words. One wish per child
    and person: it covers views, tools, drawings and every line in their words."""

    _name = "sos.share.wish"
    _inherit = ["sos.record.mixin"]
    _description = "A child's wish about who sees their words"
    _order = "child_id, person_id"
    _rec_name = "person_id"
    _log_fields = ("share",)

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    person_id = fields.Many2one("sos.person", "Who", required=True)
    share = fields.Boolean("May see my words")

    _once = models.Constraint(
        "UNIQUE(child_id, person_id)", "This wish is recorded already: change it."
    )
