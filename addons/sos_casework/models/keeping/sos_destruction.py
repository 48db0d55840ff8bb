from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What stands in a destruction that nobody has finished yet.
OPEN = ("listed", "proposed", "authorised")


class SosDestruction(models.Model):
    """Something that the retention schedule lets go: found by the nightly job, proposed
    by one person, authorised by another, and destroyed after days in which anybody may
    stop it. The row stays when all else is gone: what was destroyed, by which rule, who
    decided it, when."""

    _name = "sos.destruction"
    _inherit = ["sos.record.mixin"]
    _description = "Destruction"
    _order = "state, due_on, id"
    _rec_name = "reference"

    reference = fields.Char("What", required=True, readonly=True)
    rule_id = fields.Many2one(
        "sos.retention.rule",
        "Rule",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    rule_text = fields.Char(
        "Why",
        readonly=True,
        help="The rule as it was when this was listed: rules change, this stays.",
    )
    kind = fields.Selection(related="rule_id.kind", store=True)
    case_id = fields.Many2one(
        "sos.case", "Family file", readonly=True, index=True, ondelete="set null"
    )
    request_id = fields.Many2one(
        "sos.subject.request",
        "Request",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    before = fields.Date(
        "Entries before", readonly=True, help="Of the access log: what is older."
    )
    due_on = fields.Date("Due since", required=True, readonly=True)
    listed_on = fields.Date("Listed", required=True, readonly=True)
    state = fields.Selection(
        [
            ("listed", "To look at"),
            ("proposed", "Proposed"),
            ("authorised", "Agreed by two"),
            ("stopped", "Stopped"),
            ("destroyed", "Destroyed"),
        ],
        default="listed",
        required=True,
        readonly=True,
        index=True,
    )
    note = fields.Text("What was looked at", help="No names: this row is kept.")
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True)
    proposed_at = fields.Datetime("Proposed", readonly=True)
    authorised_by_id = fields.Many2one("res.users", "Agreed by", readonly=True)
    authorised_at = fields.Datetime("Agreed", readonly=True)
    destroy_on = fields.Date("Not before", readonly=True)
    stop_reason = fields.Text("Why it is stopped", help="No names: this row is kept.")
    stopped_by_id = fields.Many2one("res.users", "Stopped by", readonly=True)
    stopped_at = fields.Datetime("Stopped", readonly=True)
    destroyed_at = fields.Datetime("Destroyed", readonly=True)
    counts = fields.Text("What was destroyed", readonly=True)
    people_count = fields.Integer("People", readonly=True)
    removed_rows = fields.Json(
        readonly=True,
        help="The numbers of sealed rows that went, by model. A seal says so, too.",
    )

    _one_case = models.UniqueIndex(
        "(case_id) WHERE state IN ('listed', 'proposed', 'authorised')",
        "This family file is listed already.",
    )
    _one_request = models.UniqueIndex(
        "(request_id) WHERE state IN ('listed', 'proposed', 'authorised')",
        "This request is listed already.",
    )

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"note", "stop_reason"}:
                raise UserError(self.env._("This is set by its buttons only."))
            if any(line.state not in OPEN for line in self):
                raise UserError(
                    self.env._("What was destroyed or stopped stays as it is recorded.")
                )
        return super().write(vals)

    def _get_log_owner(self):
        return {"case_id": self.case_id.id}

    # ------------------------------------------------------------------ states

    def _check_decider(self, *states):
        """Rights, state, and nothing that stands against it, for each method."""
        self.ensure_one()
        # service managers and quality audit decide, as the table of access has it
        self.check_access("write")
        # who decides must be able to look at what would go
        self.case_id.check_access("read")
        self.request_id.check_access("read")
        if self.state not in states:
            raise UserError(
                self.env._(
                    "“%s” is not at a step where that can be done.", self.reference
                )
            )
        self._queue()

    def _check_no_obstacle(self):
        obstacle = self._get_obstacle()
        if obstacle:
            raise UserError(obstacle)

    def _set_state(self, vals):
        # sudo: the state is set by the methods only, which ask for the rights
        self.sudo().write(vals)

    def action_propose(self):
        """One person has looked and proposes to destroy it."""
        self._check_decider("listed")
        self._check_no_obstacle()
        if not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "Say what you looked at before you propose to destroy it: whether "
                    "anybody may still need it."
                )
            )
        self._set_state(
            {
                "state": "proposed",
                "proposed_by_id": self.env.uid,
                "proposed_at": fields.Datetime.now(),
            }
        )
        return True

    def action_authorise(self):
        """A second person agrees. It is destroyed after the days of the rule."""
        self._check_decider("proposed")
        if self.proposed_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You proposed this, so somebody else agrees to it: another service "
                    "manager, or quality audit."
                )
            )
        self._check_no_obstacle()
        wait = timedelta(days=self.rule_id.wait_days)
        self._set_state(
            {
                "state": "authorised",
                "authorised_by_id": self.env.uid,
                "authorised_at": fields.Datetime.now(),
                "destroy_on": self.env["res.company"]._sos_today() + wait,
            }
        )
        return True

    def action_stop(self):
        """Stop it, with a reason. The nightly job lists it again after a year."""
        self._check_decider(*OPEN)
        if not (self.stop_reason or "").strip():
            raise UserError(self.env._("Say why it is stopped."))
        self._stop(self.stop_reason, self.env.user)
        return True

    def _stop(self, reason, user=None):
        self._set_state(
            {
                "state": "stopped",
                "stop_reason": reason,
                "stopped_by_id": user and user.id,
                "stopped_at": fields.Datetime.now(),
            }
        )

    def action_open_what(self):
        """Look at what would be destroyed."""
        self.ensure_one()
        self.check_access("read")
        record = self.case_id or self.request_id
        if not record:
            raise UserError(self.env._("It is not there any more."))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.depends_context("uid")
    def _compute_display_name(self):
        # it names nobody: a reference and a rule
        for line in self:
            line.display_name = line.sudo().reference or ""
