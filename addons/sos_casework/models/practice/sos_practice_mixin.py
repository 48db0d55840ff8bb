from odoo import fields, models


class SosPracticeMixin(models.AbstractModel):
    """One line of the practice record: it belongs to a family, may name the children
    it is about and whose words it is in, and is ended rather than deleted."""

    _name = "sos.practice.mixin"
    _inherit = ["sos.record.mixin"]
    _description = "Line of the practice record"

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_ids = fields.Many2many(
        "sos.person", string="Children", help="Empty: about all the children."
    )
    words_of_id = fields.Many2one("sos.person", "In the words of")
    sequence = fields.Integer(default=10)
    recorded_on = fields.Date(
        "Recorded",
        readonly=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    recorded_by_id = fields.Many2one(
        "res.users", "By", readonly=True, default=lambda self: self.env.user
    )
    ended_on = fields.Date("Ended", help="The line is no longer shown in new forms.")
