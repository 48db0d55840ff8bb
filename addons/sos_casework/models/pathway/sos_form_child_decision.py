from odoo import fields, models
from odoo.exceptions import UserError


class SosFormChild(models.Model):
    _inherit = "sos.form.child"

    def action_confirm(self):
        """The authorising role lets a decision of a meeting that was held take effect,
        before its minutes are signed. A decision that is in effect stays as it is.

        :raise UserError: who may, or what is missing
        """
        for form, lines in self.grouped("form_id").items():
            form._check_may_authorise(self.env._("confirm the decisions of"))
            form._check_not_own()
            if not form.type_id.confirm_when_held:
                raise UserError(
                    self.env._("The decisions of this form count when it is signed.")
                )
            if form.state not in ("draft", "submitted") and not all(
                lines.mapped("confirmed_at")
            ):
                raise UserError(self.env._("This form is cancelled."))
            if not form.held_on:
                raise UserError(
                    self.env._("Fill in the day on which the meeting was held first.")
                )
            lines._confirm(form.held_on)
        return True

    def _get_plan_change(self, plan):
        """What the decision, once it counts, makes of a protection plan that goes on:
        a sentence, or nothing where its own words say it."""
        effects = set(self.decision_id.effect_ids.mapped("code"))
        if effects & {"start_cp_plan", "record_review"}:
            if self.category_id and self.category_id != plan.latest_category_id:
                return self.env._(
                    "Its category changes from “%(old)s” to “%(new)s”.",
                    old=plan.latest_category_id.name,
                    new=self.category_id.name,
                )
        elif "start_cin_plan" in effects and "end_cp_plan" not in effects:
            return self.env._("This decision does not end it.")
        return None

    def _confirm(self, day):
        """Let the decisions that are not in effect yet take effect, once.

        :param day: the day from which they count; for a meeting the day on which it
            was held
        """
        # sudo: the effects are the decision's, whoever signs it; who may sign was
        # checked by the caller. What was taken back counts no more, whatever a key of
        # the call's context says.
        lines = self.sudo().with_context(active_test=True).filtered("active")
        lines.case_id._queue()
        lines.invalidate_recordset(["confirmed_at"])
        new = lines.filtered(lambda line: line.decision_id and not line.confirmed_at)
        for line in new:
            form = line.form_id
            effective = form.held_on if form.type_id.confirm_when_held else day
            line.write(
                {
                    "confirmed_on": effective,
                    "confirmed_at": fields.Datetime.now(),
                    "confirmed_by_id": self.env.uid,
                }
            )
        new._let_count()
        new.case_id.deadline_ids._sync_reminders()

    def _let_count(self, kept=None):
        """What the decisions set off, for all their children.

        :param kept: the decision before, when one was corrected: what that one set off
            as well goes on as it is
        """
        kept = kept or self.env["sos.decision"]
        for line in self:
            line._run_effects(line.confirmed_on, kept)
        for line in self:
            line._start_clocks(line.confirmed_on, kept)
        self._open_next_forms(kept)
        for form, lines in self.grouped("form_id").items():
            day = max(lines.mapped("confirmed_on"))
            form.case_id._close_if_nothing_began(day, form)

    def _start_clocks(self, day, kept):
        for step in self.decision_id.step_ids - kept.step_ids:
            line = self._with_cause(line_id=self.id, source=f"clock:{step.code}")
            line.env["sos.deadline"]._start_for_decision(line, step, day)

    def _open_next_forms(self, kept):
        """One form for each next step, for all the children who take it; a draft that
        is open for a child already is taken up."""
        forms = self.env["sos.form"]
        for form, lines in self.grouped("form_id").items():
            for form_type in lines.decision_id.opens_type_ids - kept.opens_type_ids:
                deciding = lines.filtered(
                    lambda line, t=form_type: t in line.decision_id.opens_type_ids
                )
                waiting = deciding.child_id.filtered(
                    lambda child, f=form, t=form_type: not forms._find_draft(
                        f.case_id, t, child
                    )
                )
                if waiting:
                    opened = forms.create(
                        {
                            "case_id": form.case_id.id,
                            "type_id": form_type.id,
                            "from_form_id": form.id,
                            "child_ids": [
                                fields.Command.create({"child_id": child.id})
                                for child in waiting
                            ],
                        }
                    )
                    for line in deciding:
                        if line.child_id in waiting:
                            source = f"form:{form_type.code}"
                            noted = opened._with_cause(line_id=line.id, source=source)
                            noted._note({noted: {}})
