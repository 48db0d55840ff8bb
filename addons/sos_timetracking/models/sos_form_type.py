from odoo import models
from odoo.tools import SQL


class SosFormType(models.Model):
    _name = "sos.form.type"
    _inherit = ["sos.form.type", "sos.time.taken.mixin"]

    def _get_time_key(self):
        return SQL("line.sos_form_type_id")
