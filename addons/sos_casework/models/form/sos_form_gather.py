from odoo import models
from odoo.tools import is_html_empty

from .sos_form_gather_source import FormSource

#: The shape of a document; a reader of old ones looks at it.
FORMAT = 1
#: Facts that belong to the decision and are shown with it.
DECISION_FACTS = ("category_id", "closure_reason_id", "against_reason", "released")


class SosForm(models.Model):
    """The document: a form as plain data, from which the read-only screen, every
    copy and the fingerprint are made. What its pieces hold is in the methods
    ``_gather_kind_…`` and, for the practice record, ``_gather_block_…``."""

    _inherit = "sos.form"

    def _gather(self):
        """The form as plain data: header, sections in order, children.

        :return: ``(content, pictures)``: a JSON-able dict, and a dict from picture
            key to base64 image
        """
        source = self._get_source()
        content = {
            "format": FORMAT,
            "header": source.form._gather_header(source),
            "children": source.form._gather_children(source),
        }
        content["sections"] = [
            source.form._gather_section(source, section, content["children"])
            for section in source.form.version_id.section_ids
        ]
        return content, source.pictures

    def _get_source(self):
        self.ensure_one()
        self.check_access("read")
        # sudo: the document is the same whoever gathers it; that they may read this
        # form was checked, and every line belongs to the same family
        form = self.sudo()._in_words_of_authority()
        return FormSource(form.with_context(bin_size=False, active_test=True))

    # ------------------------------------------------------------------ header

    def _gather_header(self, source):
        writers = self.answer_ids.written_by_id | self.submitted_by_id
        return {
            "authority": self.case_id.company_id.name,
            "family": self.case_id.name,
            "family_reference": self.case_id.reference,
            "team": self.case_id.team_id.name,
            "title": self.type_id.name,
            "type": self.type_code,
            "version": self.version_id.number,
            "reference": self.reference,
            "date": source.day(self.date),
            "facts": self._gather_facts(source, self, "form"),
            "written_by": sorted(writers.mapped("name")),
            "submitted_by": self.submitted_by_id.name or None,
            "submitted_at": source.moment(self.submitted_at),
            **self._gather_signature(source),
        }

    def _gather_signature(self, source):
        """What authorising adds to the header of the submitted document."""
        return {
            "state": self.state,
            "authorised_by": self.authorised_by_id.name or None,
            "authorised_at": source.moment(self.authorised_at),
            "query_reason": self.query_reason or None,
            "override_reason": self.override_reason or None,
        }

    def _gather_facts(self, source, record, scope):
        """Typed facts in words: those that the version asks and somebody filled in."""
        facts = []
        for fact in self.version_id.fact_ids.filtered(lambda f: f.scope == scope):
            field = record._fields.get(fact.code)
            if not field or fact.code in DECISION_FACTS:
                continue
            value = record[fact.code]
            if not value and field.type != "boolean":
                continue
            if field.type == "date":
                words = source.date_words(value)
            elif field.type == "datetime":
                words = source.moment(value)
            elif field.type == "boolean":
                words = self.env._("Yes") if value else self.env._("No")
            elif field.type == "selection":
                words = source.words(record, fact.code)
            elif field.relational:
                words = "; ".join(value.mapped("name"))
            else:
                words = str(value)
            facts.append(
                {
                    "code": fact.code,
                    "label": fact.name,
                    "value": words,
                    "at": value.isoformat() if field.type in ("date",) else None,
                }
            )
        return facts

    # ---------------------------------------------------------------- children

    def _gather_children(self, source):
        readable = source.readable(self.child_ids.child_id)
        lines = self.child_ids.grouped("child_id")
        return [
            {
                "id": line.child_id.id,
                "name": line.child_id.display_name,
                "first_name": source.name(line.child_id),
                **self._gather_birth(source, line.child_id & readable),
                "facts": self._gather_facts(source, line, "child"),
                **self._gather_decision(source, line),
            }
            for child in self.child_ids.child_id._eldest_first(readable)
            for line in lines[child]
        ]

    def _gather_birth(self, source, child):
        """:param child: nobody, where the user may know no more than the number"""
        day = self.date or source.today
        return {
            "birth_date": source.day(child.birth_date),
            "expected_on": source.day(child.expected_on),
            "age": child._get_age_text(day) if child else "",
        }

    def _gather_decision(self, source, line):
        """What may still change after submission: the decision for a child."""
        return {
            "decision": self._gather_code(line.decision_id),
            "category": self._gather_code(line.category_id),
            "closure_reason": self._gather_code(line.closure_reason_id),
            "reasons": line.against_reason or None,
            "confirmed_on": source.day(line.confirmed_on),
        }

    def _gather_code(self, record):
        return {"code": record.code, "title": record.name} if record else None

    # ---------------------------------------------------------------- sections

    def _gather_section(self, source, section, children):
        if section.kind == "decision":
            pieces = self._gather_decision_pieces(source, children)
        elif section.kind == "block":
            method = f"_gather_block_{section.block or section.code}"
            pieces = getattr(self, method, lambda source: [])(source)
        else:
            pieces = getattr(self, f"_gather_kind_{section.kind}")(source, section)
        return {
            "code": section.code,
            "title": section.name,
            "purpose": section.purpose or None,
            "kind": section.kind,
            "block": section.block or None,
            "family": section.for_family,
            "child": section.for_child,
            "professionals": section.for_professionals,
            "pieces": pieces,
        }

    def _gather_decision_pieces(self, source, children):
        """The decisions as pieces, from the children as gathered."""
        names = ("decision", "category", "closure_reason", "reasons", "confirmed_on")
        persons = self.env["sos.person"]
        return [
            source.piece(
                "decision",
                children=persons.browse(child["id"]),
                about=[],
                name=child["first_name"],
                **{name: child[name] for name in names},
            )
            for child in children
            if child["decision"]
        ]

    def _get_answers(self, section):
        return self.answer_ids.filtered(
            lambda answer: answer.section_id == section
            and not is_html_empty(answer.body)
        )

    def _gather_answer(self, source, answer, kind, children, **content):
        return source.piece(
            kind,
            line=answer,
            children=children,
            html=str(answer.body),
            written_by=answer.written_by_id.name or None,
            written_on=source.local_day(answer.written_at),
            **content,
        )

    def _gather_kind_narrative(self, source, section):
        return [
            self._gather_answer(source, answer, "text", source.children)
            for answer in self._get_answers(section)
        ]

    def _gather_kind_question(self, source, section):
        return [
            self._gather_answer(
                source,
                answer,
                "question",
                source.children,
                question_type=section.question_type or "text",
            )
            for answer in self._get_answers(section)
        ]

    def _gather_kind_narrative_child(self, source, section):
        # what a child thinks is the child's to share, whoever wrote it down (not all of
        # it is what the child said, so it is not quoted)
        own_words = section.code == "child_views" or section.for_child
        return [
            self._gather_answer(
                source,
                answer,
                "text",
                answer.child_id,
                about=[],
                name=source.name(answer.child_id),
                own_words=own_words,
                speaker=answer.child_id if own_words else None,
            )
            for answer in self._get_answers(section).sorted(
                lambda a: (a.child_id.id, a.id)
            )
        ]

    def _gather_kind_attendance(self, source, section):
        threshold = section.code == "threshold_views"
        lines = self.attendance_ids.sorted(lambda line: (line.sequence, line.id))
        if threshold:
            lines = lines.filtered(lambda line: line.view or line.category_id)
        return [
            source.piece(
                "threshold" if threshold else "attendance",
                line=line,
                children=source.children,
                speaker=line.person_id,
                persons=line.person_id.ids,
                who=line.person_id.display_name
                or (line.partner_id or line.user_id).name,
                part=self._get_attendance_part(line),
                apologies=line.apologies,
                report=line.report,
                view=line.view or None,
                category=self._gather_code(line.category_id),
                scale=line.scale if line.scale >= 0 else None,
            )
            for line in lines
        ]

    def _get_attendance_part(self, line):
        """What brings somebody to the meeting, in a word."""
        if line.person_id:
            return self.env._("family and friends")
        return (
            self.env._("service") if line.partner_id else self.env._("children's team")
        )
