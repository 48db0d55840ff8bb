from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models

from odoo.addons.sos_casework.tools.days import get_age


class SosAnnexA(models.AbstractModel):
    """What the lists say of every child: who it is and who works with it."""

    _inherit = "sos.annex.a"

    @api.model
    def _get_child_columns(self, child, facts, period):
        words = period.words
        unborn = self._is_unborn(child, period)
        born = period.known(child.birth_date)
        day = period.known(child.death_on) or period.last
        # of a child who was not born yet, only the expected date was known
        gender = None if unborn else words.of(child.gender_id)
        disabilities = set(facts.disabilities[child.id])
        known = disabilities and not unborn
        return {
            "child": child.reference,
            "gender": gender or words.get("gender", "c"),
            "ethnicity": words.of(child.ethnicity_id) or words.get("ethnicity", "NOBT"),
            "born": born,
            "age": get_age(born, day) if born else None,
            "disability": words.yes_unknown(
                disabilities != {words.not_disabled} if known else None
            ),
        }

    @api.model
    def _get_work_columns(self, row, child, facts, ended_on, period):
        """The team and the lead worker of a child on the last day, or on the day on
        which the work ended.

        :param row: of what is in a family file
        """
        day = period.known(ended_on) or period.last
        team, worker = row.team_id, None
        for one in facts.allocations[row.case_id]:
            children = facts.allocated.get(one.id)
            if (
                one.since <= day
                and (not one.until or one.until >= day)
                and (not children or child.id in children)
            ):
                team, worker = one.team_id or team, one.user_id or worker
        return {
            "team": period.words.names["sos.team", team] if team else None,
            "worker": (
                period.words.names["res.users", worker]
                if worker
                else self.env._("Not allocated")
            ),
        }

    @api.model
    def _get_last_visit(self, visits, start, end):
        """The newest of a child's visits from one day to another (None: no end)."""
        last = end or date.max
        for visit in reversed(visits):
            if start <= visit.held_on <= last:
                return visit
        return None

    @api.model
    def _count_others(self, days):
        """How many of these days lie in the 12 months before the newest of them,
        which is not counted."""
        if len(days) == 1:
            return 0
        first = max(days) - relativedelta(months=12)
        return sum(day >= first for day in days) - 1
