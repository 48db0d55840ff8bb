from odoo import models


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _make_access_error(self, model, mode):
        if model.startswith("sos."):
            self.env["sos.access.log"]._refuse(mode, model)
        return super()._make_access_error(model, mode)
