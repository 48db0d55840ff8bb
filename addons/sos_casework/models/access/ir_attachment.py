import os
from contextlib import nullcontext
from threading import get_ident

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import Query
from odoo.tools.mimetypes import fix_filename_extension

from ...tools.files import keep_file, keep_picture
from ...tools.refused import refused
from ..common.look import get_look

#: where a file belongs
HOME = {"res_model", "res_id", "res_field"}
#: what is in it, and what is said of that
CONTENT = {"raw", "datas", "db_datas", "type", "url", "name", "mimetype"}
#: what only the store fills in: a default for it would point at somebody else's file
STORED = ("store_fname", "checksum", "file_size", "db_datas", "index_content")
#: what Odoo looks at in a domain, to find out who may read what it finds
DECIDING = {"id", *HOME}


class IrAttachment(models.Model):
    """A drawing, a picture or a file of a record about a family stays the family's: no
    link or token opens it to others, nobody copies it or takes it elsewhere, superuser
    or not, and it is neither changed nor deleted behind its record's back. It is one of
    the kinds that ``tools.files`` lets in, and who was given its content is logged."""

    _inherit = "ir.attachment"
    _sos_texts = ("name", "description", "index_content", "raw", "datas", "db_datas")

    # ---------------------------------------------------------------- whose it is

    @api.model
    def _sos_is_of_family(self, name):
        """Whether a model is one of records about families, or one that is made of
        them: a return, a table."""
        return bool(name and name.startswith("sos.") and name in self.env)

    def _sos_get_file(self):
        """This file, or the one whose small picture it is."""
        # sudo: which record a file belongs to, and nothing else
        file = seen = self.sudo()
        while file.res_model == self._name:
            file = file.browse(file.res_id).exists()
            if not file or file in seen:
                return self.sudo()
            seen += file
        return file

    def _sos_of_families(self):
        """Those among these attachments that belong to a record about a family."""
        return self.filtered(lambda a: a._sos_is_of_family(a._sos_get_file().res_model))

    # ------------------------------------------------------------ who was given it

    def _sos_log_downloaded(self, env):
        """The content of these is given to the user of an environment."""
        for attachment in self._sos_of_families().sudo():
            file = attachment._sos_get_file()
            record = env[file.res_model].browse(file.res_id)
            detail = attachment.res_field or f"ir.attachment {attachment.id}"
            env["sos.access.log"]._write_line(
                "downloaded", record, detail=detail, fold=True
            )

    # by user: what one has read is in nobody else's cache
    @api.depends_context("uid")
    def _compute_raw(self):
        result = super()._compute_raw()
        if not self.env.su:
            self._sos_log_downloaded(self.env)
        return result

    @api.depends_context("uid")
    def _compute_datas(self):
        return super()._compute_datas()

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        files = self.filtered("id")._sos_of_families()
        # sudo(False): a relation is read as superuser, so rights are asked of the user
        # who is really looking
        readable = files.sudo(False)._filtered_access("read")
        look = get_look(readable.env)
        if look is not None:
            readable._sos_show(look, ["display_name"])
        for file in files:
            if file.id not in readable._ids:
                file.display_name = self.env._("no access")
        return result

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not result:
            return result
        forbidden, make_error = result

        def make_logged_error():
            for attachment in forbidden._sos_of_families().sudo():
                file = attachment._sos_get_file()
                self.env["sos.access.log"]._refuse(
                    operation, file.res_model, [file.res_id]
                )
            return make_error()

        return forbidden, make_logged_error

    @api.model
    def _sos_as_user(self, domain):
        """A domain whose conditions are worked out in this environment, whatever the
        one that it is put into: Odoo searches files as superuser and asks afterwards
        who may read what was found, which tells what the domain has gone through."""

        def fix(condition):
            plain = not condition.operator.removeprefix("not ").startswith("any")
            if plain and condition.field_expr in DECIDING:
                return condition
            own = condition.optimize_full(self)
            return Domain.custom(
                to_sql=lambda _files, alias, query: own._to_sql(self, alias, query)
            )

        return Domain(domain).map_conditions(fix)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        if not self.env.su and not options.get("bypass_access"):
            domain = self._sos_as_user(domain)
            if order:
                # raises for what the user may not sort by
                self._order_to_sql(order, Query(self.env, self._table))
        return super()._search(domain, offset, limit, order, **options)

    # ------------------------------------------------------------- links and tokens

    @api.constrains("public", "access_token", "res_model", "res_id")
    def _check_no_link(self):
        if any(a.public or a.access_token for a in self._sos_of_families()):
            raise ValidationError(
                self.env._(
                    "A file of a family cannot be opened by a link. Give a copy of the "
                    "form instead: that is recorded."
                )
            )

    # Odoo hands tokens for a file to whoever may read it, and whoever has one needs
    # no login

    def _get_raw_access_token(self):
        return "" if self._sos_of_families() else super()._get_raw_access_token()

    def _get_thumbnail_token(self):
        return "" if self._sos_of_families() else super()._get_thumbnail_token()

    def _get_ownership_token(self):
        return "" if self._sos_of_families() else super()._get_ownership_token()

    def _has_attachments_ownership(self, attachment_tokens):
        if self.exists()._sos_of_families():
            attachment_tokens = None
        return super()._has_attachments_ownership(attachment_tokens)

    # --------------------------------------------------------------------- copies

    def copy_data(self, default=None):
        # superuser or not: the editor of texts and the mail composer copy as superuser
        if self._sos_of_families():
            raise UserError(
                self.env._(
                    "A file of a family is not copied. Whoever needs it opens it in "
                    "the record that it belongs to."
                )
            )
        return super().copy_data(default)

    @api.model
    def create_unique(self, values_list):
        # Odoo answers with whoever's file has the same content, and so would tell that
        # a family has it
        ids = []
        for values in values_list:
            found = self.browse(super().create_unique([values]))
            ids += (found._filtered_access("read") or self.create(values)).ids
        return ids

    @api.model
    def _prepare_create_values(self, vals_list):
        for vals in vals_list:
            for name in STORED:
                vals.setdefault(name, False)
        return super()._prepare_create_values(vals_list)

    # -------------------------------------------------------------- what is stored

    def _check_family_files(self):
        # as superuser the record itself writes its own pictures
        if not self.env.su and self._sos_of_families():
            raise self._make_stays_error()

    def _make_stays_error(self):
        return UserError(
            self.env._(
                "A file of a family stays as it is. Change it in the record that "
                "it belongs to."
            )
        )

    def _check_evidence(self):
        """Nothing is put beside what was signed or completed."""
        # as superuser the record itself keeps its own pictures
        if self.env.su:
            return
        for attachment in self._sos_of_families():
            file = attachment._sos_get_file()
            record = self.env[file.res_model].browse(file.res_id).exists()
            if hasattr(record, "_check_takes_files"):
                record._check_takes_files()

    def _keep_content(self):
        """What was stored is looked into, and not what was said of it: a default in
        the context says something else than the values."""
        # sudo: whoever could store a file may have it looked into
        for file in self.sudo()._sos_of_families():
            if file.type != "binary" or file.url:
                raise refused("link")
            if file.res_field:
                field = self.env[file.res_model]._fields.get(file.res_field)
                if not isinstance(field, fields.Image) or not file.file_size:
                    # the system's own: a bundle, a return
                    continue
            if file.db_datas:
                # it would be read there without a line in the log
                raise refused("unread")
            content = file.raw or b""
            if file.res_field:
                values = {"raw": keep_picture(content)}
            else:
                kind, kept = keep_file(content)
                name = fix_filename_extension(file.name, kind)
                # its words would be read there without a line in the log
                values = {
                    "raw": kept,
                    "mimetype": kind,
                    "name": name,
                    "index_content": False,
                }
            values = {
                name: value for name, value in values.items() if file[name] != value
            }
            if values:
                file.with_context(image_no_postprocess=True)._write_kept(values)

    def _whole(self):
        """What is refused within is not stored: Odoo's route for uploads catches the
        error and goes on. A record writes its own pictures as superuser, and all of it
        is refused with them."""
        return nullcontext() if self.env.su else self.env.cr.savepoint()

    def _write_kept(self, values):
        """As Odoo, without looking into it again."""
        return super().write(values)

    @api.model_create_multi
    def create(self, vals_list):
        with self._whole():
            attachments = super().create(vals_list)
            # a record's picture is set in the record, where it is checked and logged
            attachments.filtered("res_field")._check_family_files()
            attachments._check_evidence()
            attachments._keep_content()
        return attachments

    def write(self, vals):
        self._check_family_files()
        if (HOME | {"thumbnail"}) & vals.keys() and self._sos_of_families():
            # superuser or not: Odoo's code takes files along, ours never does
            raise self._make_stays_error()
        if not (HOME | CONTENT) & vals.keys():
            return super().write(vals)
        with self._whole():
            result = super().write(vals)
            if HOME & vals.keys():
                # nothing is taken to a family by who could not put it there
                self._check_family_files()
            self._keep_content()
        return result

    def unlink(self):
        self._check_family_files()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        # mail's own route deletes as superuser
        self.sudo(False)._check_family_files()
        return super()._delete_and_notify(message)

    # ------------------------------------------------------------------- the store

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write under another name first, so that a file is there whole or not at all.

        A server that is killed, or a disk that is full, in the middle of writing would
        leave a part of the file under its whole name. Odoo takes that for the file of
        somebody else and refuses the whole one from then on: the same drawing could
        never be kept, and the same form never be submitted, again.
        """
        fname, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            part = f"{fname}part{os.getpid()}x{get_ident()}"
            # first of all: what is left of a part is cleaned away with the rest
            self._mark_for_gc(part)
            self._mark_for_gc(fname)
            part_path = self._full_path(part)
            with open(part_path, "wb") as stream:
                stream.write(bin_value)
                stream.flush()
                # the row that names the file is safe on the disk once it is
                # acknowledged; the file has to be as well
                os.fsync(stream.fileno())
            os.replace(part_path, path)
        return super()._file_write(bin_value, checksum)
