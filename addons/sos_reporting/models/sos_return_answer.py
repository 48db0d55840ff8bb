from odoo import api, fields, models
from odoo.fields import Domain


class SosReturnAnswer(models.Model):
    """Why what a rule finds of a child is right as it is. That of a query stays: next
    year's return finds the same query answered. That of an error says what the
    authority has agreed with the department, for one year, and counts once a second
    person has said yes."""

    _name = "sos.return.answer"
    _inherit = ["sos.logged.mixin", "sos.access.mixin"]
    _description = "Answer to a query"
    _order = "code, number"
    _rec_name = "code"
    _log_fields = ("reason", "active", "agreed_by_id")

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
    year = fields.Char(
        "For the year",
        readonly=True,
        help="The census that an error was agreed for. The answer to a query is for "
        "all years.",
    )
    reason = fields.Text(required=True, readonly=True)
    by_id = fields.Many2one("res.users", "Said by", readonly=True)
    at = fields.Datetime("Said", readonly=True)
    agreed_by_id = fields.Many2one(
        "res.users",
        "Yes said by",
        readonly=True,
        help="The second person for an error: it is right that it stays.",
    )
    agreed_at = fields.Datetime("Yes said", readonly=True)
    active = fields.Boolean(
        default=True, readonly=True, help="Not any more once it was taken back."
    )

    _one = models.UniqueIndex(
        "(company_id, code, COALESCE(number, ''), COALESCE(year, ''))",
        "This is answered already.",
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
    def _keep(self, company, keys, reason, year=False):
        """The same answer to each of these, new or changed. Nobody has said yes to
        other words.

        :param keys: (rule, child's number or "") each
        :param year: of the census, for errors
        :return: {key: id}
        """
        numbers = [number for _code, number in keys]
        known = self.with_context(active_test=False)._get_known(company, numbers, year)
        values = {
            "reason": reason,
            "by_id": self.env.uid,
            "at": fields.Datetime.now(),
            "agreed_by_id": False,
            "agreed_at": False,
            "active": True,
        }
        kept = {key: known[key] for key in keys if key in known}
        self.browse(kept.values()).write(values)
        new = [key for key in dict.fromkeys(keys) if key not in kept]
        created = self.create(
            [
                {
                    **values,
                    "company_id": company.id,
                    "code": code,
                    "number": number or False,
                    "year": year,
                }
                for code, number in new
            ]
        )
        return kept | dict(zip(new, created.ids, strict=True))

    @api.model
    def _get_known(self, company, numbers=None, year=False):
        """{(rule, child's number or ""): id}

        :param numbers: of these children only
        :param year: what was agreed for this one; otherwise the answers to queries
        """
        domain = Domain("company_id", "=", company.id) & Domain("year", "=", year)
        if numbers is not None:
            domain &= Domain(
                "number", "in", [number or False for number in numbers]
            ) | Domain("person_id.reference", "in", [n for n in numbers if n])
        answers = self.search_fetch(domain, ["code", "number", "person_id", "at"])
        return {
            (answer.code, answer.person_id.reference or answer.number or ""): answer.id
            for answer in answers.sorted("at")
        }
