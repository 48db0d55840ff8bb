from odoo import api, fields, models


class SosPerson(models.Model):
    """Who belongs to the person, read from both ends of each relationship."""

    _inherit = "sos.person"

    relatives_text = fields.Text(
        "Who belongs to them",
        compute="_compute_relatives_text",
        help="One line for each relationship that goes on.",
    )

    @api.depends(
        "relation_ids.type_id",
        "relation_ids.other_id.name",
        "relation_ids.since",
        "relation_ids.until",
        "inverse_relation_ids.type_id",
        "inverse_relation_ids.person_id.name",
        "inverse_relation_ids.since",
        "inverse_relation_ids.until",
        "inverse_relation_ids.parental_responsibility",
        "inverse_relation_ids.carer",
    )
    @api.depends_context("uid")
    def _compute_relatives_text(self):
        for person in self:
            lines = []
            for relative in person._get_relatives():
                words = [relative["label"]]
                if relative["parental_responsibility"]:
                    words.append(self.env._("parental responsibility"))
                if relative["carer"]:
                    words.append(self.env._("looks after them"))
                lines.append(", ".join(words))
            person.relatives_text = "\n".join(lines)

    def _get_relatives(self, day=None):
        """The person's relationships on a day (today), from both ends: a list of
        dicts with the other person, the type, words for the screen, and whether the
        *other* has parental responsibility for, or looks after, this person."""
        self.ensure_one()
        result = []
        relations = self.inverse_relation_ids | self.relation_ids
        # lines that the user may not read may be in the cache all the same
        saved = relations.filtered("id")
        relations -= saved - saved._filtered_access("read")
        for relation in relations.filtered(lambda r: r._is_current(day)):
            inverse = relation.other_id == self
            result.append(
                {
                    "person": relation.person_id if inverse else relation.other_id,
                    "type": relation.type_id,
                    "label": relation._get_label_from(self),
                    "parental_responsibility": inverse
                    and relation.parental_responsibility,
                    "carer": inverse and relation.carer,
                }
            )
        return result

    def _get_responsible_people(self, day=None):
        """Who has parental responsibility for, or looks after, this person on a day
        (today), and is alive on it."""
        self.ensure_one()
        day = day or self.env["res.company"]._sos_today()
        relations = self.inverse_relation_ids.filtered(
            lambda r: (r.parental_responsibility or r.carer) and r._is_current(day)
        )
        return relations.person_id.filtered(
            lambda person: not person.death_on or person.death_on > day
        )
