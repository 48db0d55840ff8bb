import base64
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..form.sos_form_output_limits import walk_words
from .person_source import words_of_html


class SosSubjectRequest(models.Model):
    """Gathering, forms as they were submitted and signed: one piece a section. Of
    earlier documents of a form only what the later ones say differently."""

    _inherit = "sos.subject.request"

    def _gather_documents(self, source):
        forms = source.env["sos.form"].search(
            [("case_id", "in", source.cases.ids), ("document_ids", "!=", False)],
            order="date, id",
        )
        for form in forms:
            seen = set()
            for document in form.document_ids.sorted("number", reverse=True):
                yield from self._gather_document(source, form, document, seen)

    def _gather_document(self, source, form, document, seen):
        owner = {
            "on_date": form.date,
            "case_id": form.case_id.id,
            "author": (form.authorised_by_id or form.submitted_by_id).name,
        }
        kind = (10, self.env._("Forms as they were submitted and signed"))
        name = f"{form.type_id.name} {form.reference}"
        if document != form.document_id:
            name = self.env._("%s, as it was before", name)
        try:
            content = document._load()
            named = form._get_picture_keys(content["sections"])
            pictures = document._load_pictures(named)
        except UserError as error:
            yield self._prepare_piece(
                source,
                f"document,{document.id}",
                kind,
                str(error),
                title=name,
                about=set(form.child_ids.child_id.ids),
                **owner,
            )
            return
        everybody = {child["id"] for child in content["children"]}
        for part, title, theirs, entries, text in self._split_document(
            source, form, content, everybody
        ):
            # who signed is no difference: each document of a form has its own
            same = str(content["header"]["facts"]) if part == "header" else text
            if (part, theirs, same) in seen or not text:
                continue
            seen.add((part, theirs, same))
            ids, about, own = self._get_named(source, entries, everybody)
            yield self._prepare_piece(
                source,
                f"document,{document.id},{part},{'own' if theirs else 'others'}",
                kind,
                text,
                title=f"{name}: {title}",
                ids=ids,
                about=about,
                own_words=own,
                confidential=any(entry.get("confidential") for entry in entries),
                **owner,
            )
            yield from self._gather_document_pictures(
                source, document, entries, pictures, title=f"{name}: {title}", **owner
            )

    def _split_document(self, source, form, content, everybody):
        """The parts of a document, what is the person's apart from what is about
        others: part, title, whether it is theirs, entries, words."""
        header = content["header"]
        yield (
            "header",
            self.env._("first page"),
            True,
            [{"children": sorted(everybody)}],
            self._get_header_text(header),
        )
        for child in content["children"]:
            yield (
                f"child{child['id']}",
                child["name"],
                child["id"] == source.person.id,
                [{"children": [child["id"]]}],
                self._get_child_text(child),
            )
        render = self._get_section_renderer(source, form, content)
        for section in content["sections"]:
            for theirs in (True, False):
                entries = [
                    entry
                    for entry in section["pieces"]
                    if self._is_theirs(source, form, entry, everybody) == theirs
                ]
                if entries:
                    text = words_of_html(str(render({**section, "pieces": entries})))
                    # its heading is the title of the piece
                    text = text.removeprefix(f"{section['title']}\n")
                    yield section["code"], section["title"], theirs, entries, text

    def _get_section_renderer(self, source, form, content):
        """The words of a section as professionals read them in the form."""
        values = form._get_output_values(
            {
                "header": content["header"],
                "children": content["children"],
                "audience": "professionals",
                "contact": {"worker": None, "team": None},
            },
            {},
        )
        qweb = source.env["ir.qweb"]

        def render(section):
            return qweb._render(
                "sos_casework.sos_output_section", {**values, "section": section}
            )

        return render

    def _get_header_text(self, header):
        lines = [header["title"]]
        for fact in header["facts"]:
            lines.append(f"{fact['label']}: {fact['value']}")
        for label, by, at in (
            (self.env._("Submitted"), "submitted_by", "submitted_at"),
            (self.env._("Authorised"), "authorised_by", "authorised_at"),
        ):
            if header.get(by):
                lines.append(f"{label}: {header[by]}, {self._get_day(header[at])}")
        for label, name in (
            (self.env._("Reason for what looks unusual"), "query_reason"),
            (self.env._("Reason to go on all the same"), "override_reason"),
        ):
            if header.get(name):
                lines.append(f"{label}: {header[name]}")
        return "\n".join(lines)

    @staticmethod
    def _get_day(moment):
        day = fields.Date.to_date((moment or "")[:10] or None)
        return day.strftime("%d/%m/%Y") if day else ""

    def _get_child_text(self, child):
        lines = [child["name"]]
        for fact in child["facts"]:
            lines.append(f"{fact['label']}: {fact['value']}")
        for label, name in (
            (self.env._("Decision"), "decision"),
            (self.env._("Category"), "category"),
            (self.env._("Reason for closure"), "closure_reason"),
        ):
            if child.get(name):
                lines.append(f"{label}: {child[name]['title']}")
        if child.get("reasons"):
            lines.append(f"{self.env._('Reasons')}: {child['reasons']}")
        return "\n".join(lines) if len(lines) > 1 else ""

    # ------------------------------------------------------------ whose it is

    def _get_named(self, source, entries, everybody):
        """Ids named by entries of a document, children they are about, and whether
        the person speaks in them."""
        ids, about, own = set(), set(), False
        for entry in entries:
            ids |= set(entry.get("persons", ()))
            speakers = {entry.get("speaker")}
            for value in entry.values():
                if isinstance(value, list):
                    speakers |= {
                        inner.get("speaker")
                        for inner in value
                        if isinstance(inner, dict)
                    }
            own = own or source.person.id in speakers
            ids |= speakers - {None}
            children = set(entry.get("children", ()))
            if not children >= everybody:
                about |= children
        return ids, about, own

    def _is_theirs(self, source, form, entry, everybody):
        ids, about, _own = self._get_named(source, [entry], everybody)
        words = " ".join(walk_words(entry))
        children = set(entry.get("children", ())) if not about else about
        if source.person.id in ids | children or source.find_self(words):
            return True
        # of the whole family, so of every adult in it as well
        return not about and not source.is_child and form.case_id.id in source.belongs

    def _gather_document_pictures(self, source, document, entries, pictures, **vals):
        """Pictures that are not pieces already."""
        for entry in entries:
            for holder in (entry, *entry.get("panels", ())):
                key = (holder.get("picture") or {}).get("key")
                data = base64.b64decode(pictures.get(key) or b"")
                if data and hashlib.sha256(data).hexdigest() not in source.files:
                    ids, about, own = self._get_named(source, [entry], {0})
                    yield self._prepare_file(
                        source,
                        f"picture,{document.id},{key}",
                        data,
                        key,
                        ids=ids,
                        about=about,
                        own_words=own,
                        **vals,
                    )
