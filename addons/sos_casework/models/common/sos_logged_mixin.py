import hashlib

from odoo import api, fields, models
from odoo.tools import html2plaintext


class SosLoggedMixin(models.AbstractModel):
    """A change of one of ``_log_fields`` is kept in the change log: who, when, from
    which words to which."""

    _name = "sos.logged.mixin"
    _description = "Kept in the change log"

    #: names of the fields whose changes are kept, old and new
    _log_fields = ()

    def _get_log_owner(self):
        """Whose readers may read the line: ``case_id`` or ``person_id`` and its id.
        Without one it is about the system itself, and auditors read it."""
        return {}

    def _get_log_cause(self):
        """What the line says of why: values of the change log."""
        return {}

    @api.model
    def _is_logged(self, name):
        """Whether changes of a field are kept."""
        return name in self._log_fields

    @api.model
    def _is_typed_in(self, name):
        """Whether a field is stored, and not worked out from something else."""
        field = self._fields.get(name)
        return bool(
            field
            and field.store
            and field.type != "one2many"
            and not (field.compute and field.readonly)
            and name not in models.MAGIC_COLUMNS
        )

    def _get_log_text(self, name):
        """The value of a field as words for the change log."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.relational:
            # the same records are the same words, in whatever order they came
            return ", ".join(sorted(value.sudo().mapped("display_name")))
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type == "binary":
            # a picture is in the log by its fingerprint, not by its bytes
            picture = self.with_context(bin_size=False)[name]
            if not picture:
                return ""
            fingerprint = hashlib.sha256(picture).hexdigest()[:12]
            return self.env._("picture %s", fingerprint)
        return field.convert_to_export(value, self) if value or value == 0 else ""

    def write(self, vals):
        logged = [name for name in vals if self._is_logged(name)]
        before = {
            record: {name: record._get_log_text(name) for name in logged}
            for record in (self if logged else ())
        }
        result = super().write(vals)
        self._log_changes(before)
        return result

    def _log_changes(self, before, gone=False):
        """
        :param before: the words that were there, ``{record: {field: words}}``
        :param gone: whether the records were deleted
        """
        now = fields.Datetime.now()
        rows = []
        for record, old_values in before.items():
            for name, old in old_values.items():
                new = "" if gone else record._get_log_text(name)
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
                            **record._get_log_cause(),
                        }
                    )
        if rows:
            # sudo: users have no right to write the log, only to cause it
            self.env["sos.change.log"].sudo().create(rows)

    def _log_creation(self):
        """Keep what a new record begins with, for records where that says who may
        do or see what."""
        self._log_changes(
            {record: dict.fromkeys(self._log_fields, "") for record in self}
        )

    def action_change_log(self):
        """Open what was changed in this record, newest first."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What was changed"),
            "res_model": "sos.change.log",
            "view_mode": "list",
            "domain": self._get_log_domain(),
        }

    def _get_log_domain(self):
        """Which lines of the change log are about this record."""
        return [("res_model", "=", self._name), ("res_id", "in", self._get_log_ids())]

    def _get_log_ids(self):
        """Ids under which this record is in the logs: its own, and those of records
        that were merged into it."""
        return self.ids
