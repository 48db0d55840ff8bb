from odoo import api, fields, models
from odoo.exceptions import UserError


class SosRecordMixin(models.AbstractModel):
    """What every record about a family has in common.

    * its name is shown to its readers only: anybody else, whichever way they meet
      it, sees ``no access`` (relations are read as superuser, so the check is here);
    * a change of one of ``_log_fields`` is written to the change log;
    * it is never deleted.
    """

    _name = "sos.record.mixin"
    _description = "Record about a family"

    #: names of the fields whose changes are kept, old and new
    _log_fields = ()

    def _get_display_label(self):
        """What a reader of the record sees as its name."""
        self.ensure_one()
        return self[self._rec_name] if self._rec_name else f"{self._name},{self.id}"

    def _get_public_label(self):
        """What somebody sees who may not read the record: never a name."""
        self.ensure_one()
        reference = "reference" in self._fields and self.sudo().reference
        no_access = self.env._("no access")
        return f"{reference} ({no_access})" if reference else no_access

    @api.depends_context("uid")
    def _compute_display_name(self):
        # sudo(False): a many2one is read with superuser rights, so rights are asked
        # of the user who is really looking.
        stored = self.filtered("id") if self else self
        allowed = set(stored.sudo(False)._filtered_access("read")._ids)
        for record in self:
            if not record.id or record.id in allowed or not record._origin:
                record.display_name = record.sudo()._get_display_label() or ""
            else:
                record.display_name = record._get_public_label()

    def _get_log_case(self):
        """The family file whose readers may read this record's change log."""
        return self.case_id if "case_id" in self._fields else self.env["sos.case"]

    def _get_log_text(self, name):
        """The value of a field as words for the change log."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.relational:
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return field.convert_to_export(value, self) if value or value == 0 else ""

    def write(self, vals):
        logged = [name for name in self._log_fields if name in vals]
        before = {
            record: {name: record._get_log_text(name) for name in logged}
            for record in (self if logged else ())
        }
        result = super().write(vals)
        self._log_changes(before)
        return result

    def _log_changes(self, before):
        now = fields.Datetime.now()
        rows = []
        for record, old_values in before.items():
            for name, old in old_values.items():
                new = record._get_log_text(name)
                if str(old) != str(new):
                    rows.append(
                        {
                            "case_id": record._get_log_case()[:1].id,
                            "res_model": record._name,
                            "res_id": record.id,
                            "field": name,
                            "old": old,
                            "new": new,
                            "user_id": self.env.uid,
                            "at": now,
                        }
                    )
        if rows:
            # sudo: users have no right to write the log, only to cause it
            self.env["sos.change.log"].sudo().create(rows)

    def action_change_log(self):
        """Open what was changed in this record, newest first."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What was changed"),
            "res_model": "sos.change.log",
            "view_mode": "list",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_record(self):
        raise UserError(
            self.env._(
                "Nothing that was recorded about a family is deleted. "
                "End it or correct it instead."
            )
        )
