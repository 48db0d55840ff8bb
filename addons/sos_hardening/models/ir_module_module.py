from odoo import models


class IrModuleModule(models.Model):
    """An app that is installed later is closed when it is."""

    _inherit = "ir.module.module"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "installed":
            self.env["sos.hardening.setting"]._close()
        return result
