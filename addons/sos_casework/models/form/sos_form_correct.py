from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a decision takes with it when it is corrected.
WITH_DECISION = ("category_id", "closure_reason_id", "against_reason")
#: The facts that may be corrected, by their scope. Which of them a form asks is
#: configuration; that nothing else is moved by a correction (the family, the child, who
#: signed) is not.
CORRECTABLE = {
    "form": {
        "received_at",
        "source_id",
        "need_id",
        "booked_on",
        "held_on",
        "chair_id",
        "quorate",
        "participation_id",
        "started_on",
        "statutory",
        "announced",
        "transfer_in",
        "notified_on",
    },
    "child": {
        "seen",
        "seen_alone",
        "reason_not",
        "bedroom_seen",
        "factor_ids",
        *WITH_DECISION,
    },
}
#: What may be corrected before a form is signed: what is in effect already.
IN_EFFECT = {"held_on", "decision_id", *WITH_DECISION}


class SosForm(models.Model):
    """Asking for a correction: what may be corrected in a form, and by what."""

    _inherit = "sos.form"

    correction_ids = fields.One2many("sos.correction", "form_id", "Corrections")
    correction_count = fields.Integer(compute="_compute_correction_count")
    may_correct = fields.Boolean(compute="_compute_may_correct")

    def _compute_correction_count(self):
        counts = dict(
            self.env["sos.correction"]._read_group(
                [("form_id", "in", self.ids)], ["form_id"], ["__count"]
            )
        )
        for form in self:
            form.correction_count = counts.get(form, 0)

    @api.depends_context("uid")
    @api.depends("state", "child_ids.confirmed_at")
    def _compute_may_correct(self):
        writable = self._origin._filtered_access("write")
        for form in self:
            form.may_correct = form._origin in writable and form._is_correctable()

    def _is_signed(self):
        return self.state in ("authorised", "complete")

    def _is_correctable(self):
        in_effect = self.state in ("draft", "submitted") and any(
            self.child_ids.mapped("confirmed_at")
        )
        return bool(self._is_signed() or in_effect)

    # ------------------------------------------------------------------- asking

    def ask_correction(self, reason, values=None, child_id=None, kind="fact"):
        """Ask for a correction; somebody else authorises it.

        :param reason: in words
        :param dict values: one fact by the name of its field, as for ``write``; with
            ``decision_id``, its category or reasons too
        :param child_id: the child whose fact it is; empty for the whole form
        :param kind: ``fact``, ``not_part`` (the child was not part of the form) or
            ``missing`` (the child was, and ``values`` are the decision)
        :return: the ``sos.correction``, which says what will follow
        :raise UserError: with what keeps it from being right; nothing is stored then
        """
        self.ensure_one()
        self.check_access("write")
        self._check_reason(reason)
        self._lock()
        child = self._as_record("sos.person", child_id)
        prepared = self._prepare_correction(kind, child, dict(values or {}))
        # sudo: corrections are asked for by this method only
        corrections = self.env["sos.correction"].sudo()
        correction = corrections.create(
            {
                "form_id": self.id,
                "kind": kind,
                "child_id": child.id,
                "reason": reason,
                "asked_by_id": self.env.uid,
                "asked_at": fields.Datetime.now(),
                **prepared,
            }
        )
        correction.follows = correction._rehearse()
        return correction.sudo(False)

    def _preview_correction(self, *args, **kwargs):
        """As ``ask_correction``, and nothing is kept.

        :return: what it says, should say, and what would follow
        """
        with self.env.cr.savepoint() as savepoint:
            correction = self.ask_correction(*args, **kwargs)
            texts = correction.old_text, correction.new_text, correction.follows
            savepoint.rollback()
        return texts

    def _prepare_correction(self, kind, child, values):
        self._check_correctable()
        methods = {
            "fact": self._prepare_fact,
            "not_part": self._prepare_not_part,
            "missing": self._prepare_missing,
        }
        if kind not in methods:
            raise UserError(self.env._("“%s” cannot be corrected.", kind))
        prepared = methods[kind](child, values)
        waiting = self.env["sos.correction"].search_count(
            [
                ("form_id", "=", self.id),
                ("child_id", "=", child.id),
                ("fact", "=", prepared["fact"]),
                ("state", "=", "waiting"),
            ]
        )
        if waiting:
            raise UserError(
                self.env._(
                    "A correction of this waits already. It is authorised, refused or "
                    "withdrawn first."
                )
            )
        return prepared

    def _check_correctable(self):
        if self._is_correctable():
            return
        if self.state == "cancelled":
            raise UserError(
                self.env._("This form is cancelled: there is nothing to correct.")
            )
        raise UserError(
            self.env._(
                "This form is not signed yet. Change it in the form, or ask for it to "
                "be sent back."
            )
        )

    def _prepare_not_part(self, child, values):
        line = self._get_line(child)
        if not self._is_signed() and not line.confirmed_at:
            raise UserError(
                self.env._("This form is not signed yet: ask for it to be sent back.")
            )
        if self.child_ids == line:
            raise UserError(
                self.env._(
                    "The form would be about nobody. Add the child whom it is about "
                    "first."
                )
            )
        return {
            "fact": "not_part",
            "what": self.env._("%s was part of it", child.display_name),
            "line_id": line.id,
            "old_values": {},
            "new_values": {},
            "old_text": self.env._("Yes"),
            "new_text": self.env._("No"),
        }

    def _prepare_missing(self, child, values):
        if not self._is_signed():
            raise UserError(
                self.env._("This form is not signed yet. Add the child in the form.")
            )
        # sudo: asked of the whole file
        if child not in self.sudo().case_id.child_ids - self.child_ids.child_id:
            raise UserError(
                self.env._(
                    "Choose a child of this family who is not in the form already."
                )
            )
        line = self.env["sos.form.child"]
        values = self._read_values(line, {"decision_id": False, **values})
        sections = self.version_id.sudo().section_ids
        decides = sections.filtered(lambda s: s.kind == "decision" and s.required)
        if decides and not values["decision_id"]:
            raise UserError(self.env._("%s has no decision yet.", child.display_name))
        return {
            "fact": "missing",
            "what": self.env._("%s was part of it", child.display_name),
            "old_values": {},
            "new_values": values,
            "old_text": self.env._("No"),
            "new_text": self._get_values_text(line, values) or self.env._("Yes"),
        }

    def _prepare_fact(self, child, values):
        line = self._get_line(child) if child else self.env["sos.form.child"]
        record = line if child else self
        fact = "decision_id" if "decision_id" in values else next(iter(values), None)
        correctable = self._get_correctable(line)
        extra = values.keys() - {fact}
        if fact == "decision_id":
            extra -= set(WITH_DECISION)
        if fact not in correctable or extra:
            raise UserError(
                self.env._(
                    "This cannot be corrected here. What can be is: %s.",
                    ", ".join(correctable.values()) or self.env._("nothing"),
                )
            )
        new = self._read_values(record, values)
        if fact == "category_id" and not line.decision_id.needs_category:
            raise UserError(
                self.env._(
                    "The decision for %s has no category. Correct the decision.",
                    child.display_name,
                )
            )
        if fact == "decision_id":
            decides = self.version_id.sudo().section_ids.filtered(
                lambda s: s.kind == "decision" and s.required
            )
            if decides and not new["decision_id"]:
                raise UserError(
                    self.env._("%s has no decision yet.", child.display_name)
                )
        elif not new[fact] and record._fields[fact].type in ("date", "datetime"):
            raise UserError(self.env._("“%s” cannot be left empty.", correctable[fact]))
        old = {name: record._get_raw(name) for name in new}
        if old == new:
            raise UserError(self.env._("It says so already."))
        return {
            "fact": fact,
            "what": correctable[fact],
            "line_id": line.id,
            "old_values": old,
            "new_values": new,
            "old_text": self._get_values_text(record, old),
            "new_text": self._get_values_text(record, new),
        }

    def _get_line(self, child):
        line = self.child_ids.filtered(lambda c: c.child_id == child)
        if not line:
            raise UserError(self.env._("Choose a child who is in the form."))
        return line

    @api.model
    def _get_correctable(self, line):
        """What may be corrected of the form, or of a child in it: the typed facts that
        its version asks, and the decision.

        :return: dict from the name of a field to its label
        """
        scope = "child" if line else "form"
        # sudo: what a form asks is no secret
        facts = self.version_id.sudo().fact_ids.filtered(lambda f: f.scope == scope)
        labels = {
            fact.code: fact.name for fact in facts if fact.code in CORRECTABLE[scope]
        }
        decided = self._get_decision_labels()
        if line and self.version_id.sudo().decision_ids:
            labels["decision_id"] = decided["decision_id"]
        if not self._is_signed():
            labels = {n: label for n, label in labels.items() if n in IN_EFFECT}
            if line and not line.confirmed_at:
                labels = {}
        signs_later = not self.type_id.confirm_when_held
        if line.confirmed_on and signs_later and line.decision_id.effect_ids:
            labels["confirmed_on"] = decided["confirmed_on"]
        return labels

    @api.model
    def _get_decision_labels(self):
        """What may be corrected in any form that decides."""
        return {
            "decision_id": self.env._("Decision"),
            "confirmed_on": self.env._("The decision counts from"),
        }

    def _get_decision_day(self):
        """The day from which a decision of this form counts."""
        if self.type_id.confirm_when_held:
            return self.held_on
        signed = self.authorised_at or self.submitted_at
        return self.env["res.company"]._sos_local_date(signed)

    # ------------------------------------------------------------------- buttons

    def action_ask_correction(self):
        """Open the window in which a correction is asked for."""
        self.ensure_one()
        self._check_correctable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct…"),
            "res_model": "sos.correction.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_form_id": self.id},
        }

    def action_open_corrections(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sos_casework.sos_correction_action"
        )
        action["domain"] = [("form_id", "=", self.id)]
        action["context"] = {}
        return action
