from odoo import models
from odoo.exceptions import UserError


class SosFormChild(models.Model):
    """The fixed words of ``sos.effect``: one method ``_effect_<code>(day)`` each."""

    _inherit = "sos.form.child"

    def _run_effects(self, day, kept):
        """Run the effects of this child's decision, in the order of their sequence.
        What each of them makes or changes is noted, so that it can be taken back."""
        self.ensure_one()
        for effect in (self.decision_id.effect_ids - kept.effect_ids).sorted(
            "sequence"
        ):
            line = self._with_cause(line_id=self.id, source=f"effect:{effect.code}")
            getattr(line, f"_effect_{effect.code}")(day)

    # ---------------------------------------------------------------- referral

    def _effect_refer(self, day):
        """The referral opens a period of need, or joins the one that is open."""
        episode = self.env["sos.episode"]._get_open(self.child_id)
        if not episode:
            episode = self._create_episode()
        self._join_episode(episode)

    def _effect_refer_nfa(self, day, early_help=False):
        """The referral ends: a period of need of one day, unless one is open, which
        then goes on (census: ReferralNFA 1, no closure date)."""
        episode = self.env["sos.episode"]._get_open(self.child_id)
        if episode:
            self.episode_id = episode
        else:
            self.episode_id = self._create_episode(nfa=True, early_help=early_help)

    def _effect_refer_early_help(self, day):
        self._effect_refer_nfa(day, early_help=True)

    def _create_episode(self, **values):
        form = self.form_id
        return self.env["sos.episode"].create(
            {
                "case_id": form.case_id.id,
                "child_id": self.child_id.id,
                "contact_id": form.id,
                "referred_on": self.env["res.company"]._sos_local_date(
                    form.received_at
                ),
                "source_id": form.source_id.id,
                "need_id": form.need_id.id,
                "transfer_in": form.transfer_in,
                **values,
            }
        )

    def _join_episode(self, episode):
        """The child's lines in forms that are still open belong to the episode."""
        self.episode_id = episode
        open_lines = self.search(
            [
                ("child_id", "=", self.child_id.id),
                ("case_id", "=", self.case_id.id),
                # none yet, or one that closed while the form was still a draft
                ("episode_id.state", "!=", "open"),
                ("form_id.state", "in", ("draft", "submitted")),
            ]
        )
        open_lines.episode_id = episode
        self.case_id._open_for_work()

    def _get_episode(self):
        """The child's open period of need.

        :raise UserError: when there is none: a plan or an enquiry needs a referral
        """
        episode = self.env["sos.episode"]._get_open(self.child_id)
        if self._get_cause().correction_id and self.episode_id - episode:
            raise UserError(
                self.env._(
                    "%(child)s: the period of need of %(date)s is closed. Correct its "
                    "closure first.",
                    child=self.child_id.display_name,
                    date=self.episode_id.referred_on.strftime("%d/%m/%Y"),
                )
            )
        if not episode:
            raise UserError(
                self.env._(
                    "%s has no open period of need. Record the contact first.",
                    self.child_id.display_name,
                )
            )
        self.episode_id = episode
        return episode

    # ----------------------------------------------------------------- closing

    def _effect_close_assessed(self, day):
        self._close_after_assessment(day, "RC8")

    def _effect_close_early_help(self, day):
        self._close_after_assessment(day, "RC9")

    def _close_after_assessment(self, day, reason_code):
        episode = self._get_episode()
        if episode._had_protection_work():
            reason_code = "RC7"
        episode._close(day, reason_code)

    def _effect_close_episode(self, day):
        self._get_episode()._close(day, self.closure_reason_id.code)

    # ----------------------------------------------------------------- enquiry

    def _effect_start_enquiry(self, day):
        """A Section 47 enquiry starts on the day of the strategy discussion."""
        episode = self._get_episode()
        self.enquiry_id = self.env["sos.enquiry"].create(
            {
                "case_id": self.case_id.id,
                "child_id": self.child_id.id,
                "episode_id": episode.id,
                "strategy_id": self.form_id.id,
                "joint": self._is_joint(),
                "category_id": self.category_id.id,
                "started_on": day,
                "target_on": self.env["sos.enquiry"]._get_target(self.case_id, day),
            }
        )

    def _is_joint(self):
        return self.decision_id.code == "section47_joint"

    def _effect_end_enquiry(self, day):
        self._get_enquiry()._end(day)

    def _effect_end_enquiry_conference(self, day):
        self._get_enquiry()._end(day, conference=True)

    def _get_enquiry(self):
        enquiry = self.enquiry_id or self._find_enquiry()
        if not enquiry:
            raise UserError(
                self.env._(
                    "%s has no enquiry going on. It starts with the strategy "
                    "discussion's decision.",
                    self.child_id.display_name,
                )
            )
        self.enquiry_id = enquiry
        return enquiry

    # ------------------------------------------------------------------- plans

    def _effect_start_cp_plan(self, day):
        """A plan that goes on already has the category that is decided now."""
        self._start_plan("cp", day)
        self.plan_id._refresh_latest_category()

    def _effect_start_cin_plan(self, day):
        self._start_plan("cin", day)

    def _start_plan(self, kind, day):
        self.plan_id = self.env["sos.plan"]._start(
            self._get_episode(), kind, day, self.form_id, self.category_id
        )

    def _effect_end_cp_plan(self, day):
        plans = self._get_open_plans("cp")
        if self._get_cause().correction_id and not plans:
            raise UserError(
                self.env._(
                    "The child protection plan of %s was ended by later work. Correct "
                    "that first.",
                    self.child_id.display_name,
                )
            )
        plans._end(day)

    def _effect_end_cin_plan(self, day):
        self._get_open_plans("cin")._end(day)

    def _get_open_plans(self, kind):
        return self.env["sos.plan"].search(
            [
                ("child_id", "=", self.child_id.id),
                ("kind", "=", kind),
                ("ended_on", "=", False),
            ]
        )

    def _effect_record_review(self, day):
        """The review is held; its category is the plan's from now on."""
        plan = self._get_open_plans("cp")
        if not plan:
            raise UserError(
                self.env._(
                    "%s has no child protection plan.", self.child_id.display_name
                )
            )
        self.plan_id = plan
        self.env["sos.plan.review"].create(
            {
                "plan_id": plan.id,
                "form_id": self.form_id.id,
                "held_on": day,
                "category_id": self.category_id.id,
            }
        )
        plan._refresh_latest_category()

    def _get_plan_of(self, step):
        """The open plan that a step's clock ends with, or none."""
        kind = {"cp_plan": "cp", "cin_plan": "cin"}.get(step.ends_with)
        return self._get_open_plans(kind) if kind else self.env["sos.plan"]
