from odoo import api, models
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.fields import Date
from odoo.tools import SQL

from ...tools.words import check_length, clean_text
from .look import get_look

#: years that something about a family can be in
FIRST_YEAR, LAST_YEAR = 1900, 2199


class SosRecordMixin(models.AbstractModel):
    """What every record about a family has in common.

    * its name is shown to its readers only: anybody else, whichever way they meet
      it, sees ``no access`` (relations are read as superuser, so the check is here);
    * every change of what is stored is written to the change log, old and new;
    * what the system fills in is not typed in by anybody, in any way;
    * who sees it is in the access log;
    * it is never deleted.
    """

    _name = "sos.record.mixin"
    _inherit = ["sos.logged.mixin", "sos.access.mixin"]
    _description = "Record about a family"

    #: fields whose changes are not kept. A model that adds one says why
    _unlogged_fields = ("sequence",)  # in which order lines stand on the screen
    #: what a record hangs on: it never moves to another family, form or plan
    _anchor_fields = ("case_id", "form_id", "plan_id", "rule_id", "story_id")
    #: days and times of what has happened: never in the future
    _past_fields = ()
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
        no_access = self.env._("no access")
        try:
            reference = "reference" in self._fields and self.sudo().reference
        except MissingError:
            # the access log outlives what it names
            reference = False
        return f"{reference} ({no_access})" if reference else no_access

    def _in_words_of_authority(self):
        """These records in the authority's language: what is written by them is read by
        everybody, and is the same whoever has it written."""
        # sudo: the language, and nothing of the family
        company = self.sudo().case_id.company_id[:1]
        return self.with_context(lang=company.partner_id.lang)

    @api.depends_context("uid")
    def _compute_display_name(self):
        # sudo(False): a many2one is read with superuser rights, so rights are asked
        # of the user who is really looking.
        stored = self.filtered("id") if self else self
        readable = stored.sudo(False)._get_readable()
        if look := get_look(readable.env):
            look.add_names(readable)
        allowed = set(readable._ids)
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

    @api.model
    def _is_logged(self, name):
        """Whether changes of a field are kept: of all that is stored, except what is
        worked out from something else."""
        return self._is_typed_in(name) and name not in self._unlogged_fields

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
        # an import names the row by its id, which Odoo takes for nothing else
        return bool(
            field
            and field.store
            and field.readonly
            and name not in ("id", *self._stamp_fields)
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

    @api.constrains(lambda self: self._past_fields)
    def _check_past(self):
        today = self.env["res.company"]._sos_today()
        for record in self:
            for name in self._past_fields:
                day = record[name]
                if day and self._fields[name].type == "datetime":
                    day = self.env["res.company"]._sos_local_date(day)
                if day and day > today:
                    raise ValidationError(
                        self.env._(
                            "“%s” is in the future. It is for what has happened "
                            "already.",
                            self._get_field_label(name),
                        )
                    )

    @api.model
    def _get_field_label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model
    def _check_years(self, vals):
        """A mistyped year is no day of anybody's life."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not value or not field or field.type not in ("date", "datetime"):
                continue
            year = Date.to_date(value).year
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is in the year %(year)s. Check the year.",
                        field=self._get_field_label(name),
                        year=year,
                    )
                )

    @api.model
    def _clean_words(self, vals):
        """Plain texts without letters that cannot be seen, of a length that fits."""
        clean = dict(vals)
        for name, value in vals.items():
            field = self._fields.get(name)
            if isinstance(value, str) and field and field.type in ("char", "text"):
                check_length(self.env, field, value)
                clean[name] = clean_text(value)
        return clean

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        vals_list = [self._clean_words(vals) for vals in vals_list]
        self.browse().check_access("create")
        self._check_not_merged(vals_list)
        for vals in vals_list:
            self._check_filled_in(vals)
            self._check_years(vals)
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
            self._check_years(vals)
            vals = self._clean_words(vals)
        return super().write(vals)

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

    # at_uninstall: a context key, which any call can send, would pass it by. Odoo drops
    # the tables of an addon that is taken out, so nothing is deleted here then either.
    @api.ondelete(at_uninstall=True)
    def _unlink_except_record(self):
        raise UserError(
            self.env._(
                "Nothing that was recorded about a family is deleted. "
                "End it or correct it instead."
            )
        )
