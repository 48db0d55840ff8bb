from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: Who discusses and decides.
DECIDERS = "sos_casework.group_practice_lead,sos_casework.group_configurator"


class SosFormIdea(models.Model):
    """One entry of the change register: what does not help in a form, what would,
    what was decided and why, and the version in which it went live.

    It is about a form and never about a family: it has no link to one, and everybody
    who works with forms reads it. Nothing in it is deleted.
    """

    _name = "sos.form.idea"
    _inherit = ["sos.logged.mixin"]
    _description = "Idea for a form"
    _order = "at desc, id desc"
    _rec_name = "problem"

    form_type_id = fields.Many2one(
        "sos.form.type", "Form", required=True, index=True, ondelete="restrict"
    )
    live_version_id = fields.Many2one(related="form_type_id.live_version_id")
    seen_version_id = fields.Many2one(
        "sos.form.version",
        "Said about",
        readonly=True,
        help="The version of the form in which this was noticed.",
    )
    section_code = fields.Char(
        index=True,
        help="The section that this is about. It has the same code in every version.",
    )
    section_id = fields.Many2one(
        "sos.form.section",
        "Section",
        compute="_compute_section_id",
        inverse="_inverse_section_id",
        domain="[('version_id', '=', live_version_id)]",
        help="Empty: the form as a whole.",
    )
    problem = fields.Text(
        "What does not help",
        required=True,
        help="About the form only. Please name no child, family or colleague: "
        "everybody who works with forms can read this.",
    )
    proposal = fields.Text(
        "What would help", help="About the form only, without names."
    )
    user_id = fields.Many2one(
        "res.users",
        "Said by",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    at = fields.Datetime(
        "When",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    state = fields.Selection(
        [
            ("idea", "Idea"),
            ("discussed", "Discussed"),
            ("accepted", "Decided: yes"),
            ("declined", "Decided: no"),
        ],
        default="idea",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    discussion = fields.Text("What was said about it", copy=False)
    decision_reason = fields.Text("Why", copy=False, help="The reason of the decision.")
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False
    )
    decided_at = fields.Datetime("Decided", readonly=True, copy=False)
    version_id = fields.Many2one(
        "sos.form.version",
        "Comes with version",
        copy=False,
        index="btree_not_null",
        domain="[('type_id', '=', form_type_id)]",
        help="The version of the form in which this was changed.",
    )
    live_from = fields.Date(related="version_id.live_from", string="Live since")
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _decision_has_reason = models.Constraint(
        "CHECK(state NOT IN ('accepted', 'declined') OR decision_reason IS NOT NULL)",
        "A decision needs its reason.",
    )

    @api.depends("form_type_id", "section_code")
    def _compute_section_id(self):
        for idea in self:
            versions = idea.form_type_id.version_ids
            # the section as it is now, or as it was last asked
            sections = versions.section_ids.filtered(
                lambda s, idea=idea: s.code == idea.section_code
            ).sorted("id")
            live = sections.filtered(lambda s: s.version_id.state == "live")
            idea.section_id = (live or sections)[-1:]

    def _inverse_section_id(self):
        for idea in self:
            idea.section_code = idea.section_id.code

    @api.depends_context("uid")
    def _compute_may_decide(self):
        self.may_decide = self.env.user.has_groups(DECIDERS)

    @api.constrains("form_type_id", "section_code", "version_id", "seen_version_id")
    def _check_same_form(self):
        for idea in self:
            if idea.section_code and not idea.section_id:
                raise ValidationError(
                    self.env._(
                        "“%(form)s” has no section “%(code)s”.",
                        form=idea.form_type_id.name,
                        code=idea.section_code,
                    )
                )
            versions = idea.version_id | idea.seen_version_id
            if versions.type_id - idea.form_type_id:
                raise ValidationError(
                    self.env._("This version belongs to another form.")
                )
            if idea.version_id and idea.state != "accepted":
                raise ValidationError(
                    self.env._("Only an idea with a yes comes with a version.")
                )

    # ------------------------------------------------------------- create, write

    @api.model_create_multi
    def create(self, vals_list):
        # a default that comes with the call is typed in as well
        typed = {
            name.removeprefix("default_"): value
            for name, value in self.env.context.items()
            if name.startswith("default_")
        }
        for vals in vals_list:
            self._check_written({**typed, **vals})
        ideas = super().create(vals_list)
        for idea in ideas:
            if not idea.seen_version_id:
                idea.seen_version_id = idea.live_version_id
        return ideas

    def write(self, vals):
        self._check_written(vals)
        if "decision_reason" in vals and not self.env.su:
            if any(idea._is_decided() for idea in self):
                raise UserError(
                    self.env._(
                        "This is decided. Take it up again if the decision changes."
                    )
                )
        return super().write(vals)

    def _is_decided(self):
        self.ensure_one()
        return self.state in ("accepted", "declined")

    @api.model
    def _check_written(self, vals):
        """State and signatures are set by the buttons, what belongs to the decision
        by who decides."""
        if self.env.su:
            return
        if {"state", "user_id", "at", "decided_by_id", "decided_at"} & vals.keys():
            raise UserError(
                self.env._("Use the buttons to move an idea through the register.")
            )
        decision = {"discussion", "decision_reason", "version_id"}
        if any(vals.get(name) for name in decision & vals.keys()):
            self._check_may_decide()

    @api.model
    def _check_may_decide(self):
        if not self.env.user.has_groups(DECIDERS):
            raise AccessError(
                self.env._(
                    "Practice leads and configurators discuss and decide ideas. "
                    "You can add your own and read all of them."
                )
            )

    @api.model
    def _is_logged(self, name):
        return self._is_typed_in(name)

    # at_uninstall: a context key, which any call can send, would pass it by
    @api.ondelete(at_uninstall=True)
    def _unlink_except_register(self):
        raise UserError(
            self.env._("Nothing leaves the change register. Decide “no” instead.")
        )

    # ------------------------------------------------------------------- actions

    def action_discuss(self):
        """Note that this was discussed."""
        self._check_may_decide()
        self._check_state("idea")
        return self._set_state({"state": "discussed"})

    def action_accept(self):
        """Decide that the form will be changed; a reason is needed."""
        return self._decide("accepted")

    def action_decline(self):
        """Decide that the form stays as it is; a reason is needed."""
        return self._decide("declined")

    def action_reopen(self):
        """Take a decided idea up again. The former decision stays readable."""
        self._check_may_decide()
        self._check_state("accepted", "declined")
        words = dict(self._fields["state"]._description_selection(self.env))
        for idea in self:
            if idea.live_from:
                raise UserError(
                    self.env._(
                        "This is live already, since %s. Add a new idea instead.",
                        idea.live_from.strftime("%d/%m/%Y"),
                    )
                )
            former = self.env._(
                "%(decision)s on %(date)s by %(who)s: %(reason)s",
                decision=words[idea.state],
                date=fields.Datetime.context_timestamp(idea, idea.decided_at).strftime(
                    "%d/%m/%Y"
                ),
                who=idea.decided_by_id.name,
                reason=idea.decision_reason,
            )
            idea._set_state(
                {
                    "state": "discussed",
                    "discussion": "\n".join(filter(None, (idea.discussion, former))),
                    "decision_reason": False,
                    "decided_by_id": False,
                    "decided_at": False,
                    "version_id": False,
                }
            )
        return True

    def _decide(self, state):
        self._check_may_decide()
        self._check_state("idea", "discussed")
        for idea in self:
            if not (idea.decision_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why first. Who had the idea deserves a reason."
                    )
                )
        return self._set_state(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_state(self, *states):
        if any(idea.state not in states for idea in self):
            raise UserError(
                self.env._("Somebody has moved this on already. Load the page again.")
            )

    def _set_state(self, values):
        self.check_access("write")
        # sudo: state and signatures are written by these methods only, after the
        # checks above each call
        self.sudo().write(values)
        return True
