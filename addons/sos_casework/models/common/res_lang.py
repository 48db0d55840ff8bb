from odoo import api, models

CODE, ZONE = "en_GB", "Europe/London"
#: what English (UK) is, whatever was made of it
READ_AS = {
    "date_format": "%d/%m/%Y",
    "time_format": "%H:%M:%S",
    "week_start": "1",
}


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _sos_set_up_england(self):
        """A database of an authority in England: English (UK), London, pounds, weeks
        from Monday, 24 hours, for the company and for who is new.

        Once: what an administrator sets afterwards stays.

        :return: whether it was done now
        """
        # sudo: settings; run by the production script and by what makes a database
        defaults = self.sudo().env["ir.default"]
        # the language has a default of Odoo's own from the beginning
        if defaults._get("res.partner", "tz"):
            return False
        lang = self.sudo()._activate_and_install_lang(CODE)
        lang.write(READ_AS)
        defaults.set("res.partner", "lang", CODE)
        defaults.set("res.partner", "tz", ZONE)
        self._sos_set_up_company(self.sudo().env["res.company"]._sos_get_authority())
        # who has Odoo's own language has chosen none
        users = self.sudo().env["res.users"].with_context(active_test=False)
        users.search([("lang", "in", (False, "en_US"))]).partner_id.lang = CODE
        users.search([("tz", "=", False)]).partner_id.tz = ZONE
        return True

    @api.model
    def _sos_set_up_company(self, company):
        company.partner_id.write({"lang": CODE, "tz": ZONE})
        # as Odoo makes a company; who has chosen a country has chosen its money
        if company.country_id.code in (False, "US"):
            company.country_id = self.env.ref("base.uk")
            pounds = self.env.ref("base.GBP").sudo()
            pounds.active = True
            before, company.currency_id = company.currency_id, pounds
            # with two currencies Odoo asks everybody in which one an amount is
            companies = self.env["res.company"].sudo()
            if not companies.search_count([("currency_id", "=", before.id)], limit=1):
                before.active = False
        if "resource_calendar_id" in company._fields:
            company.resource_calendar_ids.tz = ZONE

    @api.model
    def _sos_is_month_first(self, date_format):
        """Whether 03/04 is read as the fourth of March, which nobody in England
        means."""
        return -1 < (date_format or "").find("%m") < date_format.find("%d")
