from odoo import api, models

from ..common.look import get_look


class MailRenderMixin(models.AbstractModel):
    """A template may say anything of the record that it is filled in with."""

    _inherit = "mail.render.mixin"

    @api.model
    def _render_template(self, template_src, model, res_ids, *args, **kwargs):
        # it may be rendered as superuser for somebody: they are who sees it
        look = get_look(self.env(su=False))
        if look is not None and model in self.env:
            records = self.env[model].sudo(False).browse(res_ids)
            if records._sos_is_about_families():
                records._sos_show(look, ["display_name"])
        return super()._render_template(template_src, model, res_ids, *args, **kwargs)
