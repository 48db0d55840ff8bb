from odoo import fields, models
from odoo.exceptions import UserError


class SosCensusCheckLine(models.TransientModel):
    """What one rule says of one child."""

    _name = "sos.census.check.line"
    _inherit = ["sos.return.finding"]
    _description = "What a rule of the census says"
    _order = "kind, child_id, code, id"

    check_id = fields.Many2one(
        "sos.census.check", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="check_id.case_id.company_id")
    child_id = fields.Many2one("sos.person", "Child's name", readonly=True)
    may_answer = fields.Boolean(related="check_id.may_answer")

    def _get_looked_at(self):
        self.check_access("read")
        # sudo: which family the line is about, for the log
        return self.sudo().check_id.case_id.with_env(self.env)

    def _check_may_answer(self):
        self.child_id.check_access("read")
        if not self.check_id._may_answer():
            case = self.check_id.case_id
            raise UserError(
                self.env._(
                    "The lead worker of the family or a manager of its team says why "
                    "a query is right as it is. Ask %s.",
                    (case.lead_id or case._get_manager()).sudo().name
                    or self.env._("the team's manager"),
                )
            )
