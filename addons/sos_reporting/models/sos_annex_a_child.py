from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain


@dataclass(frozen=True)
class Visit:
    """A visit in which a child was seen."""

    held_on: date
    seen_alone: str | None


class SosAnnexA(models.AbstractModel):
    """What the lists say of every child: who it is and who works with it."""

    _inherit = "sos.annex.a"

    @api.model
    def _get_child_columns(self, child, period):
        born = period.known(child.birth_date)
        age = born and child._get_age_on(period.known(child.death_on) or period.last)
        words = period.words
        # of a child who was not born yet, only the expected date was known
        gender = not self._is_unborn(child, period) and child.gender_id.annex_a
        return {
            "child": child.reference,
            "gender": gender or words.get("gender", "c"),
            "ethnicity": child.ethnicity_id.annex_a or words.get("ethnicity", "NOBT"),
            "born": born,
            "age": age,
        }

    @api.model
    def _get_disability(self, child, period):
        # a code that went out of use since is still the child's
        disabilities = child.with_context(active_test=False).disability_ids
        codes = set(disabilities.mapped("code"))
        known = codes and not self._is_unborn(child, period)
        return period.words.yes_unknown(codes != {"NONE"} if known else None)

    @api.model
    def _get_work_columns(self, case, child, ended_on, period):
        """The team and the lead worker of a child on the last day, or on the day on
        which the work ended."""
        day = period.known(ended_on) or period.last
        allocations = case.allocation_ids.filtered(
            lambda allocation: allocation.role == "lead"
            and allocation._is_current(day)
            and (not allocation.child_ids or child in allocation.child_ids)
        ).sorted(lambda allocation: (allocation.since, allocation.id))
        worker = allocations.user_id[-1:]
        team = allocations.team_id[-1:] or case.team_id
        return {
            "team": team.name,
            "worker": worker.name or self.env._("Not allocated"),
        }

    # --------------------------------------------------------------------- visits

    @api.model
    def _get_visits(self, children, period, statutory=False):
        """The children's visits in which they were seen, by the child's id, oldest
        first. Drafts do not count: nobody has said yet that it was so."""
        domain = (
            Domain("child_id", "in", children.ids)
            & Domain("form_id.type_id.code", "=", "visit")
            & Domain("form_id.state", "not in", ("draft", "cancelled"))
            & Domain("form_id.held_on", "<=", period.last)
            & Domain("seen", "=", "yes")
        )
        if statutory:
            domain &= Domain("form_id.statutory", "=", True)
        lines = self._fetch(
            "sos.form.child", domain, ["child_id", "form_id", "seen_alone"]
        )
        forms = {line.form_id for line in lines}
        held = {
            form.id: form.held_on
            for form in self._fetch(
                "sos.form", Domain("id", "in", list(forms)), ["held_on"]
            )
        }
        visits = defaultdict(list)
        for line in sorted(lines, key=lambda line: (held[line.form_id], line.id)):
            visits[line.child_id].append(Visit(held[line.form_id], line.seen_alone))
        return visits

    @api.model
    def _get_last_visit(self, visits, start, end):
        """The newest of a child's visits from one day to another (None: no end)."""
        last = end or date.max
        return [visit for visit in visits if start <= visit.held_on <= last][-1:]

    # -------------------------------------------------------------------- numbers

    @api.model
    def _count_others(self, days):
        """How many of these days lie in the 12 months before the newest of them,
        which is not counted."""
        newest = max(days)
        return sum(day >= newest - relativedelta(months=12) for day in days) - 1
