from odoo import api, fields, models


class SosCaseMember(models.Model):
    _name = "sos.case.member"
    _inherit = ["sos.record.mixin"]
    _description = "Person in a family file"
    _order = "case_id, role, person_id"
    _rec_name = "person_id"
    _anchor_fields = ("case_id", "person_id")
    _merge_key = ("case_id", "person_id")

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
        cases = self.env["sos.case"].browse({v["case_id"] for v in vals_list})
        (people.member_ids.case_id - cases)._check_not_emergency()
        members = super().create(vals_list)
        members.case_id._refresh_blocked()
        return members

    def write(self, vals):
        moved = {"case_id", "person_id"} & vals.keys()
        people, cases = (self.person_id, self.case_id) if moved else (None, None)
        result = super().write(vals)
        if moved:
            # two records of one person, or of one family, became one
            (cases | self.case_id)._refresh_blocked()
            people._refresh_blocked()
        return result

    def _get_fold_values(self, other):
        """In the file from the first day to the last."""
        return self._get_longest(other)

    def _get_display_label(self):
        return self.person_id.name
