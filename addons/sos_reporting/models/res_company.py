from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sos_return_source import MAKERS


class ResCompany(models.Model):
    _inherit = "res.company"

    sos_return_approver_ids = fields.Many2many(
        "res.users",
        "sos_return_approver_rel",
        "company_id",
        "user_id",
        "Who approves returns",
        help="Nobody named: any service manager approves. Never who had the return "
        "made.",
    )

    @api.constrains("sos_return_approver_ids")
    def _check_sos_return_approver_ids(self):
        for user in self.sos_return_approver_ids:
            if not user.has_groups(MAKERS):
                raise ValidationError(
                    self.env._(
                        "%s could not open a return: only a performance analyst or a "
                        "service manager approves them.",
                        user.name,
                    )
                )
