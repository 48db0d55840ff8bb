from odoo import api, fields, models


class SosDayOff(models.Model):
    """A day on which no working day counts: England's bank holidays, and what an
    authority adds (closing days). Weekends are not listed."""

    _name = "sos.day.off"
    _inherit = ["sos.shipped.mixin"]
    _description = "Day off"
    _order = "date desc"
    _shipped_key = ("date", "company_id")

    date = fields.Date(required=True)
    name = fields.Char("Why", required=True)
    company_id = fields.Many2one(
        "res.company", "Authority", help="Empty: a day off for every authority."
    )

    _date_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0))", "This day is in the list already."
    )

    # The days are kept in memory (res.company._sos_days_off). Each change drops them
    # after it was made, so that nothing keeps the days as they were before.

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self.env.registry.clear_cache()
        return days

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
