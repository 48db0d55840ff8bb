from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .seen import WITH_SEEN, Seen

#: so long before a birth nobody is worked with (census rule 8606)
PREGNANCY = timedelta(weeks=40)
#: effects that begin a period of need where none is open, and whether it goes on
BEGINS_NEED = {"refer": True, "refer_nfa": False, "refer_early_help": False}


class SosFormChild(models.Model):
    """One child in a form: typed facts and the decision for this child. What a
    confirmed decision sets off is in ``pathway/``."""

    _name = "sos.form.child"
    _inherit = ["sos.counted.mixin"]
    _description = "Child in a form"
    _order = "form_id, child_id, id"
    _rec_name = "child_id"
    # who and when stand in the line that says from which day a decision counts
    _unlogged_fields = ("confirmed_at", "confirmed_by_id")
    _decision_fields = {
        "decision_id",
        "category_id",
        "closure_reason_id",
        "against_reason",
    }
    _merge_key = ("form_id", "child_id")
    _fixed_fields = {"confirmed_on", "confirmed_at", "confirmed_by_id"}
    _link_fields = {"episode_id", "enquiry_id", "plan_id"}

    form_id = fields.Many2one("sos.form", required=True, index=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    version_id = fields.Many2one(related="form_id.version_id")
    fact_codes = fields.Char(related="form_id.fact_codes")
    state = fields.Selection(related="form_id.state")
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    episode_id = fields.Many2one("sos.episode", index="btree_not_null", readonly=True)
    enquiry_id = fields.Many2one("sos.enquiry", index="btree_not_null", readonly=True)
    plan_id = fields.Many2one("sos.plan", index="btree_not_null", readonly=True)
    seen = fields.Selection([("yes", "Yes"), ("no", "No")])
    seen_on_visit = fields.Char(
        "Seen on a visit",
        compute="_compute_seen_on_visit",
        help="The last visit since this form began on which the child was seen. It is "
        "taken over when the form is submitted.",
    )
    seen_alone = fields.Selection([("yes", "Yes"), ("no", "No")], "Alone")
    reason_not = fields.Char("Why not seen, or not alone")
    bedroom_seen = fields.Selection([("yes", "Yes"), ("no", "No")], "Bedroom seen")
    factor_ids = fields.Many2many(
        "sos.code",
        "sos_form_child_factor_rel",
        string="Factors",
        domain=[
            ("code_set", "=", "assessment_factor"),
            ("valid_until", "=", 0),
        ],
    )
    decision_id = fields.Many2one(
        "sos.decision", "Decision", domain="[('version_id', '=', version_id)]"
    )
    category_id = fields.Many2one(
        "sos.code", "Category of abuse", domain=[("code_set", "=", "abuse_category")]
    )
    closure_reason_id = fields.Many2one(
        "sos.code", "Reason for closure", domain=[("code_set", "=", "closure_reason")]
    )
    against_reason = fields.Text("Reason, if not as recommended")
    needs_category = fields.Boolean(related="decision_id.needs_category")
    needs_closure_reason = fields.Boolean(related="decision_id.needs_closure_reason")
    confirmed_on = fields.Date(
        "In effect from", readonly=True, help="The day from which the decision counts."
    )
    confirmed_at = fields.Datetime("Confirmed", readonly=True)
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True)

    _child_once = models.UniqueIndex(
        "(form_id, child_id) WHERE active IS TRUE", "This child is in the form already."
    )

    @api.depends("form_id.started_on", "form_id.state")
    def _compute_seen_on_visit(self):
        told = Seen(self.filtered(lambda line: line.state == "draft")).visits
        for line in self:
            visits = told.get(line)
            line.seen_on_visit = visits and visits[-1:]._get_seen_text()

    def _get_seen_text(self):
        """When the child was seen on this visit, and whether alone."""
        day = format_date(self.env, self.form_id.held_on)
        if self.seen_alone == "yes":
            return self.env._("%s, alone", day)
        return day

    @api.onchange("seen")
    def _forget_with_seen(self):
        """Who was not seen was not seen alone."""
        if self.seen == "no":
            self.update(dict.fromkeys(WITH_SEEN, False))

    def _asks(self, fact):
        return fact in (self.fact_codes or "").split(",")

    @api.constrains("child_id", "form_id")
    def _check_child(self):
        for line in self:
            if line.child_id not in line.form_id.case_id.child_ids:
                raise ValidationError(
                    self.env._("The form is about children of its own family.")
                )

    @api.constrains("decision_id", "category_id", "closure_reason_id", "confirmed_at")
    def _check_decision(self):
        """While a form is written its decisions may be half-finished; none takes effect
        so."""
        for line in self:
            decision = line.decision_id
            if decision and decision.version_id != line.form_id.version_id:
                raise ValidationError(
                    self.env._("“%s” is not a decision of this form.", decision.name)
                )
            if line.confirmed_at and (problem := line._get_decision_problem()):
                raise ValidationError(problem)

    def _get_decision_problem(self):
        """What the decision still needs: a sentence, or nothing."""
        self.ensure_one()
        decision = self.decision_id
        words = {"decision": decision.name, "child": self.child_id.display_name}
        if decision.needs_category and not self.category_id:
            return self.env._(
                "“%(decision)s” for %(child)s needs a category of abuse.", **words
            )
        if decision.needs_closure_reason and not self.closure_reason_id:
            return self.env._(
                "“%(decision)s” for %(child)s needs a reason for closure.", **words
            )
        return None

    def _get_day_problem(self, day, of_plan):
        """Why the form cannot have been about this child on a day: a sentence, or
        nothing.

        :param of_plan: whether the form is about a child protection plan that goes on
        """
        self.ensure_one()
        # sudo: the day is wrong whoever writes the form; of a child whom they may not
        # read no other day is said
        child, called = self.child_id.sudo(), self.child_id._get_called()
        ends_work = self.form_id.type_id.after_death
        if child.death_on and day > child.death_on and not ends_work:
            return self.env._("%s had died.", called)
        begin = child.birth_date or child.expected_on
        if begin and day < begin - PREGNANCY:
            return self.env._("%s was not expected yet.", called)
        needs = child.episode_ids.filtered(lambda need: not need.nfa)
        if needs and not any(need._is_open_on(day) for need in needs):
            first = self._get_first_text(needs.mapped("referred_on"))
            return self.env._(
                "%(child)s had no open period of need.%(first)s",
                child=called,
                first=first,
            )
        if of_plan:
            plans = child.plan_ids.filtered(lambda plan: plan.kind == "cp")
            if plans and not any(plan._is_running_on(day) for plan in plans):
                first = self._get_first_text(plans.mapped("started_on"))
                return self.env._(
                    "%(child)s had no child protection plan.%(first)s",
                    child=called,
                    first=first,
                )
        return None

    def _get_overlap_problem(self):
        """Why the contact would begin a period of need within another one (census rule
        8820): a sentence, or nothing."""
        self.ensure_one()
        form, effects = self.form_id, set(self.decision_id.effect_ids.mapped("code"))
        if self.confirmed_at or not form.received_at:
            return None
        if self.decision_id and not effects & BEGINS_NEED.keys():
            return None
        # sudo: a period of need is the child's, in whichever file; what the user may
        # not read is not told of
        needs = self.child_id.sudo().episode_ids
        if "open" in needs.mapped("state"):
            return None  # which it joins
        day = self.env["res.company"]._sos_local_date(form.received_at)
        goes_on = any(BEGINS_NEED.get(code) for code in effects)
        overlapped = needs._find_overlapped(day, goes_on)[:1]
        if not overlapped:
            return None
        which = ""
        if overlapped.sudo(False).has_access("read"):
            which = self.env._(
                " (%(first)s to %(last)s)",
                first=format_date(self.env, overlapped.referred_on),
                last=format_date(
                    self.env, overlapped.closed_on or overlapped.referred_on
                ),
            )
        return self.env._(
            "%(child)s: the contact of %(day)s would begin a period of need that "
            "overlaps another one%(which)s; the census does not take that (rule "
            "8820). Is the day right?",
            child=self.child_id._get_called(),
            day=format_date(self.env, day),
            which=which,
        )

    def _get_first_text(self, days):
        if not self.child_id.has_access("read"):
            return ""
        day = format_date(self.env, min(days))
        return self.env._(" The first one began on %s.", day)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if (self._fixed_fields | self._link_fields) & vals.keys():
                if not self.env.su:
                    raise UserError(
                        self.env._("What a decision sets off is not typed in.")
                    )
        if not self.env.su:
            forms = self.env["sos.form"].browse({v["form_id"] for v in vals_list})
            forms._check_editable()
        lines = super().create(vals_list)
        lines._link_pathway()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_line_writable(vals)
        return super().write(vals)

    def _check_line_writable(self, vals):
        if self._fixed_fields & vals.keys():
            raise UserError(self.env._("A decision is confirmed with its button."))
        if ({"form_id", "child_id"} | self._link_fields) & vals.keys():
            raise UserError(self.env._("The child of a line does not change."))
        deciding = set(vals) <= self._decision_fields
        for line in self:
            if self._decision_fields & vals.keys() and line.confirmed_at:
                raise UserError(
                    self.env._(
                        "The decision for %s is in effect. What is wrong in it is "
                        "mended by a correction.",
                        line.child_id.display_name,
                    )
                )
            form = line.form_id
            if not (deciding and form.state == "submitted" and form._may_authorise()):
                form._check_editable()

    def _link_pathway(self):
        """Find the child's open period of need, and the enquiry a conference is for."""
        for line in self:
            # sudo: links between records of the same family
            values = {"episode_id": self.env["sos.episode"]._get_open(line.child_id).id}
            if line.form_id.type_code in ("section47", "initial_conference"):
                values["enquiry_id"] = line._find_enquiry().id
            line.sudo().write(values)

    def _find_enquiry(self):
        """The child's enquiry that has had no conference yet and has not ended
        without one."""
        return (
            self.env["sos.enquiry"]
            .sudo()
            .search(
                [
                    ("child_id", "=", self.child_id.id),
                    ("conference_on", "=", False),
                    ("conference_required", "!=", "no"),
                ],
                order="started_on desc",
                limit=1,
            )
        )

    def _get_display_label(self):
        return self.child_id.display_name
