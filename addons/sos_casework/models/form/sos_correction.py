from odoo import api, fields, models
from odoo.exceptions import UserError


class SosCorrection(models.Model):
    """What is wrong in a signed form, what is right, why, who says so and who agrees.
    The signed document stays as it was; the fact and what followed from it change.
    How it is carried out is in ``sos_correction_apply``, its words in
    ``sos_correction_words``, who asks for it where in ``sos_form_correct``."""

    _name = "sos.correction"
    _inherit = ["sos.record.mixin"]
    _description = "Correction"
    _order = "asked_at desc, id desc"
    _rec_name = "what"

    form_id = fields.Many2one(
        "sos.form", "Form", required=True, readonly=True, index=True
    )
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    child_id = fields.Many2one(
        "sos.person", "Child", readonly=True, help="Empty: the whole form."
    )
    line_id = fields.Many2one("sos.form.child", readonly=True)
    kind = fields.Selection(
        [
            ("fact", "A fact"),
            ("not_part", "The child was not part of it"),
            ("missing", "A child is missing"),
        ],
        required=True,
        readonly=True,
    )
    fact = fields.Char(
        required=True, readonly=True, help="The name of the field, or the kind."
    )
    what = fields.Char("What is wrong", required=True, readonly=True)
    old_values = fields.Json(readonly=True)
    new_values = fields.Json(readonly=True)
    old_text = fields.Text("It says", readonly=True)
    new_text = fields.Text("It should say", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    follows = fields.Text("What follows", readonly=True)
    asked_by_id = fields.Many2one(
        "res.users", "Asked by", required=True, index=True, readonly=True
    )
    asked_at = fields.Datetime("Asked", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Corrected"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", "Authorised or refused by", readonly=True
    )
    decided_at = fields.Datetime("Decided", readonly=True)
    refusal = fields.Text("Refused because", readonly=True)
    log_ids = fields.One2many("sos.change.log", "correction_id", "What it changed")
    awaits_me = fields.Boolean(
        "Waits for me", compute="_compute_awaits_me", search="_search_awaits_me"
    )
    may_decide = fields.Boolean(compute="_compute_may")
    may_withdraw = fields.Boolean(compute="_compute_may")
    follows_html = fields.Html(
        "What follows from it", compute="_compute_follows_html", sanitize=False
    )

    _one_waiting = models.UniqueIndex(
        "(form_id, COALESCE(child_id, 0), fact) WHERE state = 'waiting'",
        "A correction of this waits already.",
    )

    @api.depends("follows")
    def _compute_follows_html(self):
        for correction in self:
            sentences = (correction.follows or "").splitlines()
            correction.follows_html = correction.form_id._as_html_list(sentences)

    def _get_display_label(self):
        return self.env._("Correction of “%s”", self.what)

    @api.model
    def _get_awaits_me_domain(self):
        """Asked by somebody else, and for the user's role to authorise."""
        user = self.env.user
        signs = [
            ("form_id.type_id.authoriser_group_id", "in", user.all_group_ids.ids),
        ]
        if self._is_manager():
            signs = ["|", ("form_id.type_id.authoriser_group_id", "=", False), *signs]
        return [("state", "=", "waiting"), ("asked_by_id", "!=", user.id), *signs]

    def _compute_awaits_me(self):
        waiting = self.filtered_domain(self._get_awaits_me_domain())
        for correction in self:
            correction.awaits_me = correction in waiting

    def _search_awaits_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_awaits_me_domain()

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may(self):
        user = self.env.user
        for correction in self:
            waits = correction.state == "waiting"
            mine = correction.asked_by_id == user
            correction.may_decide = waits and not mine and correction._may_authorise()
            correction.may_withdraw = waits and mine

    # ----------------------------------------------------------------- decisions

    @api.model
    def _is_manager(self):
        managers = "sos_casework.group_team_manager,sos_casework.group_service_manager"
        return self.env.user.has_groups(managers)

    def _may_authorise(self):
        """Who signs such forms; for a form that nobody signs, a manager."""
        self.ensure_one()
        if self.form_id.type_id.sudo().authoriser_group_id:
            return self.form_id._may_authorise()
        return self._is_manager()

    def _check_may_authorise(self):
        """:raise UserError: who may"""
        self.ensure_one()
        self.form_id.check_access("write")
        if self.form_id.type_id.sudo().authoriser_group_id:
            self.form_id._check_may_authorise(self.env._("authorise a correction of"))
        elif not self._is_manager():
            raise UserError(
                self.env._("Only a manager may authorise a correction of this form.")
            )
        if self.asked_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You asked for this correction, and nobody authorises their own "
                    "work. Ask a colleague with the same role, or withdraw it."
                )
            )

    def _check_waiting(self):
        for correction in self:
            if correction.state != "waiting":
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "This correction is decided already: %s.",
                        states[correction.state].lower(),
                    )
                )

    def _lock(self):
        self.form_id._lock()
        self.invalidate_recordset(["state"])

    def _decide(self, state, **values):
        # sudo: corrections change by these methods only, after the checks in each
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **values,
            }
        )

    def action_authorise(self):
        """Agree to the correction and carry it out.

        :raise UserError: who may, or what has changed since it was asked
        """
        self.check_access("read")
        for correction in self:
            correction._lock()
            correction._check_waiting()
            correction._check_may_authorise()
            correction._check_still_says()
            followed = correction._carry_out()
            if followed != correction.follows:
                raise UserError(
                    self.env._(
                        "Something has happened since this was asked, and other "
                        "things follow from it now. Press “Look again”, read what "
                        "follows, and authorise it then."
                    )
                )
            correction._decide("done")
        return True

    def action_look_again(self):
        """Work out again what follows, when the record has moved on."""
        self.check_access("read")
        for correction in self:
            correction._lock()
            correction._check_waiting()
            try:
                correction._check_still_says()
                follows = correction._rehearse()
            except UserError as error:
                follows = self.env._("It cannot be carried out now: %s", error)
            # sudo: what follows is worked out and typed in by nobody
            correction.sudo().follows = follows
        return True

    def action_refuse(self, reason=None):
        """Leave the form as it is, with a reason."""
        self.check_access("read")
        for correction in self:
            correction.form_id._check_reason(reason)
            correction._lock()
            correction._check_waiting()
            correction._check_may_authorise()
            correction._decide("refused", refusal=reason)
        return True

    def action_withdraw(self):
        """Who asked may take it back while it waits."""
        self.check_access("read")
        for correction in self:
            correction._lock()
            correction._check_waiting()
            if correction.asked_by_id != self.env.user:
                raise UserError(
                    self.env._("Only who asked for a correction withdraws it.")
                )
            correction._decide("withdrawn")
        return True

    def action_ask_refuse(self):
        self.ensure_one()
        action = self.form_id._ask_reason(
            "action_refuse", self.env._("Refuse the correction")
        )
        action["context"]["default_correction_id"] = self.id
        return action

    def action_open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.form",
            "res_id": self.form_id.id,
            "view_mode": "form",
        }
