from odoo import api, fields, models


class SosDayOff(models.Model):
    """A day on which no working day counts: England's bank holidays, and what an
    authority adds (closing days). Weekends are not listed."""

    _name = "sos.day.off"
    _inherit = ["sos.shipped.mixin", "sos.configuration.mixin"]
    _description = "Day off"
    _order = "date desc"
    _shipped_key = ("date", "company_id")
    _known_by = ()

    date = fields.Date(required=True)
    name = fields.Char("Why", required=True)
    company_id = fields.Many2one(
        "res.company", "Authority", help="Empty: a day off for every authority."
    )

    _date_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0))", "This day is in the list already."
    )

    # The days are kept in memory (res.company._sos_days_off). Each change drops them
    # after it was made, so that nothing keeps the days as they were before; what was
    # counted with them, and has not happened yet, is counted again.

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self._count_again(days.mapped("date"))
        return days

    def write(self, vals):
        before = self.mapped("date")
        result = super().write(vals)
        if {"date", "company_id"} & vals.keys():
            self._count_again(before + self.mapped("date"))
        return result

    def unlink(self):
        before = self.mapped("date")
        result = super().unlink()
        self._count_again(before)
        return result

    @api.model
    def _count_again(self, days):
        self.env.registry.clear_cache()
        if days:
            # sudo: who keeps the calendar reads no family
            self.env["sos.deadline"].sudo()._recount_from(min(days))
            self.env["sos.enquiry"].sudo()._recount_from(min(days))
