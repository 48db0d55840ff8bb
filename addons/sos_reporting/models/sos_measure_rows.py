from odoo import api, fields, models
from odoo.exceptions import UserError


class SosMeasureRows(models.AbstractModel):
    """What the views under the measures have in common: numbers and days of one
    family, without a name. A row names its family by number; who does not read the
    file sees no more than that."""

    _name = "sos.measure.rows"
    _inherit = ["sos.record.mixin"]
    _description = "Rows that measures count"
    _auto = False

    case_id = fields.Many2one("sos.case", "Family file", readonly=True)
    team_id = fields.Many2one("sos.team", "Team", readonly=True)
    lead_id = fields.Many2one("res.users", "Lead worker", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self.check_access("create")
        raise UserError(self._get_refusal())

    def write(self, vals):  # pylint: disable=method-required-super
        self.check_access("write")
        raise UserError(self._get_refusal())

    def _get_refusal(self):
        return self.env._("This is counted from the record. Change it there.")

    def action_open_case(self):
        """The family file behind the row; who may not read it is refused there."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }
