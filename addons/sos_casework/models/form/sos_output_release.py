from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SosOutputRelease(models.Model):
    """A manager's decision that a person may have what a form holds about a child for
    whom they have neither parental responsibility nor care. Taken back, never
    deleted. A child's wish about their own words stands above it."""

    _name = "sos.output.release"
    _inherit = ["sos.record.mixin"]
    _description = "Release of a child's part to a reader"
    _order = "released_at desc, id desc"
    _rec_name = "person_id"
    _stamp_fields = ("released_by_id", "released_at")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    available_child_ids = fields.Many2many(related="case_id.child_ids")
    form_id = fields.Many2one(
        "sos.form",
        "Only this form",
        index="btree_not_null",
        domain="[('case_id', '=', case_id)]",
        help="Empty: every form of the family.",
    )
    child_id = fields.Many2one(
        "sos.person",
        "What is about",
        required=True,
        index=True,
        domain="[('id', 'in', available_child_ids)]",
    )
    person_id = fields.Many2one(
        "sos.person",
        "May be given to",
        required=True,
        index=True,
        domain="[('member_ids.case_id', '=', case_id)]",
    )
    reason = fields.Text(required=True)
    released_by_id = fields.Many2one("res.users", "By", readonly=True)
    released_at = fields.Datetime("When", readonly=True)
    withdrawn_by_id = fields.Many2one("res.users", "Taken back by", readonly=True)
    withdrawn_at = fields.Datetime("Taken back", readonly=True)

    @api.constrains("case_id", "form_id", "child_id", "person_id")
    def _check_family(self):
        for release in self:
            case = release.case_id
            if release.form_id and release.form_id.case_id != case:
                raise ValidationError(self.env._("This form is about another family."))
            if release.child_id not in case.child_ids:
                raise ValidationError(
                    self.env._("Choose a child from this family's file.")
                )
            if release.person_id not in case.member_ids.person_id:
                raise ValidationError(
                    self.env._("Choose a reader from the people of this family's file.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["released_by_id"] = self.env.uid
            vals["released_at"] = fields.Datetime.now()
            if not (vals.get("reason") or "").strip():
                raise UserError(self.env._("Say why: a reason is needed."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "A release stays as it was recorded. Take it back and record "
                    "another one."
                )
            )
        return super().write(vals)

    def action_withdraw(self):
        """From now on the reader is given nothing about this child any more."""
        # who may release may take it back
        self.check_access("create")
        current = self.filtered(lambda release: not release.withdrawn_at)
        # sudo: a release changes by this button only
        current.sudo().write(
            {
                "withdrawn_by_id": self.env.uid,
                "withdrawn_at": fields.Datetime.now(),
            }
        )
        return True

    def _get_display_label(self):
        return self.env._(
            "%(child)s, to %(person)s",
            child=self.child_id.display_name,
            person=self.person_id.display_name,
        )
