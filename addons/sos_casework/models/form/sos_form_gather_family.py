from odoo import models


class SosForm(models.Model):
    """The document's pieces about the family: who there is, what happened over time,
    when the children were seen."""

    _inherit = "sos.form"

    def _gather_block_family_network(self, source):
        return [
            *self._gather_relations(source),
            *self._gather_network(source),
            *self._gather_addresses(source),
        ]

    def _get_family_persons(self, source):
        members = source.case.member_ids
        return (
            source.children
            | members.filtered(
                lambda m: not m.until or m.until >= source.today
            ).person_id
        )

    def _gather_relations(self, source):
        persons = self._get_family_persons(source)
        relations = self.env["sos.relationship"].search(
            [
                ("person_id", "in", source.readable(persons).ids),
                ("other_id", "in", persons.ids),
                "|",
                ("until", "=", False),
                ("until", ">=", source.today),
            ],
            order="id",
        )
        pieces = []
        for relation in relations:
            pair = relation.person_id | relation.other_id
            children = pair & source.family
            if children and not children & source.children:
                continue
            pieces.append(
                source.piece(
                    "relation",
                    line=relation,
                    children=children,
                    persons=sorted(pair.ids),
                    person=relation.person_id.display_name,
                    relation=relation.type_id.name,
                    other=source.name(relation.other_id),
                    since=source.day(relation.since),
                    parental_responsibility=relation.parental_responsibility,
                    carer=relation.carer,
                )
            )
        return pieces

    def _gather_network(self, source):
        members = source.search(
            "sos.network.member", [("left_on", "=", False)], order="id"
        )
        return [
            source.piece(
                "network",
                line=member,
                persons=member.person_id.ids,
                person=member.person_id.display_name,
                role=member.role or None,
                found_by=source.name(member.found_by_id),
                knows_since=source.day(member.knows_since),
                told_by=source.name(member.told_by_id),
                can_tell=source.names(member.child_can_tell_ids & source.children),
                can_tell_ids=sorted((member.child_can_tell_ids & source.children).ids),
            )
            for member in members
        ]

    def _gather_addresses(self, source):
        readable = source.readable(self._get_family_persons(source))
        addresses = self.env["sos.address"].search(
            [
                ("person_id", "in", readable.ids),
                "|",
                ("until", "=", False),
                ("until", ">=", source.today),
            ],
            order="person_id, id",
        )
        return [
            source.piece(
                "address",
                line=address,
                children=address.person_id & source.family,
                persons=address.person_id.ids,
                confidential=address.confidential,
                person=address.person_id.display_name,
                address=", ".join(filter(None, (address.text, address.postcode))),
            )
            for address in addresses
        ]

    # ----------------------------------------------------------------- events

    def _gather_block_key_events(self, source):
        pieces = [
            *self._gather_note_events(source),
            *self._gather_harm_events(source),
            *self._gather_meeting_events(source),
            *self._gather_plan_events(source),
            *self._gather_episode_events(source),
        ]
        return sorted(pieces, key=lambda p: (p["on"], p["line"]))

    def _gather_note_events(self, source):
        notes = source.search("sos.case.note", [("significant", "=", True)])
        return [
            source.piece(
                "event",
                line=note,
                children=note.child_ids,
                on=source.local_day(note.at),
                what=note.kind_id.name,
                html=str(note.text),
                analysis=note.analysis or None,
            )
            for note in notes
            if source.concerns(note.child_ids)
        ]

    def _gather_harm_events(self, source):
        lines = source.map_lines.filtered(
            lambda line: line.kind == "past_harm" and line.happened_on
        )
        return [
            source.piece(
                "event",
                line=line,
                children=line.child_ids,
                speaker=line.words_of_id,
                on=source.day(line.happened_on),
                kind=line.kind,
                what=source.words(line, "kind"),
                text=line.text,
            )
            for line in lines
        ]

    def _gather_meeting_events(self, source):
        meetings = source.search(
            "sos.form",
            [
                ("type_id.is_meeting", "=", True),
                ("held_on", "!=", False),
                ("state", "!=", "cancelled"),
                ("id", "!=", self._origin.id),
            ],
        )
        return [
            source.piece(
                "event",
                line=meeting,
                children=meeting.child_ids.child_id,
                on=source.day(meeting.held_on),
                what=meeting.type_id.name,
                text=None,
            )
            for meeting in meetings
            if source.concerns(meeting.child_ids.child_id)
        ]

    def _gather_plan_events(self, source):
        plans = source.search("sos.plan", [("child_id", "in", source.children.ids)])
        pieces = []
        for plan in plans:
            kind = source.words(plan, "kind")
            days = [(plan.started_on, self.env._("%s starts", kind))]
            if plan.ended_on:
                days.append((plan.ended_on, self.env._("%s ends", kind)))
            pieces += [
                source.piece(
                    "event",
                    line=plan,
                    children=plan.child_id,
                    on=source.day(day),
                    what=what,
                    text=None,
                )
                for day, what in days
            ]
        return pieces

    def _gather_episode_events(self, source):
        episodes = source.search(
            "sos.episode", [("child_id", "in", source.children.ids)]
        )
        pieces = []
        for episode in episodes:
            days = [(episode.referred_on, self.env._("Children's services are told"))]
            if episode.closed_on:
                days.append(
                    (episode.closed_on, self.env._("Children's services step back"))
                )
            pieces += [
                source.piece(
                    "event",
                    line=episode,
                    children=episode.child_id,
                    on=source.day(day),
                    what=what,
                    text=None,
                )
                for day, what in days
            ]
        return pieces

    # ----------------------------------------------------------------- visits

    def _gather_block_visits(self, source):
        """Visits since the last signed form of this type, or all there were."""
        domain = [
            ("type_id.code", "=", "visit"),
            ("state", "in", ("submitted", "authorised", "complete")),
            ("id", "!=", self._origin.id),
        ]
        if source.previous_date:
            domain.append(("date", ">=", source.previous_date))
        visits = source.search("sos.form", domain, order="date, id")
        pieces = []
        for visit in visits:
            lines = visit.child_ids.filtered(
                lambda line: line.child_id in source.children
            ).sorted("id")
            if lines:
                pieces.append(
                    source.piece(
                        "visit",
                        line=visit,
                        children=visit.child_ids.child_id,
                        on=source.day(visit.date),
                        who=visit.submitted_by_id.name or None,
                        statutory=visit.statutory,
                        announced=visit.announced,
                        seen=[self._gather_seen(source, line) for line in lines],
                    )
                )
        return pieces

    def _gather_seen(self, source, line):
        return {
            "children": line.child_id.ids,
            "name": source.name(line.child_id),
            "seen": line.seen or None,
            "alone": line.seen_alone or None,
            "bedroom": line.bedroom_seen or None,
            "reason_not": line.reason_not or None,
        }
