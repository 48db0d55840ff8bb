from odoo import api, fields, models


class SosFormOpen(models.TransientModel):
    """Opens a form for children of a family, or adds children to one that is being
    written."""

    _name = "sos.form.open"
    _description = "Open a form"

    case_id = fields.Many2one("sos.case", "Family", required=True, readonly=True)
    form_id = fields.Many2one("sos.form", "Add to", readonly=True)
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
    draft_id = fields.Many2one(
        "sos.form", "Already being written", compute="_compute_draft_id"
    )

    @api.depends_context("uid")
    @api.depends("case_id", "type_id")
    def _compute_child_ids(self):
        for wizard in self:
            wizard.child_ids = wizard.case_id._get_children_for(wizard.type_id)

    @api.depends("case_id", "type_id", "child_ids")
    def _compute_draft_id(self):
        for wizard in self:
            draft = self.env["sos.form"]
            if wizard.case_id and wizard.type_id and not wizard.form_id:
                # the relation holds new records while the window is open
                children = wizard.child_ids._origin
                draft = draft._find_draft(wizard.case_id, wizard.type_id, children)
                # each contact is one of its own
                if "received_at" in (draft.fact_codes or ""):
                    draft = draft.browse()
            wizard.draft_id = draft

    def action_open(self):
        self.ensure_one()
        if self.form_id:
            self.form_id.check_access("write")
            self.form_id._add_children(self.child_ids)
            return {"type": "ir.actions.act_window_close"}
        form = self.case_id.open_form(self.type_id.code, self.child_ids.ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.form",
            "res_id": form.id,
            "view_mode": "form",
        }
