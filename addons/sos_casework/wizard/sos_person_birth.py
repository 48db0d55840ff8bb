from odoo import api, fields, models


class SosPersonBirth(models.TransientModel):
    """Records the birth of a baby who was expected. The person stays the same, with
    every form, plan and line that is about them."""

    _name = "sos.person.birth"
    _description = "Record a birth"

    person_id = fields.Many2one("sos.person", "Baby", required=True, readonly=True)
    expected_on = fields.Date(related="person_id.expected_on")
    birth_date = fields.Date(
        "Born", required=True, default=lambda self: self.env["res.company"]._sos_today()
    )
    sex_id = fields.Many2one(
        "sos.code",
        "Sex",
        required=True,
        domain=lambda self: self.env["sos.code"]._get_valid_domain("sex"),
    )
    first_name = fields.Char(
        "First name",
        compute="_compute_first_name",
        store=True,
        readonly=False,
        help="Leave it empty if the baby has no name yet.",
    )
    far_from_expected = fields.Boolean(compute="_compute_far_from_expected")

    @api.depends("person_id")
    def _compute_first_name(self):
        for wizard in self:
            wizard.first_name = wizard.person_id.first_name

    @api.depends("birth_date", "expected_on")
    def _compute_far_from_expected(self):
        for wizard in self:
            born, expected = wizard.birth_date, wizard.expected_on
            days = (born - expected).days if born and expected else 0
            wizard.far_from_expected = not -120 <= days <= 21

    def action_record(self):
        self.ensure_one()
        self.person_id.action_record_birth(
            self.birth_date, self.sex_id.code, self.first_name
        )
        return {"type": "ir.actions.act_window_close"}
