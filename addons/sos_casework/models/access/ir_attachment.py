from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...tools.files import check_file

#: fields that hold what is in a file
CONTENT = {"datas", "raw", "db_datas", "index_content"}


class IrAttachment(models.Model):
    """A drawing, a picture or a file of a record about a family: no link opens it to
    others, it is neither changed nor deleted behind its record's back, and it is one of
    the kinds that ``tools.files`` lets in."""

    _inherit = "ir.attachment"

    @api.model
    def _sos_is_of_family(self, name):
        """Whether a model is one of records about a family."""
        family = self.env.registry["sos.record.mixin"]
        return bool(name and name in self.env and isinstance(self.env[name], family))

    def _sos_get_file(self):
        """This file, or the one whose small picture it is."""
        file = self.sudo()
        return file.browse(file.res_id) if file.res_model == self._name else file

    def _sos_of_families(self):
        """Those among these attachments that belong to a record about a family."""
        models_of_families = {
            name
            # sudo: which kind of record a file belongs to, and nothing else
            for name in {file._sos_get_file().res_model for file in self.sudo()}
            if self._sos_is_of_family(name)
        }
        return self.filtered(
            lambda a: a._sos_get_file().res_model in models_of_families
        )

    def _sos_log_downloaded(self, env):
        """These are shown to the user of an environment."""
        for attachment in self._sos_of_families().sudo():
            file = attachment._sos_get_file()
            record = env[file.res_model].browse(file.res_id)
            detail = attachment.res_field or f"ir.attachment {attachment.id}"
            env["sos.access.log"]._write_line(
                "downloaded", record, detail=detail, fold=True
            )

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if CONTENT & set(fnames) and not self.env.su:
            self._sos_log_downloaded(self.env)
        return rows

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

    @api.constrains("public", "access_token", "res_model")
    def _check_no_link(self):
        if any(a.public or a.access_token for a in self._sos_of_families()):
            raise ValidationError(
                self.env._(
                    "A file of a family cannot be opened by a link. Give a copy of the "
                    "form instead: that is recorded."
                )
            )

    def _check_family_files(self):
        # as superuser the record itself writes its own pictures
        if not self.env.su and self._sos_of_families():
            raise UserError(
                self.env._(
                    "A file of a family stays as it is. Change it in the record that "
                    "it belongs to."
                )
            )

    def _check_contents(self, values):
        # the picture of a record is looked into by the record, before it is scaled
        if (
            values.get("raw")
            and not values.get("res_field")
            and self._sos_is_of_family(values.get("res_model"))
        ):
            check_file(self.env, values["raw"])
        return super()._check_contents(values)

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        # the picture of a record is set in the record, where it is checked and logged
        attachments.filtered("res_field")._check_family_files()
        return attachments

    def write(self, vals):
        self._check_family_files()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self._check_family_files()
        return result

    def unlink(self):
        self._check_family_files()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        # mail's own route deletes as superuser
        self.sudo(False)._check_family_files()
        return super()._delete_and_notify(message)
