from odoo import api, fields, models
from odoo.exceptions import UserError


class SosReturnIssue(models.Model):
    """What a rule found in a return. An error is put right in the record; a query may
    be right as it is, and then somebody says why."""

    _name = "sos.return.issue"
    _inherit = ["sos.access.mixin"]
    _description = "Issue of a return"
    _order = "return_id, kind, code, number, id"
    _rec_name = "code"

    return_id = fields.Many2one(
        "sos.return", "Return", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(related="return_id.company_id")
    return_state = fields.Selection(related="return_id.state")
    kind = fields.Selection(
        [("error", "Error"), ("query", "Query")], required=True, readonly=True
    )
    code = fields.Char("Rule", required=True, readonly=True, index=True)
    message = fields.Text("What is wrong", readonly=True)
    number = fields.Char("Child", readonly=True, help="The child's number.")
    detail = fields.Char("Where", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    team_id = fields.Many2one("sos.team", "Team", readonly=True)
    answer_id = fields.Many2one(
        "sos.return.answer", readonly=True, index="btree_not_null"
    )
    reason = fields.Text(
        "Why it is right as it is",
        compute="_compute_reason",
        inverse="_inverse_reason",
        help="Kept for the years to come: the same query about the same child is "
        "answered by it.",
    )
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)

    @api.depends("answer_id.reason")
    def _compute_reason(self):
        for issue in self:
            issue.reason = issue.answer_id.reason

    @api.depends("kind", "answer_id")
    def _compute_is_open(self):
        for issue in self:
            issue.is_open = issue.kind == "error" or not issue.answer_id

    def _inverse_reason(self):
        self.env["sos.return.source"]._check_may_export()
        for issue in self:
            issue._answer(issue.reason)

    def _answer(self, reason):
        """Say why a query is right as it is; empty words take the answer back.

        :raise UserError: for an error, and after the return was approved
        """
        if self.kind == "error":
            raise UserError(
                self.env._(
                    "Rule %s finds an error: it is put right in the record, and then "
                    "the return is made again.",
                    self.code,
                )
            )
        if self.return_state not in ("draft", "checked"):
            raise UserError(
                self.env._("The return was approved. Take that back first.")
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
            # sudo: which team holds a child's file is no secret, names are
            words = self.sudo().team_id._describe_managers() if self.team_id else ""
            raise UserError(
                self.env._(
                    "You may not read this family's file. Ask %(whom)s to put "
                    "%(number)s right.",
                    whom=words or self.env._("the child's team"),
                    number=self.number,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _add(self, record, findings):
        """Keep what rules found, each with the answer that was given before.

        :param findings: list of dicts of this model's fields
        """
        if not findings:
            return self.browse()
        known = self.env["sos.return.answer"]._get_known(record.company_id)
        teams = self._get_teams({vals.get("number") for vals in findings} - {None})
        return self.create(
            [
                {
                    **vals,
                    "return_id": record.id,
                    "team_id": teams.get(vals.get("number")),
                    "answer_id": vals["kind"] == "query"
                    and known.get((vals["code"], vals.get("number") or "")),
                }
                for vals in findings
            ]
        )

    @api.model
    def _get_teams(self, numbers):
        """{child's number: id of the team that holds the newest open file}"""
        people = self.env["sos.person"].with_context(active_test=False)
        teams = {}
        for person in people.search([("reference", "in", list(numbers))]):
            cases = person.member_ids.case_id.sorted(
                lambda case: (not case.closed_on, case.id)
            )
            # a restricted family's team is told to nobody
            teams[person.reference] = (
                cases[-1:].filtered(lambda case: not case.restricted).team_id.id
            )
        return teams
