from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain

from .sos_return_source import group

CHILD_FIELDS = (
    "reference birth_date expected_on death_on gender_id ethnicity_id"
).split()
EPISODE_FIELDS = (
    "child_id case_id case_id.team_id referred_on source_id need_id nfa closed_on "
    "closure_reason_id transfer_conference_on"
).split()
ENQUIRY_FIELDS = (
    "child_id case_id case_id.team_id episode_id started_on ended_on conference_on "
    "conference_required"
).split()
PLAN_FIELDS = (
    "child_id case_id case_id.team_id episode_id kind started_on ended_on "
    "initial_category_id previous_plans"
).split()
#: of contacts and assessments
LINE_FIELDS = (
    "child_id case_id case_id.team_id episode_id decision_id seen "
    "form_id.type_id.code form_id.started_on form_id.authorised_at "
    "form_id.received_at form_id.source_id"
).split()
VISIT_FIELDS = "child_id seen_alone form_id.held_on form_id.statutory".split()


@dataclass
class Facts:
    """What is known of some children, by what it hangs on; oldest first."""

    #: in the order in which they were asked for
    children: list
    disabilities: dict
    contacts: dict
    episodes: dict
    assessments: dict
    enquiries: dict
    #: whether the conference of an enquiry led to a plan, where it decided
    outcomes: dict
    plans: dict
    reviews: dict
    #: of protection plans, where a conference has decided one
    categories: dict
    visits: dict
    #: of lead workers, by family file
    allocations: dict
    #: for which children an allocation is; empty for all
    allocated: dict


class SosAnnexA(models.AbstractModel):
    """What the lists are made from, read for some children at a time with a query for
    each table."""

    _inherit = "sos.annex.a"

    @api.model
    def _get_facts(self, ids, period):
        # said here because what went out of use is looked through as well
        counted = (
            self._in(ids, "child_id")
            & self._get_company_domain()
            & Domain("active", "=", True)
        )
        started = counted & Domain("started_on", "<=", period.last)
        episodes = self._fetch(
            "sos.episode",
            counted & Domain("referred_on", "<=", period.last),
            EPISODE_FIELDS,
        )
        plans = self._fetch("sos.plan", started, PLAN_FIELDS)
        enquiries = self._fetch("sos.enquiry", started, ENQUIRY_FIELDS)
        contacts, assessments, visits = self._get_lines(counted, period)
        allocations = self._fetch(
            "sos.allocation",
            Domain("role", "=", "lead")
            & Domain("since", "<=", period.last)
            & self._in(
                {row.case_id for row in (*episodes, *plans, *enquiries, *assessments)},
                "case_id",
            ),
            ["case_id", "user_id", "team_id", "since", "until"],
        )
        reviews = self._fetch(
            "sos.plan.review",
            self._in([plan.id for plan in plans], "plan_id")
            & Domain("active", "=", True),
            ["plan_id", "held_on"],
        )
        people = {
            person.id: person
            for person in self._fetch("sos.person", self._in(ids), CHILD_FIELDS)
        }
        return Facts(
            children=[people[child_id] for child_id in ids],
            disabilities=self._fetch_links("sos.person", "disability_ids", ids),
            contacts=group(contacts, "child_id", "received_at", "id"),
            episodes=group(episodes, "child_id", "referred_on", "id"),
            assessments=group(assessments, "child_id", "started_on", "id"),
            enquiries=group(enquiries, "child_id", "started_on", "id"),
            outcomes=self._get_outcomes(counted, plans),
            plans=group(plans, "child_id", "started_on", "id"),
            reviews=group(reviews, "plan_id"),
            categories=self._fetch_categories([plan.id for plan in plans], period),
            visits=group(visits, "child_id", "held_on", "id"),
            allocations=group(allocations, "case_id", "since", "id"),
            allocated=self._fetch_links(
                "sos.allocation", "child_ids", [one.id for one in allocations]
            ),
        )

    @api.model
    def _get_lines(self, counted, period):
        """The lines of children in contacts, assessments and visits.

        :return: the contacts of the period, the assessments that were begun, and the
            visits in which the child was seen. Drafts of visits do not count: nobody
            has said yet that it was so.
        """
        lines = self._fetch(
            "sos.form.child",
            counted & self._get_contact_domain(period)
            | self._get_assessment_domain(counted, period)
            & Domain("episode_id", "!=", False),
            LINE_FIELDS,
        )
        visits = self._fetch(
            "sos.form.child",
            counted
            & self._of_type("visit")
            & Domain("form_id.state", "not in", ("cancelled", "draft"))
            & Domain("form_id.held_on", "<=", period.last)
            & Domain("seen", "=", "yes"),
            VISIT_FIELDS,
        )
        by_type = group(lines, "code")
        return by_type["contact"], by_type["assessment"], visits

    @api.model
    def _get_contact_domain(self, period):
        """Contacts received in the period, of lines of children in forms."""
        start, end = self._get_bounds(period)
        return (
            self._of_type("contact")
            & Domain("form_id.state", "!=", "cancelled")
            & Domain("form_id.received_at", ">=", start)
            & Domain("form_id.received_at", "<", end)
        )

    @api.model
    def _get_outcomes(self, counted, plans):
        lines = self._fetch(
            "sos.form.child",
            counted
            & Domain("enquiry_id", "!=", False)
            & self._of_type("initial_conference")
            & Domain("form_id.state", "!=", "cancelled")
            & Domain("confirmed_at", "!=", False),
            ["enquiry_id", "plan_id"],
        )
        protecting = {plan.id for plan in plans if plan.kind == "cp"}
        return {line.enquiry_id: line.plan_id in protecting for line in lines}

    # ------------------------------------------------------------------ the children

    @api.model
    def _get_children(self, period, after=None):
        """Who may be in a list, by number; of those after a number only."""
        company = self._get_company_domain()
        counted = company & Domain("active", "=", True)
        start, _end = self._get_bounds(period)
        going_on = Domain("ended_on", "=", False) | Domain(
            "ended_on", ">=", period.first
        )
        # one that ended with the call for a conference goes on until that is held
        conference = Domain("conference_on", ">=", period.first) | Domain(
            "conference_required", "=", "yes"
        ) & Domain("conference_on", "=", False)
        known = counted & Domain("started_on", "<=", period.last)
        found = Domain.OR(
            self._in_rows_of(model, domain)
            for model, domain in (
                ("sos.form.child", counted & self._get_contact_domain(period)),
                (
                    "sos.form.child",
                    self._get_assessment_domain(counted, period)
                    & Domain("episode_id", "!=", False)
                    & (
                        Domain("form_id.authorised_at", "=", False)
                        | Domain("form_id.authorised_at", ">=", start)
                    ),
                ),
                (
                    "sos.episode",
                    counted
                    & Domain("referred_on", "<=", period.last)
                    & (
                        Domain("referred_on", ">=", period.first)
                        | Domain("nfa", "=", False)
                        & (
                            Domain("closed_on", "=", False)
                            | Domain("closed_on", ">=", period.first)
                        )
                    ),
                ),
                ("sos.enquiry", known & (going_on | conference)),
                ("sos.plan", known & going_on),
            )
        )
        if after:
            found &= Domain("reference", ">", after)
        people = self.env["sos.person"].with_context(active_test=False)
        return people.search(found, order="reference").ids

    @api.model
    def _in_rows_of(self, model, domain):
        """The children whom these rows are about, for a domain of people."""
        rows = self.env[model]._search(domain, bypass_access=True)
        return Domain("id", "in", rows.subselect("child_id"))
