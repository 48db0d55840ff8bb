from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.days import is_within


class SosEpisode(models.Model):
    """One child's period of need, from referral to closure (census: CINdetails)."""

    _name = "sos.episode"
    _inherit = ["sos.counted.mixin"]
    _description = "Period of need"
    _order = "referred_on desc, id desc"
    _merge_key = ("child_id",)

    case_id = fields.Many2one("sos.case", "Family file", required=True, index=True)
    child_id = fields.Many2one("sos.person", "Child", required=True, index=True)
    contact_id = fields.Many2one("sos.form", "Contact", index="btree_not_null")
    referred_on = fields.Date("Referred", required=True)
    source_id = fields.Many2one(
        "sos.code", "Source", domain=[("code_set", "=", "referral_source")]
    )
    need_id = fields.Many2one(
        "sos.code", "Primary need", domain=[("code_set", "=", "primary_need")]
    )
    nfa = fields.Boolean(
        "No further action", help="The referral ended without further action."
    )
    early_help = fields.Boolean("Passed on to early help")
    transfer_in = fields.Boolean("Came from another authority")
    transfer_conference_on = fields.Date(
        "Transfer-in conference",
        help="Initial conference of a child who came with a plan: there is no "
        "enquiry of ours (census: DateOfInitialCPC at CINdetails).",
    )
    closed_on = fields.Date("Closed")
    closure_reason_id = fields.Many2one(
        "sos.code", "Reason for closure", domain=[("code_set", "=", "closure_reason")]
    )
    state = fields.Selection(
        [("open", "Open"), ("nfa", "No further action"), ("closed", "Closed")],
        compute="_compute_state",
        store=True,
        index=True,
    )
    plan_ids = fields.One2many("sos.plan", "episode_id", "Plans")
    enquiry_ids = fields.One2many("sos.enquiry", "episode_id", "Section 47 enquiries")
    form_child_ids = fields.One2many("sos.form.child", "episode_id", "Forms")
    deadline_ids = fields.One2many("sos.deadline", "episode_id", "Clocks")
    unwatched = fields.Boolean(
        "Nothing watches it",
        compute="_compute_unwatched",
        search="_search_unwatched",
        help="Open, and neither a clock nor an open form goes on: nobody would notice "
        "if nothing happened.",
    )

    _one_open = models.UniqueIndex(
        "(child_id) WHERE closed_on IS NULL AND nfa IS NOT TRUE AND active IS TRUE",
        "This child has an open period of need already.",
    )

    @api.depends("closed_on", "nfa")
    def _compute_state(self):
        for episode in self:
            if episode.nfa:
                episode.state = "nfa"
            else:
                episode.state = "closed" if episode.closed_on else "open"

    def _get_unwatched_domain(self):
        return [
            ("state", "=", "open"),
            ("deadline_ids", "not any", [("state", "in", ("open", "paused"))]),
            (
                "form_child_ids",
                "not any",
                [("form_id.state", "in", ("draft", "submitted"))],
            ),
        ]

    def _compute_unwatched(self):
        unwatched = self.filtered_domain(self._get_unwatched_domain())
        for episode in self:
            episode.unwatched = episode in unwatched

    def _search_unwatched(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_unwatched_domain()

    def _is_open_on(self, day):
        self.ensure_one()
        return is_within(day, self.referred_on, self.closed_on)

    @api.constrains("referred_on", "closed_on", "closure_reason_id")
    def _check_closure(self):
        for episode in self:
            if bool(episode.closed_on) != bool(episode.closure_reason_id):
                raise ValidationError(
                    self.env._(
                        "A closure needs a date and a reason (rules 8805, 8810)."
                    )
                )
            if episode.closed_on and episode.closed_on < episode.referred_on:
                raise ValidationError(
                    self.env._("The closure is before the referral (rule 8630).")
                )

    def _get_display_label(self):
        return self.env._(
            "%(child)s, referred %(date)s",
            child=self.child_id.display_name,
            date=self.referred_on,
        )

    @api.model
    def _get_open(self, child):
        """The child's open period of need, or none."""
        return self.sudo().search(
            [("child_id", "=", child.id), ("state", "=", "open")], limit=1
        )

    def _take_back_changes(self, line, old, new):
        again = self._get_open(self.child_id)
        if "closed_on" in old and again - self:
            raise UserError(
                self.env._(
                    "%(child)s was referred again on %(date)s, so the period of need "
                    "before that cannot be open again. Correct the later contact "
                    "first.",
                    child=self.child_id.display_name,
                    date=again.referred_on.strftime("%d/%m/%Y"),
                )
            )
        result = super()._take_back_changes(line, old, new)
        if "closed_on" in old:
            self.case_id._open_again()
        return result

    def _close(self, day, reason_code):
        """Close: plans, enquiries and clocks end with it."""
        reason = self.env["sos.code"]._get("closure_reason", reason_code)
        for episode in self:
            episode.plan_ids._end(day)
            episode.enquiry_ids.filtered(lambda e: not e.ended_on)._end(day)
            episode.write({"closed_on": day, "closure_reason_id": reason.id})
            # a contact that waits is decided all the same: its clock ends with nothing
            episode.deadline_ids.filtered("step_id.ends_with")._end(day)
        self.case_id._close_if_finished(day)

    def _find_twin(self, old, new):
        """Two that are open are one, as they would have been had the child been
        entered once: a referral joins the period of need that is open."""
        return self.state == "open" and self._get_open(new)

    def _get_fold_values(self, other):
        """The earlier referral is the one that opened the period of need."""
        first = ("referred_on", "source_id", "need_id", "contact_id")
        first += ("early_help", "transfer_in", "transfer_conference_on")
        return self._get_values_of_earlier(other, "referred_on", first)

    def _had_protection_work(self):
        """Whether there was an enquiry, a conference or a plan: then the reason for
        closing after assessment is RC7 and not RC8 or RC9 (census rule 2990)."""
        self.ensure_one()
        return bool(self.enquiry_ids or self.plan_ids or self.transfer_conference_on)
