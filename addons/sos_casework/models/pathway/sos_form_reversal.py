from odoo import models
from odoo.exceptions import UserError


class SosForm(models.Model):
    """What a correction asks of a form: whom a visit saw, whether anybody has begun it,
    and its end when the decision that opened it was wrong."""

    _inherit = "sos.form"

    def _get_visited(self):
        """The children whose visiting clock a statutory visit meets."""
        if not self.statutory or not self.held_on:
            return self.env["sos.person"]
        return self.child_ids.filtered(lambda line: line.seen == "yes").child_id

    def _get_named(self):
        """A form in a sentence: never with a name."""
        return self.env._(
            "“%(title)s” (%(reference)s)",
            title=self.type_id.name,
            reference=self.reference,
        )

    def _is_begun(self, child=None):
        """Whether anybody has written anything in the form; with a child: for this
        child, where others are in it as well."""
        self.ensure_one()
        if self.state != "draft":
            return self.state != "cancelled"
        others = child and self.child_ids.child_id - child
        lines = self.child_ids.filtered(lambda c: not others or c.child_id == child)
        answers = self.answer_ids.filtered(lambda a: not others or a.child_id == child)
        facts = self.version_id.fact_ids
        written = any(not answer.is_empty for answer in answers)
        filled = any(
            line[fact.code]
            for line in lines
            for fact in facts.filtered(lambda f: f.scope == "child")
        )
        if written or filled or lines.decision_id:
            return True
        return not others and bool(
            self.attendance_ids
            or self.rating_ids
            or any(self[fact.code] for fact in facts if fact.scope == "form")
        )

    def _take_back_made(self, line):
        """A decision was corrected that had opened this form."""
        mine = self.child_ids.filtered(lambda c: c.child_id == line.child_id)
        if self.state == "cancelled" or not mine:
            return
        if self._is_begun(line.child_id):
            raise UserError(
                self.env._(
                    "%s was opened by this decision and has been worked on. Correct "
                    "that form first, or cancel it if it is not signed yet.",
                    self._get_named(),
                )
            )
        if self.child_ids == mine:
            reason = self.env._("The decision that opened it was corrected.")
            self._cancel(reason)
        else:
            self.env["sos.deadline"]._release_form(self, mine.child_id)
            mine._leave()
