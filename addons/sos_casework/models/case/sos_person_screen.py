from odoo import api, fields, models


class SosPerson(models.Model):
    """What the family file shows of each child at a glance."""

    _inherit = "sos.person"

    open_episode_id = fields.Many2one(
        "sos.episode", "Open period of need", compute="_compute_now"
    )
    need_since = fields.Date("Known since", compute="_compute_now")
    plan_now = fields.Char("Plan", compute="_compute_now")
    next_due_on = fields.Date("Next clock", compute="_compute_next_due")
    next_due_text = fields.Char("What is next", compute="_compute_next_due")
    next_due_left = fields.Char("Time left", compute="_compute_next_due")
    next_overdue = fields.Boolean("Next clock overdue", compute="_compute_next_due")
    last_seen_on = fields.Date("Last seen", compute="_compute_last_seen_on")

    @api.depends(
        "episode_ids.state", "plan_ids.ended_on", "plan_ids.latest_category_id"
    )
    def _compute_now(self):
        kinds = dict(
            self.env["sos.plan"]._fields["kind"]._description_selection(self.env)
        )
        for person in self:
            episode = person.episode_ids.filtered(lambda e: e.state == "open")[:1]
            person.open_episode_id = episode
            person.need_since = episode.referred_on
            words = []
            for plan in person.plan_ids.filtered(lambda p: not p.ended_on):
                category = plan.latest_category_id.name
                kind = kinds[plan.kind]
                words.append(f"{kind} ({category.lower()})" if category else kind)
            person.plan_now = ", ".join(words)

    def _compute_next_due(self):
        clocks = self.env["sos.deadline"].search(
            [("child_id", "in", self.ids), ("state", "=", "open")], order="due_on, id"
        )
        first = {child: rows[0] for child, rows in clocks.grouped("child_id").items()}
        for person in self:
            clock = first.get(person._origin)
            person.next_due_on = clock and clock.due_on
            person.next_due_text = clock and clock.step_id.name
            person.next_due_left = clock and clock.time_left
            person.next_overdue = bool(clock and clock.overdue)

    def _compute_last_seen_on(self):
        """The newest day on which a form says that the child was seen."""
        lines = self.env["sos.form.child"].search(
            [
                ("child_id", "in", self.ids),
                ("seen", "=", "yes"),
                ("form_id.held_on", "!=", False),
                ("form_id.state", "!=", "cancelled"),
            ]
        )
        for person in self:
            seen = lines.filtered(lambda x, p=person: x.child_id == p._origin)
            person.last_seen_on = max(seen.mapped("form_id.held_on"), default=False)

    def _get_short_list(self, readable=None):
        """All of these in a line, the eldest first; of whom the user may know no more,
        the number.

        :param readable: whom the user may read, where that is known already
        """
        known = self._get_readable() if readable is None else readable
        return ", ".join(
            person._get_short_text() if person in known else person.display_name
            for person in self._eldest_first(known)
        )

    def _get_short_text(self):
        """First name and age of somebody whom the user may read, as a worker says it:
        "Mia (11)", "Mia (died aged 11 years)"."""
        self.ensure_one()
        if self.is_unborn or self.death_on:
            age = self.age_text
        elif self.birth_date:
            age = str(self.age) if self.age >= 2 else self.age_text
        else:
            age = ""
        return self._set_beside(self.called, self.called_mark, age)
