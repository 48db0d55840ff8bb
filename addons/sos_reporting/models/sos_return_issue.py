from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Rules without which the department does not take a file, whatever was agreed.
NEVER_AGREED = ("XML",)


class SosReturnIssue(models.Model):
    """What a rule found in a return. An error is put right in the record, or was agreed
    with the department, and then a second person says yes; a query may be right as it
    is, and then somebody says why."""

    _name = "sos.return.issue"
    _inherit = ["sos.return.finding"]
    _description = "Issue of a return"
    _order = "return_id, kind, code, number, id"

    return_id = fields.Many2one(
        "sos.return", "Return", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(related="return_id.company_id")
    return_state = fields.Selection(related="return_id.state")
    team_id = fields.Many2one("sos.team", "Team", readonly=True)

    def _check_may_answer(self):
        if "cin_file" in self.return_id.mapped("kind"):
            raise UserError(
                self.env._(
                    "What is found in a file that was brought here is answered where "
                    "the file comes from."
                )
            )
        if set(self.mapped("return_state")) - {"draft", "checked"}:
            raise UserError(
                self.env._("The return was approved. Take that back first.")
            )

    def _get_answer_year(self):
        agreed = self.return_id.kind == "cin" and self.code not in NEVER_AGREED
        if self.kind == "error" and agreed:
            return self.return_id.year
        return super()._get_answer_year()

    def web_save_multi(self, vals_list, specification):
        """What several are given in the list is the same for all, and written once."""
        if vals_list and all(vals == vals_list[0] for vals in vals_list):
            self.write(vals_list[0])
            vals_list = [{}] * len(vals_list)
        return super().web_save_multi(vals_list, specification)

    def action_agree(self):
        """A second person says that an error was agreed with the department and stays.

        :raise UserError: for who wrote it down, and who approves no returns
        """
        self.check_access("write")
        self._check_may_answer()
        for record in self.return_id:
            record._check_approver()
        errors = self.filtered(lambda issue: issue.kind == "error" and issue.is_open)
        answers = errors.answer_id
        if not answers or any(not error.answer_id for error in errors):
            raise UserError(
                self.env._(
                    "Say first what was agreed with the department, in the column "
                    "“Why it is right as it is”."
                )
            )
        if self.env.user in answers.by_id:
            raise UserError(
                self.env._(
                    "Somebody else says yes than who wrote down what was agreed."
                )
            )
        # sudo: a yes is given here only, by who was checked above
        answers.sudo().write(
            {"agreed_by_id": self.env.uid, "agreed_at": fields.Datetime.now()}
        )

    @api.model
    def _get_unanswered(self, company, keys):
        """Open queries of returns that are not approved yet.

        :param keys: (rule, child's number or "") each
        """
        # sudo: who answers on a family's file need not read returns
        issues = self.sudo().search(
            [
                ("return_id.company_id", "=", company.id),
                ("return_id.state", "in", ("draft", "checked")),
                ("return_id.kind", "!=", "cin_file"),
                ("kind", "=", "query"),
                ("is_open", "=", True),
                ("code", "in", [code for code, _number in keys]),
                ("number", "in", [number or False for _code, number in keys]),
            ]
        )
        return issues.filtered(lambda issue: (issue.code, issue.number or "") in keys)

    def _describe_whom(self):
        # sudo: which team holds a child's file is no secret, names are
        return self.sudo().team_id._describe_managers() if self.team_id else ""

    def _describe_nothing_to_open(self):
        if self.return_id.kind == "cin_file":
            return self.env._(
                "This is in the file that was brought here, and about nobody in the "
                "record."
            )
        return super()._describe_nothing_to_open()

    @api.model
    def _add(self, record, findings):
        """Keep what rules found, each with the answer that was given before.

        :param findings: list of dicts of this model's fields
        """
        if not findings:
            return self.browse()
        known, teams = {}, {}
        # the numbers in a file that was brought here may be other children's
        if record.kind != "cin_file":
            answers = self.env["sos.return.answer"]
            known = {"query": answers._get_known(record.company_id)}
            if record.kind == "cin":
                year = record.year
                known["error"] = answers._get_known(record.company_id, year=year)
            teams = self._get_teams({vals.get("number") for vals in findings} - {None})
        return self.create(
            [
                {
                    **vals,
                    "return_id": record.id,
                    "team_id": teams.get(vals.get("number")),
                    "answer_id": known.get(vals["kind"], {}).get(
                        (vals["code"], vals.get("number") or "")
                    ),
                }
                for vals in findings
            ]
        )

    @api.model
    def _get_teams(self, numbers):
        """{child's number: id of the team that holds the newest open file}"""
        return {
            # a restricted family's team is told to nobody
            number: cases[-1:].filtered(lambda case: not case.restricted).team_id.id
            for number, cases in self._get_files(numbers).items()
        }

    @api.model
    def _get_files(self, numbers):
        """{child's number: the files that the child is in, the newest open one last}"""
        people = self.env["sos.person"].with_context(active_test=False)
        return {
            person.reference: person.member_ids.case_id.sorted(
                lambda case: (not case.closed_on, case.id)
            )
            for person in people.search([("reference", "in", list(numbers))])
        }

    def _get_cases(self):
        """{issue: the one family file whose readers may be told of it}

        What compares records of two files is in none of them: who reads one of them
        would hear of the other.
        """
        named = defaultdict(set)
        refs = {issue: self._read_refs(issue.record_refs) for issue in self}
        for model, record_id in set().union(*refs.values()):
            named[model].add(record_id)
        files = self._get_files({issue.number for issue in self} - {False})
        case_of = {}
        # what a person is like is in every file that they are in
        for model in named.keys() - {"sos.person"}:
            rows = self.env[model].with_context(active_test=False)
            for row in rows.search_fetch([("id", "in", named[model])], ["case_id"]):
                case_of[model, row.id] = row.case_id
        found = {}
        for issue in self:
            mine = files.get(issue.number, self.env["sos.case"])
            if refs[issue]:
                cases = {case_of[ref] for ref in refs[issue] if ref in case_of}
                cases = cases or {mine[-1:]}
            else:
                # it is not known which records it is about: all of them may be
                cases = set(mine)
            if len(cases) == 1:
                found[issue] = cases.pop()
        return {issue: case for issue, case in found.items() if case}

    @api.model
    def _read_refs(self, text):
        pairs = (ref.split(",") for ref in (text or "").split())
        return {(model, int(record_id)) for model, record_id in pairs}
