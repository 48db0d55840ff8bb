from odoo import fields, models

UNITS = [
    ("working_days", "Working days"),
    ("days", "Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]


class SosStep(models.Model):
    """A step that has a clock: from when, how long, what meets it, what ends it."""

    _name = "sos.step"
    _inherit = ["sos.configuration.mixin"]
    _description = "Step with a clock"
    _order = "sequence, id"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    form_type_id = fields.Many2one("sos.form.type", "Form that meets it")
    starts_from = fields.Selection(
        [
            ("received", "Contact received"),
            ("referral", "Referral received"),
            ("discussion_held", "Discussion held"),
            ("decision", "Decision"),
            ("plan_start", "Start of the plan"),
            ("conference_held", "Conference held"),
            ("lead_allocation", "First lead worker"),
            ("death", "A child's death is entered"),
        ],
        required=True,
    )
    due_number = fields.Integer("Due after", required=True)
    due_unit = fields.Selection(UNITS, required=True, default="working_days")
    before_booked_days = fields.Integer(
        "Working days before the conference",
        help="Counted back from the day for which the conference is booked, or else "
        "from the day on which its own clock falls due.",
    )
    met_by = fields.Selection(
        [
            ("authorised", "Form authorised"),
            ("held", "Meeting held"),
            ("visit_seen", "Statutory visit in which the child was seen"),
            ("submitted", "Form submitted"),
        ],
        required=True,
    )
    repeat_number = fields.Integer("Again after", help="0: it does not repeat.")
    repeat_unit = fields.Selection(UNITS, default="weeks")
    repeat_when = fields.Selection(
        [("met", "When the last one is met"), ("decision", "When a decision says so")],
        "Next one starts",
    )
    ends_with = fields.Selection(
        [
            ("episode", "The period of need"),
            ("enquiry", "The enquiry"),
            ("cp_plan", "The child protection plan"),
            ("cin_plan", "The child in need plan"),
            ("case", "The family file"),
        ],
        help="The clock ends when this ends.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "This step exists already.")
