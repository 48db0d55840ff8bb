"""Numbers that may be missing. Odoo reads and exports a number that is not there as 0,
and a family that nobody has rated is not at 0."""

from odoo import fields


class MaybeInteger(fields.Integer):
    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value


class MaybeFloat(fields.Float):
    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value
