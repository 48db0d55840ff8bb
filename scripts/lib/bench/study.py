"""A time study against one aggregate over the same lines."""

from datetime import timedelta

from odoo import Command

from .measure import compare

LINES = 100_000
#: a form's time is kept in a few sittings
FORMS = LINES // 4
#: half of the forms are before this day, as far as the study knows
HALF = """
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY submitted_at)::date
    FROM sos_form WHERE submitted_at IS NOT NULL
"""
#: 40 people, on the forms in turns
FILL = """
    INSERT INTO account_analytic_line (name, date, amount, unit_amount, company_id,
        project_id, employee_id, user_id, sos_case_id, sos_team_id, sos_form_id,
        sos_form_type_id, sos_form_version_id, sos_work_kind_id, sos_origin)
    SELECT 'Bench', form.day, 0, (number %% 97 + 3) / 60.0, %(company)s, %(project)s,
        (%(employees)s)[number %% 40 + 1], %(user)s, form.case_id, form.team_id,
        form.id, form.type_id, form.version_id, %(kind)s, 'hand'
    FROM generate_series(1, %(lines)s) AS number
    JOIN (
        SELECT form.*, family.team_id, COALESCE(submitted_at, now())::date AS day,
            row_number() OVER (ORDER BY form.id) - 1 AS place
        FROM sos_form AS form JOIN sos_case AS family ON family.id = form.case_id
    ) AS form ON form.place = number %% (
        SELECT LEAST(COUNT(*), %(forms)s) FROM sos_form
    )
"""
#: what the averages need at the least
FLOOR = """
    SELECT form.type_id, COUNT(DISTINCT line.sos_form_id), SUM(line.unit_amount)
    FROM account_analytic_line AS line JOIN sos_form AS form
        ON form.id = line.sos_form_id
    GROUP BY form.type_id, form.submitted_at > %s
"""


def time_study(env):
    employees = env["hr.employee"].create(
        [{"name": f"Bench {number}"} for number in range(40)]
    )
    project = env.company._sos_get_timesheet_project()
    values = {
        "company": env.company.id,
        "project": project.id,
        "employees": employees.ids,
        "user": env.uid,
        "kind": env["sos.code"]._get("work_kind", "recording").id,
        "lines": LINES,
        "forms": FORMS,
    }
    env.flush_all()
    env.cr.execute(FILL, values)
    env.cr.execute("ANALYZE account_analytic_line")
    env.cr.execute(HALF)
    [[half]] = env.cr.fetchall()
    study = env["sos.time.study"].create(
        {
            "name": "Bench",
            "before_from": "2000-01-01",
            "before_until": half,
            "after_from": half + timedelta(days=1),
            "after_until": "2100-01-01",
            "type_ids": [
                Command.create({"form_type_id": form_type.id})
                for form_type in env["sos.form.type"].search([])
            ],
        }
    )

    def floor():
        env.cr.execute(FLOOR, [half])
        env.cr.fetchall()

    name = f"time study over {LINES:,} lines"
    return compare(env, name, 3.0, study._get_result, floor)
