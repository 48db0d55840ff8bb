from odoo import fields, models


class SosPersonMergeLine(models.TransientModel):
    """One field in which two records of a person differ."""

    _name = "sos.person.merge.line"
    _description = "What differs between two records of one person"

    merge_id = fields.Many2one("sos.person.merge", required=True, ondelete="cascade")
    # only the name of the field comes back: values are read from the two records
    field = fields.Char(required=True)
    label = fields.Char("What")
    kept_text = fields.Char("Goes on")
    merged_text = fields.Char("The other record")
    take = fields.Boolean("Take the other one's")
