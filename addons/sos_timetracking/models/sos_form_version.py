from odoo import models
from odoo.tools import SQL


class SosFormVersion(models.Model):
    _name = "sos.form.version"
    _inherit = ["sos.form.version", "sos.time.taken.mixin"]

    def _get_time_key(self):
        return SQL("line.sos_form_version_id")
