from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

#: Facts that are asked only of a child who was seen.
WITH_SEEN = ("seen_alone", "bedroom_seen")


class SosFormChild(models.Model):
    """Whether a child was seen: asked by the forms whose version asks it, and told by
    the visits since the form began."""

    _inherit = "sos.form.child"

    seen_on_visit = fields.Char(
        "Seen on a visit",
        compute="_compute_seen_on_visit",
        help="The last visit since this form began on which the child was seen. It is "
        "taken over when the form is submitted.",
    )

    @api.depends("form_id.started_on", "form_id.state")
    def _compute_seen_on_visit(self):
        told = self.filtered(lambda line: line.state == "draft")._find_seen()
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

    def _find_seen(self):
        """What finished visits since each form began say of its children.

        :return: {line: lines of visits on which the child was seen, the oldest first},
            without those of whom no visit tells
        """
        asking = self.filtered(
            lambda line: line.form_id.started_on and line._asks("seen")
        )
        begun = asking.form_id.mapped("started_on")
        if not begun:
            return {}
        visits = self.search(
            [
                ("case_id", "in", asking.case_id.ids),
                ("child_id", "in", asking.child_id.ids),
                ("seen", "=", "yes"),
                ("form_id.type_id.code", "=", "visit"),
                ("form_id.state", "in", ("complete", "authorised")),
                ("form_id.held_on", ">=", min(begun)),
            ]
        ).sorted(lambda visit: (visit.form_id.held_on, visit.id))
        found = defaultdict(self.browse)
        for line in asking:
            for visit in visits:
                since = visit.form_id.held_on >= line.form_id.started_on
                if since and visit.child_id.id == line.child_id._origin.id:
                    found[line] |= visit
        return dict(found)

    def _take_over_seen(self):
        """What the visits tell stands in the form, where nothing else is said: enter
        once."""
        for line, visits in self._find_seen().items():
            values = {
                name: "yes" if "yes" in visits.mapped(name) else visits[-1:][name]
                for name in ("seen", *WITH_SEEN)
                if line._asks(name) and not line[name]
            }
            values = {name: value for name, value in values.items() if value}
            if values and line.seen != "no":
                line.write(values)

    # ------------------------------------------------------------------ problems

    def _get_seen_problems(self):
        """What is missing or cannot be about who was seen, one sentence each."""
        problems = []
        told = self._find_seen()
        for line in self.filtered(lambda line: line._asks("seen")):
            problems += line._get_seen_contradictions()
            called = line.child_id._get_called()
            if line._get_never_seen():
                continue
            if not line.seen and line not in told:
                problems.append(self.env._("Say whether %s was seen.", called))
            elif line.seen == "no" and line in told:
                problems.append(
                    self.env._(
                        "%(child)s was seen on the visit of %(day)s, so “Seen” cannot "
                        "be “No”.",
                        child=called,
                        day=format_date(self.env, told[line][-1:].form_id.held_on),
                    )
                )
            elif line.seen == "no" and line._asks("reason_not"):
                if not (line.reason_not or "").strip():
                    problems.append(self.env._("Say why %s was not seen.", called))
        return problems

    def _get_seen_contradictions(self):
        """Nobody is seen before birth or after death, and who was not seen was not seen
        alone. One sentence each."""
        problems = []
        for line in self.filtered(lambda line: line._asks("seen")):
            called = line.child_id._get_called()
            with_seen = [name for name in WITH_SEEN if line[name] == "yes"]
            never = line._get_never_seen()
            if never == "unborn" and (with_seen or line.seen == "yes"):
                problems.append(
                    self.env._(
                        "%s was not born yet, and cannot have been seen.", called
                    )
                )
            elif never == "dead" and (with_seen or line.seen == "yes"):
                problems.append(
                    self.env._("%s had died, and cannot have been seen.", called)
                )
            elif line.seen == "no":
                problems += [
                    self.env._(
                        "%(child)s was not seen, so “%(fact)s” cannot be “Yes”.",
                        child=called,
                        fact=line._get_field_label(name),
                    )
                    for name in with_seen
                ]
        return problems

    def _get_never_seen(self):
        """Why nobody can have seen the child in the days of this form: ``unborn``,
        ``dead``, or nothing."""
        self.ensure_one()
        today = self.env["res.company"]._sos_today()
        form = self.form_id
        first = form.held_on or form.started_on or today
        last = form.held_on or today
        # sudo: it is impossible whoever writes the form, and no day is said
        child = self.child_id.sudo()
        if child.death_on and child.death_on < first:
            return "dead"
        if child.is_unborn or (child.birth_date and child.birth_date > last):
            return "unborn"
        return None
