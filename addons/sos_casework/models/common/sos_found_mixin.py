from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.names import fold, squeeze


class SosFoundMixin(models.AbstractModel):
    """Found by what a keyboard has: without accents, in any order, whatever stands
    between the words (``tools/names.py``)."""

    _name = "sos.found.mixin"
    _description = "Found as people type it"

    #: fields with the words by which a record is found
    _found_by = ("name",)

    letters = fields.Char(
        "Found by",
        compute="_compute_letters",
        store=True,
        index="trigram",
        exportable=False,
    )

    @api.depends(lambda self: self._found_by)
    def _compute_letters(self):
        for record in self:
            words = " ".join(str(record[name] or "") for name in self._found_by)
            record.letters = squeeze(fold(words))

    @api.model
    def _get_letters_domain(self, value):
        """Records with each of the words that somebody typed, or parts of them."""
        words = fold(value).split()
        if not words:
            return Domain.FALSE
        return Domain.AND([("letters", "like", word)] for word in words)

    @api.model
    def _search_display_name(self, operator, value):
        if operator not in ("like", "ilike", "not like", "not ilike") or not value:
            return super()._search_display_name(operator, value)
        found = self._get_letters_domain(value)
        return ~found if operator.startswith("not") else found
