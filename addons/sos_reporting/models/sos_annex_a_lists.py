from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain


class SosAnnexA(models.AbstractModel):
    """Which children are in each list, and with what (``data/annex_a/notes.csv`` says
    it in words). All of it runs as superuser, see ``_get_lists``."""

    _inherit = "sos.annex.a"

    @api.model
    def _sort(self, rows, *keys):
        return sorted(rows, key=lambda row: [row[key] for key in (*keys, "child")])

    # ------------------------------------------------------------ list 1, contacts

    @api.model
    def _get_contacts(self, period):
        company = self.env["res.company"]
        unknown = period.words.get("referral_source", "10")
        forms = self.env["sos.form"].search(
            self._get_company_domain()
            & Domain("type_id.code", "=", "contact")
            & Domain("state", "!=", "cancelled")
            & Domain("received_at", ">=", company._sos_day_start(period.first))
            & Domain(
                "received_at",
                "<",
                company._sos_day_start(period.last + timedelta(days=1)),
            )
        )
        rows = [
            {
                **self._get_child_columns(line.child_id, period),
                "contact": company._sos_local_date(form.received_at),
                "source": form.source_id.annex_a or unknown,
            }
            for form in forms
            for line in form.child_ids
        ]
        return self._sort(rows, "contact")

    # ----------------------------------------------------------- list 3, referrals

    @api.model
    def _get_referrals(self, period):
        known = self._get_company_domain() & Domain("referred_on", "<=", period.last)
        episodes = self.env["sos.episode"].search(
            known & Domain("referred_on", ">=", period.first)
        )
        earlier = self.env["sos.episode"].search(
            known & Domain("child_id", "in", episodes.child_id.ids)
        )
        numbers = {
            child: self._count_others(referrals.mapped("referred_on"))
            for child, referrals in earlier.grouped("child_id").items()
        }
        unknown = period.words.get("referral_source", "10")
        rows = [
            {
                **self._get_child_columns(episode.child_id, period),
                "referred": episode.referred_on,
                "source": episode.source_id.annex_a or unknown,
                "nfa": period.words.yes(episode.nfa),
                "referrals": numbers[episode.child_id],
                **self._get_work_columns(
                    episode.case_id, episode.child_id, episode.closed_on, period
                ),
            }
            for episode in episodes
        ]
        return self._sort(rows, "referred")

    # --------------------------------------------------------- list 4, assessments

    @api.model
    def _get_assessments(self, period):
        lines = self._get_assessment_lines(
            self._get_company_domain() & Domain("episode_id", "!=", False), period
        )
        visits = self._get_visits(lines.child_id, period)
        words = period.words
        rows = []
        for line in lines:
            child, form = line.child_id, line.form_id
            authorised = self._get_authorised(form, period)
            visited = self._get_last_visit(
                visits.get(child.id, ()), form.started_on, authorised
            )
            seen = {"yes": True, "no": False}.get(line.seen)
            support = self._get_support(line)
            rows.append(
                {
                    **self._get_child_columns(child, period),
                    "disability": self._get_disability(child, period),
                    "started": form.started_on,
                    "seen": words.yes_unknown(True if visited else seen),
                    "authorised": authorised,
                    "support": words.yes(support if authorised else None),
                    **self._get_work_columns(
                        line.case_id, child, line.episode_id.closed_on, period
                    ),
                }
            )
        return self._sort(rows, "started")

    @api.model
    def _get_support(self, line):
        """Whether an assessment led on: it did not close the period of need."""
        if not line.decision_id:
            return None
        closing = {"close_assessed", "close_early_help", "close_episode"}
        return not closing & set(line.decision_id.effect_ids.mapped("code"))

    # ----------------------------------------------------------- list 5, enquiries

    @api.model
    def _get_enquiries(self, period):
        known = self._get_company_domain() & Domain("started_on", "<=", period.last)
        # one that ended with the call for a conference goes on until that is held
        going_on = Domain.OR(
            [
                Domain("ended_on", "=", False),
                Domain("ended_on", ">=", period.first),
                Domain("conference_on", ">=", period.first),
                Domain("conference_required", "=", "yes")
                & Domain("conference_on", "=", False),
            ]
        )
        shown = (
            self.env["sos.enquiry"]
            .search(known & going_on)
            .filtered(
                lambda e: period.touches(e.started_on, self._get_enquiry_end(e, period))
            )
        )
        by_child = (
            self.env["sos.enquiry"]
            .search(known & Domain("child_id", "in", shown.child_id.ids))
            .grouped("child_id")
        )
        outcomes = self._get_conference_outcomes(shown)
        words = period.words
        rows = []
        for enquiry in shown:
            child = enquiry.child_id
            conference = period.known(enquiry.conference_on)
            enquiries = by_child[child]
            unnecessary = self._get_unnecessary(enquiry, period)
            plan = words.yes_unknown(outcomes.get(enquiry)) if conference else None
            rows.append(
                {
                    **self._get_child_columns(child, period),
                    "disability": self._get_disability(child, period),
                    "started": enquiry.started_on,
                    "not_required": words.yes(unnecessary),
                    "conference": conference,
                    "plan": plan,
                    "enquiries": self._count_others(enquiries.mapped("started_on")),
                    "conferences": self._count_conferences(enquiries),
                    **self._get_work_columns(
                        enquiry.case_id, child, enquiry.episode_id.closed_on, period
                    ),
                }
            )
        return self._sort(rows, "started")

    @api.model
    def _get_unnecessary(self, enquiry, period):
        """Whether a conference was thought unnecessary; None while nobody knows."""
        if self._get_not_required(enquiry, period):
            return True
        decided = period.known(enquiry.ended_on) or period.known(enquiry.conference_on)
        return False if decided else None

    @api.model
    def _get_conference_outcomes(self, enquiries):
        """Whether the conference of each enquiry led to a plan, where it decided."""
        lines = self.env["sos.form.child"].search(
            Domain("enquiry_id", "in", enquiries.ids)
            & Domain("form_id.type_id.code", "=", "initial_conference")
            & Domain("form_id.state", "!=", "cancelled")
            & Domain("confirmed_at", "!=", False)
        )
        return {line.enquiry_id: line.plan_id.kind == "cp" for line in lines}

    @api.model
    def _count_conferences(self, enquiries):
        """A child's conferences in the 12 months before the newest enquiry; the one
        that this enquiry led to is not among them."""
        # not a slice, which would be read for itself, with a query for each child
        newest = max(enquiries, key=lambda e: (e.started_on, e.id))
        first = newest.started_on - relativedelta(months=12)
        days = (enquiries - newest).mapped("conference_on")
        days += newest.child_id.episode_ids.mapped("transfer_conference_on")
        return sum(first <= day <= newest.started_on for day in days if day)

    # --------------------------------------------------- list 6, children in need

    @api.model
    def _get_children_in_need(self, period):
        episodes = (
            self.env["sos.episode"]
            .search(
                self._get_company_domain()
                & Domain("nfa", "=", False)
                & Domain("referred_on", "<=", period.last)
                & (
                    Domain("closed_on", "=", False)
                    | Domain("closed_on", ">=", period.first)
                )
            )
            .sorted(lambda episode: (episode.referred_on, episode.id))
        )
        latest = self.env["sos.episode"].concat(
            *(known[-1:] for known in episodes.grouped("child_id").values())
        )
        visits = self._get_visits(latest.child_id, period)
        not_stated = period.words.get("primary_need", "N0")
        rows = []
        for episode in self._filter_work(latest, period):
            child = episode.child_id
            closed = period.known(episode.closed_on)
            visit = self._get_last_visit(
                visits.get(child.id, ()), episode.referred_on, closed
            )
            rows.append(
                {
                    **self._get_child_columns(child, period),
                    "disability": self._get_disability(child, period),
                    "referred": episode.referred_on,
                    "need": episode.need_id.annex_a or not_stated,
                    "seen": visit[0].held_on if visit else None,
                    "closed": closed,
                    "closure_reason": (
                        episode.closure_reason_id.annex_a if closed else None
                    ),
                    "status": self._get_status(episode, period),
                    **self._get_work_columns(episode.case_id, child, closed, period),
                }
            )
        return self._sort(rows, "referred")

    @api.model
    def _filter_work(self, episodes, period):
        """Those with more than a referral: something was begun for the child by the
        last day."""
        of_episodes = [("episode_id", "in", episodes.ids)]
        started = Domain(of_episodes) & Domain("started_on", "<=", period.last)
        assessed = self._get_assessment_domain(of_episodes, period)
        begun = {
            row.episode_id
            for model, domain in (
                ("sos.plan", started),
                ("sos.enquiry", started),
                ("sos.form.child", assessed),
            )
            for row in self._fetch(model, domain, ["episode_id"])
        }
        return episodes.filtered(
            lambda e: e.id in begun or period.known(e.transfer_conference_on)
        )

    @api.model
    def _get_status(self, episode, period):
        if period.known(episode.closed_on):
            return period.words.get("annex_status", "e")
        plans = episode.plan_ids.filtered(
            lambda plan: period.known(plan.started_on)
            and not period.known(plan.ended_on)
        )
        kinds = set(plans.mapped("kind"))
        code = "b" if "cp" in kinds else "c" if "cin" in kinds else "d"
        return period.words.get("annex_status", code)

    # -------------------------------------------------- list 7, child protection

    @api.model
    def _get_protection_plans(self, period):
        plans = self.env["sos.plan"].search(
            self._get_company_domain()
            & Domain("kind", "=", "cp")
            & Domain("started_on", "<=", period.last)
            & (Domain("ended_on", "=", False) | Domain("ended_on", ">=", period.first))
        )
        visits = self._get_visits(plans.child_id, period, statutory=True)
        rows = []
        for plan in plans:
            child = plan.child_id
            ended = period.known(plan.ended_on)
            visit = self._get_last_visit(
                visits.get(child.id, ()), plan.started_on, ended
            )
            held = filter(None, map(period.known, plan.review_ids.mapped("held_on")))
            alone = {"yes": True, "no": False}.get(visit[0].seen_alone if visit else "")
            rows.append(
                {
                    **self._get_child_columns(child, period),
                    "disability": self._get_disability(child, period),
                    "started": plan.started_on,
                    "initial_category": plan.initial_category_id.annex_a or None,
                    "latest_category": (
                        self._get_latest_category(plan, plan.review_ids, period).annex_a
                        or None
                    ),
                    "visited": visit[0].held_on if visit else None,
                    "alone": period.words.yes_unknown(alone) if visit else None,
                    "reviewed": max(held, default=None),
                    "ended": ended,
                    # orders are not recorded: see the notes
                    "emergency": period.words.yes(False),
                    "previous": plan.previous_plans,
                    **self._get_work_columns(plan.case_id, child, ended, period),
                }
            )
        return self._sort(rows, "started")
