from odoo import api, fields, models


class SosFormAttendance(models.Model):
    """Somebody who was at a meeting, or sent apologies: family, network, agency or
    worker, with what they think and where they put the family overall."""

    _name = "sos.form.attendance"
    _inherit = ["sos.record.mixin"]
    _description = "Attendance"
    _order = "form_id, sequence, id"
    _rec_name = "form_id"

    form_id = fields.Many2one("sos.form", required=True, index=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    person_id = fields.Many2one("sos.person", "Family or network")
    partner_id = fields.Many2one("res.partner", "Agency")
    user_id = fields.Many2one("res.users", "Worker")
    who = fields.Char("Who", compute="_compute_who")
    apologies = fields.Boolean("Sent apologies")
    report = fields.Boolean("Sent a report")
    view = fields.Text("What they think")
    category_id = fields.Many2one(
        "sos.code", "Category", domain=[("code_set", "=", "abuse_category")]
    )
    scale = fields.Integer(help="Overall, 0 to 10.", default=-1)
    scale_text = fields.Char("Scale given", compute="_compute_scale_text")

    _one_who = models.Constraint(
        "CHECK(num_nonnulls(person_id, partner_id, user_id) = 1)",
        "Somebody at a meeting is a person of the family, an agency or a worker.",
    )
    _scale_range = models.Constraint(
        "CHECK(scale BETWEEN -1 AND 10)", "A scale is a number from 0 to 10."
    )

    @api.depends("person_id", "partner_id", "user_id")
    def _compute_who(self):
        for line in self:
            who = line.person_id or line.partner_id or line.user_id
            line.who = who.display_name

    @api.depends("scale")
    def _compute_scale_text(self):
        for line in self:
            line.scale_text = str(line.scale) if line.scale >= 0 else ""

    @api.model_create_multi
    def create(self, vals_list):
        forms = self.env["sos.form"]
        if not self.env.su:
            forms.browse({vals["form_id"] for vals in vals_list})._check_editable()
        self.env["sos.case.member"]._join(
            [
                {**vals, "case_id": forms.browse(vals["form_id"]).case_id.id}
                for vals in vals_list
            ]
        )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self.form_id._check_editable()
        if "person_id" in vals:
            self.env["sos.case.member"]._join(
                [{**vals, "case_id": case.id} for case in self.form_id.case_id]
            )
        return super().write(vals)

    def _get_display_label(self):
        return self.who
