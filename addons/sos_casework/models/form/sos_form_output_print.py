import base64
import io
import math

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open, format_date, html2plaintext
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.pdf import PdfFileReader

from ...tools.words import clean_html
from .sos_form_output_limits import walk_words

STYLE = "sos_casework/static/src/css/sos_output.css"
#: What fits on a printed page, for the estimate before anything is printed.
PAGE_CHARACTERS = {"family": 1500, "child": 1300, "professionals": 2600}
PICTURES_A_PAGE = 3
#: A piece with more letters than this may be torn from its heading by a page's end.
HEADING_CHARACTERS = 1200


class SosForm(models.Model):
    """A copy as a page to read and as a PDF."""

    _inherit = "sos.form"

    document_html = fields.Html(
        "Document",
        compute="_compute_document_html",
        sanitize=False,
        help="The form as professionals read it.",
    )

    @api.depends("state", "document_id")
    @api.depends_context("uid")
    def _compute_document_html(self):
        # everything in the page is escaped; answers were sanitized when they were
        # saved, and are once more when the page is made
        for form in self:
            if not form._origin:
                form.document_html = False
                continue
            try:
                copy = form._origin._prepare_output("professionals")
                form.document_html = form._origin._render_output_html(*copy)
            except UserError as error:
                form.document_html = Markup(
                    "<div class='alert alert-danger' role='alert'>%s</div>"
                ) % str(error)

    # --------------------------------------------------------------- rendering

    def _render_output_html(self, output, pictures):
        """A copy as HTML that needs nothing but its style sheet."""
        values = self._get_output_values(output, pictures)
        return self.env["ir.qweb"]._render("sos_casework.sos_output_document", values)

    def _get_output_values(self, output, pictures):
        """What the templates of a copy need."""

        def when(value):
            day = fields.Date.to_date((value or "")[:10] or None)
            return day and format_date(self.env, day, date_format="d MMMM y")

        def picture(entry):
            data = pictures.get(entry["key"])
            if not data:
                return None
            kind = guess_mimetype(base64.b64decode(data))
            return f"data:{kind};base64,{data.decode()}"

        def safe(text):
            try:
                return clean_html(text or "")
            except ValueError:
                return html2plaintext(text)

        return {
            "output": output,
            "header": output["header"],
            "family": output["audience"] != "professionals",
            "child": output["audience"] == "child",
            "words": self._get_output_words(output),
            "headings": self._get_output_headings(output["audience"]),
            "kinds_in_words": self._get_output_kinds(output["audience"]),
            "is_short": self._is_short,
            "when": when,
            "picture": picture,
            "safe": safe,
            "quote": "“{}”".format,
        }

    @api.model
    def _get_output_style(self):
        with file_open(STYLE) as style:
            # not from anybody's input: our own file
            return Markup(style.read())

    @api.model
    def _is_short(self, piece):
        """Whether a piece stays on one page together with its heading."""
        letters = sum(len(text) for text in walk_words(piece))
        return letters < HEADING_CHARACTERS and piece["type"] != "words_pictures"

    def _render_output_page(self, output, pictures):
        """A copy as a whole HTML page that fetches nothing."""
        values = {
            "style": self._get_output_style(),
            "title": output["header"]["reference"],
            "body": self._render_output_html(output, pictures),
            "lang": (self.env.lang or "en_GB").replace("_", "-"),
        }
        return self.env["ir.qweb"]._render("sos_casework.sos_output_page", values)

    def _render_output_pdf(self, audience, reader=None):
        """A copy as a PDF, for the reader as they may have it now."""
        return self._print_output(*self._prepare_output(audience, reader))

    def _print_output(self, output, pictures):
        page = self._render_output_page(output, pictures)
        return self.env["ir.actions.report"]._run_wkhtmltopdf(
            [str(Markup("<!DOCTYPE html>") + page)],
            report_ref="sos_casework.sos_form_report_professionals",
        )

    def _render_report_pdf(self):
        """What the Print menu prints."""
        return self._render_output_pdf("professionals")

    # ------------------------------------------------------------------ budget

    def _estimate_output(self, output, pictures):
        """About how many pages and MB a copy will have, before it is printed.

        :return: ``(pages, megabytes)``
        """
        letters = sum(len(text) for text in walk_words(output["sections"]))
        size = PAGE_CHARACTERS[output["audience"]]
        front = 1 if output["audience"] == "professionals" else 2
        pages = front + letters / size + len(pictures) / PICTURES_A_PAGE
        # a picture in base64 is a third larger than in the PDF
        heavy = 60_000 + sum(len(data) for data in pictures.values()) * 3 / 4
        return math.ceil(pages), heavy / 1_000_000

    def _measure_pdf(self, pdf):
        """:return: ``(pages, megabytes)`` of a printed copy"""
        return PdfFileReader(io.BytesIO(pdf)).numPages, len(pdf) / 1_000_000

    def _get_budget_warning(self, pages, megabytes, estimated=False):
        """What to tell whoever gives a copy that is larger than its form allows.
        Families do not read thirty pages, and mail servers do not carry them."""
        form_type = self.type_id.sudo()
        size = []
        if form_type.max_pages and pages > form_type.max_pages:
            size.append(
                self.env._(
                    "%(pages)s pages, where %(most)s are the most",
                    pages=pages,
                    most=form_type.max_pages,
                )
            )
        if form_type.max_mb and megabytes > form_type.max_mb:
            size.append(
                self.env._(
                    "%(size)s MB, where %(most)s are the most",
                    size=f"{megabytes:.1f}",
                    most=f"{form_type.max_mb:g}",
                )
            )
        if not size:
            return False
        what = self.env._(" and ").join(size)
        if estimated:
            start = self.env._("This copy will be long: about %s.", what)
        else:
            start = self.env._("This copy is long: %s.", what)
        return self.env._(
            "%s You can give it all the same. Shorter texts and fewer pictures make it "
            "more likely to be read.",
            start,
        )
