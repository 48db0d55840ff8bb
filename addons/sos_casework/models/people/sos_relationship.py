from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosRelationship(models.Model):
    """``person`` is the ``type`` of ``other``: Leanne is the mother of Mia."""

    _name = "sos.relationship"
    _inherit = ["sos.record.mixin"]
    _description = "Relationship"
    _order = "until desc, person_id, id"
    _rec_name = "type_id"
    _log_fields = ("type_id", "since", "until", "parental_responsibility", "carer")

    person_id = fields.Many2one("sos.person", "Person", required=True, index=True)
    type_id = fields.Many2one(
        "sos.code",
        "Is the",
        required=True,
        domain=[("code_set", "=", "relationship")],
    )
    other_id = fields.Many2one("sos.person", "Of", required=True, index=True)
    since = fields.Date()
    until = fields.Date()
    parental_responsibility = fields.Boolean(
        help="The person has parental responsibility in law for the other."
    )
    carer = fields.Boolean(help="The person looks after the other day by day.")

    @api.constrains("person_id", "other_id", "since", "until")
    def _check_relationship(self):
        for relation in self:
            if relation.person_id == relation.other_id:
                raise ValidationError(self.env._("Nobody is related to themselves."))
            if relation.since and relation.until and relation.until < relation.since:
                raise ValidationError(
                    self.env._("The relationship ends before it begins.")
                )

    def _get_log_case(self):
        return self.person_id.member_ids.case_id

    def _get_display_label(self):
        return self.env._(
            "%(person)s is the %(type)s of %(other)s",
            person=self.person_id.name,
            type=(self.type_id.name or "").lower(),
            other=self.other_id.name,
        )
