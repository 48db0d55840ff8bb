from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.res_company import LONDON


class SosForm(models.Model):
    """Values of typed facts: as somebody gives them, as JSON keeps them, in words."""

    _inherit = "sos.form"

    def _read_values(self, record, values):
        """Values as somebody gave them, checked, as JSON keeps them."""
        result = {}
        for name, value in values.items():
            field = record._fields[name]
            try:
                result[name] = self._read_value(field, value)
            except (ValueError, TypeError, KeyError) as error:
                raise UserError(
                    self.env._(
                        "“%(value)s” cannot be “%(field)s”.",
                        value=value,
                        field=field._description_string(self.env),
                    )
                ) from error
        if "decision_id" in result:
            decision = self.env["sos.decision"].browse(result["decision_id"] or [])
            needs = {
                "category_id": decision.needs_category,
                "closure_reason_id": decision.needs_closure_reason,
            }
            for name, needed in needs.items():
                kept = result.get(name, record[name].id)
                result[name] = kept if needed else False
        return result

    def _read_value(self, field, value):
        if field.type in ("many2one", "many2many"):
            ids = [value] if isinstance(value, int) else list(value or [])
            if ids and isinstance(ids[0], (list, tuple)):
                [(command, _id, ids)] = ids
                if command != fields.Command.SET:
                    raise ValueError(value)
            ids = [i for i in ids if i]
            if not all(isinstance(i, int) for i in ids):
                raise ValueError(value)
            domain = field.domain if isinstance(field.domain, list) else []
            if field.name == "decision_id":
                domain = [("version_id", "=", self.version_id.id)]
            found = self.env[field.comodel_name].search([("id", "in", ids), *domain])
            if set(found.ids) != set(ids):
                raise ValueError(value)
            if field.type == "many2many":
                return sorted(ids)
            return ids[0] if ids else False
        record = self.env[field.model_name].new({})
        kept = field.convert_to_cache(value or False, record, validate=True)
        if field.type in ("date", "datetime"):
            return field.to_string(kept) if kept else False
        return kept or False

    @api.model
    def _get_writable(self, record, values):
        """Kept values as ``write`` takes them."""
        return {
            name: (
                [fields.Command.set(value)]
                if record._fields[name].type == "many2many"
                else value
            )
            for name, value in values.items()
        }

    @api.model
    def _get_values_text(self, record, values):
        """Kept values in words: the fact, and what goes with it in brackets."""
        words = [self._get_value_text(record._fields[n], v) for n, v in values.items()]
        first, *more = words or [""]
        more = ", ".join(filter(None, more))
        return f"{first} ({more})" if more else first

    @api.model
    def _get_value_text(self, field, value):
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if not value:
            return ""
        if field.relational:
            ids = value if isinstance(value, list) else [value]
            # sudo: codes, decisions and colleagues are known by their name
            records = self.env[field.comodel_name].sudo().browse(ids)
            return ", ".join(records.mapped("name"))
        if field.type == "date":
            return self._get_day_text(fields.Date.to_date(value))
        if field.type == "datetime":
            at = fields.Datetime.to_datetime(value)
            local = LONDON.fromutc(at)
            return f"{self._get_day_text(local.date())}, {local:%H:%M}"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    @api.model
    def _get_day_text(self, day):
        return format_date(self.env, day, date_format="d MMMM y")
