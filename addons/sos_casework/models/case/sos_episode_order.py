from odoo import models


class SosEpisode(models.Model):
    _inherit = "sos.episode"

    def _is_going_on_after(self, day):
        return day < self.closed_on if self.closed_on else not self.nfa

    def _find_overlapped(self, day, goes_on):
        """Those among these that a period of need from a day would overlap (census
        rule 8820). It may begin on the day on which one before it closes.

        :param goes_on: whether it goes on from then, or ends with its contact
        """
        return self.filtered(
            lambda need: (
                (need.referred_on <= day and need._is_going_on_after(day))
                or (goes_on and need.referred_on >= day)
            )
        )

    def _get_order_problems(self):
        """Days of a period of need that cannot be in this order, one sentence each."""
        self.ensure_one()
        problems = []

        def check(first, then, words):
            if first and then and then < first:
                problems.append(f"{self.child_id.display_name}: {words}")

        referred, closed = self.referred_on, self.closed_on
        if self.active:
            others = self.child_id.episode_ids - self
            others = others.filtered(lambda need: need.referred_on <= referred)
            if others._find_overlapped(referred, goes_on=False):
                words = self.env._("two periods of need would overlap (rule 8820).")
                problems.append(f"{self.child_id.display_name}: {words}")
        for line in self.form_child_ids:
            form = line.form_id
            if form.state in ("draft", "cancelled"):
                continue
            day = {
                "assessment": form.started_on,
                "strategy": form.held_on,
                "initial_conference": form.held_on,
            }.get(form.type_code)
            check(
                referred,
                day,
                self.env._("“%s” would be before the referral.", form.type_id.name),
            )
        for enquiry in self.enquiry_ids:
            start = enquiry.started_on
            for first, then, words in (
                (
                    referred,
                    start,
                    self.env._("the enquiry would start before the referral."),
                ),
                (
                    start,
                    enquiry.ended_on,
                    self.env._("the enquiry would end before it starts."),
                ),
                (
                    start,
                    enquiry.conference_on,
                    self.env._("the conference would be before the enquiry starts."),
                ),
                (
                    start,
                    closed,
                    self.env._("the enquiry would start after the closure."),
                ),
            ):
                check(first, then, words)
        for plan in self.plan_ids:
            start = plan.started_on
            check(
                referred, start, self.env._("the plan would start before the referral.")
            )
            check(start, closed, self.env._("the plan would start after the closure."))
            for review in plan.review_ids:
                check(
                    start,
                    review.held_on,
                    self.env._("a review would be before the plan starts."),
                )
                check(
                    review.held_on,
                    plan.ended_on,
                    self.env._("the plan would end before a review of it."),
                )
        return problems
