from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormType(models.Model):
    """A kind of form. What it asks is in its versions; who signs it and how it
    behaves on the pathway is here."""

    _name = "sos.form.type"
    _inherit = ["sos.logged.mixin"]
    _description = "Form type"
    _order = "sequence, id"
    # who may sign, and to whom it may be given
    _log_fields = ("authoriser_group_id", "confirm_when_held", "family_output")

    code = fields.Char(required=True, index=True)
    name = fields.Char(required=True, translate=True)
    purpose = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    authoriser_group_id = fields.Many2one(
        "res.groups",
        "Authorised by",
        help="Empty: nobody; the form is complete when it is submitted.",
    )
    is_meeting = fields.Boolean("A meeting", help="Has a day on which it was held.")
    weekdays_only = fields.Boolean(help="Never on a weekend (census rule 8875).")
    confirm_when_held = fields.Boolean(
        "Decisions count from the meeting",
        help="The authorising role may confirm decisions once the meeting was held, "
        "before the minutes are signed.",
    )
    family_output = fields.Selection(
        [("always", "May be given to the family"), ("released", "Only when released")],
        "For the family",
        required=True,
        default="always",
    )
    max_pages = fields.Integer("Pages at most", default=8)
    max_mb = fields.Float("MB at most", default=2.0)
    review_on = fields.Date("Look at this form again on")
    version_ids = fields.One2many("sos.form.version", "type_id", "Versions")
    live_version_id = fields.Many2one(
        "sos.form.version", "Live version", compute="_compute_live_version_id"
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Another form has this code.")

    @api.depends("version_ids.state")
    def _compute_live_version_id(self):
        for form_type in self:
            live = form_type.version_ids.filtered(lambda v: v.state == "live")
            form_type.live_version_id = live[:1]

    @api.model
    def _get(self, code):
        """The type with this code.

        :raise UserError: when there is none
        """
        form_type = self.search([("code", "=", code)], limit=1)
        if not form_type:
            raise UserError(self.env._("There is no form of the type “%s”.", code))
        return form_type
