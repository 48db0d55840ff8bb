from odoo import api, fields, models


class SosReturnAnswer(models.Model):
    """Why a query about a child is right as it is. It stays: next year's return finds
    the same query answered."""

    _name = "sos.return.answer"
    _inherit = ["sos.logged.mixin", "sos.access.mixin"]
    _description = "Answer to a query"
    _order = "code, number"
    _rec_name = "code"
    _log_fields = ("reason",)

    company_id = fields.Many2one(
        "res.company", "Authority", required=True, readonly=True, index=True
    )
    code = fields.Char("Rule", required=True, readonly=True)
    number = fields.Char("Child", readonly=True, default="")
    reason = fields.Text(required=True, readonly=True)
    by_id = fields.Many2one("res.users", "Said by", readonly=True)
    at = fields.Datetime("Said", readonly=True)

    _one = models.UniqueIndex(
        "(company_id, code, COALESCE(number, ''))", "This query is answered already."
    )

    @api.model
    def _keep(self, company, code, number, reason):
        """The answer to a query, new or changed."""
        answer = self.search(
            [
                ("company_id", "=", company.id),
                ("code", "=", code),
                ("number", "=", number or False),
            ]
        )
        values = {
            "reason": reason,
            "by_id": self.env.uid,
            "at": fields.Datetime.now(),
        }
        if answer:
            answer.write(values)
            return answer
        return self.create(
            {
                **values,
                "company_id": company.id,
                "code": code,
                "number": number or False,
            }
        )

    @api.model
    def _get_known(self, company):
        """{(rule, child's number or ""): id}"""
        answers = self.search_fetch(
            [("company_id", "=", company.id)], ["code", "number"]
        )
        return {(a.code, a.number or ""): a.id for a in answers}
