from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.html_editor.controllers.main import HTML_Editor


class SosHtmlEditor(HTML_Editor):
    """The editor looks nothing up on other machines: what somebody writes about a
    family would be in the question, and an address in it would be opened from here,
    inside the network of the service. The first route below is open to anybody."""

    @http.route()
    def link_preview_metadata(self, preview_url):
        return False

    @http.route()
    def media_library_search(self, **params):
        return {"media": [], "results": 0}

    @http.route()
    def save_library_media(self, media):
        raise self._get_refusal()

    @http.route()
    def generate_text(self, prompt, conversation_history):
        raise self._get_refusal()

    @http.route()
    def add_url(self, url, res_id=False, res_model="ir.ui.view", **kwargs):
        raise self._get_refusal()

    def _get_refusal(self):
        return UserError(
            request.env._(
                "This would use another service on the internet, which is switched "
                "off. Upload a file from your computer instead."
            )
        )
