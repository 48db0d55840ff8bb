from odoo import api, fields, models
from odoo.tools import html2plaintext


class SosCaseNote(models.Model):
    _inherit = "sos.case.note"

    preview = fields.Char("Begins", compute="_compute_preview")

    @api.depends("text")
    def _compute_preview(self):
        for note in self:
            text = " ".join(html2plaintext(note.text or "").split())
            note.preview = f"{text[:200].rstrip()}…" if len(text) > 200 else text
