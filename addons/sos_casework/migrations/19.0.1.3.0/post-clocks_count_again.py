from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.misc import split_every


def migrate(cr, version):
    """Clocks keep what their due day is worked out from, so that it can be worked out
    again. Where a due day fits none of the ways of its step (it was paused), it stays
    as it is: so many days after the start."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    steps = {
        step.id: step
        for step in env["sos.step"].with_context(active_test=False).search([])
    }
    companies = {company.id: company for company in env["res.company"].search([])}
    cr.execute(
        """
        SELECT clock.id, clock.step_id, clock.started_on, clock.due_on, file.company_id,
               (
                   SELECT COALESCE(form.booked_on, conference.due_on)
                   FROM sos_deadline AS conference
                   JOIN sos_step AS step ON step.id = conference.step_id
                   LEFT JOIN sos_form AS form ON form.id = conference.form_id
                   WHERE step.code = 'initial_conference'
                     AND conference.enquiry_id = clock.enquiry_id
                     AND conference.child_id = clock.child_id
                   ORDER BY conference.id DESC LIMIT 1
               )
        FROM sos_deadline AS clock
        JOIN sos_case AS file ON file.id = clock.case_id
        """
    )
    for rows in split_every(5000, cr.fetchall()):
        values = [
            SQL(
                "(%s, %s::date, %s, %s)",
                clock_id,
                *_find_length(companies[company], steps[step], start, due, conference),
            )
            for clock_id, step, start, due, company, conference in rows
        ]
        cr.execute(
            SQL(
                """
                UPDATE sos_deadline
                SET booked_on = known.booked_on, due_number = known.due_number,
                    due_unit = known.due_unit
                FROM (VALUES %s) AS known (id, booked_on, due_number, due_unit)
                WHERE sos_deadline.id = known.id
                """,
                SQL(", ").join(values),
            )
        )
    env.invalidate_all()


def _find_length(company, step, start, due, conference):
    """:return: ``booked_on, due_number, due_unit``"""
    before = -step.before_booked_days
    if before and conference:
        if company._sos_add_working_days(conference, before) == due:
            return conference, before, "working_days"
    for number, unit in (
        (step.due_number, step.due_unit),
        (step.repeat_number, step.repeat_unit),
    ):
        if number and unit and company._sos_add(start, number, unit) == due:
            return None, number, unit
    return None, (due - start).days, "days"
