from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.people.duplicate_question import DuplicateQuestion


class SosReferralPerson(models.TransientModel):
    """Somebody named in a new contact."""

    _name = "sos.referral.person"
    _description = "Person in a new contact"

    child_referral_id = fields.Many2one("sos.referral", ondelete="cascade")
    adult_referral_id = fields.Many2one("sos.referral", ondelete="cascade")
    person_id = fields.Many2one(
        "sos.person",
        "Known already as",
        help="If the person has a record already: nobody should have two.",
    )
    first_name = fields.Char()
    last_name = fields.Char()
    birth_date = fields.Date("Born")
    expected_on = fields.Date("Expected", help="For a baby who is not born yet.")
    sex_id = fields.Many2one("sos.code", "Sex", domain=[("code_set", "=", "sex")])
    ethnicity_id = fields.Many2one(
        "sos.code", "Ethnicity", domain=[("code_set", "=", "ethnicity")]
    )
    relation_id = fields.Many2one(
        "sos.code",
        "Is the children's",
        domain=[("code_set", "=", "relationship")],
    )
    parental_responsibility = fields.Boolean("Parental responsibility")
    carer = fields.Boolean("Looks after them")
    lives_there = fields.Boolean("Lives with them", default=True)
    phone = fields.Char()

    @api.onchange("person_id")
    def _onchange_person_id(self):
        if self.person_id:
            self.first_name = self.person_id.first_name
            self.last_name = self.person_id.last_name
            self.birth_date = self.person_id.birth_date
            self.expected_on = self.person_id.expected_on

    def _describe_duplicates(self):
        """A sentence for each person who may be the one on this line."""
        self.ensure_one()
        names = ("first_name", "last_name", "birth_date", "expected_on")
        asked = {name: self[name] for name in names}
        sentences = []
        for known in DuplicateQuestion(self.env, **asked).answer():
            if "name" in known:
                words = self.env._(
                    "%(name)s (%(reference)s): %(why)s. If it is the same person, "
                    "choose them under “Known already as”.",
                    name=known["name"],
                    reference=known["reference"],
                    why=known["why"],
                )
            else:
                words = self.env._(
                    "%(first)s: somebody with %(why)s is known here as %(reference)s. "
                    "Ask %(ask)s before you go on.",
                    first=self.first_name or self.last_name,
                    why=known["why"],
                    reference=known["reference"],
                    ask=known["ask"],
                )
            sentences.append(words)
        return sentences

    def _make_people(self, case):
        """The people of these lines, made where they are new, in the family file."""
        for line in self:
            if not line.person_id:
                line.person_id = self.env["sos.person"].create(line._prepare_person())
        new = self.person_id - case.member_ids.person_id
        self.env["sos.case.member"].create(
            [{"case_id": case.id, "person_id": person.id} for person in new]
        )
        return self.person_id

    def _prepare_person(self):
        self.ensure_one()
        if not self.last_name:
            raise UserError(
                self.env._(
                    "%s needs a last name. If it is not known, write “Unknown”.",
                    self.first_name or self.env._("Somebody"),
                )
            )
        return {
            "kind": "child" if self.child_referral_id else "adult",
            "first_name": self.first_name,
            "last_name": self.last_name,
            "birth_date": self.birth_date,
            "expected_on": self.expected_on,
            "sex_id": self.sex_id.id,
            "ethnicity_id": self.ethnicity_id.id,
            "phone": self.phone,
        }

    def _relate(self, children):
        """These adults are mother, father … of the children, unless it is known."""
        relations = self.env["sos.relationship"]
        for line in self.filtered("relation_id"):
            known = line.person_id.relation_ids.other_id
            relations.create(
                [
                    {
                        "person_id": line.person_id.id,
                        "type_id": line.relation_id.id,
                        "other_id": child.id,
                        "parental_responsibility": line.parental_responsibility,
                        "carer": line.carer,
                    }
                    for child in children - known
                ]
            )
