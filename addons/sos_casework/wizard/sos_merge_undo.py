from odoo import fields, models


class SosMergeUndo(models.TransientModel):
    """Asks why a merge or a split is undone, and says what that does."""

    _name = "sos.merge.undo"
    _description = "Undo a merge or a split"

    merge_id = fields.Many2one("sos.merge", required=True, readonly=True)
    kind = fields.Selection(related="merge_id.kind")
    record_name = fields.Char(related="merge_id.record_name")
    merged_name = fields.Char(related="merge_id.merged_name")
    reason = fields.Text()

    def action_undo(self):
        self.ensure_one()
        self.merge_id.action_undo(self.reason)
        return {"type": "ir.actions.act_window_close"}
