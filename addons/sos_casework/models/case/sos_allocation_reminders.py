from odoo import api, models


class SosAllocation(models.Model):
    """A worker is told of a family that they are allocated to."""

    _name = "sos.allocation"
    _inherit = ["sos.allocation", "sos.reminder.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        allocations._tell_worker()
        return allocations

    def write(self, vals):
        before = {allocation: allocation.user_id for allocation in self}
        result = super().write(vals)
        changed = self.filtered(lambda a: a.user_id != before[a])
        # sudo: reminders are the system's own
        changed.sudo().activity_ids.unlink()
        changed._tell_worker()
        today = self.env["res.company"]._sos_today()
        ended = self.filtered(lambda a: a.until and a.until <= today)
        ended.sudo().activity_ids.unlink()
        return result

    def _tell_worker(self):
        """Nobody is told of what they did themselves, nor of what is past."""
        today = self.env["res.company"]._sos_today()
        roles = dict(self._fields["role"]._description_selection(self.env))
        kind = self.env.ref("sos_casework.mail_activity_type_allocated")
        for new in self.filtered("user_id"):
            if new.user_id == self.env.user or (new.until and new.until < today):
                continue
            # sudo: a number is no secret
            summary = f"{roles[new.role]} – {new.case_id.sudo().reference}"
            new._remind(new.user_id, kind, summary, max(new.since, today))

    def action_open_case(self):
        """Open the family file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }
