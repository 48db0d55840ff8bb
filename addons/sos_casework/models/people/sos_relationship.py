from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.days import is_within

#: Relations that read the same from both sides: Sam is a sibling of Robin, and
#: Robin of Sam.
MUTUAL = {
    "sibling",
    "half_sibling",
    "cousin",
    "partner",
    "former_partner",
    "friend",
    "neighbour",
}


class SosRelationship(models.Model):
    """``person`` is the ``type`` of ``other``: Leanne is the mother of Mia."""

    _name = "sos.relationship"
    _inherit = ["sos.record.mixin"]
    _description = "Relationship"
    _order = "until desc, person_id, id"
    _rec_name = "type_id"
    _merge_key = ("person_id", "type_id", "other_id")

    person_id = fields.Many2one("sos.person", "Person", required=True, index=True)
    type_id = fields.Many2one(
        "sos.code",
        "Is the",
        required=True,
        domain=lambda self: self.env["sos.code"]._get_valid_domain("relationship"),
    )
    other_id = fields.Many2one("sos.person", "Of", required=True, index=True)
    since = fields.Date()
    until = fields.Date(help="The last day of the relationship.")
    parental_responsibility = fields.Boolean(
        "Parental responsibility",
        help="The person has parental responsibility in law for the other.",
    )
    carer = fields.Boolean(help="The person looks after the other day by day.")
    is_current = fields.Boolean("Goes on", compute="_compute_is_current")

    @api.depends("since", "until")
    def _compute_is_current(self):
        for relation in self:
            relation.is_current = relation._is_current()

    @api.constrains("person_id", "other_id", "type_id", "since", "until")
    def _check_relationship(self):
        for relation in self:
            if relation.person_id == relation.other_id:
                raise ValidationError(self.env._("Nobody is related to themselves."))
            if relation.since and relation.until and relation.until < relation.since:
                raise ValidationError(
                    self.env._("The relationship ends before it begins.")
                )
            if relation._find_same():
                raise ValidationError(
                    self.env._(
                        "“%s” is recorded already for this time. Change that line, "
                        "or end it first.",
                        relation.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._check_both_readable()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if {"person_id", "other_id"} & vals.keys():
            # the rights before the change were asked of the people before it
            self.check_access("write")
            self._check_both_readable()
        return result

    def _check_both_readable(self):
        """The rules look at one end only; nobody ties a family to a person of whom
        they may know nothing. (Not a constraint: those run as superuser.)"""
        self.other_id.check_access("read")

    def _is_current(self, day=None):
        self.ensure_one()
        day = day or self.env["res.company"]._sos_today()
        return is_within(day, self.since, self.until)

    def _find_same(self):
        """Another line that says the same of the same two people at the same time."""
        self.ensure_one()
        return self._find_same_of(self.person_id, self.other_id)

    def _find_same_of(self, person, other):
        pair = Domain("person_id", "=", person.id) & Domain("other_id", "=", other.id)
        if self.type_id.code in MUTUAL:
            pair |= Domain("person_id", "=", other.id) & Domain(
                "other_id", "=", person.id
            )
        domain = pair & Domain("type_id", "=", self.type_id.id)
        domain &= Domain("id", "!=", self.id)
        if self.until:
            domain &= Domain("since", "=", False) | Domain("since", "<=", self.until)
        if self.since:
            domain &= Domain("until", "=", False) | Domain("until", ">=", self.since)
        # sudo: the same line may be one that this user may not read
        return self.sudo().search(domain, limit=1)

    def _find_twin(self, old, new):
        person, other = (
            new if end == old else end for end in (self.person_id, self.other_id)
        )
        return self._find_same_of(person, other)

    def _get_fold_values(self, other):
        """What one of the lines says of the other's child counts."""
        return {
            **self._get_longest(other),
            "parental_responsibility": self.parental_responsibility
            or other.parental_responsibility,
            "carer": self.carer or other.carer,
        }

    def _get_display_label(self):
        return self.env._(
            "%(person)s is the %(type)s of %(other)s",
            person=self.person_id.display_name,
            type=(self.type_id.name or "").lower(),
            other=self.other_id.display_name,
        )

    def _get_label_from(self, person):
        """The relationship as the screen of one of the two people says it."""
        self.ensure_one()
        kind = self.type_id.name or ""
        if person == self.other_id or self.type_id.code in MUTUAL:
            them = self.person_id if person == self.other_id else self.other_id
            return self.env._(
                "%(type)s: %(person)s",
                type=kind[:1].upper() + kind[1:],
                person=them.display_name,
            )
        return self.env._(
            "%(type)s of %(person)s",
            type=kind[:1].upper() + kind[1:],
            person=self.other_id.display_name,
        )
