from odoo import models


class SosForm(models.Model):
    _inherit = "sos.form"
