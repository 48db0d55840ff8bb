from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.days import is_within


class SosAddress(models.Model):
    _name = "sos.address"
    _inherit = ["sos.record.mixin", "sos.found.mixin"]
    _description = "Address"
    _order = "until desc, since desc, id desc"
    _rec_name = "text"
    _anchor_fields = ("person_id",)
    _found_by = ("text", "postcode")

    person_id = fields.Many2one("sos.person", required=True, index=True)
    text = fields.Char("Address", required=True)
    postcode = fields.Char()
    since = fields.Date()
    until = fields.Date(help="The last day on which the person lived there.")
    confidential = fields.Boolean(
        help="Never printed for the family, and shown with a warning."
    )
    is_current = fields.Boolean("Lives there now", compute="_compute_is_current")

    @api.depends("since", "until")
    def _compute_is_current(self):
        for address in self:
            address.is_current = address._is_current()

    @api.constrains("since", "until")
    def _check_dates(self):
        for address in self:
            if address.since and address.until and address.until < address.since:
                raise ValidationError(
                    self.env._("“%s” ends before it begins.", address.text)
                )

    def _is_current(self, day=None):
        self.ensure_one()
        day = day or self.env["res.company"]._sos_today()
        return is_within(day, self.since, self.until)
