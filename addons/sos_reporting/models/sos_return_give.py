from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError


class SosReturn(models.Model):
    """What the rules found reaches the teams that can put it right."""

    _inherit = "sos.return"

    task_ids = fields.One2many(
        "sos.return.task", "return_id", "Given to teams", groups=fields.NO_ACCESS
    )
    task_count = fields.Integer("Families given", compute="_compute_task_counts")
    task_open_count = fields.Integer("Not done yet", compute="_compute_task_counts")

    def _compute_task_counts(self):
        # sudo: how many there are, and nothing of the families
        counts = {
            record.id: (count, count - done)
            for record, count, done in self.env["sos.return.task"]
            .sudo()
            ._read_group(
                [("return_id", "in", self.ids)],
                ["return_id"],
                ["__count", "done_on:count"],
            )
        }
        for record in self:
            given = counts.get(record._origin.id, (0, 0))
            record.task_count, record.task_open_count = given

    def action_give_to_teams(self):
        """Give what is open to the families' teams: a line among their work, and a
        reminder for the lead worker or the manager.

        :raise UserError: for a file of another system
        """
        self._check_step("checked")
        if self.kind == "cin_file":
            raise UserError(
                self.env._(
                    "What is found in a file that was brought here is put right where "
                    "the file comes from."
                )
            )
        self._follow_tasks(new=True)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s families' teams have it among their work.",
                    count=self.task_open_count,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _follow_tasks(self, new=False):
        """What was given of this return follows what its rules find.

        :param new: give it to families that nothing was given to, too
        """
        # sudo: who makes returns reads no families; a family's readers are told what
        # is about it alone
        record = self.sudo()
        if not new and not record.task_ids:
            return
        issues = record.issue_ids.filtered("is_open")
        found = defaultdict(list)
        for issue, case in issues._get_cases().items():
            found[case].append(issue)
        texts = {
            case: "\n".join(dict.fromkeys(map(self._describe_finding, of_case)))
            for case, of_case in found.items()
        }
        record.task_ids._follow(record, texts, new)
        self.invalidate_recordset(["task_count", "task_open_count"])

    def _describe_finding(self, issue):
        """The rule, the child's number and the rule's own words."""
        words = self.env._("Rule %s", issue.code) if self.kind == "cin" else issue.code
        return f"{words}, {issue.number}: {issue.message}"
