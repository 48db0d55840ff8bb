from odoo import SUPERUSER_ID, models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _sos_log_printed(self, report_ref, ids):
        """What is printed of a family, whichever way, is in the access log."""
        report = self._get_report(report_ref)
        records = self.env[report.model].browse(ids or ())
        seen = self.env.registry["sos.access.mixin"]
        # printing may run as superuser for somebody: they are who sees it
        if ids and isinstance(records, seen) and self.env.uid != SUPERUSER_ID:
            self.env["sos.access.log"]._record(
                "printed", records._get_looked_at(), report.report_name
            )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        self._sos_log_printed(report_ref, res_ids)
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)

    def _render_qweb_html(self, report_ref, docids, data=None):
        self._sos_log_printed(report_ref, docids)
        return super()._render_qweb_html(report_ref, docids, data)

    def _render_qweb_text(self, report_ref, docids, data=None):
        self._sos_log_printed(report_ref, docids)
        return super()._render_qweb_text(report_ref, docids, data)
