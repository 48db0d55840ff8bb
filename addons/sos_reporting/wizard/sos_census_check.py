from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.sos_census import FIRST_YEAR


class SosCensusCheck(models.TransientModel):
    """What the census's rules say today of one family's children, as far as the user
    may read what they are about. Worked out when the window opens."""

    _name = "sos.census.check"
    _inherit = ["sos.access.mixin"]
    _description = "Census check"

    case_id = fields.Many2one("sos.case", "Family", required=True, readonly=True)
    child_ids = fields.Many2many("sos.person", string="Children", readonly=True)
    year = fields.Integer(readonly=True, required=True)
    text = fields.Text("What was looked at", compute="_compute_text")
    earlier_year = fields.Integer(compute="_compute_text")
    later_year = fields.Integer(compute="_compute_text")
    may_answer = fields.Boolean(compute="_compute_may_answer")
    line_ids = fields.One2many("sos.census.check.line", "check_id")
    error_ids = fields.One2many(
        "sos.census.check.line", "check_id", "Errors", domain=[("kind", "=", "error")]
    )
    query_ids = fields.One2many(
        "sos.census.check.line", "check_id", "Queries", domain=[("kind", "=", "query")]
    )

    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Census check")

    @api.depends("case_id", "child_ids", "year")
    def _compute_text(self):
        latest = self._get_latest_year()
        for check in self:
            names = check.child_ids._get_short_list()
            check.text = (
                self.env._(
                    "The census to 31 March %(year)s, with what is recorded today: "
                    "%(children)s.",
                    year=check.year,
                    children=names,
                )
                if names
                else self.env._(
                    "No child of this family is in the census to 31 March %s: nobody "
                    "was referred, or in need, in that year.",
                    check.year,
                )
            )
            check.earlier_year = check.year > FIRST_YEAR and check.year - 1
            check.later_year = check.year < latest and check.year + 1

    @api.depends_context("uid")
    @api.depends("case_id")
    def _compute_may_answer(self):
        for check in self:
            check.may_answer = check._may_answer()

    def _may_answer(self):
        """Whoever is responsible for the family knows why something is as it is: the
        lead worker, the managers, the service."""
        case, user = self.case_id, self.env.user
        if not case.has_access("read"):
            return False
        return bool(
            user in case.lead_id | case._get_manager()
            or user.has_group("sos_casework.group_service_manager")
            or (
                user.has_group("sos_casework.group_team_manager")
                and user in case.team_id.member_ids
            )
        )

    def _get_looked_at(self):
        return self.case_id

    def write(self, vals):
        # only the reasons, which are asked for their rights by the lines
        if not self.env.su and vals.keys() - {"query_ids"}:
            raise UserError(self.env._("Only the reason of a query is written here."))
        return super().write(vals)

    @api.model
    def _get_latest_year(self):
        """The year of the census whose period today is in."""
        today = self.env["res.company"]._sos_today()
        return today.year + (today >= today.replace(month=4, day=1))

    @api.model
    def _open(self, case, children, year=None):
        """Look, and show what was found.

        :param case: that the user reads
        :param children: of it
        """
        case.check_access("read")
        year = year or self._get_latest_year()
        # whom the user may not know of is not looked at
        children = children._filtered_access("read")
        found, findings = self._find(case, children, year)
        # sudo: the window is made here, and read by who opened it only
        check = self.sudo().create(
            {
                "case_id": case.id,
                "child_ids": [Command.set(found.ids)],
                "year": year,
                "line_ids": [Command.create(vals) for vals in findings],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Census check"),
            "res_model": self._name,
            "res_id": check.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    @api.model
    def _find(self, case, children, year):
        """:return: the children who are in the census, and values of the lines"""
        source = self.env["sos.census"].with_company(case.company_id)
        period = source._get_period(year)
        # a child may be in a second family, whose file the user does not read
        episodes = self.env["sos.episode"].search([("child_id", "in", children.ids)])
        only = Domain("id", "in", episodes.ids)
        by_number = {child.reference: child for child in children}
        found, findings = children.browse(), []
        for row in source._iter_rows(period, only=only):
            found |= by_number[row.identifiers.la_child_id]
            findings += source._find_in(row, year)
        known = self._get_known(case.company_id, found)
        return found, [
            self._prepare_line(source, finding, by_number, known)
            for finding in self._leave_out_unreadable(findings)
        ]

    @api.model
    def _get_known(self, company, children):
        # sudo: who reads the child's file reads why its queries are right
        answers = self.env["sos.return.answer"].sudo()
        return answers._get_known(company, children.mapped("reference"))

    @api.model
    def _leave_out_unreadable(self, findings):
        named = {}
        for finding in findings:
            for part in finding.parts:
                if record := part.row.record:
                    named.setdefault(record.model, set()).add(record.id)
        readable = {
            (model, record_id)
            for model, ids in named.items()
            for record_id in self.env[model].browse(ids)._filtered_access("read").ids
        }
        return [
            finding
            for finding in findings
            if all(
                (part.row.record.model, part.row.record.id) in readable
                for part in finding.parts
                if part.row.record
            )
        ]

    @api.model
    def _prepare_line(self, source, finding, by_number, known):
        values = source._to_issue(finding)
        answer = finding.kind == "query" and known.get((finding.code, finding.child))
        return {
            **values,
            "child_id": by_number[finding.child].id,
            "answer_id": answer or False,
        }

    def action_earlier(self):
        """The same for the census before."""
        return self._open_year(self.earlier_year)

    def action_later(self):
        return self._open_year(self.later_year)

    def _open_year(self, year):
        self.ensure_one()
        self.check_access("read")
        return self._open(self.case_id, self.case_id.child_ids, year)
