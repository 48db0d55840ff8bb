from odoo import api, fields, models
from odoo.exceptions import UserError


class SosBreakGlassOpen(models.TransientModel):
    """Asks for which file, why and for how long before it is opened in an emergency."""

    _name = "sos.break.glass.open"
    _description = "Open in an emergency"

    reference = fields.Char("Number of the family file", required=True)
    reason = fields.Text("Why you must see it now", required=True)
    hours = fields.Integer(
        "For how many hours",
        required=True,
        default=lambda self: self._get_authority().sos_emergency_hours,
    )
    hours_max = fields.Integer(compute="_compute_hours_max")

    @api.model
    def _get_authority(self):
        return self.env["res.company"]._sos_get_authority()

    def _compute_hours_max(self):
        self.hours_max = self._get_authority().sos_emergency_hours_max

    def action_open(self):
        """Open the file for the user, or say that they may read it anyway."""
        self.ensure_one()
        case = self._find_case()
        action = {
            "type": "ir.actions.act_window",
            "res_model": "sos.case",
            "res_id": case.id,
            "views": [[False, "form"]],
        }
        if case.has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._(
                        "You may see this family anyway. Nobody was told of an "
                        "emergency."
                    ),
                    "next": action,
                },
            }
        self.env["sos.break.glass"]._open(case, self.reason, self.hours)
        return action

    @api.model
    def _clean_reference(self, reference):
        return (reference or "").strip().upper()

    def _find_case(self):
        reference = self._clean_reference(self.reference)
        # sudo: which numbers there are is what anybody may know
        case = self.env["sos.case"].sudo().search([("reference", "=", reference)])
        if not case:
            raise UserError(
                self.env._(
                    "There is no family file with the number %s. Find the person "
                    "under “Find a person” first.",
                    reference,
                )
            )
        return case.sudo(False)
