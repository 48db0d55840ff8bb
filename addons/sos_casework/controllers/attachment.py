from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController


class SosAttachmentController(AttachmentController):
    """Mail shows the first page of a PDF as superuser, past what is logged; records
    about families have no chatter to show it in."""

    def _get_pdf_first_page_response(self, attachment):
        if attachment._sos_of_families():
            raise request.not_found()
        return super()._get_pdf_first_page_response(attachment)
