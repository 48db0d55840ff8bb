from odoo import api, fields, models


class SosFormOpen(models.TransientModel):
    """Opens a form for children of a family."""

    _name = "sos.form.open"
    _description = "Open a form"

    case_id = fields.Many2one("sos.case", required=True, readonly=True)
    type_id = fields.Many2one("sos.form.type", "Which form", required=True)
    purpose = fields.Text(related="type_id.purpose")
    available_child_ids = fields.Many2many(related="case_id.child_ids")
    child_ids = fields.Many2many(
        "sos.person",
        string="For",
        required=True,
        domain="[('id', 'in', available_child_ids)]",
        compute="_compute_child_ids",
        store=True,
        readonly=False,
    )

    @api.depends("case_id")
    def _compute_child_ids(self):
        for wizard in self:
            wizard.child_ids = wizard.case_id.child_ids

    def action_open(self):
        self.ensure_one()
        form = self.case_id.open_form(self.type_id.code, self.child_ids.ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.form",
            "res_id": form.id,
            "view_mode": "form",
        }
