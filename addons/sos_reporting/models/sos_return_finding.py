from odoo import api, fields, models
from odoo.exceptions import UserError


class SosReturnFinding(models.AbstractModel):
    """What a rule found, wherever it is shown: its code, what is wrong, the record that
    it is about, and for a query why it is right as it is."""

    _name = "sos.return.finding"
    _inherit = ["sos.access.mixin"]
    _description = "What a rule found"
    _rec_name = "code"
    _sos_group_codes = ("code",)

    company_id = fields.Many2one("res.company", "Authority", readonly=True)
    kind = fields.Selection(
        [("error", "Error"), ("query", "Query")], required=True, readonly=True
    )
    code = fields.Char("Rule", required=True, readonly=True, index=True)
    message = fields.Text("What is wrong", readonly=True)
    number = fields.Char("Child", readonly=True, help="The child's number.")
    detail = fields.Char("Where", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    record_refs = fields.Char(
        "Records that it compares",
        readonly=True,
        help="“model,id” of each, with spaces between them; empty when not known.",
    )
    answer_id = fields.Many2one(
        "sos.return.answer", readonly=True, index="btree_not_null"
    )
    reason = fields.Text(
        "Why it is right as it is",
        compute="_compute_reason",
        # who sees the query sees its answer
        compute_sudo=True,
        inverse="_inverse_reason",
        help="Kept for the years to come: the same query about the same child is "
        "answered by it.",
    )
    agreed_by_id = fields.Many2one(related="answer_id.agreed_by_id")
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)

    @api.depends("answer_id.reason")
    def _compute_reason(self):
        for finding in self:
            finding.reason = finding.answer_id.reason

    @api.depends("kind", "answer_id", "answer_id.agreed_by_id")
    def _compute_is_open(self):
        for finding in self:
            answer = finding.answer_id
            finding.is_open = not answer or (
                finding.kind == "error" and not answer.agreed_by_id
            )

    def _inverse_reason(self):
        # read before the first one is written: all of them hang on their answers
        for reason, findings in self.grouped("reason").items():
            findings._check_may_answer()
            findings._answer(reason)

    def _check_may_answer(self):
        """:raise UserError: says why this user cannot answer one of these now"""
        raise NotImplementedError

    def _get_answer_year(self):
        """The year that an answer is for: the census's, of an error that may be agreed
        with the department; False for a query, which is answered for good.

        :raise UserError: for an error that is put right and not explained
        """
        if self.kind == "error":
            raise UserError(
                self.env._(
                    "Rule %s finds an error: it is put right in the record, and then "
                    "the return is made again.",
                    self.code,
                )
            )
        return False

    def _answer(self, reason):
        """Say of each of these why it is right as it is; empty words take the answer
        back.

        :raise UserError: for an error that nobody agrees to
        """
        # sudo: answers are given here only, by who was checked above
        answers = self.env["sos.return.answer"].sudo()
        words = (reason or "").strip()
        if not words:
            self.sudo().answer_id.active = False
            self.sudo().answer_id = False
            return
        for (company, year), findings in self.grouped(
            lambda finding: (finding.company_id, finding._get_answer_year())
        ).items():
            keys = [(one.code, one.number or "") for one in findings]
            kept = answers._keep(company, keys, words, year)
            findings._take_answers(kept)
            if not year:
                # what a family's team says on its file need not be said again
                issues = self.env["sos.return.issue"]
                issues._get_unanswered(company, kept)._take_answers(kept)

    def _take_answers(self, kept):
        """:param kept: {(rule, child's number or ""): id of the answer}"""
        # sudo: as in _answer
        for answer, findings in (
            self.sudo()
            .grouped(lambda finding: kept[finding.code, finding.number or ""])
            .items()
        ):
            findings.answer_id = answer

    def write(self, vals):
        if not self.env.su and vals.keys() - {"reason"}:
            raise UserError(self.env._("Only the reason of a query is written here."))
        return super().write(vals)

    def action_open(self):
        """The record that is wrong, for who may read it; for others whom to ask."""
        self.ensure_one()
        self.check_access("read")
        record = (
            self.env[self.res_model].browse(self.res_id) if self.res_model else None
        )
        if not record or not record.exists():
            raise UserError(self._describe_nothing_to_open())
        if not record.has_access("read"):
            raise UserError(
                self.env._(
                    "You may not read this family's file. Ask %(whom)s to put "
                    "%(number)s right.",
                    whom=self._describe_whom() or self.env._("the child's team"),
                    number=self.number,
                )
            )
        if record._name == "sos.form.child":
            # a child's line is put right in its form
            record = record.form_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _describe_whom(self):
        """Who could put it right, when the user may not read the record."""
        return ""

    def _describe_nothing_to_open(self):
        """Why there is no record to be led to."""
        return self.env._("This is about the whole authority, not about one record.")
