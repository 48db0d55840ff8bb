from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: States in which nothing of a form changes any more.
FINAL = ("authorised", "complete", "cancelled")


class SosForm(models.Model):
    """A form of any type about children of one family.

    No stored field here depends on an answer, so two people who write in two
    sections never meet.
    """

    _name = "sos.form"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "Form"
    _order = "id desc"
    _rec_name = "reference"
    _stamp_fields = ("reference", "version_id")
    _unlogged_fields = (
        # who and when stand in the line that says how the state changed
        "submitted_by_id",
        "submitted_at",
        "authorised_by_id",
        "authorised_at",
        # each of them is kept, with a number
        "document_id",
    )

    reference = fields.Char(readonly=True, copy=False, index=True)
    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    type_id = fields.Many2one("sos.form.type", "Form", required=True, index=True)
    type_code = fields.Char(related="type_id.code")
    version_id = fields.Many2one("sos.form.version", "Version", readonly=True)
    from_form_id = fields.Many2one(
        "sos.form",
        "Opened by",
        readonly=True,
        help="The form whose decision opened it.",
    )
    state = fields.Selection(
        [
            ("draft", "Being written"),
            ("submitted", "Waiting for authorisation"),
            ("authorised", "Authorised"),
            ("complete", "Complete"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    fact_codes = fields.Char(
        compute="_compute_fact_codes", help="The typed facts this form asks."
    )
    # typed facts: reference/forms.md
    received_at = fields.Datetime("Received")
    source_id = fields.Many2one(
        "sos.code", "Who told us", domain=[("code_set", "=", "referral_source")]
    )
    need_id = fields.Many2one(
        "sos.code", "Primary need", domain=[("code_set", "=", "primary_need")]
    )
    transfer_in = fields.Boolean("Comes from another authority")
    notified_on = fields.Date("Told by the other authority on")
    started_on = fields.Date("Started")
    booked_on = fields.Date("Booked for")
    held_on = fields.Date("Held on")
    chair_id = fields.Many2one("res.users", "Chair", index="btree_not_null")
    quorate = fields.Selection([("yes", "Yes"), ("no", "No")])
    participation_id = fields.Many2one(
        "sos.code",
        "How the child took part",
        domain=[("code_set", "=", "review_participation")],
    )
    statutory = fields.Boolean("A statutory visit")
    announced = fields.Boolean("The family knew we were coming")
    released = fields.Boolean("Released to the family", readonly=True, copy=False)
    release_reason = fields.Text(readonly=True, copy=False)

    child_ids = fields.One2many("sos.form.child", "form_id", "Children")
    answer_ids = fields.One2many("sos.form.answer", "form_id", "Answers")
    attendance_ids = fields.One2many("sos.form.attendance", "form_id", "Who was there")
    addendum_ids = fields.One2many("sos.form.addendum", "form_id", "Added later")
    document_ids = fields.One2many("sos.form.document", "form_id", "Frozen documents")
    document_id = fields.Many2one(
        "sos.form.document", "Signed document", readonly=True, copy=False
    )
    given_ids = fields.One2many("sos.form.given", "form_id", "Given to")
    deadline_ids = fields.One2many("sos.deadline", "form_id", "Clocks")
    rating_ids = fields.One2many("sos.rating", "form_id", "Ratings")

    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_at = fields.Datetime(readonly=True, copy=False)
    authorised_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    authorised_at = fields.Datetime(readonly=True, copy=False)
    sent_back_reason = fields.Text("Sent back because", readonly=True, copy=False)
    cancel_reason = fields.Text("Cancelled because", readonly=True, copy=False)
    query_reason = fields.Text(
        "Reason for what looks unusual",
        help="Why it is right as it is: asked when a service or the social worker's "
        "report was missing at a meeting, or a census query applies.",
    )
    override_reason = fields.Text(
        "Reason to go on all the same",
        help="For a danger statement that has no goal or rating yet.",
    )
    date = fields.Date(compute="_compute_date", store=True, index=True)
    due_on = fields.Date("Due", compute="_compute_due_on")
    children_text = fields.Char("About", compute="_compute_children_text")

    _reference_unique = models.Constraint(
        "UNIQUE(reference)", "Another form has this number."
    )

    @api.depends("version_id.fact_ids.code")
    def _compute_fact_codes(self):
        for form in self:
            # sudo: which questions a form asks is no secret
            codes = form.version_id.sudo().fact_ids.mapped("code")
            form.fact_codes = ",".join(codes)

    @api.depends("held_on", "booked_on", "started_on", "received_at")
    def _compute_date(self):
        for form in self:
            received = form.received_at and self.env["res.company"]._sos_local_date(
                form.received_at
            )
            form.date = form.held_on or form.booked_on or form.started_on or received

    @api.depends("deadline_ids.due_on", "deadline_ids.state")
    def _compute_due_on(self):
        for form in self:
            clocks = form.deadline_ids.filtered(lambda d: d.state == "open")
            form.due_on = min(clocks.mapped("due_on"), default=False)

    @api.depends("child_ids.child_id")
    @api.depends_context("uid")
    def _compute_children_text(self):
        for form in self:
            children = form.child_ids.child_id
            if len(self) == 1:
                # a form that is opened names others of the family as well: all at once
                family = form.case_id.member_ids.person_id
                children = children.with_prefetch(family._ids)
            form.children_text = ", ".join(child._get_called() for child in children)

    @api.constrains("booked_on", "held_on")
    def _check_meeting(self):
        today = self.env["res.company"]._sos_today()
        for form in self:
            if form.type_id.weekdays_only:
                for day in filter(None, (form.booked_on, form.held_on)):
                    if day.weekday() >= 5:
                        raise ValidationError(
                            self.env._(
                                "%(date)s is a weekend. A conference is held on a "
                                "working day (census rule 8875).",
                                date=day.strftime("%d/%m/%Y"),
                            )
                        )
            if form.held_on and form.held_on > today:
                raise ValidationError(
                    self.env._("A day on which it was held cannot be in the future.")
                )
            started = form.child_ids.enquiry_id.mapped("started_on")
            conference = form.type_code == "initial_conference"
            if conference and form.held_on and started and form.held_on < max(started):
                raise ValidationError(
                    self.env._(
                        "The conference is before the strategy discussion that "
                        "started the enquiry (census rule 8615)."
                    )
                )

    # ------------------------------------------------------------- create, write

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        case = self.env["sos.case"].browse(values.get("case_id"))
        if case and "child_ids" in fields and not values.get("child_ids"):
            values["child_ids"] = [
                Command.create({"child_id": child.id})
                for child in case.child_ids._get_readable()
            ]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        types = self.env["sos.form.type"]
        for vals in vals_list:
            self._check_fixed(vals)
            form_type = types.browse(vals["type_id"])
            version = form_type.sudo().live_version_id
            if not version:
                raise UserError(
                    self.env._("“%s” has no live version yet.", form_type.name)
                )
            vals["version_id"] = version.id
            # a number that is only tried would be missing from the row
            tried = self._get_cause().rehearsal
            vals["reference"] = not tried and sequence.next_by_code("sos.form")
            self._set_default_facts(vals, version)
        forms = super().create(vals_list)
        forms._after_create()
        return forms

    @api.model
    def _set_default_facts(self, vals, version):
        """A form that somebody opens starts today, a contact is received now."""
        codes = version.fact_ids.mapped("code")
        if "received_at" in codes:
            vals.setdefault("received_at", fields.Datetime.now())
        if "started_on" in codes and not vals.get("from_form_id"):
            vals.setdefault("started_on", self.env["res.company"]._sos_today())

    def _after_create(self):
        self._add_answers()
        for form in self:
            if not form.child_ids:
                raise ValidationError(
                    self.env._("A form is about at least one child: choose who.")
                )
        deadlines = self.env["sos.deadline"].sudo()
        for form in self:
            deadlines._start_on_receipt(form)
            deadlines._link_form(form)
            form._after_facts({"held_on", "booked_on", "chair_id"})

    @api.model
    def _get_fixed_fields(self):
        """Fields that only this model's own methods set."""
        return {
            "state",
            "reference",
            "version_id",
            "document_id",
            "submitted_by_id",
            "submitted_at",
            "authorised_by_id",
            "authorised_at",
            "sent_back_reason",
            "cancel_reason",
            "released",
            "release_reason",
            "from_form_id",
        }

    def _check_fixed(self, vals):
        fixed = self._get_fixed_fields() & vals.keys()
        if fixed and not self.env.su:
            labels = [
                self._fields[name]._description_string(self.env) for name in fixed
            ]
            raise UserError(
                self.env._(
                    "This is set by the form's own buttons: %s.",
                    ", ".join(sorted(labels)),
                )
            )

    def write(self, vals):
        self._check_fixed(vals)
        if not self.env.su:
            # children and addenda check for themselves who writes them when
            own = vals.keys() - {"child_ids", "addendum_ids"}
            signing = own <= {"query_reason", "override_reason"}
            for form in self if own else ():
                # who authorises may answer a query before signing
                waiting = form.state == "submitted" and form._may_authorise()
                if not (signing and waiting):
                    form._check_editable()
                if "held_on" in vals:
                    form._check_day_counts()
            if {"case_id", "type_id"} & vals.keys():
                raise UserError(
                    self.env._("A form stays with its family and its type.")
                )
        result = super().write(vals)
        self._after_facts(vals.keys())
        if "child_ids" in vals:
            self._add_answers()
            for form in self:
                self.env["sos.deadline"].sudo()._link_form(form)
        return result

    def _check_editable(self):
        """:raise UserError: for a form that is no longer being written"""
        words = dict(self._fields["state"]._description_selection(self.env))
        for form in self:
            if form.state in ("authorised", "complete"):
                raise UserError(
                    self.env._(
                        "This form is %(state)s, so it cannot be changed. Add what is "
                        "missing as an addendum; put what is wrong right with "
                        "“Correct…”.",
                        state=words[form.state].lower(),
                    )
                )
            if form.state != "draft":
                raise UserError(
                    self.env._(
                        "This form is %(state)s, so it cannot be changed. Add what is "
                        "missing as an addendum, or ask for it to be sent back.",
                        state=words[form.state].lower(),
                    )
                )

    def _check_day_counts(self):
        """A decision that is in effect counts from the day of its meeting."""
        if self.type_id.confirm_when_held and self.child_ids.filtered("confirmed_at"):
            raise UserError(
                self.env._(
                    "Decisions of this meeting are in effect from the day on which it "
                    "was held. If that day is wrong, use “Correct…”."
                )
            )

    def _check_takes_files(self):
        self._check_editable()

    def _after_facts(self, names):
        """What follows from typed facts as soon as they are saved."""
        deadlines = self.env["sos.deadline"].sudo()
        for form in self:
            if "held_on" in names:
                form.case_id._queue()
                form._record_conference()
                deadlines._meet_by_form(form, "held", form.held_on)
            if "received_at" in names and form.received_at:
                deadlines._follow_receipt(form)
            if "booked_on" in names and form.booked_on:
                deadlines._move_to_booking(form)
            if "chair_id" in names:
                if form.chair_id == self.env.user:
                    form.case_id._check_not_emergency()
                form.case_id._refresh_readers()

    def _record_conference(self):
        """The day of an initial conference belongs to the enquiry that led to it, or
        to the period of need of a child who came with a plan."""
        self.ensure_one()
        if self.type_code != "initial_conference":
            return
        for line in self.child_ids:
            # sudo: a fact of the pathway, written by the meeting and by nobody
            enquiry = line.enquiry_id.sudo()
            if enquiry:
                enquiry.conference_on = self.held_on
            elif line.episode_id:
                line.episode_id.sudo().transfer_conference_on = self.held_on

    def _get_display_label(self):
        return f"{self.type_id.name} {self.reference}"

    def _get_log_domain(self):
        """The form, and what is written, decided and noted in it."""
        parts = (self, self.child_ids, self.answer_ids, self.attendance_ids)
        return Domain.OR(
            Domain("res_model", "=", part._name) & Domain("res_id", "in", part.ids)
            for part in (*parts, self.given_ids)
        )
