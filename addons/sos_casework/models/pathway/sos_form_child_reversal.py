from odoo import fields, models

#: What effects copy: a fact of a form or child → the fields in which it is kept. A
#: fact that is not here keeps its name.
COPIES = {
    "received_at": ("referred_on",),
    "category_id": ("category_id", "initial_category_id"),
    "confirmed_on": ("started_on", "ended_on", "closed_on", "held_on", "cancelled_on"),
}


class SosFormChild(models.Model):
    """How a correction takes back what a decision set off, and lets a corrected fact
    follow into it. Which records these are was noted when the decision took effect
    (``set_off``), so that an effect needs no counterpart."""

    _inherit = "sos.form.child"

    set_off = fields.Json(
        "What the decision set off",
        readonly=True,
        copy=False,
        help="In order: by which effect, clock or next form; which record; its values "
        "before (none: it was made) and after.",
    )

    # --------------------------------------------------------------- taking back

    def _take_back(self, kept=None):
        """Undo what the decision set off, the last first.

        :param kept: the decision that takes its place: what that one sets off as well
            stays
        :raise UserError: when later work hangs on something
        """
        self.ensure_one()
        stays = kept._get_sources() if kept else set()
        for note in reversed(self.set_off or []):
            if note["by"] in stays:
                continue
            record = self.env[note["model"]].browse(note["id"])
            if note["old"] is None:
                record._take_back_made(self)
            else:
                record._take_back_changes(self, note["old"], note["new"])
        self.set_off = [n for n in self.set_off or [] if n["by"] in stays]

    def _take_back_changes(self, line, old, new):
        """Lines of forms that were open belonged to what is taken back."""
        if self != line and self.form_id._is_begun(self.child_id):
            self._refuse_linked(self.form_id)
        current = {n: v for n, v in old.items() if self._get_raw(n) == new[n]}
        return super()._take_back_changes(line, current, new)

    def _leave(self):
        """The child is not part of the form any more."""
        self.form_id.answer_ids.filtered(
            lambda answer: answer.child_id == self.child_id and answer.is_empty
        ).active = False
        self._stop_counting()

    # ------------------------------------------------------------------ following

    def _follow(self, fact, old, new):
        """What effects copied of a fact is put right, where nothing later changed it.

        :param old: the value before, as ``_get_raw`` gives it
        """
        for line in self:
            notes = line.set_off or []
            for note in notes:
                record = self.env[note["model"]].browse(note["id"])
                values = {
                    name: new
                    for name in COPIES.get(fact, (fact,))
                    if name in note["new"]
                    and note["new"][name] == old == record._get_raw(name)
                    and not note["by"].startswith("clock:")
                }
                if values:
                    record.write(values)
                    note["new"].update(values)
                    if note["model"] == "sos.enquiry":
                        record._recount()
            line.set_off = notes and list(notes)

    def _follow_day(self, day):
        """The decision counts from another day."""
        for line in self.filtered("confirmed_on"):
            before = fields.Date.to_string(line.confirmed_on)
            line.confirmed_on = day
            line._follow("confirmed_on", before, fields.Date.to_string(day))

    def _retime(self):
        """The clocks that these decisions started run from the right day."""
        deadlines = self.env["sos.deadline"]
        for line in self:
            notes = line.set_off or []
            for note in notes:
                if not note["by"].startswith("clock:") or note["old"] is not None:
                    continue
                clock = deadlines.browse(note["id"])
                started = deadlines._get_start(
                    line, clock.step_id, line.confirmed_on, clock
                )
                length = deadlines._get_length(line, clock.step_id)
                noted = note["new"]["started_on"]
                if "booked_on" in length and clock.state == "open":
                    clock._recount(started_on=started, booked_on=length["booked_on"])
                elif str(started) != noted == str(clock.started_on):
                    clock._recount(started_on=started)
                note["new"]["started_on"] = str(started)
            line.set_off = notes and list(notes)
