from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class SosForm(models.Model):
    """Which children a form is about, and what is written in it."""

    _inherit = "sos.form"

    def _add_answers(self):
        """An empty answer for each section to write in, and each child."""
        rows = []
        for form in self:
            answers = form.with_context(active_test=False).answer_ids
            existing = {(a.section_id, a.child_id) for a in answers}
            again = answers.filtered(
                lambda a, f=form: not a.active and a.child_id in f.child_ids.child_id
            )
            again.sudo().active = True
            nobody = self.env["sos.person"]
            for section in form.version_id.sudo().section_ids:
                wanted = {
                    "narrative": nobody,
                    "question": nobody,
                    "narrative_child": form.child_ids.child_id,
                }.get(section.kind)
                if wanted is None:
                    continue
                for child in wanted or [nobody]:
                    if (section, child) not in existing:
                        rows.append(
                            {
                                "form_id": form.id,
                                "section_id": section.id,
                                "child_id": child.id,
                            }
                        )
        # sudo: which answers there are follows from the version and the children
        self.env["sos.form.answer"].sudo().create(rows)

    def _add_children(self, children):
        """Children whom a draft is about as well."""
        self.ensure_one()
        new = children - self.child_ids.child_id
        if new:
            self.write(
                {
                    "child_ids": [
                        fields.Command.create({"child_id": child.id}) for child in new
                    ]
                }
            )

    @api.model
    def _find_draft(self, case, form_type, children):
        """The draft of a type to go on with: one that a decision has opened for any of
        these children, or one that somebody opened for just these."""
        drafts = self.search(
            [
                ("case_id", "=", case.id),
                ("type_id", "=", form_type.id),
                ("state", "=", "draft"),
                ("child_ids.child_id", "in", children.ids),
            ]
        )
        drafts = drafts.filtered(
            lambda f: f.from_form_id or f.child_ids.child_id == children
        )
        return drafts.sorted(lambda f: len(f.child_ids.child_id & children))[-1:]

    def write_answer(self, code, body, child_id=None, revision=None):
        """Write one section.

        :param code: the section's code
        :param body: text or HTML, sanitized on saving
        :param child_id: for a section with an answer for each child
        :param revision: the revision that the writer had before them; when somebody
            else has saved since, nothing is stored and the writer is told
        :return: the new revision
        """
        self.ensure_one()
        self.check_access("write")
        answer = self.answer_ids.filtered(
            lambda a: a.code == code and a.child_id.id == (child_id or False)
        )
        if not answer:
            raise UserError(
                self.env._("This form has no section “%s” to write in.", code)
            )
        return answer._save(body, revision)

    def _get_answer_text(self, code, child=None):
        """The plain words of an answer, empty if there are none."""
        self.ensure_one()
        child = child or self.env["sos.person"]
        answer = self.answer_ids.filtered(
            lambda a: a.code == code and a.child_id == child
        )
        return html2plaintext(answer.body or "").strip()
