from odoo import fields, models
from odoo.tools import SQL

from ..tools.sql import local_day


class SosMeasureForm(models.Model):
    """One form that somebody handed in to be signed: how long it waited, or waits."""

    _name = "sos.measure.form"
    _inherit = ["sos.measure.rows"]
    _description = "Form handed in to be signed"
    _auto = False
    _order = "waiting desc, submitted_on, id"
    _rec_name = "type_id"
    _depends = {
        "sos.case": ["team_id", "lead_id"],
        "sos.form": [
            "case_id",
            "type_id",
            "state",
            "submitted_at",
            "submitted_by_id",
            "authorised_at",
        ],
    }

    type_id = fields.Many2one("sos.form.type", "Form", readonly=True)
    writer_id = fields.Many2one("res.users", "Handed in by", readonly=True)
    submitted_on = fields.Date("Handed in", readonly=True)
    authorised_on = fields.Date("Signed", readonly=True)
    waiting = fields.Boolean("Waits to be signed", readonly=True)
    days_waited = fields.Integer(
        "Days waited", readonly=True, aggregator="avg", help="Until signed, or now."
    )

    def action_open(self):
        """The form behind the row."""
        return {**super().action_open(), "res_model": "sos.form", "res_id": self.id}

    @property
    def _table_query(self):
        submitted = local_day(SQL("form.submitted_at"))
        authorised = local_day(SQL("form.authorised_at"))
        return SQL(
            """
            SELECT form.id, form.case_id, family.team_id, family.lead_id,
                form.type_id, form.submitted_by_id AS writer_id,
                %(submitted)s AS submitted_on,
                CASE WHEN form.state = 'authorised' THEN %(authorised)s
                    END AS authorised_on,
                form.state = 'submitted' AS waiting,
                CASE WHEN form.state = 'authorised' THEN %(authorised)s
                    ELSE %(today)s END - %(submitted)s AS days_waited
            FROM sos_form AS form
            JOIN sos_case AS family ON family.id = form.case_id
            WHERE form.state IN ('submitted', 'authorised')
                AND form.submitted_at IS NOT NULL
            """,
            submitted=submitted,
            authorised=authorised,
            today=self.env["res.company"]._sos_today(),
        )
