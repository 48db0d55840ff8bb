from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosCaseSplitLine(models.TransientModel):
    """Somebody of a family that is split: in which of the two files they are."""

    _name = "sos.case.split.line"
    _description = "Person of a family that is split"

    split_id = fields.Many2one("sos.case.split", required=True, ondelete="cascade")
    person_id = fields.Many2one("sos.person", "Who", required=True)
    role = fields.Selection(
        [("child", "Child"), ("adult", "Adult"), ("network", "Safety network")]
    )
    place = fields.Selection(
        [
            ("stays", "Stays here"),
            ("goes", "New file"),
            ("both", "Both files"),
        ],
        "Where",
        required=True,
        default="stays",
    )

    @api.constrains("role", "place")
    def _check_child(self):
        if any(line.role == "child" and line.place == "both" for line in self):
            raise ValidationError(
                self.env._("A child is in one of the two files, not in both.")
            )
