from odoo import models


class SosPerson(models.Model):
    _inherit = "sos.person"
