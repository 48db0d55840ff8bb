from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosBottomLine(models.Model):
    """What must be in place before the agency can step back: the what, never the
    how. The family and the network work out how."""

    _name = "sos.bottom.line"
    _inherit = ["sos.practice.mixin"]
    _description = "Bottom line"
    _order = "case_id, sequence, id"
    _rec_name = "text"
    _same_case_fields = ("danger_id",)
    _case_from_fields = ("danger_id",)

    danger_id = fields.Many2one(
        "sos.danger",
        "Danger statement",
        required=True,
        index=True,
        domain="[('case_id', '=', case_id)]",
    )
    text = fields.Text("Bottom line", required=True)
    evidence = fields.Text("How we know")
    met = fields.Boolean("In place")
    opinion_ids = fields.One2many("sos.opinion", "bottom_line_id", "Who agrees")

    @api.constrains("met", "evidence")
    def _check_evidence(self):
        for line in self:
            if line.met and not (line.evidence or "").strip():
                raise ValidationError(
                    self.env._(
                        "A bottom line is in place when somebody has seen it: write "
                        "down how we know."
                    )
                )
