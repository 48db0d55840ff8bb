from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.html_editor.controllers.main import HTML_Editor


class SosHtmlEditor(HTML_Editor):
    """For whoever works with families, the editor looks nothing up on other machines:
    what somebody writes about a family would be in the question, and an address in it
    would be opened from here, inside the network of the service."""

    def _may_look_up(self):
        return not request.env.user.has_group("sos_casework.group_reader")

    @http.route()
    def link_preview_metadata(self, preview_url):
        if self._may_look_up():
            return super().link_preview_metadata(preview_url)
        return False

    @http.route()
    def media_library_search(self, **params):
        if self._may_look_up():
            return super().media_library_search(**params)
        return {"media": [], "results": 0}

    @http.route()
    def save_library_media(self, media):
        self._check_may_look_up()
        return super().save_library_media(media)

    @http.route()
    def generate_text(self, prompt, conversation_history):
        self._check_may_look_up()
        return super().generate_text(prompt, conversation_history)

    @http.route()
    def add_url(self, url, res_id=False, res_model="ir.ui.view", **kwargs):
        self._check_may_look_up()
        return super().add_url(url, res_id=res_id, res_model=res_model, **kwargs)

    def _check_may_look_up(self):
        if not self._may_look_up():
            raise UserError(
                request.env._(
                    "This would use another service on the internet, which is switched "
                    "off. Upload a file from your computer instead."
                )
            )
