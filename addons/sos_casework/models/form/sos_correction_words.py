from odoo import api, fields, models
from odoo.exceptions import UserError

#: What tells nothing to somebody who reads what follows from a correction.
UNTOLD = {
    "id",
    "active",
    "kind",
    "state",
    "reference",
    "form_id",
    "pause_reason",
    "paused_on",
    "confirmed_at",
    "confirmed_by_id",
    "cancel_reason",
    "cancelled_on",
}
#: Whose changes are told.
TOLD = (
    "sos.case",
    "sos.episode",
    "sos.enquiry",
    "sos.plan",
    "sos.plan.review",
    "sos.deadline",
    "sos.form",
)


class SosCorrection(models.Model):
    """What a correction says: what follows from it, and how it stands on the form."""

    _inherit = "sos.correction"

    def _check_still_says(self):
        """:raise UserError: when the form says something else now"""
        record = self.line_id or self.form_id
        if any(record._get_raw(n) != v for n, v in (self.old_values or {}).items()):
            raise UserError(
                self.env._(
                    "The form does not say “%s” any more. Withdraw this correction, "
                    "and ask for another one.",
                    self.old_text,
                )
            )

    # ------------------------------------------------------------- what followed

    def _get_followed(self):
        """What a correction that is being carried out has changed, one sentence a
        line, from the change log."""
        logs = self.env["sos.change.log"].search(
            [("correction_id", "=", self.id), ("res_model", "in", TOLD)], order="id"
        )
        told = {}
        for (model, res_id), rows in logs.grouped(
            lambda log: (log.res_model, log.res_id)
        ).items():
            record = self.env[model].browse(res_id)
            if record == self.form_id:
                continue
            thing, children = self._get_thing(record)
            words = self._get_change(record, rows)
            if words:
                # children for whom the same follows share a sentence
                told.setdefault((thing, words), []).append(children)
        sentences = []
        for (thing, words), children in told.items():
            names = ", ".join(filter(None, dict.fromkeys(children)))
            subject = f"{names}: {thing}" if names else thing
            sentences.append(f"{subject} – {words}")
        if self.form_id.given_ids:
            sentences.append(
                self.env._(
                    "Copies of this form that were given out before say otherwise "
                    "(%s): give them again.",
                    len(self.form_id.given_ids),
                )
            )
        return "\n".join(sentences) or self.env._(
            "The form says so from now on. Nothing else follows."
        )

    @api.model
    def _get_thing(self, record):
        """What a record is, in a few words, and whose."""
        if record._name == "sos.deadline":
            thing = self.env._("clock “%s”", record.step_id.name)
        elif record._name == "sos.plan":
            kinds = dict(record._fields["kind"]._description_selection(self.env))
            thing = kinds[record.kind].lower()
        elif record._name == "sos.form":
            thing = self.env._("form “%s”", record.type_id.name)
        else:
            thing = self.env[record._name]._description
            thing = thing[:1].lower() + thing[1:]
            thing = thing.replace("section", "Section")
        if record._name == "sos.form":
            lines = record.with_context(active_test=False).child_ids
            return thing, ", ".join(child._get_called() for child in lines.child_id)
        owner = record.plan_id if record._name == "sos.plan.review" else record
        child = owner.child_id if "child_id" in owner._fields else None
        return thing, child._get_called() if child else ""

    def _get_change(self, record, rows):
        """What happened to one record, in words."""
        names = list(dict.fromkeys(rows.mapped("field")))
        made = "id" in names
        turn = self._get_turn(record, made, names)
        facts = []
        for name in names:
            field = record._fields[name]
            if name in UNTOLD or (
                field.relational and field.comodel_name != "sos.code"
            ):
                continue
            mine = rows.filtered(lambda row, n=name: row.field == n)
            old = self._get_log_words(field, mine[0].old)
            new = self._get_log_words(field, mine[-1].new)
            label = field._description_string(self.env).lower()
            if made:
                facts += [f"{label}: {new}"] if record[name] else []
            elif old != new:
                nothing = self.env._("none")
                facts.append(f"{label}: {old or nothing} → {new or nothing}")
        text = "; ".join(facts)
        return f"{turn} ({text})" if made and text else turn or text

    def _get_turn(self, record, made, names):
        """What became of a record as a whole, if it is not only a fact of it."""
        if record._name == "sos.form":
            cancelled = record.state == "cancelled"
            opened = self.env._("is opened")
            return opened if made else self.env._("is cancelled") if cancelled else ""
        if made:
            return self.env._("starts")
        if "active" in names and not record.active:
            return self.env._("does not count any more")
        if "cancelled_on" in names and record.cancelled_on:
            return self.env._("is cancelled")
        if {"cancelled_on", "ended_on"} & set(names) and record._name == "sos.deadline":
            return "" if record.ended_on else self.env._("runs again")
        return ""

    def _get_log_words(self, field, text):
        if field.type == "date" and text:
            return self.form_id._get_day_text(fields.Date.to_date(text))
        return text or ""

    # ------------------------------------------------------------- on the form

    def _get_sentence(self):
        """What was corrected, in one sentence for any reader of the child's part."""
        self.ensure_one()
        nothing = self.env._("not filled in")
        name = self.child_id and self.child_id._get_called()
        if self.kind == "not_part":
            return self.env._("%s was not part of this.", name)
        if self.kind == "missing":
            text = self.env._("%s was part of this as well", name)
            told = self.new_values.get("decision_id")
            return f"{text}: {self.new_text}." if told else f"{text}."
        text = self.env._(
            "%(what)s was %(old)s, is %(new)s.",
            what=self.what,
            old=self.old_text or nothing,
            new=self.new_text or nothing,
        )
        return f"{name}: {text}" if self.child_id else text
