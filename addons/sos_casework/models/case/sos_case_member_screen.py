from odoo import fields, models


class SosCaseMember(models.Model):
    _inherit = "sos.case.member"

    family_name = fields.Char(related="case_id.name", string="Name of the family")

    def action_open_person(self):
        """Open the record of the person on this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.person",
            "res_id": self.person_id.id,
            "view_mode": "form",
        }
