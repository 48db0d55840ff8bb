from odoo import api, models
from odoo.tools import SQL

#: Of fewer people than this, nobody is shown a sum who may not read their lines.
ENOUGH_PEOPLE = 5
#: A form that was handed in and not sent back or cancelled.
DONE = ("submitted", "authorised", "complete")


class SosTimeFigures(models.AbstractModel):
    """What work takes: the minutes on each form, over many forms, by one aggregate.

    One case is one form. Its minutes are those of all its lines that are asked for,
    whoever kept them and in whichever way. Time on a cancelled form is no case.
    """

    _name = "sos.time.figures"
    _description = "Figures of time"

    @api.model
    def _count(self, key, side, condition):
        """Count cases and their minutes.

        :param key: SQL, a column of ``line`` or ``form``: what each figure is about
        :param side: SQL, a text: the window, or nothing for what is in none
        :param condition: SQL, which lines and forms are counted
        :return: ``{(key, side): figures}``; figures are ``cases``, ``average``,
            ``low``, ``median`` and ``high`` (quartiles) in whole minutes, ``people``
            (how many kept the time) and ``team_ids`` (for which teams)
        """
        self._flush()
        # without record rules: who reads the figures is not who reads the lines. What
        # goes out is a sum of all that kept time, and _is_shown says to whom.
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH kept AS MATERIALIZED (
                    SELECT %(key)s AS key, %(side)s AS side, line.sos_form_id,
                        line.employee_id, line.sos_team_id, line.unit_amount AS hours
                    FROM account_analytic_line AS line
                    JOIN sos_form AS form ON form.id = line.sos_form_id
                    WHERE form.state <> 'cancelled' AND %(condition)s
                ), cases AS (
                    SELECT key, side, SUM(hours) * 60 AS minutes
                    FROM kept WHERE side IS NOT NULL GROUP BY key, side, sos_form_id
                ), figures AS (
                    -- six places first: a half that a float only nearly reaches goes up
                    SELECT key, side, COUNT(*) AS cases,
                        ROUND(AVG(minutes)::numeric, 6) AS average,
                        percentile_cont(ARRAY[0.25, 0.5, 0.75])
                            WITHIN GROUP (ORDER BY minutes)::numeric(12, 6)[] AS spread
                    FROM cases GROUP BY key, side
                ), people AS (
                    SELECT key, side, COUNT(DISTINCT employee_id) AS people,
                        ARRAY_AGG(DISTINCT sos_team_id) AS team_ids
                    FROM (
                        SELECT DISTINCT key, side, employee_id, sos_team_id
                        FROM kept WHERE side IS NOT NULL
                    ) AS pairs GROUP BY key, side
                )
                SELECT key, side, cases, ROUND(average)::int AS average,
                    ROUND(spread[1])::int AS low,
                    ROUND(spread[2])::int AS median,
                    ROUND(spread[3])::int AS high,
                    people, team_ids
                FROM figures JOIN people USING (key, side)
                """,
                key=key,
                side=side,
                condition=condition,
            )
        )
        return {(row.pop("key"), row.pop("side")): row for row in rows}

    @api.model
    def _flush(self):
        self.env["account.analytic.line"].flush_model(
            [
                "company_id",
                "date",
                "employee_id",
                "sos_form_id",
                "sos_form_type_id",
                "sos_form_version_id",
                "sos_team_id",
                "unit_amount",
                "user_id",
            ]
        )
        self.env["sos.form"].flush_model(
            ["state", "submitted_at", "type_id", "version_id"]
        )

    @api.model
    def _count_done(self, key, ids):
        """What forms that were handed in take: ``{id: figures}`` by type or version."""
        found = self._count(
            key,
            SQL("'done'"),
            SQL("form.state IN %s AND %s IN %s", DONE, key, tuple(ids)),
        )
        return {record_id: figures for (record_id, _side), figures in found.items()}

    @api.model
    def _is_shown(self, figures):
        """Whether the user may see these figures: sums of five people or more; of fewer
        only who may read those people's lines, the managers of all their teams and of
        the service."""
        if figures["people"] >= ENOUGH_PEOPLE:
            return True
        user = self.env.user
        if user.has_group("sos_casework.group_service_manager"):
            return True
        return (
            user.has_group("sos_casework.group_team_manager")
            and None not in figures["team_ids"]
            and set(figures["team_ids"]) <= set(user.sos_team_ids.ids)
        )
