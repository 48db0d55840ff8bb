from odoo import api, fields, models


class SosFormSection(models.Model):
    """One section of a form's version. Its code comes from one library: the same
    question has the same code in every form."""

    _name = "sos.form.section"
    _inherit = ["sos.configuration.mixin"]
    _description = "Section of a form"
    _order = "version_id, sequence, id"
    _known_by = ("version_id",)

    version_id = fields.Many2one(
        "sos.form.version", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char("Title", required=True, translate=True)
    kind = fields.Selection(
        [
            ("narrative", "Text"),
            ("narrative_child", "Text for each child"),
            ("block", "Part of the practice record"),
            ("decision", "Decision for each child"),
            ("attendance", "Who was there"),
            ("question", "A question of your own"),
        ],
        required=True,
        default="narrative",
    )
    block = fields.Char(help="Which part of the practice record is shown.")
    question_type = fields.Selection(
        [
            ("text", "Words"),
            ("number", "Number"),
            ("date", "Date"),
            ("yes_no", "Yes/no"),
        ]
    )
    purpose = fields.Text(help="Why we ask.", translate=True)
    prompt = fields.Text(help="The question, in plain words.", translate=True)
    guidance = fields.Text(translate=True)
    exemplar = fields.Text("What good looks like", translate=True)
    required = fields.Boolean("Required at submission")
    for_family = fields.Boolean("For the family")
    for_child = fields.Boolean("For the child")
    for_professionals = fields.Boolean("For professionals", default=True)
    carry = fields.Selection(
        [
            ("fresh", "Start empty"),
            ("beside", "Show the last answer beside"),
            ("offer", "Offer to copy the last answer"),
            ("carry", "Copy the last answer"),
            ("live", "The record itself"),
        ],
        "Last time",
        required=True,
        default="fresh",
    )
    lacks_purpose = fields.Boolean(compute="_compute_lacks_purpose")

    _code_unique = models.Constraint(
        "UNIQUE(version_id, code)", "This section is in the form already."
    )

    @api.depends("purpose")
    def _compute_lacks_purpose(self):
        for section in self:
            section.lacks_purpose = not section.purpose

    @api.onchange("code")
    def _onchange_code(self):
        """The section as the library has it: the newest one with this code."""
        known = self.search([("code", "=", self.code)], order="id desc", limit=1)
        if self.code and known and not self.name:
            for name in self._get_content_fields():
                self[name] = known[name]

    @api.model
    def _get_content_fields(self):
        return [
            "name",
            "kind",
            "block",
            "question_type",
            "purpose",
            "prompt",
            "guidance",
            "exemplar",
            "for_family",
            "for_child",
            "for_professionals",
            "carry",
        ]

    @api.model_create_multi
    def create(self, vals_list):
        sections = super().create(vals_list)
        sections.version_id._check_changeable()
        return sections

    def write(self, vals):
        self.version_id._check_changeable()
        return super().write(vals)

    def _check_may_go(self):
        self.version_id._check_changeable()
