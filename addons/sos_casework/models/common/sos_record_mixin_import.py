from odoo import api, models

#: Who brings lists of records in.
IMPORTERS = "sos_casework.group_allocator"


class SosRecordMixin(models.AbstractModel):
    """A file with hundreds of records is brought in by managers, and nobody else does
    that by the way. All that is wrong with it is said at once."""

    _inherit = "sos.record.mixin"

    @api.model
    def load(self, fields, data):
        if not (self.env.su or self.env.user.has_group(IMPORTERS)):
            message = self.env._(
                "Lists of people and families are imported by managers. Ask your team "
                "manager or a service manager."
            )
            error = {"type": "error", "message": message, "rows": {"from": 0, "to": 0}}
            return {"ids": False, "messages": [error], "nextrow": 0}
        return super().load(fields, data)

    def _convert_records(self, records, **options):
        rows = list(super()._convert_records(records, **options))
        for (_id, _xid, _values, info), problem in zip(
            rows, self._get_import_problems(rows), strict=True
        ):
            if problem:
                field, message = problem
                options["log"](dict(info, type="error", field=field, message=message))
        yield from rows

    @api.model
    def _get_import_problems(self, rows):
        """What is wrong with each row of a file, before any is kept.

        :param rows: as ``_convert_records`` gives them
        :return: for each row the name of a field and a sentence, or ``None``
        """
        return [
            self._get_missing_problem(row[2]) if self._is_new_row(row) else None
            for row in rows
        ]

    @api.model
    def _is_new_row(self, row):
        """Whether a row is a new record, and not one that the file names by its id."""
        database_id, xml_id, *_rest = row
        if xml_id and "." not in xml_id:
            # as ``load`` completes it
            xml_id = f"{self.env.context.get('module', '__import__')}.{xml_id}"
        known = xml_id and self.env.ref(xml_id, raise_if_not_found=False)
        return not database_id and not known

    @api.model
    def _get_missing_problem(self, values):
        for name, value in values.items():
            field = self._fields.get(name)
            if field and field.required and field.store and value in (False, None, ""):
                label = field._description_string(self.env)
                return name, self.env._("“%s” is needed, and empty here.", label)
        return None
