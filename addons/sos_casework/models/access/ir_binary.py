from odoo import SUPERUSER_ID, models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(
        self,
        xmlid=None,
        res_model="ir.attachment",
        res_id=None,
        access_token=None,
        field=None,
    ):
        if access_token and res_model == "ir.attachment" and res_id:
            # Odoo hands such tokens to whoever may read a file, and whoever has one
            # needs no login: a family's file is opened by its readers only
            if self.env[res_model].browse(res_id).exists()._sos_of_families():
                access_token = None
        return super()._find_record(xmlid, res_model, res_id, access_token, field)

    def _record_to_stream(self, record, field_name):
        # the record comes as superuser; who asks for the file is the environment's
        stream = super()._record_to_stream(record, field_name)
        if self.env.uid != SUPERUSER_ID:
            if record._name == "ir.attachment":
                record._sos_log_downloaded(self.env)
            elif record._name.startswith("sos."):
                self.env["sos.access.log"]._write_line(
                    "downloaded", record, detail=field_name, fold=True
                )
        return stream
