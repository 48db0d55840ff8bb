from odoo import fields, models
from odoo.exceptions import UserError

from .seen import Seen


class SosCorrection(models.Model):
    """Carries a correction out: the fact changes, and what followed from it is what it
    would have been. All of it as superuser, by these methods only."""

    _inherit = "sos.correction"

    def _rehearse(self):
        """What would follow, one sentence a line. Nothing is changed.

        :raise UserError: when the correction cannot be carried out
        """
        self.ensure_one()
        with self.env.cr.savepoint() as savepoint:
            followed = self._carry_out(rehearsal=True)
            savepoint.rollback()
        return followed

    def _carry_out(self, rehearsal=False):
        """:return: what followed, one sentence a line"""
        self.ensure_one()
        # sudo: who may was checked by the caller
        correction = self.sudo()._in_words_of_authority()
        correction = correction._with_cause(correction_id=self.id, rehearsal=rehearsal)
        form = correction.form_id
        children = form.child_ids.child_id | correction.child_id
        plans = self.env["sos.plan"].browse(correction._find_protection_plans(children))
        earlier = plans.sudo()._count_earlier()
        before = correction._find_problems(children)
        getattr(correction, f"_apply_{correction.kind}")()
        correction._recount(children, earlier)
        problems = [
            problem
            for problem in correction._find_problems(children)
            if problem not in before
        ]
        if problems:
            raise UserError(
                self.env._("This cannot be right:\n%s", form._as_list(problems))
            )
        followed = correction._get_followed()
        if not rehearsal:
            form.case_id._refresh_readers()
            self.sudo().case_id.deadline_ids._sync_reminders()
        return followed

    # ------------------------------------------------------------------- by kind

    def _apply_fact(self):
        if self.fact == "decision_id":
            self._apply_decision()
            return
        form, line, fact = self.form_id, self.line_id, self.fact
        record = line or form
        old, new = self.old_values[fact], self.new_values[fact]
        if fact == "confirmed_on":
            line._follow_day(fields.Date.to_date(new))
        else:
            record.write(form._get_writable(record, self.new_values))
            if fact == "seen":
                line._forget_with_seen()
        lines = line or form.child_ids
        if fact == "held_on" and form.type_id.confirm_when_held:
            lines._follow_day(form.held_on)
        if record._fields[fact].type == "datetime":
            old, new = (
                value
                and str(
                    form.env["res.company"]._sos_local_date(
                        fields.Datetime.to_datetime(value)
                    )
                )
                for value in (old, new)
            )
        lines._follow(fact, old, new)
        clocks = form.env["sos.deadline"]
        if fact == "received_at":
            clocks._follow_receipt(form)
        elif fact in ("held_on", "statutory", "seen"):
            clocks._follow_visit(form)
        # clocks of other decisions run from the referral or before the conference
        (lines | lines.episode_id.form_child_ids)._retime()

    def _apply_decision(self):
        form, line = self.form_id, self.line_id
        before = line.decision_id
        new = before.browse(self.new_values["decision_id"] or [])
        line._take_back(kept=new)
        line.write(form._get_writable(line, self.new_values))
        for name in self.new_values.keys() - {"decision_id"}:
            line._follow(name, self.old_values[name], self.new_values[name])
        if line.enquiry_id.strategy_id == form:
            line.enquiry_id.joint = line._is_joint()
        if not new:
            line.write(
                {"confirmed_on": False, "confirmed_at": False, "confirmed_by_id": False}
            )
        elif line.confirmed_at:
            line._let_count(kept=before)
        else:
            line._confirm(form._get_decision_day())

    def _apply_not_part(self):
        form, line = self.form_id, self.line_id
        line._take_back()
        form.env["sos.deadline"]._release_form(form, line.child_id)
        if form.type_code == "initial_conference" and line.enquiry_id:
            line.enquiry_id.conference_on = False
        elif form.type_code == "initial_conference" and line.episode_id:
            line.episode_id.transfer_conference_on = False
        line._leave()

    def _apply_missing(self):
        form, child = self.form_id, self.child_id
        line = form.env["sos.form.child"].create(
            {
                "form_id": form.id,
                "child_id": child.id,
                **form._get_writable(form.child_ids, self.new_values),
            }
        )
        self.line_id = line
        form._record_conference()
        form.env["sos.deadline"]._follow_child(form, child)
        line._confirm(form._get_decision_day())

    # ------------------------------------------------------- what hangs together

    def _find_protection_plans(self, children):
        domain = [("child_id", "in", children.ids), ("kind", "=", "cp")]
        return self.env["sos.plan"].search(domain).ids

    def _recount(self, children, earlier):
        """Categories follow from the decisions that count, and numbers of earlier plans
        from the plans that count.

        :param dict earlier: plans → how many came before each, as it was
        """
        plans = self.env["sos.plan"].browse(self._find_protection_plans(children))
        plans._refresh_latest_category()
        for plan, number in plans._count_earlier().items():
            change = number - earlier.get(plan, number)
            if change:
                plan.previous_plans += change

    def _find_problems(self, children):
        """What is wrong with the form or with the order of days, one sentence each."""
        form = self.form_id
        problems = form._get_fact_problems() + form._get_census_errors()
        problems += Seen(form.child_ids).get_contradictions()
        episodes = self.env["sos.episode"].search([("child_id", "in", children.ids)])
        for episode in episodes:
            problems += episode._get_order_problems()
        today = self.env["res.company"]._sos_today()
        for line in form.child_ids.filtered("confirmed_on"):
            if line.confirmed_on > today:
                problems.append(
                    self.env._(
                        "The decision for %s would count from a day in the future.",
                        line.child_id.display_name,
                    )
                )
        return problems
