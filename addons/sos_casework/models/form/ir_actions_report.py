import io

from odoo import models

#: Reports whose records print themselves, one document each: the page is complete in
#: itself, so that nothing is fetched while it is printed.
OWN_REPORTS = (
    "sos_casework.report_form_professionals",
    "sos_casework.report_form_give",
)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if report.report_name not in OWN_REPORTS or not res_ids:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        return {
            record.id: {
                "stream": io.BytesIO(record._render_report_pdf()),
                "attachment": None,
            }
            for record in self.env[report.model].browse(res_ids)
        }


class ReportFormProfessionals(models.AbstractModel):
    """Professionals' copies as HTML; rights are asked by making each copy."""

    _name = "report.sos_casework.report_form_professionals"
    _description = "Professionals' copy of a form"

    def _get_report_values(self, docids, data=None):
        forms = self.env["sos.form"].browse(docids)
        return {
            "docs": forms,
            "style": forms._get_output_style(),
            "pages": [
                form._render_output_html(*form._prepare_output("professionals"))
                for form in forms
            ],
        }


class ReportFormGive(models.AbstractModel):
    """The copy that is being given, as HTML."""

    _name = "report.sos_casework.report_form_give"
    _description = "Copy of a form for its reader"

    def _get_report_values(self, docids, data=None):
        wizards = self.env["sos.form.give"].browse(docids)
        return {
            "docs": wizards,
            "style": wizards.form_id._get_output_style(),
            "pages": [
                wizard.form_id._render_output_html(*wizard._get_copy())
                for wizard in wizards
            ],
        }
