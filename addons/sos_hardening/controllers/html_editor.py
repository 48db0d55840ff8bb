from odoo.addons.sos_casework.controllers.html_editor import SosHtmlEditor


class ClosedHtmlEditor(SosHtmlEditor):
    """The editor looks nothing up on other machines, whoever asks: the first of its
    routes is open to anybody, and opens an address from inside the network of the
    service."""

    def _may_look_up(self):
        return False
