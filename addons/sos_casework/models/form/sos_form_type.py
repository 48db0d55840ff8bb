from odoo import api, fields, models
from odoo.exceptions import UserError


class SosFormType(models.Model):
    """A kind of form. What it asks is in its versions; who signs it and how it
    behaves on the pathway is here."""

    _name = "sos.form.type"
    _inherit = ["sos.configuration.mixin"]
    _description = "Form type"
    _order = "sequence, id"

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
    after_death = fields.Boolean(
        "After a child's death",
        help="May be about a day after the child died: what ends the work.",
    )
    service_ids = fields.Many2many(
        "sos.code",
        string="Services that must be there",
        domain=[("code_set", "=", "agency_kind")],
        help="Without one of them at the meeting, or apologies with a report, a reason "
        "is asked.",
    )
    needs_report = fields.Boolean(
        "Needs the social worker's report",
        help="Without a signed report about each child a reason is asked.",
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

    def _is_of_protection_plan(self):
        """Whether such a form is about a child protection plan that goes on: its clock
        is met on the day on which it was held, and ends with the plan."""
        # sudo: configuration, whoever writes the form
        steps = self.env["sos.step"].sudo()
        domain = [("met_by", "=", "held"), ("ends_with", "=", "cp_plan")]
        return bool(steps.search([*domain, ("form_type_id", "in", self.ids)], limit=1))

    @api.model
    def _get(self, code):
        """The type with this code.

        :raise UserError: when there is none
        """
        form_type = self.search([("code", "=", code)], limit=1)
        if not form_type:
            raise UserError(self.env._("There is no form of the type “%s”.", code))
        return form_type
