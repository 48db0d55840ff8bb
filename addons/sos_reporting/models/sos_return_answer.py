from odoo import api, fields, models
from odoo.fields import Domain


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
    person_id = fields.Many2one(
        "sos.person",
        "About",
        compute="_compute_person_id",
        store=True,
        index="btree_not_null",
        help="Whose number it is. It goes with the child when two records of one child "
        "become one, and is told to a child who asks what is held.",
    )
    reason = fields.Text(required=True, readonly=True)
    by_id = fields.Many2one("res.users", "Said by", readonly=True)
    at = fields.Datetime("Said", readonly=True)

    _one = models.UniqueIndex(
        "(company_id, code, COALESCE(number, ''))", "This query is answered already."
    )

    @api.depends("number")
    def _compute_person_id(self):
        # sudo: an id, which is shown to nobody who may not read the child
        people = self.env["sos.person"].sudo().with_context(active_test=False)
        found = people.search_fetch(
            [("reference", "in", [n for n in self.mapped("number") if n])],
            ["reference"],
        )
        by_number = {person.reference: person for person in found}
        for answer in self:
            answer.person_id = by_number.get(answer.number)

    @api.model
    def _keep(self, company, code, number, reason):
        """The answer to a query, new or changed."""
        known = self._get_known(company, [number or ""])
        answer = self.browse(known.get((code, number or "")))
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
    def _get_known(self, company, numbers=None):
        """{(rule, child's number or ""): id}

        :param numbers: of these children only
        """
        domain = Domain("company_id", "=", company.id)
        if numbers is not None:
            domain &= Domain(
                "number", "in", [number or False for number in numbers]
            ) | Domain("person_id.reference", "in", [n for n in numbers if n])
        answers = self.search_fetch(domain, ["code", "number", "person_id"])
        return {
            (answer.code, answer.person_id.reference or answer.number or ""): answer.id
            for answer in answers.sorted("at")
        }
