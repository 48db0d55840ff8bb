import math
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext, is_html_empty

from ...tools.words import WrittenHtml


class SosFormAnswer(models.Model):
    """What is written in one section, for a section by child in one row a child."""

    _name = "sos.form.answer"
    _inherit = ["sos.record.mixin"]
    _description = "Answer"
    _order = "form_id, sequence, child_id, id"
    _rec_name = "code"
    _stamp_fields = ("revision", "written_by_id", "written_at")
    # in the log by who wrote when: sos_form_answer_log.py
    _unlogged_fields = ("body", "revision", "written_by_id", "written_at")
    _merge_key = ("form_id", "section_id", "child_id")

    form_id = fields.Many2one("sos.form", required=True, index=True)
    case_id = fields.Many2one(related="form_id.case_id", store=True, index=True)
    section_id = fields.Many2one("sos.form.section", required=True, readonly=True)
    sequence = fields.Integer(related="section_id.sequence", store=True)
    code = fields.Char(related="section_id.code", store=True, index=True)
    title = fields.Char(related="section_id.name")
    purpose = fields.Text(related="section_id.purpose")
    prompt = fields.Text(related="section_id.prompt")
    guidance = fields.Text(related="section_id.guidance")
    exemplar = fields.Text(related="section_id.exemplar")
    required = fields.Boolean(related="section_id.required")
    child_id = fields.Many2one("sos.person", "Child", readonly=True)
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="Not for a child who turned out not to be part of the form.",
    )
    body = WrittenHtml("Text")
    is_empty = fields.Boolean("Empty", compute="_compute_is_empty")
    previous = fields.Html("Last time", compute="_compute_previous")
    revision = fields.Integer(readonly=True)
    written_by_id = fields.Many2one("res.users", "Last written by", readonly=True)
    written_at = fields.Datetime("Last written", readonly=True)
    state = fields.Selection(related="form_id.state")

    _one = models.UniqueIndex("(form_id, section_id, COALESCE(child_id, 0))")

    @api.depends("body")
    def _compute_is_empty(self):
        for answer in self:
            answer.is_empty = is_html_empty(answer.body)

    @api.depends("section_id", "child_id")
    def _compute_previous(self):
        """The last signed answer to the same section, for this family and child, in
        any type of form, where the section's policy shows it."""
        shown = self.filtered(
            lambda answer: answer.section_id.sudo().carry
            in ("beside", "offer", "carry")
        )
        found = shown._find_previous()
        for answer in self:
            answer.previous = answer in found and found[answer].body

    def _find_previous(self):
        """What was signed last before each answer's own form: one search for all.

        :return: {answer: answer of an earlier form}, without those that have none
        """
        earlier = self.search_fetch(
            [
                ("case_id", "in", self.case_id.ids),
                ("code", "in", self.mapped("code")),
                ("form_id.state", "in", ("authorised", "complete")),
                ("body", "!=", False),
            ],
            ["case_id", "code", "child_id", "form_id"],
        )
        by_key = earlier.grouped(lambda a: (a.case_id, a.code, a.child_id))
        found = {}
        for answer in self:
            key = (answer.case_id, answer.code, answer.child_id)
            if last := by_key.get(key, earlier[:0])._get_last_before(answer.form_id):
                found[answer] = last.id
        # read are the last ones and not all the earlier ones
        return {
            answer: self.browse(last).with_prefetch(found.values())
            for answer, last in found.items()
        }

    def _get_last_before(self, form):
        """By when the form was signed: one opened later may have been signed sooner."""

        def signed(form):
            return form.submitted_at, form.id

        others = self.filtered(lambda answer: answer.form_id != form._origin)
        if form.state not in ("draft", "cancelled"):
            others = others.filtered(lambda a: signed(a.form_id) < signed(form))
        return others.sorted(lambda answer: signed(answer.form_id))[-1:]

    @api.constrains("body")
    def _check_question(self):
        """An agency's own question keeps to its kind: a number, a day, yes or no."""
        examples = {
            "number": self.env._("a number, such as 3 or 2.5"),
            "date": self.env._("a day, such as 31/01/2026"),
            "yes_no": self.env._("yes or no"),
        }
        for answer in self:
            kind = answer.section_id.question_type
            words = html2plaintext(answer.body or "").strip()
            if kind in examples and words and not self._is_of_kind(words, kind):
                raise ValidationError(
                    self.env._(
                        "“%(title)s” wants %(example)s, and not “%(words)s”.",
                        title=answer.section_id.name,
                        example=examples[kind],
                        words=words[:40],
                    )
                )

    @api.model
    def _is_of_kind(self, words, kind):
        if kind == "yes_no":
            return words.lower() in ("yes", "no")
        try:
            if kind == "number":
                return math.isfinite(float(words))
            return bool(datetime.strptime(words, "%d/%m/%Y"))
        except ValueError:
            return False

    def write(self, vals):
        if "body" in vals:
            for answer in self:
                answer._check_writable()
            self._log_left()
            vals = {
                **vals,
                "written_by_id": self.env.uid,
                "written_at": fields.Datetime.now(),
            }
            for answer in self:
                super(SosFormAnswer, answer).write(
                    {**vals, "revision": answer.revision + 1}
                )
            return True
        if set(self._stamp_fields) & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("Who wrote an answer, and when, follows from writing.")
            )
        return super().write(vals)

    def _check_writable(self):
        """Drafts are written by all; ``management_decision`` may be changed by who
        authorises until they have."""
        self.ensure_one()
        form = self.form_id
        if form.state == "submitted" and self.code == "management_decision":
            if form._may_authorise():
                return
        form._check_editable()

    def _save(self, body, revision=None):
        """Save when nobody has saved since ``revision``; give the new revision."""
        self.ensure_one()
        # two who save at the same moment queue here, and the second is told
        self._queue()
        self.invalidate_recordset(["revision"])
        if revision is not None and revision != self.revision:
            raise UserError(
                self.env._(
                    "%(who)s has written in “%(title)s” since you opened it. Your text "
                    "is still on your screen: copy it, look at what they wrote, and "
                    "bring the two together.",
                    who=self.written_by_id.name,
                    title=self.title,
                )
            )
        if not self.form_id.started_on and "started_on" in self.form_id.fact_codes:
            self.form_id.started_on = self.env["res.company"]._sos_today()
        self.write({"body": body})
        return self.revision

    def _get_fold_values(self, other):
        """Neither text is lost: one stands below the other. A cancelled form stays as
        it was."""
        if other.is_empty or self.form_id.state != "draft":
            return {}
        return {"body": other.body if self.is_empty else self.body + other.body}

    def _get_display_label(self):
        return self.title

    def action_take_previous(self):
        """Copy the last answer: one click, where the section's policy offers it."""
        self.ensure_one()
        previous = self._find_previous().get(self)
        if previous and self.section_id.carry in ("offer", "carry"):
            self._save(previous.body)
        return True
