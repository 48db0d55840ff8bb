from collections import defaultdict
from functools import cached_property

from odoo.tools import format_date

#: Facts that are asked only of a child who was seen.
WITH_SEEN = ("seen_alone", "bedroom_seen")


class Seen:
    """Whether children were seen: what the lines of forms say, and what finished visits
    since each form began tell. Asked by the forms whose version asks it."""

    def __init__(self, lines):
        """:param lines: ``sos.form.child``"""
        self.env = lines.env
        self.lines = lines.filtered(lambda line: line._asks("seen"))

    @cached_property
    def visits(self):
        """``{line: lines of visits on which the child was seen, the oldest first}``,
        without those of whom no visit tells."""
        asking = self.lines.filtered("form_id.started_on")
        begun = asking.form_id.mapped("started_on")
        if not begun:
            return {}
        visits = asking.search(
            [
                ("case_id", "in", asking.case_id.ids),
                ("child_id", "in", asking.child_id.ids),
                ("seen", "=", "yes"),
                ("form_id.type_id.code", "=", "visit"),
                ("form_id.state", "in", ("complete", "authorised")),
                ("form_id.held_on", ">=", min(begun)),
            ]
        ).sorted(lambda visit: (visit.form_id.held_on, visit.id))
        found = defaultdict(asking.browse)
        for line in asking:
            for visit in visits:
                since = visit.form_id.held_on >= line.form_id.started_on
                if since and visit.child_id.id == line.child_id._origin.id:
                    found[line] |= visit
        return dict(found)

    def take_over(self):
        """What the visits tell stands in the form, where nothing else is said: enter
        once."""
        for line, visits in self.visits.items():
            values = {
                name: "yes" if "yes" in visits.mapped(name) else visits[-1:][name]
                for name in ("seen", *WITH_SEEN)
                if line._asks(name) and not line[name]
            }
            values = {name: value for name, value in values.items() if value}
            if values and line.seen != "no":
                line.write(values)

    # ------------------------------------------------------------------ problems

    def get_problems(self):
        """What is missing or cannot be about who was seen, one sentence each."""
        problems = []
        for line in self.lines:
            problems += self._get_contradictions(line)
            if not self._get_never(line):
                problems += filter(None, [self._get_problem(line)])
        return problems

    def _get_problem(self, line):
        visits, called = self.visits.get(line), line.child_id._get_called()
        if not line.seen and not visits:
            return self.env._("Say whether %s was seen.", called)
        if line.seen != "no":
            return None
        if visits:
            return self.env._(
                "%(child)s was seen on the visit of %(day)s, so “Seen” cannot be “No”.",
                child=called,
                day=format_date(self.env, visits[-1:].form_id.held_on),
            )
        if line._asks("reason_not") and not (line.reason_not or "").strip():
            return self.env._("Say why %s was not seen.", called)
        return None

    def get_contradictions(self):
        """Nobody is seen before birth or after death, and who was not seen was not seen
        alone. One sentence each."""
        return [
            problem for line in self.lines for problem in self._get_contradictions(line)
        ]

    def _get_contradictions(self, line):
        called = line.child_id._get_called()
        with_seen = [name for name in WITH_SEEN if line[name] == "yes"]
        never = self._get_never(line)
        if never and (with_seen or line.seen == "yes"):
            if never == "dead":
                return [self.env._("%s had died, and cannot have been seen.", called)]
            return [
                self.env._("%s was not born yet, and cannot have been seen.", called)
            ]
        if never or line.seen != "no":
            return []
        return [
            self.env._(
                "%(child)s was not seen, so “%(fact)s” cannot be “Yes”.",
                child=called,
                fact=line._get_field_label(name),
            )
            for name in with_seen
        ]

    def _get_never(self, line):
        """Why nobody can have seen the child in the days of the form: ``unborn``,
        ``dead``, or nothing."""
        today = self.env["res.company"]._sos_today()
        form = line.form_id
        first = form.held_on or form.started_on or today
        last = form.held_on or today
        # sudo: it is impossible whoever writes the form, and no day is said
        child = line.child_id.sudo()
        if child.death_on and child.death_on < first:
            return "dead"
        if child.is_unborn or (child.birth_date and child.birth_date > last):
            return "unborn"
        return None
