from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools import census
from ..tools.census import Record

#: Children gathered at a time.
BATCH = 500


class SosCensus(models.AbstractModel):
    """What goes into the census: reference of returns, mapping rules (2.4).

    A child is in it when referred in the period or in need at any time of it. Of a
    period of need only what went on in the census's period is told, and as it stood on
    the reference date: what ended later is still open.
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
    def _iter_rows(self, period):
        # sudo: who makes the census reads no family file; the census covers them all,
        # and tells numbers, codes and dates only. Rights were asked by the caller.
        people = self.env["sos.person"].sudo().with_context(active_test=False)
        domain = self._get_episode_domain(period)
        children = people.search(
            Domain("episode_ids", "any", domain), order="reference"
        )
        for batch in split_every(BATCH, children.ids, people.browse):
            yield from self._get_batch(batch, domain, period)

    @api.model
    def _get_batch(self, children, domain, period):
        episodes = (
            self.env["sos.episode"]
            .sudo()  # as in _iter_rows
            .search(domain & Domain("child_id", "in", children.ids))
            .sorted(lambda episode: (episode.referred_on, episode.id))
        )
        lines = self._get_assessment_lines([("episode_id", "in", episodes.ids)], period)
        assessments = lines.grouped("episode_id")
        by_child = episodes.grouped("child_id")
        return [
            census.Child(
                identifiers=self._get_identifiers(child, period),
                characteristics=self._get_characteristics(child, period),
                details=[
                    self._get_details(
                        episode, assessments.get(episode, lines[:0]), period
                    )
                    for episode in by_child[child]
                ],
                record=Record(child._name, child.id),
            )
            for child in children
        ]

    # ------------------------------------------------------------------ the child

    @api.model
    def _get_identifiers(self, child, period):
        unborn = self._is_unborn(child, period)
        return census.Identifiers(
            la_child_id=child.reference,
            upn=child.upn or None,
            former_upn=child.former_upn or None,
            upn_unknown=None if child.upn else child.upn_unknown_id.code or None,
            born=period.known(child.birth_date),
            expected=(child.expected_on or None) if unborn else None,
            sex="U" if unborn else child.sex_id.code or None,
            died=period.known(child.death_on),
        )

    @api.model
    def _get_characteristics(self, child, period):
        unborn = self._is_unborn(child, period)
        return census.Characteristics(
            ethnicity=child.ethnicity_id.code or None,
            disabilities=[] if unborn else child.disability_ids.mapped("code"),
        )

    # --------------------------------------------------------- the period of need

    @api.model
    def _get_details(self, episode, assessment_lines, period):
        details = census.Details(
            referred=episode.referred_on,
            source=episode.source_id.code or None,
            need=episode.need_id.code or None,
            nfa=episode.nfa,
            record=Record(episode._name, episode.id),
        )
        if episode.nfa:
            return details
        conference = episode.transfer_conference_on
        details.closed = period.known(episode.closed_on)
        if details.closed:
            details.closure_reason = episode.closure_reason_id.code
        if period.holds(conference):
            details.transfer_conference = conference
        details.assessments = [
            self._get_assessment(line, period) for line in assessment_lines
        ]
        plans = episode.plan_ids.filtered(
            lambda plan: period.touches(plan.started_on, plan.ended_on)
        ).sorted(lambda plan: (plan.started_on, plan.id))
        details.need_plans = [
            self._get_need_plan(plan, period)
            for plan in plans.filtered(lambda p: p.kind == "cin")
        ]
        details.protection_plans = [
            self._get_protection_plan(plan, period)
            for plan in plans.filtered(lambda p: p.kind == "cp")
        ]
        enquiries = episode.enquiry_ids.filtered(
            lambda e: period.touches(e.started_on, self._get_enquiry_end(e, period))
        ).sorted(lambda e: (e.started_on, e.id))
        details.enquiries = [self._get_enquiry(e, period) for e in enquiries]
        return details

    @api.model
    def _get_assessment(self, line, period):
        authorised = self._get_authorised(line.form_id, period)
        return census.Assessment(
            started=line.form_id.started_on,
            authorised=authorised,
            # what an assessment found is known once it is authorised (rule 8614)
            factors=line.factor_ids.mapped("code") if authorised else [],
            record=Record(line._name, line.id),
        )

    @api.model
    def _get_need_plan(self, plan, period):
        return census.NeedPlan(
            started=plan.started_on,
            ended=period.known(plan.ended_on),
            record=Record(plan._name, plan.id),
        )

    @api.model
    def _get_enquiry(self, enquiry, period):
        return census.Enquiry(
            started=enquiry.started_on,
            # a day that was set on the first one: it may lie after the reference date
            target=enquiry.target_on,
            conference=period.known(enquiry.conference_on),
            not_required=self._get_not_required(enquiry, period),
            record=Record(enquiry._name, enquiry.id),
        )

    @api.model
    def _get_protection_plan(self, plan, period):
        held = {period.known(day) for day in plan.review_ids.mapped("held_on")}
        return census.ProtectionPlan(
            started=plan.started_on,
            ended=period.known(plan.ended_on),
            initial_category=plan.initial_category_id.code or None,
            latest_category=self._get_latest_category(plan, period).code or None,
            previous=plan.previous_plans,
            reviews=sorted(held - {None}),
            record=Record(plan._name, plan.id),
        )
