from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import SosCommon

#: a birth date typed as in England, and kept
TYPE = """
const field = document.querySelector(".o_field_widget[name=birth_date]");
const wait = (found) => new Promise((resolve) => {
    const waiting = setInterval(() => {
        if (found()) {
            clearInterval(waiting);
            resolve(found());
        }
    }, 50);
});
(async () => {
    field.querySelector("button, input").focus();
    const input = await wait(() => field.querySelector("input"));
    input.value = "03/04/2019";
    input.dispatchEvent(new Event("input", {bubbles: true}));
    input.dispatchEvent(new Event("change", {bubbles: true}));
    const save = await wait(() => document.querySelector(
        ".o_form_status_indicator_buttons:not(.invisible) .o_form_button_save"
    ));
    save.click();
    await wait(() => document.querySelector(
        ".o_form_status_indicator_buttons.invisible"
    ));
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestEngland(SosCommon, HttpCase):
    """A database of an authority in England reads 03/04 as the third of April."""

    def _set_up(self):
        # as Odoo makes a database
        defaults = self.env["ir.default"]
        defaults.search([("field_id.name", "=", "tz")]).unlink()
        defaults.set("res.partner", "lang", "en_US")
        dollar, company = self.env.ref("base.USD"), self.case.company_id
        dollar.active = True
        company.country_id, company.currency_id = self.env.ref("base.us"), dollar
        self.env.ref("base.GBP").active = False
        self.assertTrue(self.env["res.lang"]._sos_set_up_england())

    def test_set_up(self):
        american = new_test_user(self.env, "american", lang="en_US", tz=False)
        french = self.env["res.lang"]._activate_lang("fr_FR")
        other = new_test_user(self.env, "other", lang=french.code, tz="Europe/Paris")
        self._set_up()
        lang = self.env["res.lang"]._get_data(code="en_GB")
        self.assertEqual(
            (lang.date_format, lang.time_format, lang.week_start),
            ("%d/%m/%Y", "%H:%M:%S", "1"),
        )
        company = self.case.company_id
        self.assertEqual(company.currency_id.name, "GBP")
        self.assertEqual(company.country_id.code, "GB")
        self.assertFalse(american.has_group("base.group_multi_currency"))
        self.assertEqual((american.lang, american.tz), ("en_GB", "Europe/London"))
        self.assertEqual((other.lang, other.tz), ("fr_FR", "Europe/Paris"))
        with Form(self.env["res.users"]) as form:
            form.name, form.login = "New", "new"
        user = form.record
        self.assertEqual((user.lang, user.tz), ("en_GB", "Europe/London"))

    def test_what_an_administrator_sets_afterwards_stays(self):
        self._set_up()
        lang = self.env["res.lang"].search([("code", "=", "en_GB")])
        lang.date_format = "%Y-%m-%d"
        self.worker.lang = "en_US"
        self.assertFalse(self.env["res.lang"]._sos_set_up_england())
        self.assertEqual(lang.date_format, "%Y-%m-%d")
        self.assertEqual(self.worker.lang, "en_US")

    def test_typed(self):
        self._set_up()
        self.browser_js(
            f"/odoo/sos.person/{self.sam.id}",
            TYPE,
            ready="!!document.querySelector('[name=birth_date] .o_input')",
            login="worker",
        )
        self.assertEqual(str(self.sam.birth_date), "2019-04-03")

    def test_who_reads_the_month_first_is_told(self):
        self._set_up()
        self.worker.lang = "en_US"
        shown = "!!document.querySelector('.o_main_navbar .o_user_menu')"
        look = """
            const told = !!document.querySelector(".o_sos_month_first");
            console.log(told === %s ? "test successful" : "");
            if (told !== %s) console.error("told: " + told);
        """
        self.browser_js("/odoo", look % ("true", "true"), shown, login="worker")
        self.browser_js("/odoo", look % ("false", "false"), shown, login="manager")
