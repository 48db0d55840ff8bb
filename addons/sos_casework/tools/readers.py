"""Who may read a file: asked in each record rule, and seldom shown."""

from collections import defaultdict

from odoo import fields
from odoo.tools import SQL


class ReadersMany2many(fields.Many2many):
    """Users who may read something. Record rules read them as superuser, hundreds of
    people for one list, and Odoo sorts users by the names of their contacts: where an
    authority has hundreds of thousands of contacts, that costs more than the list."""

    def read(self, records):
        if not records.env.su:
            return super().read(records)
        record, user = map(SQL.identifier, (self.column1, self.column2))
        rows = records.env.execute_query(
            SQL(
                "SELECT %(record)s, %(user)s FROM %(table)s WHERE %(record)s IN %(ids)s"
                " ORDER BY %(user)s",
                record=record,
                user=user,
                table=SQL.identifier(self.relation),
                ids=tuple(records.ids),
            )
        )
        readers = defaultdict(list)
        for record_id, user_id in rows:
            readers[record_id].append(user_id)
        self._insert_cache(records, [tuple(readers[i]) for i in records._ids])
        return None
