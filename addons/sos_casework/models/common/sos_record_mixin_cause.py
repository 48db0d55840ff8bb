from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError

from .cause import Cause

#: Fields that hold how something came about and say nothing by themselves.
NOT_KEPT = {"set_off", "correction_id"}


class SosRecordMixin(models.AbstractModel):
    """What a decision sets off is noted at the decision, so that a correction can take
    it back; what a correction changes is in the change log, all of it."""

    _inherit = "sos.record.mixin"

    @api.model
    def _get_cause(self):
        cause = self.env.context.get("sos_cause")
        return cause if isinstance(cause, Cause) else Cause()

    def _with_cause(self, **values):
        return self.with_context(sos_cause=replace(self._get_cause(), **values))

    def _get_raw(self, name):
        """A field's value as JSON has it: dates as text, records as ids."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.type in ("date", "datetime"):
            return field.to_string(value)
        if field.type == "many2one":
            return value.id
        return value.ids if field.relational else value

    @api.model
    def _get_kept(self, vals):
        """The names among these values that are kept with their cause."""
        return [
            name
            for name in vals
            if name not in NOT_KEPT
            and self._fields[name].store
            and self._fields[name].type != "one2many"
        ]

    @api.model
    def _is_logged(self, name):
        if self._get_cause().correction_id:
            return bool(self._get_kept([name]))
        return name not in NOT_KEPT and super()._is_logged(name)

    def _get_log_cause(self):
        return {"correction_id": self._get_cause().correction_id or False}

    def _get_log_text(self, name):
        # that a record was made is kept as its name, where there was none
        if name == "id":
            return self._get_display_label()
        return super()._get_log_text(name)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        cause = self._get_cause()
        if cause.line_id:
            records._note(
                {
                    record: {
                        name: record._get_raw(name) for name in self._get_kept(vals)
                    }
                    for record, vals in zip(records, vals_list, strict=True)
                }
            )
        if cause.correction_id:
            records._log_changes(
                {
                    record: dict.fromkeys(("id", *self._get_kept(vals)), "")
                    for record, vals in zip(records, vals_list, strict=True)
                }
            )
        return records

    def write(self, vals):
        noted = self._get_kept(vals) if self._get_cause().line_id else ()
        before = {
            record: {name: record._get_raw(name) for name in noted}
            for record in (self if noted else ())
        }
        result = super().write(vals)
        changes, old = {}, {}
        for record, values in before.items():
            changed = {n: v for n, v in values.items() if record._get_raw(n) != v}
            if changed:
                old[record] = changed
                changes[record] = {name: record._get_raw(name) for name in changed}
        if changes:
            self._note(changes, old)
        return result

    def _note(self, new, old=None):
        """Note at the decision that sets it off what is made (or changed)."""
        cause = self._get_cause()
        # sudo: nobody types in what a decision sets off
        line = self.env["sos.form.child"].sudo().browse(cause.line_id)
        line.with_context(sos_cause=None).set_off = (line.set_off or []) + [
            {
                "by": cause.source,
                "model": record._name,
                "id": record.id,
                "old": old[record] if old else None,
                "new": values,
            }
            for record, values in new.items()
        ]

    # --------------------------------------------------------------- taking back

    def _take_back_made(self, line):
        """A decision was corrected: what it made does not count any more.

        :param line: the ``sos.form.child`` of the decision
        :raise UserError: when later work hangs on it
        """
        raise UserError(
            self.env._("“%s” cannot be taken back.", self._get_display_label())
        )

    def _take_back_changes(self, line, old, new):
        """A decision was corrected: what it changed becomes again what it was.

        :param line: the ``sos.form.child`` of the decision
        :param dict old: values as before, as ``_get_raw`` gives them
        :param dict new: the values that the decision gave
        :raise UserError: when later work has changed it since
        """
        self.ensure_one()
        values = {n: v for n, v in old.items() if self._get_raw(n) != v}
        if any(self._get_raw(name) != new[name] for name in values):
            raise UserError(
                self.env._(
                    "“%s” was changed by later work. Correct that first.",
                    self._get_display_label(),
                )
            )
        if values:
            self.write(values)
