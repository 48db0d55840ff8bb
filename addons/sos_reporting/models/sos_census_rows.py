from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools import census
from ..tools.census import Record
from .sos_return_source import group

#: Children whose rows are read from the tables at a time.
FETCHED = 5000
CHILD_FIELDS = (
    "reference upn former_upn upn_unknown_id birth_date expected_on death_on sex_id "
    "ethnicity_id"
).split()
EPISODE_FIELDS = (
    "child_id referred_on source_id need_id nfa closed_on closure_reason_id "
    "transfer_conference_on"
).split()
PLAN_FIELDS = (
    "episode_id kind started_on ended_on initial_category_id previous_plans"
).split()
ENQUIRY_FIELDS = (
    "episode_id started_on target_on ended_on conference_on conference_required"
).split()


@dataclass
class Batch:
    """What is known of some children, by what it hangs on."""

    disabilities: dict
    episodes: dict
    plans: dict
    reviews: dict
    #: of protection plans, where a conference has decided one
    categories: dict
    enquiries: dict
    assessments: dict
    forms: dict
    factors: dict
    codes: dict
    #: in which order codes are told
    order: dict
    active_codes: set

    def code(self, code_id):
        return self.codes.get(code_id)

    def list_codes(self, ids):
        return [self.codes[one] for one in sorted(ids, key=self.order.get)]


