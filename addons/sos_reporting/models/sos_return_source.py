from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class SosReturnSource(models.AbstractModel):
    """What the returns have in common: who may make them, and what the record says
    on a day. No date is taken from when a row was written."""

    _name = "sos.return.source"
    _description = "What returns are made from"

    @api.model
    def _check_may_export(self):
        """:raise AccessError: for anybody but who makes the returns"""
        makers = (
            "sos_casework.group_performance_analyst,sos_casework.group_service_manager"
        )
        if not self.env.su and not self.env.user.has_groups(makers):
            raise AccessError(
                self.env._(
                    "Only a performance analyst or a service manager makes returns."
                )
            )

    @api.model
    def _get_company_domain(self, path="case_id"):
        return Domain(f"{path}.company_id", "=", self.env.company.id)

    @api.model
    def _is_unborn(self, child, period):
        """Not born yet on the last day, whether or not since."""
        return not period.known(child.birth_date) and bool(
            child.birth_date or child.expected_on
        )

    @api.model
    def _get_assessment_lines(self, domain, period):
        """The children's lines of assessments that had started by the period's last
        day and went on at some time in it, oldest first."""
        # sudo: as in each return; a return covers every family of the authority
        lines = (
            self.env["sos.form.child"]
            .sudo()
            .search(
                Domain(domain)
                & Domain("form_id.type_id.code", "=", "assessment")
                & Domain("form_id.state", "!=", "cancelled")
                & Domain("form_id.started_on", "<=", period.last)
            )
        )
        return lines.filtered(
            lambda line: period.touches(
                line.form_id.started_on, self._get_authorised(line.form_id, period)
            )
        ).sorted(lambda line: (line.form_id.started_on, line.id))

    @api.model
    def _get_authorised(self, form, period):
        """The day in England on which a form was authorised, as known in the period."""
        at = form.authorised_at
        return period.known(at and self.env["res.company"]._sos_local_date(at))

    @api.model
    def _get_not_required(self, enquiry, period):
        """Whether an enquiry had ended without a conference by the last day."""
        return bool(
            enquiry.conference_required == "no"
            and period.known(enquiry.ended_on)
            and not period.known(enquiry.conference_on)
        )

    @api.model
    def _get_enquiry_end(self, enquiry, period):
        """The day on which an enquiry was done with: its conference, or its end
        without one. None while it is going on or waits for its conference."""
        if self._get_not_required(enquiry, period):
            return enquiry.ended_on
        return period.known(enquiry.conference_on)

    @api.model
    def _get_latest_category(self, plan, period):
        """A protection plan's category on the last day: of the newest review, or the
        first one."""
        reviews = plan.review_ids.filtered(
            lambda review: review.category_id and period.known(review.held_on)
        ).sorted(lambda review: (review.held_on, review.id))
        return reviews[-1:].category_id or plan.initial_category_id
