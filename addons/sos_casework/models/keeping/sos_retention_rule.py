import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.days import add_birthdays


class SosRetentionRule(models.Model):
    """How long one kind of record is kept, and where that comes from. Of several rules
    that fit a family file the one that keeps it longest counts. The agency sets its
    own schedule: what ships is long, and a public inquiry may forbid destruction
    altogether (a legal hold on everything)."""

    _name = "sos.retention.rule"
    _inherit = ["sos.shipped.mixin", "sos.configuration.mixin"]
    _description = "Retention rule"
    _order = "sequence, id"
    _shipped_key = ("code",)

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char("What is kept", required=True, translate=True)
    kind = fields.Selection(
        [
            ("case", "Family files"),
            ("request", "Subject access requests"),
            ("access_log", "Access log"),
        ],
        "Kind of record",
        required=True,
        default="case",
    )
    domain = fields.Char(
        "Which family files",
        default="[]",
        required=True,
        help="Of the family files: those that meet this filter.",
    )
    years = fields.Integer(
        required=True, aggregator=None, help="0: never destroyed, kept for good."
    )
    counted_from = fields.Selection(
        [
            ("birth", "Birth of the youngest child"),
            ("closed", "Closure, or the answer to a request"),
            ("entry", "The entry itself"),
        ],
        "Counted from",
        required=True,
        default="birth",
    )
    kept_text = fields.Char("How long", compute="_compute_kept_text")
    wait_days = fields.Integer(
        "Days to stop it",
        default=30,
        required=True,
        aggregator=None,
        help="How long after the second person has agreed anybody may stop it still.",
    )
    source = fields.Text("Where it comes from", required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another retention rule has this code."
    )
    _years_positive = models.Constraint(
        "CHECK(years >= 0 AND wait_days >= 0)", "Years and days cannot be negative."
    )

    @api.depends("years", "counted_from")
    def _compute_kept_text(self):
        from_what = {
            "birth": self.env._("the birth of the youngest child"),
            "closed": self.env._("closure, or the answer to a request"),
            "entry": self.env._("the entry itself"),
        }
        for rule in self:
            rule.kept_text = (
                self.env._(
                    "%(years)s years from %(day)s",
                    years=rule.years,
                    day=from_what.get(rule.counted_from, "…"),
                )
                if rule.years
                else self.env._("For good")
            )

    @api.constrains("domain", "kind")
    def _check_domain(self):
        for rule in self:
            try:
                # sudo: only whether it can be asked; no file is shown
                self.env["sos.case"].sudo().search(rule._get_domain(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The filter of “%s” is not one of family files.", rule.name
                    )
                ) from error

    @api.constrains("kind", "counted_from")
    def _check_counted_from(self):
        for rule in self:
            fits = {
                "case": ("birth", "closed"),
                "request": ("closed",),
                "access_log": ("entry",),
            }[rule.kind]
            if rule.counted_from not in fits:
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be counted from there: a family file from the "
                        "youngest child's birth or its closure, a request from its "
                        "answer, the access log from the entry.",
                        rule.name,
                    )
                )

    def _get_domain(self):
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain.strip() or "[]"))

    @api.model
    def _get_case_dues(self, cases=None):
        """Until when closed family files are kept.

        :param cases: these only (all)
        :return: ``{case id: (rule, day)}``; a file that is open, that no rule fits,
            that a rule keeps for good, or whose day nobody knows is not in it
        """
        rules = self.sudo().search([("kind", "=", "case")])
        base = Domain("closed_on", "!=", False)
        if cases is not None:
            base &= Domain("id", "in", cases.ids)
        files = self.env["sos.case"].sudo()
        days = files.search(base)._get_retention_days()
        kept, dues = set(), {}
        for rule in rules:
            for case_id in files.search(base & rule._get_domain())._ids:
                since = days[case_id][rule.counted_from]
                if not rule.years or not since:
                    kept.add(case_id)
                    continue
                due = add_birthdays(since, rule.years)
                if case_id not in dues or dues[case_id][1] <= due:
                    dues[case_id] = (rule, due)
        return {case_id: due for case_id, due in dues.items() if case_id not in kept}


class SosCase(models.Model):
    _inherit = "sos.case"

    retention_code = fields.Selection(
        [
            ("looked_after", "Looked after child"),
            ("adopted", "Adopted child"),
            ("keep", "Kept for good"),
        ],
        "Keep as",
        copy=False,
        help="What the system cannot know from the forms, and what keeps the file "
        "longer. A service manager says so.",
    )
    kept_until = fields.Date(
        "Kept until",
        compute="_compute_kept_until",
        help="By the retention schedule. Nothing is destroyed on that day: it is "
        "proposed then, and two people decide.",
    )
    kept_why = fields.Char("Kept by", compute="_compute_kept_until")

    @api.depends("closed_on", "retention_code")
    def _compute_kept_until(self):
        closed = self.filtered("closed_on")
        rules = self.env["sos.retention.rule"]
        dues = rules._get_case_dues(closed) if closed else {}
        for case in self:
            rule, due = dues.get(case.id, (None, False))
            case.kept_until = due
            case.kept_why = rule.name if rule else False

    def write(self, vals):
        if "retention_code" in vals and not self.env.su:
            if not self.env.user.has_group("sos_casework.group_service_manager"):
                raise ValidationError(
                    self.env._("A service manager decides how long a file is kept.")
                )
        return super().write(vals)

    def _get_retention_days(self):
        """What the years are counted from, by file: the youngest child's birth (or
        the day it was expected) and the closure."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT f.id, f.closed_on,
                    MAX(COALESCE(p.birth_date, p.expected_on)),
                    BOOL_OR(p.id IS NOT NULL AND p.birth_date IS NULL
                        AND p.expected_on IS NULL)
                FROM sos_case f
                LEFT JOIN sos_case_member m
                    ON m.case_id = f.id AND m.role = 'child' AND m.active
                LEFT JOIN sos_person p ON p.id = m.person_id
                WHERE f.id IN %s GROUP BY f.id""",
                self._ids,
            )
        )
        return {
            # a child whose age nobody knows may be the youngest
            case_id: {"closed": closed, "birth": None if unknown else youngest}
            for case_id, closed, youngest, unknown in rows
        }
