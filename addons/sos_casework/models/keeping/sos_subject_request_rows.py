from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from .held import NOT_ROWS, get_case_field, get_walked
from .person_source import words_of_html

#: Rows that a frozen document holds, where there is one.
IN_DOCUMENT = ("sos.form.answer", "sos.form.child", "sos.form.attendance")
#: Fields that say nothing about anybody.
NO_WORDS = {
    *("id", *models.LOG_ACCESS_COLUMNS),
    *("sequence", "revision", "sha256", "content", "reader_ids", "named_reader_ids"),
    *("case_id", "company_id", "active", "document_id"),
    *("folded", "letters", "phone_digits"),
}
#: Where the day of a row is, before any other of its dates.
DAYS = ("date", "at", "recorded_on", "on_date", "written_at", "given_at", "added_at")
#: What the record's own author wrote comes after what the family is.
FIRST = (
    *("sos.person", "sos.person.name", "sos.address", "sos.relationship"),
    *("sos.person.flag", "sos.case"),
)
#: Whose words a row is in.
OWN_WORDS = ("words_of_id", "written_by_id")


class SosSubjectRequest(models.Model):
    """Gathering, row by row: every model that leads to the person or their files."""

    _inherit = "sos.subject.request"

    def _gather_rows(self, source):
        found, rows = {}, {}
        for model, get_domain in get_walked(source.env).items():
            domain = get_domain(found, source.person, source.cases)
            records = source.env[model].search(domain, order="id")
            found[model] = set(records.ids)
            if model not in NOT_ROWS:
                rows[model] = records
                for record in records:
                    source.add_people(source.get_ids(record))
        for records in rows.values():
            for record in self._leave_out_documented(records):
                if record != self:
                    yield self._gather_row(source, record)
        yield from self._gather_files(source, rows)

    def _leave_out_documented(self, records):
        if records._name not in IN_DOCUMENT:
            return records
        return records.filtered(lambda record: not record.form_id.document_id)

    def _gather_row(self, source, record):
        return self._prepare_piece(
            source,
            f"{record._name},{record.id}",
            self._get_kind(record),
            self._get_row_text(record),
            title=self._get_row_title(record),
            author=self._get_row_author(record),
            own_words=self._is_in_own_words(source, record),
            confidential="confidential" in record._fields and record.confidential,
            **self._get_row_owner(source, record),
        )

    def _get_row_owner(self, source, record):
        """When it was, whose file it is in, and whom it names."""
        case_field = get_case_field(source.env, record._name)
        case_id = record[case_field] if case_field else False
        return {
            "on_date": self._get_row_day(record),
            "case_id": case_id if isinstance(case_id, int) else case_id and case_id.id,
            "ids": source.get_ids(record),
            "about": source.get_about(record),
        }

    def _get_kind(self, record):
        if not record._name.startswith("sos."):
            return 70, self.env._("Other entries")
        rank = FIRST.index(record._name) if record._name in FIRST else 30
        return rank, record._description

    def _get_row_title(self, record):
        name = record.display_name or ""
        if not record._name.startswith("sos."):
            return name or record._description
        return f"{record._description}: {name}" if name else record._description

    def _get_row_day(self, record):
        """The day of a row: a field of its own, or that of what it belongs to."""
        company = self.env["res.company"]
        fields = record._fields
        dated = [
            name
            for name in (*DAYS, *fields)
            if name in fields
            and fields[name].store
            and fields[name].type in ("date", "datetime")
            and name not in ("birth_date", "expected_on", "create_date", "write_date")
        ]
        for name in dated:
            if value := record[name]:
                is_time = fields[name].type == "datetime"
                return company._sos_local_date(value) if is_time else value
        for name in ("form_id", "story_id", "rule_id", "plan_id"):
            if name in fields and record[name]:
                return self._get_row_day(record[name])
        return False

    def _get_row_author(self, record):
        for name, field in record._fields.items():
            if field.comodel_name == "res.users" and field.type == "many2one":
                if field.store and name not in ("create_uid", "write_uid"):
                    if record[name]:
                        return record[name].name
        return False

    def _is_in_own_words(self, source, record):
        if record._name == "sos.voice":
            return record.child_id == source.person
        return any(
            record[name] == source.person
            for name in OWN_WORDS
            if name in record._fields and record[name]._name == "sos.person"
        )

    def _get_row_text(self, record):
        """What a row says, a line a field, in the words of the screen."""
        lines = []
        for name, field in record._fields.items():
            if not field.store or name in NO_WORDS:
                continue
            if field.type in ("one2many", "binary", "json", "many2one_reference"):
                continue
            if field.comodel_name in ("res.company", "sos.form.version"):
                continue
            # of a model of Odoo's own, what casework has added to it
            if not record._name.startswith("sos."):
                if not name.startswith("sos_") and name != record._rec_name:
                    continue
            words = self._get_words(record, field)
            if words:
                label = field._description_string(self.env)
                lines.append(f"{label}: {words}")
        return "\n".join(lines)

    def _get_words(self, record, field):
        value = record[field.name]
        if field.type == "boolean":
            return self.env._("yes") if value else ""
        if not value and not (field.type == "integer" and field.name == "score"):
            return ""
        if field.relational:
            return ", ".join(filter(None, value.mapped("display_name")))
        if field.type == "html":
            return words_of_html(str(value))
        if field.type == "date":
            return format_date(self.env, value, date_format="d MMMM y")
        if field.type == "datetime":
            return format_datetime(
                self.env, value, tz="Europe/London", dt_format="d MMMM y, HH:mm"
            )
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    # ------------------------------------------------------------------- files

    def _gather_files(self, source, rows):
        """Drawings, pictures and files of the rows, each a piece of its own."""
        attachments = source.env["ir.attachment"]
        for model, records in rows.items():
            if not records or model == self._name:
                continue
            # res_field in the domain, or Odoo leaves out the files of fields
            found = attachments.search(
                Domain("res_model", "=", model)
                & Domain("res_id", "in", records.ids)
                & (Domain("res_field", "=", False) | Domain("res_field", "!=", False)),
                order="id",
            )
            for attachment in found.filtered("raw"):
                record = records.browse(attachment.res_id)
                yield self._gather_file(source, attachment, record)

    def _gather_file(self, source, attachment, record):
        name = attachment.name
        if field := record._fields.get(attachment.res_field):
            name = field._description_string(self.env)
        return self._prepare_file(
            source,
            f"ir.attachment,{attachment.id}",
            attachment.raw,
            attachment.name,
            title=f"{record._description}: {name}",
            own_words=self._is_in_own_words(source, record),
            author=self._get_row_author(record),
            **self._get_row_owner(source, record),
        )
