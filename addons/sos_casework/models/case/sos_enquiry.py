from odoo import api, fields, models


class SosEnquiry(models.Model):
    """One child's Section 47 enquiry (census: Section47)."""

    _name = "sos.enquiry"
    _inherit = ["sos.counted.mixin"]
    _description = "Section 47 enquiry"
    _order = "started_on desc, id desc"

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    episode_id = fields.Many2one("sos.episode", required=True, index=True)
    strategy_id = fields.Many2one("sos.form", "Strategy discussion")
    joint = fields.Boolean("Jointly with the police")
    category_id = fields.Many2one(
        "sos.code", "Category", domain=[("code_set", "=", "abuse_category")]
    )
    started_on = fields.Date(
        "Started",
        required=True,
        help="The day of the strategy discussion that started the enquiry.",
    )
    target_on = fields.Date("Conference due", required=True)
    ended_on = fields.Date("Ended")
    conference_required = fields.Selection(
        [("yes", "Yes"), ("no", "No")], help="Decided when the enquiry ends."
    )
    conference_on = fields.Date("Conference held")

    def _get_display_label(self):
        return self.env._(
            "%(child)s, enquiry of %(date)s",
            child=self.child_id.display_name,
            date=self.started_on,
        )

    @api.model
    def _get_target(self, case, day):
        """The day by which the conference is held after an enquiry that starts on a
        day (census: InitialCPCtarget)."""
        step = self.env["sos.step"].search([("code", "=", "initial_conference")])
        return case.company_id._sos_add(
            day, step.due_number or 15, step.due_unit or "working_days"
        )

    def _recount(self):
        """The day of the start, or the calendar, is another: so is the target."""
        for enquiry in self:
            target = self._get_target(enquiry.case_id, enquiry.started_on)
            if enquiry.target_on != target:
                enquiry.target_on = target

    @api.model
    def _recount_from(self, day):
        """A day off was added or taken away: the targets of conferences that were not
        held yet fall on another day."""
        self.search(
            [
                ("conference_on", "=", False),
                ("conference_required", "!=", "no"),
                ("target_on", ">=", day),
            ]
        )._recount()

    def _end(self, day, conference=False):
        """End the enquiry; without a conference its clocks are cancelled."""
        for enquiry in self:
            enquiry.write(
                {"ended_on": day, "conference_required": "yes" if conference else "no"}
            )
            if not conference:
                self.env["sos.deadline"].search(
                    [
                        ("enquiry_id", "=", enquiry.id),
                        ("state", "in", ("open", "paused")),
                    ]
                )._cancel(day)
