from odoo import api, fields, models
from odoo.exceptions import UserError


class SosReturnFinding(models.AbstractModel):
    """What a rule found, wherever it is shown: its code, what is wrong, the record that
    it is about, and for a query why it is right as it is."""

    _name = "sos.return.finding"
    _inherit = ["sos.access.mixin"]
    _description = "What a rule found"
    _rec_name = "code"

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
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)

    @api.depends("answer_id.reason")
    def _compute_reason(self):
        for finding in self:
            finding.reason = finding.answer_id.reason

    @api.depends("kind", "answer_id")
    def _compute_is_open(self):
        for finding in self:
            finding.is_open = finding.kind == "error" or not finding.answer_id

    def _inverse_reason(self):
        for finding in self:
            finding._check_may_answer()
            finding._answer(finding.reason)

    def _check_may_answer(self):
        """:raise UserError: says why this user cannot answer this query now"""
        raise NotImplementedError

    def _answer(self, reason):
        """Say why a query is right as it is; empty words take the answer back.

        :raise UserError: for an error
        """
        if self.kind == "error":
            raise UserError(
                self.env._(
                    "Rule %s finds an error: it is put right in the record, and then "
                    "the return is made again.",
                    self.code,
                )
            )
        # sudo: answers are given here only, by who was checked above
        answers = self.env["sos.return.answer"].sudo()
        words = (reason or "").strip()
        answer = answers.browse()
        if words:
            answer = answers._keep(self.company_id, self.code, self.number, words)
        self.sudo().answer_id = answer

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
            raise UserError(
                self.env._("This is about the whole authority, not about one record.")
            )
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
