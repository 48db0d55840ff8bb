from odoo import api, models
from odoo.exceptions import ValidationError


class Base(models.AbstractModel):
    """A field that points to a code takes codes of its own list only, whichever model
    it is in and whichever way the value comes. The list is that of the field's domain.
    """

    _inherit = "base"

    def _validate_fields(self, field_names, excluded_names=()):
        # they may come once only
        field_names = list(field_names)
        result = super()._validate_fields(field_names, excluded_names)
        lists = self.env["sos.code"]._get_lists(self._name)
        for name in lists.keys() & set(field_names) if lists else ():
            self._check_code_list(name, lists[name])
        return result

    def _check_code_list(self, name, code_set):
        """:raise ValidationError: for a code of another list"""
        codes = self.env["sos.code"].sudo()
        # sudo: codes are no secret, and the record was written already
        strange = set(self.sudo()[name]._ids) - codes._get_ids(code_set)
        for code in codes.browse(strange):
            raise ValidationError(
                self.env._(
                    "“%(code)s” is an entry of the list “%(other)s” and not one for "
                    "“%(field)s”. Choose one of the list “%(list)s”.",
                    code=code.name,
                    other=code.set_name,
                    field=self._fields[name]._description_string(self.env),
                    list=codes._get_set_name(code_set),
                )
            )


class IrFieldsConverter(models.AbstractModel):
    """In a file that is imported an entry is named as people name it, or its code."""

    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        codes = self.env["sos.code"]
        code_set = field.comodel_name == codes._name and codes._get_lists(
            model._name
        ).get(field.name)
        if not code_set or subfield is not None or not value:
            return super().db_id_for(model, field, subfield, value, savepoint)
        found = codes._find_named(code_set, value)
        if len(found) == 1:
            return found.id, []
        entries = codes._get_valid(code_set)
        raise self._format_import_error(
            ValueError,
            self.env._(
                "“%(value)s” is not in the list of “%%(field)s”. It may be: %(entries)s"
            ),
            {
                "value": str(value)[:50],
                "entries": ", ".join(entries[:20].mapped("name")),
            },
        )