class SosCensus(models.AbstractModel):
    """What goes into the census: reference of returns, mapping rules (2.4).

    A child is in it when referred in the period or in need at any time of it. Of a
    period of need only what went on in the census's period is told, and as it stood on
    the reference date: what ended later is still open.

    Read in batches, a query for each table and batch.
    """

    _inherit = "sos.census"

    @api.model
    def _get_episode_domain(self, period):
        first, last = period.first, period.last
        referred = Domain("nfa", "=", True) & Domain("referred_on", ">=", first)
        in_need = Domain("nfa", "=", False) & (
            Domain("closed_on", "=", False) | Domain("closed_on", ">=", first)
        )
        return (
            self._get_company_domain()
            # said here because archived people are looked through as well
            & Domain("active", "=", True)
            & Domain("referred_on", "<=", last)
            & (referred | in_need)
        )

    @api.model
    def _get_children(self, period, after=None, limit=None, only=Domain.TRUE):
        """Who is in a census, by number; of those after a number only so many.

        :param only: which periods of need are asked for
        """
        numbers = Domain("reference", ">", after) if after else Domain.TRUE
        # sudo: as in _iter_rows
        return (
            self.env["sos.person"]
            .sudo()
            .with_context(active_test=False)
            .search(
                Domain("episode_ids", "any", self._get_episode_domain(period) & only)
                & numbers,
                order="reference",
                limit=limit,
            )
        )

    @api.model
    def _iter_rows(self, period, after=None, limit=None, only=Domain.TRUE):
        # sudo: who makes the census reads no family file; the census covers them all,
        # and tells numbers, codes and dates only. Rights were asked by the caller.
        source = self.sudo().with_context(active_test=False)
        domain = self._get_episode_domain(period) & only
        children = self._get_children(period, after, limit, only)
        codes = source.env["sos.code"].search_fetch([], ["code", "active"])
        texts = {code.id: code.code for code in codes}
        active = set(codes.filtered("active").ids)
        for ids in split_every(FETCHED, children.ids):
            yield from source._get_batch(ids, domain, period, texts, active)

    @api.model
    def _get_batch(self, ids, domain, period, codes, active_codes):
        """The children with these ids, in the order of the ids."""
        rows = {
            row.id: row
            for row in self._fetch("sos.person", self._in(ids), CHILD_FIELDS)
        }
        episodes = self._fetch(
            "sos.episode", domain & self._in(ids, "child_id"), EPISODE_FIELDS
        )
        of_episodes = self._in([e.id for e in episodes], "episode_id")
        counts = of_episodes & Domain("active", "=", True)
        plans = self._fetch("sos.plan", counts, PLAN_FIELDS)
        enquiries = self._fetch("sos.enquiry", counts, ENQUIRY_FIELDS)
        reviews = self._fetch(
            "sos.plan.review",
            self._in([p.id for p in plans], "plan_id") & Domain("active", "=", True),
            ["plan_id", "held_on"],
        )
        lines = self._fetch(
            "sos.form.child",
            self._get_assessment_domain(counts, period),
            ["episode_id", "form_id"],
        )
        forms = self._fetch(
            "sos.form",
            self._in({line.form_id for line in lines}),
            ["started_on", "authorised_at"],
        )
        batch = Batch(
            disabilities=self._fetch_links("sos.person", "disability_ids", ids),
            episodes=group(episodes, "child_id", "referred_on", "id"),
            plans=group(plans, "episode_id", "started_on", "id"),
            reviews=group(reviews, "plan_id"),
            categories=self._fetch_categories([p.id for p in plans], period),
            enquiries=group(enquiries, "episode_id", "started_on", "id"),
            assessments=group(lines, "episode_id"),
            forms={form.id: form for form in forms},
            factors=self._fetch_links(
                "sos.form.child", "factor_ids", [line.id for line in lines]
            ),
            codes=codes,
            order={code_id: place for place, code_id in enumerate(codes)},
            active_codes=active_codes,
        )
        return [self._get_child(rows[child_id], batch, period) for child_id in ids]

    # ------------------------------------------------------------------ the child

    @api.model
    def _get_child(self, child, batch, period):
        return census.Child(
            identifiers=self._get_identifiers(child, batch, period),
            characteristics=self._get_characteristics(child, batch, period),
            details=[
                self._get_details(episode, batch, period)
                for episode in batch.episodes[child.id]
            ],
            record=Record("sos.person", child.id),
        )

    @api.model
    def _get_identifiers(self, child, batch, period):
        unborn = self._is_unborn(child, period)
        return census.Identifiers(
            la_child_id=child.reference,
            upn=child.upn or None,
            former_upn=child.former_upn or None,
            upn_unknown=None if child.upn else batch.code(child.upn_unknown_id),
            born=period.known(child.birth_date),
            expected=child.expected_on if unborn else None,
            sex="U" if unborn else batch.code(child.sex_id),
            died=period.known(child.death_on),
        )

    @api.model
    def _get_characteristics(self, child, batch, period):
        unborn = self._is_unborn(child, period)
        disabilities = batch.disabilities[child.id]
        return census.Characteristics(
            ethnicity=batch.code(child.ethnicity_id),
            disabilities=[] if unborn else batch.list_codes(disabilities),
        )

    # --------------------------------------------------------- the period of need

    @api.model
    def _get_details(self, episode, batch, period):
        details = census.Details(
            referred=episode.referred_on,
            source=batch.code(episode.source_id),
            need=batch.code(episode.need_id),
            nfa=bool(episode.nfa),
            record=Record("sos.episode", episode.id),
        )
        if episode.nfa:
            return details
        conference = episode.transfer_conference_on
        details.closed = period.known(episode.closed_on)
        if details.closed:
            details.closure_reason = batch.code(episode.closure_reason_id)
        if period.holds(conference):
            details.transfer_conference = conference
        details.assessments = self._get_assessments(episode, batch, period)
        plans = [
            plan
            for plan in batch.plans[episode.id]
            if period.touches(plan.started_on, plan.ended_on)
        ]
        details.need_plans = [
            self._get_need_plan(plan, period) for plan in plans if plan.kind == "cin"
        ]
        details.protection_plans = [
            self._get_protection_plan(plan, batch, period)
            for plan in plans
            if plan.kind == "cp"
        ]
        details.enquiries = [
            self._get_enquiry(enquiry, period)
            for enquiry in batch.enquiries[episode.id]
            if period.touches(
                enquiry.started_on, self._get_enquiry_end(enquiry, period)
            )
        ]
        return details

    @api.model
    def _get_assessments(self, episode, batch, period):
        """Those that went on at some time in the period, oldest first."""
        known = []
        for line in batch.assessments[episode.id]:
            form = batch.forms[line.form_id]
            authorised = self._get_authorised(form, period)
            if period.touches(form.started_on, authorised):
                known.append((form.started_on, line.id, authorised))
        return [
            census.Assessment(
                started=started,
                authorised=authorised,
                # what an assessment found is known once it is authorised (rule 8614)
                factors=(
                    batch.list_codes(
                        batch.active_codes.intersection(batch.factors[line_id])
                    )
                    if authorised
                    else []
                ),
                record=Record("sos.form.child", line_id),
            )
            for started, line_id, authorised in sorted(known, key=lambda one: one[:2])
        ]

    @api.model
    def _get_need_plan(self, plan, period):
        return census.NeedPlan(
            started=plan.started_on,
            ended=period.known(plan.ended_on),
            record=Record("sos.plan", plan.id),
        )

    @api.model
    def _get_enquiry(self, enquiry, period):
        return census.Enquiry(
            started=enquiry.started_on,
            # a day that was set on the first one: it may lie after the reference date
            target=enquiry.target_on,
            conference=period.known(enquiry.conference_on),
            not_required=self._get_not_required(enquiry, period),
            record=Record("sos.enquiry", enquiry.id),
        )

    @api.model
    def _get_protection_plan(self, plan, batch, period):
        held = {period.known(review.held_on) for review in batch.reviews[plan.id]}
        return census.ProtectionPlan(
            started=plan.started_on,
            ended=period.known(plan.ended_on),
            initial_category=batch.code(plan.initial_category_id),
            latest_category=batch.code(
                batch.categories.get(plan.id, plan.initial_category_id)
            ),
            previous=plan.previous_plans or 0,
            reviews=sorted(held - {None}),
            record=Record("sos.plan", plan.id),
        )
