from odoo import api, models


class IrConfigParameter(models.Model):
    """This system's own parameters are configuration: a change is in the change log.
    Of those of other addons nothing is kept, a password perhaps."""

    _name = "ir.config_parameter"
    _inherit = ["ir.config_parameter", "sos.logged.mixin"]

    _log_fields = ("key", "value")

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        parameters._log_creation()
        return parameters

    def unlink(self):
        before = {
            parameter: {name: parameter[name] for name in self._log_fields}
            for parameter in self
        }
        result = super().unlink()
        self._log_changes(before, gone=True)
        return result

    def _log_changes(self, before, gone=False):
        ours = {}
        for parameter, values in before.items():
            keys = [values.get("key") or "", "" if gone else parameter.key]
            if any(key.startswith("sos_") for key in keys):
                ours[parameter] = values
        return super()._log_changes(ours, gone)
