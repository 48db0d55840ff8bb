from markupsafe import Markup

from odoo import api, fields, models

from ..common.look import logs

#: Effects that close a child's period of need, and with the last one the file.
CLOSING = ("close_assessed", "close_early_help", "close_episode")
#: so many are named who may submit a form
SUBMITTERS = 4


class SosForm(models.Model):
    """What the form's screen needs to know: which buttons can be used now, what is
    left to do, which parts the form has. Nothing here decides anything: each button's
    method checks for itself."""

    _inherit = "sos.form"

    case_restricted = fields.Boolean(related="case_id.restricted", string="Restricted")
    lead_id = fields.Many2one(related="case_id.lead_id", string="Lead worker")
    team_id = fields.Many2one(related="case_id.team_id")
    authoriser_group_id = fields.Many2one(related="type_id.authoriser_group_id")
    authoriser_name = fields.Char(
        related="type_id.authoriser_group_id.name", string="Signed by a"
    )
    due_left = fields.Char("Time left", compute="_compute_due_left")
    overdue = fields.Boolean(compute="_compute_due_left")
    unfinished_text = fields.Char(
        "Still being written", compute="_compute_unfinished_text"
    )
    section_codes = fields.Char(compute="_compute_section_codes")
    sent_back_text = fields.Char("Sent back", compute="_compute_sent_back_text")
    progress = fields.Char("Written", compute="_compute_progress")
    todo_html = fields.Html(
        "Before you can submit", compute="_compute_todo_html", sanitize=False
    )
    sign_html = fields.Html(
        "Before it is signed", compute="_compute_sign_html", sanitize=False
    )
    plans_html = fields.Html(
        "Plans that go on", compute="_compute_plans_html", sanitize=False
    )
    asks_need = fields.Boolean(compute="_compute_asks_need")
    asks_query_reason = fields.Boolean(compute="_compute_sign_html")
    asks_override_reason = fields.Boolean(compute="_compute_sign_html")
    family_child_ids = fields.Many2many(related="case_id.child_ids", string="Family")
    may_add_child = fields.Boolean(compute="_compute_may")
    may_submit = fields.Boolean(compute="_compute_may")
    others_submit_text = fields.Char(
        "Who submits it",
        compute="_compute_may",
        help="Who confirmed the decisions does not submit the form as well.",
    )
    may_authorise = fields.Boolean(compute="_compute_may")
    may_send_back = fields.Boolean(compute="_compute_may")
    may_cancel = fields.Boolean(compute="_compute_may")
    may_confirm = fields.Boolean(compute="_compute_may")
    may_release = fields.Boolean(compute="_compute_may")
    may_decide = fields.Boolean(compute="_compute_may")
    awaits_me = fields.Boolean(
        "Waits for my signature",
        compute="_compute_awaits_me",
        search="_search_awaits_me",
    )
    # the family's own practice record, shown and edited in place
    map_line_ids = fields.One2many(related="case_id.map_line_ids", readonly=False)
    danger_ids = fields.One2many(related="case_id.danger_ids", readonly=False)
    bottom_line_ids = fields.One2many(related="case_id.bottom_line_ids", readonly=False)
    network_ids = fields.One2many(related="case_id.network_ids", readonly=False)
    safety_plan_ids = fields.One2many(related="case_id.safety_plan_ids", readonly=False)
    voice_ids = fields.One2many(related="case_id.voice_ids", readonly=False)
    timeline_ids = fields.One2many(related="case_id.timeline_ids", readonly=False)
    visit_ids = fields.Many2many(
        "sos.form", compute="_compute_visit_ids", string="Visits"
    )
    event_ids = fields.Many2many(
        "sos.case.note", compute="_compute_event_ids", string="Significant events"
    )

    @api.depends("state", "child_ids.decision_id")
    def _compute_unfinished_text(self):
        for form in self:
            # sudo: that a decision closes the file is no secret; forms are named by
            # their number
            effects = form.sudo().child_ids.decision_id.effect_ids
            closes = form.state in ("draft", "submitted") and any(
                effect.code in CLOSING for effect in effects
            )
            left = closes and form.case_id.sudo()._get_unfinished() - form._origin
            form.unfinished_text = bool(left) and self.env._(
                "Still being written for this family: %s. Finish or cancel it before "
                "the file closes; what nobody has begun is cancelled by itself.",
                ", ".join(other._get_named() for other in left),
            )

    @api.depends("version_id")
    def _compute_section_codes(self):
        for form in self:
            # sudo: which sections a form has is no secret
            codes = form.version_id.sudo().section_ids.mapped("code")
            form.section_codes = f",{','.join(codes)},"

    @api.depends("state", "sent_back_reason")
    def _compute_sent_back_text(self):
        for form in self:
            sent_back = form.state == "draft" and form.sent_back_reason
            form.sent_back_text = sent_back and self.env._("Sent back")

    @api.depends("due_on", "state")
    def _compute_due_left(self):
        for form in self:
            left = form.deadline_ids._get_time_left(form.due_on)
            form.due_left = left if form.state in ("draft", "submitted") else ""
            form.overdue = any(form.deadline_ids.mapped("overdue"))

    @api.depends("answer_ids.body")
    def _compute_progress(self):
        for form in self:
            written = len(form.answer_ids.filtered(lambda a: not a.is_empty))
            form.progress = self.env._(
                "%(written)s of %(all)s written",
                written=written,
                all=len(form.answer_ids),
            )

    @logs
    def web_read(self, specification):
        # sudo: only what the rules themselves ask. Whether the user may read each of
        # the family's children is asked in many places; the answers are fetched at once
        self.sudo().case_id.child_ids.mapped("reader_ids")
        return super().web_read(specification)

    @api.depends(lambda self: self._get_todo_depends())
    def _compute_todo_html(self):
        for form in self:
            problems = []
            if form.state == "draft" and form._origin:
                problems = form._get_submission_problems()
            form.todo_html = self._as_html_list(problems)

    @api.model
    def _as_html_list(self, sentences):
        """Sentences as a list for the screen, escaped; empty without any."""
        items = Markup("").join(Markup("<li>%s</li>") % text for text in sentences)
        return items and Markup("<ul class='mb-0'>%s</ul>") % items

    @api.depends_context("uid")
    @api.depends(
        *("may_submit", "may_authorise", "query_reason", "override_reason"),
        *("received_at", "child_ids.decision_id", "attendance_ids"),
    )
    def _compute_sign_html(self):
        """What whoever signs will be asked, before they press the button. Whoever
        writes the form hears at once of a day that will not do."""
        for form in self:
            errors, overridable, queries = [], [], []
            if form.may_authorise:
                errors = form._get_census_errors()
                overridable = form._get_overridable_problems()
                queries = form._get_queries()
            elif form.may_submit:
                overridable = form._get_overlap_problems()
            form.asks_query_reason = bool(queries) or (
                form.state == "draft" and bool(form._get_meeting_queries())
            )
            form.asks_override_reason = bool(overridable)
            form.sign_html = self._as_html_list(
                errors
                + ([] if form.override_reason else overridable)
                + ([] if form.query_reason else queries)
            )

    @api.depends(
        "state",
        "child_ids.decision_id",
        "child_ids.category_id",
        "child_ids.confirmed_at",
    )
    def _compute_plans_html(self):
        for form in self:
            going_on = form.state in ("draft", "submitted")
            changes = form._get_plan_changes() if going_on else []
            form.plans_html = self._as_html_list(changes)

    @api.depends("child_ids.decision_id", "need_id")
    def _compute_asks_need(self):
        """A need is asked until it is decided that the referral does not go on."""
        for form in self:
            decided = all(line.decision_id for line in form.child_ids)
            form.asks_need = bool(form.need_id) or not decided or form._refers()

    @api.model
    def _get_todo_depends(self):
        facts = ["received_at", "source_id", "need_id", "started_on", "held_on"]
        lines = ["answer_ids.body", "attendance_ids"]
        attended = ("partner_id", "apologies", "report")
        seen = ("seen", "seen_alone", "bedroom_seen", "reason_not")
        decided = ("decision_id", "category_id", "closure_reason_id", "against_reason")
        return [
            "state",
            "query_reason",
            *facts,
            *lines,
            *(f"attendance_ids.{name}" for name in attended),
            *(f"child_ids.{name}" for name in (*seen, *decided)),
        ]

    @api.depends_context("uid")
    @api.depends("state", "held_on", "child_ids.decision_id", "child_ids.confirmed_at")
    def _compute_may(self):
        # a form that is being changed on the screen is a new record with an origin
        writable = self._origin._filtered_access("write")
        for form in self:
            write = bool(form._origin) and form._origin in writable
            signs = write and form._may_authorise()
            own = form.submitted_by_id == self.env.user
            draft, submitted = form.state == "draft", form.state == "submitted"
            waiting = form.child_ids.filtered(
                lambda line: line.decision_id and not line.confirmed_at
            )
            form.may_add_child = (
                write
                and draft
                and bool(
                    form.family_child_ids._origin - form.child_ids.child_id._origin
                )
            )
            confirmed = self.env.user in form.child_ids.confirmed_by_id
            form.may_submit = write and draft and not confirmed
            form.others_submit_text = (
                form._get_others_submit_text()
                if write and draft and confirmed
                else False
            )
            form.may_authorise = signs and submitted and not own
            form.may_send_back = submitted and (signs or (write and own))
            form.may_cancel = (
                write
                and (draft or submitted)
                and not form.child_ids.filtered("confirmed_at")
            )
            form.may_confirm = (
                signs
                and not own
                and (draft or submitted)
                and form.type_id.confirm_when_held
                and bool(form.held_on and waiting)
            )
            form.may_release = (
                signs
                and form.type_id.family_output == "released"
                and not form.released
                and form.state == "authorised"
            )
            form.may_decide = write and (draft or (submitted and signs))

    def _get_others_submit_text(self):
        """Who may submit a form whose decisions the user has confirmed."""
        # sudo: who reads the family is said on its page to whoever reads it
        case = self.case_id.sudo()
        writers = self.env.ref("sos_casework.group_writer").sudo().all_user_ids
        others = (case.reader_ids & writers) - self.child_ids.confirmed_by_id
        others = others.sorted(lambda user: (user != case.lead_id, user.name))
        names = others[:SUBMITTERS].mapped("name")
        if not names:
            return self.env._(
                "You confirmed its decisions, so somebody else who works with the "
                "family submits it."
            )
        return self.env._(
            "You confirmed its decisions, so somebody else submits it: %s.",
            ", ".join(names),
        )

    def _compute_awaits_me(self):
        waiting = self.filtered_domain(self._get_awaits_me_domain())
        for form in self:
            form.awaits_me = form in waiting

    def _search_awaits_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_awaits_me_domain()

    @api.model
    def _get_awaits_me_domain(self):
        """Submitted by somebody else, and of a type that the user's role signs."""
        roles = self.env.user.all_group_ids.ids
        return [
            ("state", "=", "submitted"),
            ("type_id.authoriser_group_id", "in", roles),
            ("submitted_by_id", "!=", self.env.uid),
        ]

    @api.depends("case_id.form_ids.state", "child_ids.child_id")
    def _compute_visit_ids(self):
        for form in self:
            form.visit_ids = form.case_id.form_ids.filtered(
                lambda f, form=form: f.type_code == "visit"
                and f.state != "cancelled"
                and f.child_ids.child_id & form.child_ids.child_id
            )

    @api.depends("case_id.note_ids.significant")
    def _compute_event_ids(self):
        for form in self:
            form.event_ids = form.case_id.note_ids.filtered("significant")

    # ------------------------------------------------------------------ buttons

    def _ask_reason(self, operation, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "sos.form.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_form_id": self.id,
                "default_operation": operation,
            },
        }

    def action_ask_send_back(self):
        return self._ask_reason("action_send_back", self.env._("Send back"))

    def action_ask_cancel(self):
        return self._ask_reason("action_cancel", self.env._("Cancel this form"))

    def action_ask_release(self):
        return self._ask_reason("action_release", self.env._("Release to the family"))

    def action_add_child(self):
        """Add a child of the family to a form that is still being written."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a child"),
            "res_model": "sos.form.open",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.case_id.id,
                "default_form_id": self.id,
                "default_type_id": self.type_id.id,
                "default_child_ids": self.family_child_ids.ids,
            },
        }

    def action_open_case(self):
        """Open the family file that the form belongs to."""
        self.ensure_one()
        return self.case_id._get_records_action(context={})
