import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: How many documents are checked each night, unless the parameter says otherwise.
SAMPLE = 1000
PARAMETER = "sos_casework.fingerprint_sample"


class SosDocumentCheck(models.Model):
    """When a frozen document, or a copy that was given, was last checked against its
    fingerprint, and whether it fitted. Beside the documents, since these never change.

    It names a form and a number and nothing of what is written there.
    """

    _name = "sos.document.check"
    _description = "Check of a fingerprint"
    _order = "fits, checked_on desc, id"
    _rec_name = "reference"
    _log_access = False

    res_model = fields.Selection(
        [
            ("sos.form.document", "Signed document"),
            ("sos.form.given", "Copy that was given"),
            ("sos.form", "Form without its document"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    reference = fields.Char("Form", readonly=True)
    number = fields.Integer("Document", readonly=True)
    fits = fields.Boolean(readonly=True)
    checked_on = fields.Date("Last checked", required=True, readonly=True, index=True)
    found_on = fields.Date("Does not fit since", readonly=True)

    _one = models.UniqueIndex("(res_model, res_id)")
    _wrong_idx = models.Index("(res_model, res_id) WHERE fits IS NOT TRUE")

    # ------------------------------------------------------------------- nightly

    @api.model
    def _cron_check(self):
        """Check tonight's sample: what did not fit before, and then whatever was not
        checked for longest, so that everything has its turn. A second run on the same
        day goes on where the first one ended and checks nothing twice."""
        for model, ids in self._get_sample().items():
            for record in self.env[model].browse(ids):
                self._check_record(record)
                # a document with its pictures is large, and not needed again
                self.env.flush_all()
                self.env.invalidate_all()
        self._check_missing()

    @api.model
    def _get_sample(self):
        """:return: ``{model: ids}`` of what is checked now"""
        parameter = self.env["ir.config_parameter"].get_param(PARAMETER, SAMPLE)
        size = int(parameter)
        today = self.env["res.company"]._sos_today()
        left = size - self.search_count(
            [("checked_on", "=", today), ("res_model", "!=", "sos.form")]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record.res_model, record.id
                FROM (
                    SELECT 'sos.form.document' AS res_model, id FROM sos_form_document
                    UNION ALL
                    SELECT 'sos.form.given', id FROM sos_form_given
                ) AS record
                LEFT JOIN sos_document_check AS done
                    ON done.res_model = record.res_model AND done.res_id = record.id
                WHERE done.checked_on IS NULL OR done.checked_on < %s
                ORDER BY
                    done.fits IS FALSE DESC,
                    done.checked_on NULLS FIRST,
                    record.res_model,
                    record.id
                LIMIT %s
                """,
                today,
                max(left, 0),
            )
        )
        sample = {}
        for model, record_id in rows:
            sample.setdefault(model, []).append(record_id)
        return sample

    def _check_record(self, record):
        """Check one document or copy now."""
        try:
            record._check_fits()
            fits = True
        except UserError:
            fits = False
        form = record.form_id
        number = record.number if "number" in record._fields else 0
        self._set_result(record, fits, form.reference, number)

    def _check_missing(self):
        """Forms that are signed and have no document, or where one in between is
        gone."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT form.id
                FROM sos_form AS form
                LEFT JOIN sos_form_document AS document ON document.form_id = form.id
                GROUP BY form.id
                HAVING COUNT(document.id) < COALESCE(MAX(document.number), 0)
                    OR (form.document_id IS NULL
                        AND form.state IN ('submitted', 'authorised', 'complete'))
                """
            )
        )
        missing = self.env["sos.form"].browse(form_id for (form_id,) in rows)
        known = self.search([("res_model", "=", "sos.form"), ("fits", "=", False)])
        for form in missing | missing.browse(known.mapped("res_id")):
            self._set_result(form, form not in missing, form.reference)

    def _set_result(self, record, fits, reference, number=0):
        today = self.env["res.company"]._sos_today()
        check = self.search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        if check.checked_on == today and check.fits == fits:
            return
        values = {
            "fits": fits,
            "checked_on": today,
            "found_on": False if fits else check.found_on or today,
        }
        if check:
            check.write(values)
        else:
            self.create(
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "reference": reference,
                    "number": number,
                    **values,
                }
            )
        if not fits:
            _logger.error(
                "The document of form %s (%s %s) does not fit its fingerprint, or is "
                "missing. Compare it with a backup.",
                reference,
                record._name,
                record.id,
            )

    # -------------------------------------------------------------------- screen

    def action_check(self):
        """Check these again now, as after a document was restored from a backup."""
        # quality audit and the service read the list, and nobody else
        self.check_access("read")
        # sudo: every document is checked, also where its family is restricted; what
        # comes back is whether it fits
        for check in self.sudo():
            if check.res_model == "sos.form":
                check._check_missing()
            else:
                record = self.env[check.res_model].browse(check.res_id)
                check._check_record(record.sudo())
        return True

    def action_open_form(self):
        """Open the form, for who may read it."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        form = record if self.res_model == "sos.form" else record.form_id
        form.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.form",
            "res_id": form.id,
            "view_mode": "form",
        }
