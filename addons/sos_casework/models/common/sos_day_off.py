from odoo import api, fields, models


class SosDayOff(models.Model):
    """A day on which no working day counts: England's bank holidays, and what an
    authority adds (closing days). Weekends are not listed."""

    _name = "sos.day.off"
    _description = "Day off"
    _order = "date desc"

    date = fields.Date(required=True)
    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", "Authority", help="Empty: a day off for every authority."
    )

    _date_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0))", "This day is in the list already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
