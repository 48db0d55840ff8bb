from odoo import api, fields, models
from odoo.tools import SQL


class SosReturnRow(models.Model):
    """What a return says of one child, or one line of a list: kept with what was sent,
    so that the next one can say what changed."""

    _name = "sos.return.row"
    _inherit = ["sos.access.mixin"]
    _description = "Line of a return"
    _order = "return_id, part, position, id"
    _rec_name = "number"

    return_id = fields.Many2one(
        "sos.return", "Return", required=True, readonly=True, index=True
    )
    part = fields.Integer("List", readonly=True, required=True, default=0)
    position = fields.Integer(readonly=True)
    number = fields.Char("Child", readonly=True)
    content = fields.Text("What is sent", readonly=True)
    change = fields.Selection(
        [("new", "New"), ("changed", "Changed"), ("same", "As before")],
        "Since what was sent last",
        readonly=True,
        index="btree_not_null",
    )

    _number_idx = models.Index("(return_id, part, number)")

    @api.model
    def _get_last(self, record):
        """The newest line of a return: where it goes on."""
        return self.search([("return_id", "=", record.id)], order="id desc", limit=1)

    @api.model
    def _compare(self, record, earlier):
        """Say of each line what changed since an earlier return, for all at once.

        :return: lines (part, number) that were in the earlier one and are gone
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sos_return_row line
                   SET change = CASE
                       WHEN other.lines IS NULL THEN 'new'
                       WHEN line.content = ANY(other.lines) THEN 'same'
                       ELSE 'changed' END
                  FROM sos_return_row self
                  LEFT JOIN (
                       SELECT part, number, array_agg(content) AS lines
                         FROM sos_return_row WHERE return_id = %(earlier)s
                        GROUP BY part, number
                  ) other ON other.part = self.part AND other.number = self.number
                 WHERE self.id = line.id AND line.return_id = %(record)s
                """,
                record=record.id,
                earlier=earlier.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT part, number FROM sos_return_row line
                 WHERE return_id = %s AND NOT EXISTS (
                       SELECT FROM sos_return_row other WHERE other.return_id = %s
                          AND other.part = line.part AND other.number = line.number)
                 ORDER BY part, number
                """,
                earlier.id,
                record.id,
            )
        )
        gone = self.env.cr.fetchall()
        self.invalidate_model()
        return gone
