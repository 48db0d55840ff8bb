from odoo import api, models
from odoo.fields import Domain

from ..tools import annex_a
from ..tools.annex_a import Note


class SosAnnexA(models.AbstractModel):
    """The notes that go with the lists: how they were counted, what is missing in
    them, which rows were left out and why, and what changed since the last time.
    Children are told by their numbers, as in the lists."""

    _inherit = "sos.annex.a"

    @api.model
    def _get_notes(self, period, missing, changes=()):
        """(heading, notes) of each part of the sheet."""
        return [
            (
                self.env._("As at"),
                [Note(period.last.strftime("%d/%m/%Y"), "")],
            ),
            (
                self.env._("How they were counted"),
                annex_a.get_notes(),
            ),
            (self.env._("What is missing"), self._get_missing(missing)),
            (self.env._("Rows left out"), list(self._iter_left_out(period))),
            (self.env._("What changed"), list(changes)),
        ]

    @api.model
    def _note(self, number, words, count, children=(), before_sent=False):
        title = self.env._("List %s", number)
        shown = list(dict.fromkeys(children))
        numbers = ", ".join(shown[: annex_a.SHOWN])
        if len(shown) > annex_a.SHOWN:
            numbers = self.env._("%s and others", numbers)
        return Note(title, words, count, numbers, before_sent)

    @api.model
    def _get_missing(self, missing):
        columns = annex_a.get_columns()
        return [
            self._note(
                number,
                self.env._(
                    "“%(heading)s”: %(value)s",
                    heading=columns[number][place].heading,
                    value=value or self.env._("blank"),
                ),
                count,
                before_sent=True,
            )
            for (number, place, value), count in sorted(
                missing.items(), key=lambda item: item[0][:2]
            )
        ]

    @api.model
    def _iter_left_out(self, period):
        """A note for each reason that left something out, with how much and whose."""
        for number, words, found in self._find_left_out(period):
            if found:
                children = sorted(row.reference for row in found)
                yield self._note(number, words, len(found), children)

    @api.model
    def _find_left_out(self, period):
        """(number of the list, why, rows with the child's number)"""
        # sudo: as in _iter_children
        source = self.sudo().with_context(active_test=False)
        yield from source._find_contacts_left_out(period)
        yield (
            4,
            self.env._("Assessments that were cancelled"),
            source._fetch_numbers(
                "sos.form.child",
                self._of_type("assessment")
                & Domain("form_id.state", "=", "cancelled")
                & Domain("form_id.started_on", ">=", period.first)
                & Domain("form_id.started_on", "<=", period.last),
            ),
        )
        yield (
            6,
            self.env._(
                "Referrals with no assessment, enquiry, conference or plan by that day"
            ),
            source._find_only_referred(period),
        )
        for number, model, day in (
            (3, "sos.episode", "referred_on"),
            (5, "sos.enquiry", "started_on"),
            (7, "sos.plan", "started_on"),
        ):
            taken_back = (
                Domain("active", "=", False)
                & Domain(day, ">=", period.first)
                & Domain(day, "<=", period.last)
            )
            if model == "sos.plan":
                taken_back &= Domain("kind", "=", "cp")
            yield (
                number,
                self.env._("Recorded, and taken back by a correction"),
                source._fetch_numbers(model, taken_back),
            )

    @api.model
    def _fetch_numbers(self, model, domain, *names):
        return self._fetch(
            model,
            self._get_company_domain() & Domain(domain),
            ["child_id.reference", *names],
        )

    @api.model
    def _find_contacts_left_out(self, period):
        received = self._get_contact_domain(period)
        start, end = self._get_bounds(period)
        received &= Domain("active", "=", True)
        decided = Domain("form_id.authorised_at", "<", end)
        yield (
            1,
            self.env._("Contacts that were cancelled"),
            self._fetch_numbers(
                "sos.form.child",
                self._of_type("contact")
                & Domain("form_id.state", "=", "cancelled")
                & Domain("form_id.received_at", ">=", start)
                & Domain("form_id.received_at", "<", end),
            ),
        )
        yield (
            3,
            self.env._("Contacts that were not decided by that day"),
            self._fetch_numbers(
                "sos.form.child",
                received
                & (
                    Domain("form_id.authorised_at", "=", False)
                    | Domain("form_id.authorised_at", ">=", end)
                ),
            ),
        )
        yield (
            3,
            self.env._("Contacts that were for information and advice only"),
            self._fetch_numbers(
                "sos.form.child", received & decided & Domain("episode_id", "=", False)
            ),
        )
        joined = self._fetch_numbers(
            "sos.form.child",
            received & decided & Domain("episode_id", "!=", False),
            "form_id",
            "episode_id.contact_id",
        )
        yield (
            3,
            self.env._("Contacts about a child who had an open period of need already"),
            [row for row in joined if row.contact_id != row.form_id],
        )

    @api.model
    def _find_only_referred(self, period):
        begun = Domain("active", "=", True) & Domain("started_on", "<=", period.last)
        return self._fetch_numbers(
            "sos.episode",
            Domain("active", "=", True)
            & Domain("nfa", "=", False)
            & Domain("referred_on", "<=", period.last)
            & (
                Domain("closed_on", "=", False)
                | Domain("closed_on", ">=", period.first)
            )
            & (
                Domain("transfer_conference_on", "=", False)
                | Domain("transfer_conference_on", ">", period.last)
            )
            & Domain("plan_ids", "not any", begun)
            & Domain("enquiry_ids", "not any", begun)
            & Domain(
                "form_child_ids",
                "not any",
                self._get_assessment_domain(Domain.TRUE, period),
            ),
        )

    @api.model
    def _describe_before_sent(self, notes):
        """What whoever approves the lists ought to know, a line each. Whose it is
        stands in the notes alone: who approves may be blocked from one of them.

        :param notes: of ``_get_notes``
        """
        told = [note for _heading, of_part in notes for note in of_part]
        return "\n".join(
            f"{note.title}: {note.words}"
            + (f" ({note.count})" if note.count is not None else "")
            for note in sorted(told, key=lambda note: note.count is None)
            if note.before_sent
        )

    @api.model
    def _write_notes(self, sheet, notes, formats):
        for place, width in enumerate((14, 100, 10, 60)):
            sheet.set_column(place, place, width)
        line = 0
        for heading, of_part in notes:
            sheet.write_string(line, 0, heading, formats["heading"])
            if heading == notes[0][0]:
                sheet.write_string(line, 1, of_part[0].title, formats["note"])
                line += 1
                continue
            if not of_part:
                sheet.write_string(line, 1, self.env._("Nothing."), formats["note"])
            line += 1
            for note in of_part:
                sheet.write_string(line, 0, note.title, formats["note"])
                sheet.write_string(line, 1, note.words, formats["note"])
                if note.count is not None:
                    sheet.write_number(line, 2, note.count, formats["note"])
                    sheet.write_string(line, 3, note.children, formats["note"])
                line += 1
