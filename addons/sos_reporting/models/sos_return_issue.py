from odoo import api, fields, models
from odoo.exceptions import UserError


class SosReturnIssue(models.Model):
    """What a rule found in a return. An error is put right in the record; a query may
    be right as it is, and then somebody says why."""

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
        self.env["sos.return.source"]._check_may_export()
        if self.return_id.kind == "cin_file":
            raise UserError(
                self.env._(
                    "A query about a file that was brought here is answered where the "
                    "file comes from."
                )
            )
        if self.return_state not in ("draft", "checked"):
            raise UserError(
                self.env._("The return was approved. Take that back first.")
            )

    def _describe_whom(self):
        # sudo: which team holds a child's file is no secret, names are
        return self.sudo().team_id._describe_managers() if self.team_id else ""

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
