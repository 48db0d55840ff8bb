from odoo import models

#: How many entries of a rule's journal a document shows: the newest.
JOURNAL_ENTRIES = 5


class SosForm(models.Model):
    """The document's pieces from the practice record, as it stands."""

    _inherit = "sos.form"

    # -------------------------------------------------------------------- map

    def _gather_map(self, source, *kinds):
        """Lines of the map, in the order of ``kinds``."""
        lines = source.map_lines
        return [
            source.piece(
                "line",
                line=line,
                children=line.child_ids,
                speaker=self._get_line_speaker(line),
                persons=line.who_id.ids,
                kind=kind,
                kind_text=source.words(line, "kind"),
                text=line.text,
                on=source.day(line.happened_on),
                who=line.who or None,
                whose=source.name(line.who_id),
                by_when=source.day(line.by_when),
                done_on=source.day(line.done_on),
                opinions=self._gather_opinions(source, "map_line_id", line),
            )
            for kind in kinds
            for line in lines.filtered(lambda line, kind=kind: line.kind == kind)
        ]

    def _get_line_speaker(self, line):
        """What a person wants is in that person's words."""
        own_goal = line.who_id if line.kind == "family_goal" else line.words_of_id
        return line.words_of_id or own_goal

    def _gather_block_worries(self, source):
        return self._gather_map(source, "past_harm", "complicating")

    def _gather_block_working_well(self, source):
        return self._gather_map(source, "existing_safety", "strength")

    def _gather_block_family_goals(self, source):
        return self._gather_map(source, "family_goal")

    def _gather_block_unknowns(self, source):
        return self._gather_map(source, "unknown")

    def _gather_block_next_steps(self, source):
        return self._gather_map(source, "next_step")

    def _gather_opinions(self, source, name, line):
        return [
            {
                "speaker": opinion.person_id.id,
                "who": source.name(opinion.person_id),
                "opinion": opinion.opinion,
                "opinion_text": source.words(opinion, "opinion"),
                "words": opinion.words or None,
            }
            for opinion in source.opinions.filtered(
                lambda opinion: opinion[name] == line
            )
        ]

    # ---------------------------------------------------------------- dangers

    def _gather_block_danger_goals(self, source):
        pieces = [
            source.piece(
                "danger",
                line=danger,
                children=danger.child_ids,
                speaker=danger.words_of_id,
                text=danger.text,
                goal=danger.goal or None,
                scale_0=danger.scale_0 or None,
                scale_10=danger.scale_10 or None,
                bottom_lines=len(
                    source.bottom_lines.filtered(lambda b, d=danger: b.danger_id == d)
                ),
                opinions=self._gather_opinions(source, "danger_id", danger),
                ratings=self._gather_ratings(source, danger),
            )
            for danger in source.dangers
        ]
        overall = self._gather_ratings(source, self.env["sos.danger"])
        if overall:
            pieces.append(source.piece("scale", ratings=overall))
        return pieces

    def _gather_ratings(self, source, danger):
        """Where each rater puts the family now, and how that went over time. How far
        they are apart is worked out from those that a copy shows."""
        raters = {}
        for rating in source.ratings.filtered(lambda r: r.danger_id == danger):
            kind = next(n for n in ("person_id", "user_id", "partner_id") if rating[n])
            raters.setdefault((kind, rating[kind].id), []).append(rating)
        rows = []
        for (kind, _rater_id), ratings in raters.items():
            person = ratings[-1].person_id
            trend = [self._gather_rating(source, rating) for rating in ratings]
            rows.append(
                {
                    "speaker": person.id or None,
                    "who": source.name(person) or ratings[-1][kind].name,
                    "kind": kind.removesuffix("_id"),
                    "trend": trend,
                    **trend[-1],
                }
            )
        order = ("person", "user", "partner")
        return sorted(rows, key=lambda r: (order.index(r["kind"]), r["who"]))

    def _gather_rating(self, source, rating):
        return {
            "on": source.local_day(rating.rated_at),
            "score": rating.score,
            "reason": rating.reason or None,
            "higher": rating.higher or None,
            "form": rating.form_id.id or None,
        }

    def _gather_block_bottom_lines(self, source):
        return [
            source.piece(
                "bottom_line",
                line=line,
                children=line.child_ids or line.danger_id.child_ids,
                speaker=line.words_of_id,
                text=line.text,
                evidence=line.evidence or None,
                met=line.met,
                opinions=self._gather_opinions(source, "bottom_line_id", line),
            )
            for line in source.bottom_lines
        ]

    # ------------------------------------------------------------ safety plan

    def _gather_block_safety_plan(self, source):
        plans = source.open_lines("sos.safety.plan").sorted("id")
        rules = source.search(
            "sos.safety.rule",
            [
                ("plan_id", "in", plans.ids),
                ("status", "!=", "ended"),
                ("ended_on", "=", False),
            ],
            order="sequence, id",
        )
        entries = source.search(
            "sos.journal.entry",
            [("rule_id", "in", rules.ids)],
            order="at desc, id desc",
        )
        pieces = []
        for plan in plans:
            pieces.append(
                source.piece(
                    "plan",
                    line=plan,
                    children=plan.child_ids,
                    speaker=plan.words_of_id,
                    kind=source.words(plan, "kind"),
                    signs_of_danger=plan.signs_of_danger or None,
                    safety_object=plan.safety_object or None,
                )
            )
            for rule in rules.filtered(lambda r, plan=plan: r.plan_id == plan):
                about = rule.child_ids or rule.danger_id.child_ids or plan.child_ids
                if source.concerns(about):
                    journal = entries.filtered(lambda e, rule=rule: e.rule_id == rule)
                    pieces.append(self._gather_rule(source, rule, about, journal))
        return pieces

    def _gather_rule(self, source, rule, about, journal):
        kept = [
            {"kept": key, "label": label, "count": len(found)}
            for key, label in journal._fields["kept"]._description_selection(self.env)
            if (found := journal.filtered(lambda e, key=key: e.kept == key))
        ]
        return source.piece(
            "rule",
            line=rule,
            children=about,
            speaker=rule.words_of_id,
            persons=sorted((rule.who_id | rule.backup_id).ids),
            text=rule.text,
            child_text=rule.child_text or None,
            who=source.name(rule.who_id),
            backup=source.name(rule.backup_id),
            when=rule.when or None,
            trigger=rule.trigger or None,
            proposed_by=source.name(rule.proposed_by_id),
            status=source.words(rule, "status"),
            opinions=self._gather_opinions(source, "rule_id", rule),
            kept=kept,
            journal=[
                {
                    "speaker": entry.written_by_id.id,
                    "by": source.name(entry.written_by_id),
                    "on": source.local_day(entry.at),
                    "kept": source.words(entry, "kept"),
                    "text": entry.text or None,
                }
                for entry in journal[:JOURNAL_ENTRIES]
            ],
        )

    def _gather_block_timeline(self, source):
        return [
            source.piece(
                "timeline",
                line=step,
                children=step.child_ids,
                speaker=step.words_of_id,
                step=step.step,
                due_on=source.day(step.due_on),
                done_on=source.day(step.done_on),
            )
            for step in source.open_lines("sos.timeline.step")
        ]
