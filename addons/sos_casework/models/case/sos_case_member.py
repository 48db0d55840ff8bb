from odoo import api, fields, models


class SosCaseMember(models.Model):
    _name = "sos.case.member"
    _inherit = ["sos.record.mixin"]
    _description = "Person in a family file"
    _order = "case_id, role, person_id"
    _rec_name = "person_id"
    _anchor_fields = ("case_id", "person_id")
    _log_fields = ("role", "since", "until")

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    person_id = fields.Many2one("sos.person", "Person", required=True, index=True)
    role = fields.Selection(
        [("child", "Child"), ("adult", "Adult"), ("network", "Safety network")],
        required=True,
        compute="_compute_role",
        store=True,
        readonly=False,
        precompute=True,
    )
    since = fields.Date(default=lambda self: self.env["res.company"]._sos_today())
    until = fields.Date()
    birth_date = fields.Date(related="person_id.birth_date")
    age_text = fields.Char(related="person_id.age_text")

    _person_unique = models.Constraint(
        "UNIQUE(case_id, person_id)", "This person is in the family file already."
    )

    @api.depends("person_id")
    def _compute_role(self):
        for member in self:
            if not member.role:
                member.role = member.person_id.kind or "adult"

    @api.model_create_multi
    def create(self, vals_list):
        # a person becomes readable by being in a file that one reads: nobody brings
        # somebody in whom they may not read already
        people = self.env["sos.person"].browse({v["person_id"] for v in vals_list})
        people.check_access("read")
        return super().create(vals_list)

    def _get_display_label(self):
        return self.person_id.name
