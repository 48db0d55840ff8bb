from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

#: Who makes studies.
MAKERS = "sos_casework.group_practice_lead,sos_casework.group_service_manager"
#: What the buttons set.
FIXED = {"state", "result", "closed_on", "closed_by_id"}
#: What may be put right at any time: it changes no number.
WORDS = {"name", "note", "active"}


class SosTimeStudy(models.Model):
    """A time study: what kinds of work take before a change, and after it.

    It compares two periods, or two versions of each form. It holds sums only, across
    families; no line, form or person can be found from it.
    """

    _name = "sos.time.study"
    _inherit = ["sos.authority.mixin"]
    _description = "Time study"
    _order = "id desc"

    name = fields.Char(required=True)
    note = fields.Text("What it is for")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Being planned"), ("running", "Running"), ("closed", "Closed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    compare = fields.Selection(
        [("dates", "Two periods"), ("versions", "Versions of the forms")],
        required=True,
        default="dates",
    )
    before_from = fields.Date()
    before_until = fields.Date()
    after_from = fields.Date()
    after_until = fields.Date()
    count_by = fields.Selection(
        [
            ("done", "When its form was handed in"),
            ("lines", "When time was kept on it"),
        ],
        "A case counts",
        required=True,
        default="done",
        help="Handed in: a form counts where it was handed in, with all its time, on "
        "whatever day that was kept, also later. Time was kept: a form counts "
        "wherever time was kept on it, with the time of those days only, finished or "
        "not. Forms that were cancelled never count, nor forms without time.",
    )
    team_ids = fields.Many2many(
        "sos.team",
        string="Teams",
        domain="[('company_id', '=', company_id)]",
        help="The teams that held the family on the day. Empty: all.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Who takes part",
        domain=[("share", "=", False)],
        help="Only the time of these people counts. Empty: everybody.",
    )
    type_ids = fields.One2many(
        "sos.time.study.type", "study_id", "Kinds of work", copy=True
    )
    closed_on = fields.Date(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    # what _count_cells gave when the study was closed, with what is too few people to
    # show: nobody reads it but through _get_result
    result = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    may_make = fields.Boolean(compute="_compute_may_make")
    before_words = fields.Char("Before", compute="_compute_words")
    after_words = fields.Char("After", compute="_compute_words")

    @api.depends_context("uid")
    def _compute_may_make(self):
        self.may_make = self.env.user.has_groups(MAKERS)

    @api.depends("compare", "before_from", "before_until", "after_from", "after_until")
    def _compute_words(self):
        for study in self:
            for side in ("before", "after"):
                study[f"{side}_words"] = study._get_window_words(side)

    def _get_window_words(self, side):
        self.ensure_one()
        if self.compare == "versions":
            return self.env._("Versions of the forms")
        begins, ends = self[f"{side}_from"], self[f"{side}_until"]
        if not (begins and ends):
            return False
        return self.env._(
            "%(begins)s to %(ends)s",
            begins=format_date(self.env, begins, date_format="d MMM y"),
            ends=format_date(self.env, ends, date_format="d MMM y"),
        )

    @api.constrains(
        "compare", "before_from", "before_until", "after_from", "after_until"
    )
    def _check_windows(self):
        for study in self.filtered(lambda s: s.compare == "dates"):
            for side, words in (
                ("before", self.env._("“Before”")),
                ("after", self.env._("“After”")),
            ):
                begins, ends = study[f"{side}_from"], study[f"{side}_until"]
                if begins and ends and ends < begins:
                    raise ValidationError(
                        self.env._(
                            "%(side)s ends on %(ends)s, before it begins on "
                            "%(begins)s. Put the two days right.",
                            side=words,
                            begins=begins.strftime("%d/%m/%Y"),
                            ends=ends.strftime("%d/%m/%Y"),
                        )
                    )
            if (
                study.before_until
                and study.after_from
                and study.after_from <= study.before_until
            ):
                raise ValidationError(
                    self.env._(
                        "“After” begins on %(after)s, while “before” lasts until "
                        "%(before)s. “After” begins when “before” is over.",
                        after=study.after_from.strftime("%d/%m/%Y"),
                        before=study.before_until.strftime("%d/%m/%Y"),
                    )
                )

    # ------------------------------------------------------------- create, write

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fixed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_fixed(vals)
        if vals.keys() - WORDS - FIXED:
            self._check_planned()
        return super().write(vals)

    @api.model
    def _check_fixed(self, vals):
        # a default that comes with the call is typed in as well
        typed = vals.keys() | {
            name.removeprefix("default_")
            for name in self.env.context
            if name.startswith("default_")
        }
        if FIXED & typed and not self.env.su:
            raise UserError(
                self.env._("A study is started and closed by its own buttons.")
            )

    def _check_planned(self):
        """:raise UserError: for a study in which something is counted already"""
        for study in self:
            if study.state == "closed":
                raise UserError(
                    self.env._(
                        "This study is closed, and its result stays as it is. "
                        "Duplicate it to compare again."
                    )
                )
            if study.state == "running":
                raise UserError(
                    self.env._(
                        "This study is running. Press “Back to planning” first, so "
                        "that everybody sees that it changes."
                    )
                )

    # ------------------------------------------------------------------- actions

    def action_start(self):
        """Begin to count. Time that is there already counts as well.

        :raise UserError: for a study that says too little of what it compares
        """
        self._check_may_make()
        for study in self:
            study._check_state("draft")
            study._check_complete()
        return self._set({"state": "running"})

    def action_plan(self):
        """Take a running study back to planning."""
        self._check_may_make()
        self._check_state("running")
        return self._set({"state": "draft"})

    def action_close(self):
        """Count a last time, and keep the result as it is then."""
        self._check_may_make()
        self._check_state("running")
        for study in self:
            study._set(
                {
                    "state": "closed",
                    "result": study._get_cells_to_keep(),
                    "closed_on": self.env["res.company"]._sos_today(),
                    "closed_by_id": self.env.uid,
                }
            )
        return True

    def _set(self, values):
        self.check_access("write")
        # sudo: state and result are written by these methods only, after the checks
        # above each call
        self.sudo().write(values)
        return True

    @api.model
    def _check_may_make(self):
        if not self.env.user.has_groups(MAKERS):
            raise AccessError(
                self.env._(
                    "Practice leads and service managers make time studies. You can "
                    "read the result."
                )
            )

    def _check_state(self, state):
        if any(study.state != state for study in self):
            raise UserError(
                self.env._("Somebody has moved this on already. Load the page again.")
            )

    def _check_complete(self):
        self.ensure_one()
        if not self.type_ids:
            raise UserError(
                self.env._("Say which kinds of work are compared: add at least one.")
            )
        if self.compare == "dates":
            days = ("before_from", "before_until", "after_from", "after_until")
            if not all(self[name] for name in days):
                raise UserError(
                    self.env._(
                        "Say from when until when: “before” and “after” both need "
                        "their first and last day."
                    )
                )
        else:
            for line in self.type_ids:
                if not (line.before_version_ids or line.after_version_ids):
                    raise UserError(
                        self.env._(
                            "Choose versions of “%s” to compare, or take it out.",
                            line.form_type_id.name,
                        )
                    )
