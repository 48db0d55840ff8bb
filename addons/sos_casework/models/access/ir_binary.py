from odoo import SUPERUSER_ID, models
from odoo.http import Stream, request

from ...tools.files import SHOWN
from ...tools.refused import refused


class SavedStream(Stream):
    """What is saved, and not shown by the browser, whatever the address asks for."""

    def get_response(self, as_attachment=None, **options):
        return super().get_response(as_attachment=True, **options)


class IrBinary(models.AbstractModel):
    """What is about a family is opened by its readers only, and each time logged."""

    _inherit = "ir.binary"

    def _find_record(
        self,
        xmlid=None,
        res_model="ir.attachment",
        res_id=None,
        access_token=None,
        field=None,
    ):
        record = super()._find_record(xmlid, res_model, res_id, access_token, field)
        if self._sos_is_of_family(record):
            # a token or a link opens it to nobody, whoever has given it out
            record.sudo(False).check_access("read")
        return record

    def _sos_is_of_family(self, record):
        if record._name == "ir.attachment":
            return bool(record._sos_of_families())
        return record._name.startswith("sos.")

    def _get_stream_from(
        self,
        record,
        field_name="raw",
        filename=None,
        filename_field="name",
        mimetype=None,
        default_mimetype="application/octet-stream",
    ):
        if not self._sos_is_of_family(record):
            return super()._get_stream_from(
                record, field_name, filename, filename_field, mimetype, default_mimetype
            )
        # what it is was found out when it was stored; an address may say anything
        stream = super()._get_stream_from(
            record, field_name, filename, filename_field, None, default_mimetype
        )
        if stream.type == "url":
            # kept before links were refused
            raise refused("link")
        return stream if stream.mimetype in SHOWN else SavedStream(**vars(stream))

    def _record_to_stream(self, record, field_name):
        # the record comes as superuser; who asks for the file is the environment's
        stream = super()._record_to_stream(record, field_name)
        if not self._sos_is_of_family(record):
            return stream
        if request:
            # an address with a fingerprint in it makes browsers keep a file for a year
            request.sos_about_family = True
        if self.env.uid != SUPERUSER_ID:
            if record._name == "ir.attachment":
                record._sos_log_downloaded(self.env)
            else:
                self.env["sos.access.log"]._write_line(
                    "downloaded", record, detail=field_name, fold=True
                )
        return stream
