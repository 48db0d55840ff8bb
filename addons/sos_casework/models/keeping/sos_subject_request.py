from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .held import NOT_ROWS, get_case_field, get_person_fields, get_stored_models

#: UK GDPR Article 12(3): one month, and two more for what is complex.
MONTHS, MORE_MONTHS = 1, 2
#: States in which pieces are still decided.
IN_HAND = ("open", "gathered", "reviewed")


class SosSubjectRequest(models.Model):
    """Somebody asks for what is held about them, or about their child (UK GDPR
    Article 15). What is found is copied into pieces; each is given, given with words
    blacked out, or withheld; what is given is bundled and frozen."""

    _name = "sos.subject.request"
    _inherit = ["sos.record.mixin"]
    _description = "Subject access request"
    _order = "due_on, id"
    _rec_name = "reference"
    _anchor_fields = ("person_id",)
    _stamp_fields = ("reference",)
    # the log is read by everybody who reads the person: dates and states only

    reference = fields.Char(readonly=True, copy=False)
    person_id = fields.Many2one(
        "sos.person", "About", required=True, index=True, ondelete="restrict"
    )
    case_ids = fields.Many2many(
        "sos.case",
        string="Family files",
        readonly=True,
        help="Every file that the person is in. Who handles the request must be able "
        "to read all of them.",
    )
    received_on = fields.Date(
        "Received",
        required=True,
        default=lambda self: self.env["res.company"]._sos_today(),
    )
    asked_by = fields.Selection(
        [
            ("person", "The person"),
            ("parent", "A parent, for the child"),
            ("solicitor", "A solicitor"),
            ("other", "Somebody else, for the person"),
        ],
        "Who asks",
        required=True,
        default="person",
    )
    asker = fields.Char(
        "Their name",
        help="Who asks, and by what right: “Jo Reid, solicitor, with Sam's signed "
        "consent of 3 March”.",
    )
    asker_id = fields.Many2one(
        "sos.person",
        "In the record as",
        help="A parent who asks for a child. What the child does not want them to "
        "see then waits for a decision.",
    )
    identity = fields.Char(
        "How identity was checked", help="For example: passport seen, at the office."
    )
    identity_on = fields.Date(
        "Checked on",
        help="The month begins when identity was checked, if you had to ask for it.",
    )
    extended = fields.Boolean(
        "Two months more",
        help="Only for a request that is complex, or one of several by the same "
        "person. Tell them within the first month, and say why.",
    )
    extension_reason = fields.Char("Why it takes longer")
    due_on = fields.Date("Due", compute="_compute_due_on", store=True, index=True)
    late = fields.Boolean(compute="_compute_late", search="_search_late")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("gathered", "In review"),
            ("reviewed", "Bundle made"),
            ("sent", "Sent"),
            ("closed", "Closed without sending"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    handler_id = fields.Many2one(
        "res.users",
        "Handled by",
        default=lambda self: self.env.user,
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("sos_casework.group_service_manager").ids,
            )
        ],
    )
    note = fields.Text("Notes", help="For whoever handles it. Not part of the bundle.")
    gathered_at = fields.Datetime("Gathered", readonly=True, copy=False)
    piece_ids = fields.One2many("sos.subject.piece", "request_id", "What is held")
    piece_count = fields.Integer("Pieces", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    progress = fields.Char(compute="_compute_counts")
    sent_how_id = fields.Many2one(
        "sos.code", "Sent how", domain=[("code_set", "=", "given_how")]
    )
    sent_to = fields.Char("Sent to", help="Name and address, or who took it away.")
    sent_on = fields.Date("Sent", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True, copy=False)
    close_reason = fields.Text(
        "Why it is closed",
        help="Withdrawn, or refused: say why, and what the person was told about how "
        "to complain.",
    )
    closed_on = fields.Date("Finished", readonly=True, copy=False)

    _reference_unique = models.Constraint(
        "UNIQUE(reference)", "Another request has this number."
    )

    @api.depends("received_on", "identity_on", "extended", "person_id")
    def _compute_due_on(self):
        for request in self:
            start = max(filter(None, (request.received_on, request.identity_on)))
            months = MONTHS + (MORE_MONTHS if request.extended else 0)
            due = start + relativedelta(months=months)
            # the Information Commissioner: a day off moves it to the next working day
            company = self.env["res.company"]._sos_get_authority()
            while not company._sos_is_working_day(due):
                due += relativedelta(days=1)
            request.due_on = due

    @api.depends("due_on", "state")
    def _compute_late(self):
        today = self.env["res.company"]._sos_today()
        for request in self:
            request.late = (
                request.state in IN_HAND and request.due_on and request.due_on < today
            )

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._sos_today()
        return Domain("state", "in", IN_HAND) & Domain("due_on", "<", today)

    @api.depends("piece_ids.decision")
    def _compute_counts(self):
        counts = {}
        for request, decision, count in self.env["sos.subject.piece"]._read_group(
            [("request_id", "in", self.ids)], ["request_id", "decision"], ["__count"]
        ):
            counts.setdefault(request.id, {})[decision] = count
        for request in self:
            found = counts.get(request.id, {})
            request.piece_count = sum(found.values())
            request.waiting_count = found.get("waiting", 0)
            request.progress = bool(found) and self.env._(
                "%(done)s of %(all)s decided",
                done=request.piece_count - request.waiting_count,
                all=request.piece_count,
            )

    @api.constrains("received_on", "identity_on", "extended", "extension_reason")
    def _check_request(self):
        today = self.env["res.company"]._sos_today()
        for request in self:
            if request.received_on > today:
                raise ValidationError(
                    self.env._("The request cannot have come in on a day to come.")
                )
            if request.identity_on and request.identity_on > today:
                raise ValidationError(
                    self.env._("Identity cannot have been checked on a day to come.")
                )
            reason = (request.extension_reason or "").strip()
            if request.extended and not reason:
                raise ValidationError(
                    self.env._("Say why it takes two months more: the person is told.")
                )

    # ----------------------------------------------------------- create, write

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["reference"] = sequence.next_by_code("sos.subject.request")
        requests = super().create(vals_list)
        for request in requests:
            request._refresh_cases()
        return requests

    def write(self, vals):
        if not self.env.su and any(r.state not in IN_HAND for r in self):
            raise UserError(
                self.env._(
                    "This request is finished and stays as it is. If the person asks "
                    "again, record a new one."
                )
            )
        return super().write(vals)

    def _refresh_cases(self):
        """Every file that the person is in; who handles the request reads them all.

        :raise AccessError: when there is one that the user may not read
        """
        self.ensure_one()
        # sudo: a file that the user may not read counts as well
        cases = self.sudo()._find_cases()
        hidden = cases.sudo(False) - cases.sudo(False)._filtered_access("read")
        if hidden and not self.env.su:
            raise AccessError(
                self.env._(
                    "This person is in family files that you may not read (%s). "
                    "Everything that is held must be looked at, so somebody who may "
                    "read them handles this request, or their manager names you as a "
                    "reader.",
                    ", ".join(hidden.sudo().mapped("reference")),
                )
            )
        self.sudo().case_ids = cases

    def _find_cases(self):
        """The files in which any row names the person."""
        cases = self.env["sos.case"]
        for model in get_stored_models(self.env):
            persons = get_person_fields(self.env, model)
            case_field = get_case_field(self.env, model)
            if persons and case_field and model not in NOT_ROWS:
                named = Domain.OR(
                    Domain(name, "in", self.person_id.ids) for name in persons
                )
                rows = self.env[model].with_context(active_test=False).search(named)
                cases |= rows[case_field]
        return cases.sorted("id")

    def _get_display_label(self):
        if not self.reference:
            return ""
        return self.env._(
            "%(reference)s: %(person)s",
            reference=self.reference,
            person=self.person_id.name,
        )

    # ------------------------------------------------------------------ states

    def _check_handler(self, *states):
        """Rights and state, for every public method."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in states:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This request is at “%s”, so that cannot be done now.",
                    names[self.state],
                )
            )

    def _set_state(self, vals):
        # sudo: the state is set by the methods only, which ask for the rights
        self.sudo().write(vals)

    def action_open_pieces(self):
        """Review what was found."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_subject_piece_action"
        )
        action["domain"] = [("request_id", "=", self.id)]
        action["context"] = {"search_default_waiting": self.waiting_count > 0}
        action["display_name"] = self.env._("What is held: %s", self.reference)
        return action

    def action_send(self):
        """Record that the bundle was sent or handed over."""
        self._check_handler("reviewed")
        if not self.sent_how_id or not (self.sent_to or "").strip():
            raise UserError(self.env._("Say how it is sent, and to whom."))
        if not (self.identity or "").strip():
            raise UserError(
                self.env._(
                    "Say how identity was checked before anything leaves the office."
                )
            )
        today = self.env["res.company"]._sos_today()
        self._set_state(
            {
                "state": "sent",
                "sent_on": today,
                "sent_by_id": self.env.uid,
                "closed_on": today,
            }
        )
        return True

    def action_close(self):
        """Finish without sending: withdrawn or refused."""
        self._check_handler(*IN_HAND)
        if not (self.close_reason or "").strip():
            raise UserError(
                self.env._("Say why the request is closed without anything being sent.")
            )
        self._set_state(
            {"state": "closed", "closed_on": self.env["res.company"]._sos_today()}
        )
        return True
