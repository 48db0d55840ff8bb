from dateutil.relativedelta import relativedelta

from odoo import api, models

#: What people and forms answer, as a truth value.
ANSWERS = {"yes": True, "no": False}


class SosAnnexA(models.AbstractModel):
    """The rows of a child in each list (``data/annex_a/notes.csv`` says in words how
    they are counted), out of plain facts (``sos_annex_a_facts``)."""

    _inherit = "sos.annex.a"

    @api.model
    def _get_child_rows(self, child, facts, period):
        """The rows of a child by the number of the list, oldest first."""
        columns = self._get_child_columns(child, facts, period)
        return {
            number: [{**columns, **row} for row in get_rows(child, facts, period)]
            for number, get_rows in (
                (1, self._get_contacts),
                (2, self._get_early_help),
                (3, self._get_referrals),
                (4, self._get_assessments),
                (5, self._get_enquiries),
                (6, self._get_children_in_need),
                (7, self._get_protection_plans),
            )
        }

    @api.model
    def _get_contacts(self, child, facts, period):
        words = period.words
        for line in facts.contacts[child.id]:
            yield {
                "contact": self.env["res.company"]._sos_local_date(line.received_at),
                "source": words.of(line.source_id)
                or words.get("referral_source", "10"),
            }

    @api.model
    def _get_early_help(self, child, facts, period):
        """A row for a child who was passed on in the period, by a contact or by an
        assessment. What early help does then is not in this system."""
        lines = (*facts.contacts[child.id], *facts.assessments[child.id])
        if any(
            line.decision_id in period.words.early_help
            and period.holds(self._get_authorised(line, period))
            for line in lines
        ):
            yield {}

    @api.model
    def _get_referrals(self, child, facts, period):
        episodes = facts.episodes[child.id]
        words = period.words
        for episode in episodes:
            if period.holds(episode.referred_on):
                yield {
                    "referred": episode.referred_on,
                    "source": words.of(episode.source_id)
                    or words.get("referral_source", "10"),
                    "nfa": words.yes(bool(episode.nfa)),
                    "referrals": self._count_others([e.referred_on for e in episodes]),
                    **self._get_work_columns(
                        episode, child, facts, episode.closed_on, period
                    ),
                }

    @api.model
    def _get_assessments(self, child, facts, period):
        words = period.words
        for line in facts.assessments[child.id]:
            authorised = self._get_authorised(line, period)
            if not period.touches(line.started_on, authorised):
                continue
            visit = self._get_last_visit(
                facts.visits[child.id], line.started_on, authorised
            )
            seen = True if visit else ANSWERS.get(line.seen)
            # it led on when it did not close the period of need
            support = line.decision_id and line.decision_id not in words.closing
            yield {
                "started": line.started_on,
                "seen": words.yes_unknown(seen),
                "authorised": authorised,
                "support": words.yes(support if authorised else None),
                **self._get_work_columns(
                    line, child, facts, self._get_closed(line, child, facts), period
                ),
            }

    @api.model
    def _get_closed(self, row, child, facts):
        """The day on which the period of need ended that something belongs to."""
        for episode in facts.episodes[child.id]:
            if episode.id == row.episode_id:
                return episode.closed_on
        return None

    # ----------------------------------------------------------- list 5, enquiries

    @api.model
    def _get_enquiries(self, child, facts, period):
        words = period.words
        enquiries = facts.enquiries[child.id]
        for enquiry in enquiries:
            end = self._get_enquiry_end(enquiry, period)
            if not period.touches(enquiry.started_on, end):
                continue
            conference = period.known(enquiry.conference_on)
            outcome = facts.outcomes.get(enquiry.id)
            yield {
                "started": enquiry.started_on,
                "not_required": words.yes(self._get_unnecessary(enquiry, period)),
                "conference": conference,
                "plan": words.yes_unknown(outcome) if conference else None,
                "enquiries": self._count_others([e.started_on for e in enquiries]),
                "conferences": self._count_conferences(child, facts),
                **self._get_work_columns(
                    enquiry,
                    child,
                    facts,
                    self._get_closed(enquiry, child, facts),
                    period,
                ),
            }

    @api.model
    def _get_unnecessary(self, enquiry, period):
        """Whether a conference was thought unnecessary; None while nobody knows."""
        if self._get_not_required(enquiry, period):
            return True
        decided = period.known(enquiry.ended_on) or period.known(enquiry.conference_on)
        return False if decided else None

    @api.model
    def _count_conferences(self, child, facts):
        """A child's conferences in the 12 months before the newest enquiry; the one
        that this enquiry led to is not among them."""
        *earlier, newest = facts.enquiries[child.id]
        days = [enquiry.conference_on for enquiry in earlier]
        days += [e.transfer_conference_on for e in facts.episodes[child.id]]
        if not any(days):
            return 0
        first = newest.started_on - relativedelta(months=12)
        return sum(first <= day <= newest.started_on for day in days if day)

    # --------------------------------------------------- list 6, children in need

    @api.model
    def _get_children_in_need(self, child, facts, period):
        words = period.words
        episodes = [
            episode
            for episode in facts.episodes[child.id]
            if not episode.nfa
            and period.touches(episode.referred_on, episode.closed_on)
        ]
        if not episodes or not self._is_begun(episodes[-1], child, facts, period):
            return
        episode = episodes[-1]
        closed = period.known(episode.closed_on)
        visit = self._get_last_visit(
            facts.visits[child.id], episode.referred_on, closed
        )
        yield {
            "referred": episode.referred_on,
            "need": words.of(episode.need_id) or words.get("primary_need", "N0"),
            "seen": visit and visit.held_on,
            "closed": closed,
            "closure_reason": words.of(episode.closure_reason_id) if closed else None,
            "status": self._get_status(episode, child, facts, period),
            **self._get_work_columns(episode, child, facts, closed, period),
        }

    @api.model
    def _is_begun(self, episode, child, facts, period):
        """Whether there was more than a referral by the last day."""
        return bool(
            period.known(episode.transfer_conference_on)
            or any(
                row.episode_id == episode.id
                for rows in (facts.plans, facts.enquiries, facts.assessments)
                for row in rows[child.id]
            )
        )

    @api.model
    def _get_status(self, episode, child, facts, period):
        if period.known(episode.closed_on):
            return period.words.get("annex_status", "e")
        kinds = {
            plan.kind
            for plan in facts.plans[child.id]
            if plan.episode_id == episode.id and not period.known(plan.ended_on)
        }
        code = "b" if "cp" in kinds else "c" if "cin" in kinds else "d"
        return period.words.get("annex_status", code)

    # -------------------------------------------------- list 7, child protection

    @api.model
    def _get_protection_plans(self, child, facts, period):
        words = period.words
        visits = [visit for visit in facts.visits[child.id] if visit.statutory]
        for plan in facts.plans[child.id]:
            if plan.kind != "cp" or not period.touches(plan.started_on, plan.ended_on):
                continue
            ended = period.known(plan.ended_on)
            visit = self._get_last_visit(visits, plan.started_on, ended)
            reviews = facts.reviews[plan.id]
            held = {period.known(review.held_on) for review in reviews} - {None}
            category = facts.categories.get(plan.id, plan.initial_category_id)
            alone = visit and ANSWERS.get(visit.seen_alone)
            yield {
                "started": plan.started_on,
                "initial_category": words.of(plan.initial_category_id),
                "latest_category": words.of(category),
                "visited": visit and visit.held_on,
                "alone": words.yes_unknown(alone) if visit else None,
                "reviewed": max(held, default=None),
                "ended": ended,
                # orders are not recorded: see the notes
                "emergency": words.yes(False),
                "previous": plan.previous_plans or 0,
                **self._get_work_columns(plan, child, facts, ended, period),
            }
