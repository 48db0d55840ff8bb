from odoo import api, fields, models
from odoo.tools import SQL


class SosSealedMixin(models.AbstractModel):
    """Rows that are only added, and that go under the seals of ``sos.access.seal``."""

    _name = "sos.sealed.mixin"
    _inherit = ["sos.append.only.mixin"]
    _description = "Rows under a seal"

    _set_once = ("seal_id",)
    #: columns whose values are sealed, in this order; the first is ``id``
    _sealed = ()
    #: when a row was written
    _sealed_at = "at"

    seal_id = fields.Many2one(
        "sos.access.seal", "Sealed in", readonly=True, ondelete="restrict", copy=False
    )

    @api.model
    def _get_sealed_sql(self, name):
        """What of a row is sealed under the name of a column."""
        return SQL.identifier(name)

    @api.model
    def _fetch_sealed(self, condition, limit=None):
        """:return: dicts of the sealed columns, the seal, and ``written``"""
        names = (*self._sealed, "seal_id", "written")
        columns = [self._get_sealed_sql(name) for name in self._sealed]
        columns += [SQL.identifier("seal_id"), SQL.identifier(self._sealed_at)]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE %s ORDER BY id %s",
                SQL(", ").join(columns),
                SQL.identifier(self._table),
                condition,
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]
