from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SosRecordMixin(models.AbstractModel):
    """What every record about a family has in common.

    * its name is shown to its readers only: anybody else, whichever way they meet
      it, sees ``no access`` (relations are read as superuser, so the check is here);
    * a change of one of ``_log_fields`` is written to the change log;
    * what the system fills in is not typed in by anybody, in any way;
    * it is never deleted.
    """

    _name = "sos.record.mixin"
    _description = "Record about a family"

    #: names of the fields whose changes are kept, old and new
    _log_fields = ()
    #: what a record hangs on: it never moves to another family, form or plan
    _anchor_fields = ("case_id", "form_id", "plan_id", "rule_id", "story_id")
    #: read-only fields that the model's own create or write sets in each call, so that
    #: nothing that a caller sends for them comes through
    _stamp_fields = ()

    def _get_display_label(self):
        """What a reader of the record sees as its name."""
        self.ensure_one()
        field, value = self._fields[self._rec_name], self[self._rec_name]
        if field.relational:
            return value.display_name
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        return str(value)

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

    def _get_log_owner(self):
        """Whose readers may read this record's change log: a family's, or those of
        every family that a person is in."""
        if "case_id" in self._fields:
            return {"case_id": self.case_id.id}
        return {"person_id": self.person_id.id}

    def _get_log_text(self, name):
        """The value of a field as words for the change log."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.relational:
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return field.convert_to_export(value, self) if value or value == 0 else ""

    def _check_anchors(self, vals):
        """Rights are asked of the record as it is; moving one into a file that the
        user may not write would pass them by."""
        for name in set(self._anchor_fields) & vals.keys() & self._fields.keys():
            if any(record[name].id not in (vals[name], False) for record in self):
                raise UserError(
                    self.env._(
                        "This stays where it is. Write it anew where it belongs."
                    )
                )

    @api.model
    def _is_filled_in(self, name):
        """Whether a field is read-only for users: the client keeps to that, callers
        of the API do not."""
        field = self._fields.get(name)
        return bool(
            field and field.store and field.readonly and name not in self._stamp_fields
        )

    @api.model
    def _check_filled_in(self, vals):
        for name in vals:
            if self._is_filled_in(name):
                raise UserError(
                    self.env._(
                        "“%s” is filled in by the system and cannot be changed.",
                        self._fields[name]._description_string(self.env),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        self.browse().check_access("create")
        for vals in vals_list:
            self._check_filled_in(vals)
        # a default that comes with the call is typed in as well
        context = {
            name: value
            for name, value in self.env.context.items()
            if not (
                name.startswith("default_")
                and self._is_filled_in(name.removeprefix("default_"))
            )
        }
        clean = self.with_context(context)  # pylint: disable=context-overridden
        return super(SosRecordMixin, clean).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_anchors(vals)
            self._check_filled_in(vals)
        logged = [name for name in self._log_fields if name in vals]
        before = {
            record: {name: record._get_log_text(name) for name in logged}
            for record in (self if logged else ())
        }
        result = super().write(vals)
        self._log_changes(before)
        return result

    def _queue(self):
        """Two who do the same at the same moment do it one after the other.

        The second waits here for the first. Odoo then starts the second's request
        again, so that it finds what the first one did; a lock alone would leave it
        with what there was before.
        """
        ids = tuple(sorted(self.sudo().exists().ids))
        if ids:
            table = SQL.identifier(self._table)
            self.env.cr.execute(SQL("UPDATE %s SET id = id WHERE id IN %s", table, ids))

    def _log_changes(self, before):
        now = fields.Datetime.now()
        rows = []
        for record, old_values in before.items():
            for name, old in old_values.items():
                new = record._get_log_text(name)
                if str(old) != str(new):
                    rows.append(
                        {
                            **record._get_log_owner(),
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
