"""A relation that gives no way round the rules of what it leads to."""

from odoo import fields
from odoo.fields import Domain


class GuardedMany2one(fields.Many2one):
    """For records that everybody reads and that lead to what few may read: a family, or
    the time of colleagues.

    Odoo works out some domains of clients as superuser (files, followers). ``groups``
    do not bind the superuser, so the way through this field is always worked out under
    the rules of the user who asks, whoever works out the rest. Code that has to look
    further gives a query or SQL of its own, which no client can send.
    """

    def setup_nonrelated(self, model):
        result = super().setup_nonrelated(model)
        self.search = self._search_as_user
        return result

    def _search_as_user(self, records, operator, value):
        if operator in ("any", "any!", "not any", "not any!") and isinstance(
            value, Domain
        ):
            comodel = records.env[self.comodel_name].sudo(False)
            value = comodel._search(value, active_test=False)
        return Domain(self.name, operator, value, internal=True)

    def filter_function(self, records, field_expr, operator, value):
        if not isinstance(value, Domain):
            return super().filter_function(records, field_expr, operator, value)
        get = self.expression_getter(field_expr)
        readable = get(records).sudo(False)._filtered_access("read")
        ids = set(readable.filtered_domain(value)._ids)
        return lambda record: get(record).id in ids
