from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosShareWish(models.Model):
    """Whether a child wants a person to see the child's own words. One wish per child
    and person: it covers views, tools, drawings and every line in their words."""

    _name = "sos.share.wish"
    _inherit = ["sos.family.line.mixin"]
    _description = "A child's wish about who sees their words"
    _order = "child_id, person_id"
    _rec_name = "person_id"
    _anchor_fields = ("case_id", "child_id", "person_id")
    _merge_key = ("child_id", "person_id")
    _child_fields = ("child_id",)
    _person_fields = ("person_id",)

    child_id = fields.Many2one(
        "sos.person",
        "Child",
        required=True,
        index=True,
        domain="[('kind', '=', 'child'), ('member_ids.case_id', '=', case_id)]",
    )
    person_id = fields.Many2one(
        "sos.person",
        "Who",
        required=True,
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    share = fields.Boolean("May see my words")

    _once = models.Constraint(
        "UNIQUE(child_id, person_id)", "This wish is recorded already: change it."
    )

    @api.constrains("child_id", "person_id")
    def _check_somebody_else(self):
        for wish in self:
            if wish.child_id == wish.person_id:
                raise ValidationError(
                    self.env._("A child may always see their own words.")
                )

    @api.model
    def _set_wish(self, child, person, share, case=None):
        """Record what a child wants: the wish there is changes, else one is made.

        :param case: the family file; left out, the newest of the child's
        """
        wish = self.search([("child_id", "=", child.id), ("person_id", "=", person.id)])
        if wish:
            if wish.share != share:
                wish.share = share
            return wish
        members = child.member_ids.filtered(lambda m: m.role == "child")
        case = case or members.sorted("id")[-1:].case_id
        return self.create(
            {
                "case_id": case.id,
                "child_id": child.id,
                "person_id": person.id,
                "share": share,
            }
        )

    def _get_fold_values(self, other):
        """A child who said no once is asked again before anybody sees their words."""
        return {"share": self.share and other.share}

    def _get_display_label(self):
        wish = (
            self.env._("%(person)s may see %(child)s's words")
            if self.share
            else self.env._("%(person)s may not see %(child)s's words")
        )
        return wish % {
            "person": self.person_id.display_name,
            "child": self.child_id._get_called(),
        }
