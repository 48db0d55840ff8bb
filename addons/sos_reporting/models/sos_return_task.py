from collections import defaultdict

from odoo import api, fields, models

#: Working days in which a team answers, so that the return can be made again.
DAYS = 10


class SosReturnTask(models.Model):
    """What the rules found in a return about one family, given to who can put it right:
    a line among the work of its readers, and a reminder for its lead worker. It says
    rules and numbers; the census check of the file says where it is."""

    _name = "sos.return.task"
    _inherit = ["sos.record.mixin", "sos.reminder.mixin"]
    _description = "To put right for a return"
    _order = "done_on desc, id"

    return_id = fields.Many2one(
        "sos.return", "Return", required=True, readonly=True, index=True
    )
    # who works with families reads no returns, and may know which one it is
    return_name = fields.Char("For", related="return_id.name")
    case_id = fields.Many2one(
        "sos.case", "Family file", required=True, readonly=True, index=True
    )
    text = fields.Text("What was found", required=True, readonly=True)
    given_on = fields.Date("Given", required=True, readonly=True)
    done_on = fields.Date("Done", readonly=True, index=True)
    done_by_id = fields.Many2one(
        "res.users",
        "Put right by",
        readonly=True,
        help="Nobody where the return was made again and the rules found it no more.",
    )

    _once = models.UniqueIndex(
        "(return_id, case_id)", "This was given to the family's team already."
    )

    def _get_display_label(self):
        return self.return_name

    @api.model
    def _follow(self, record, new=False):
        """Make what was given of a return what its rules find now.

        :param new: give it to families that nothing was given to, too
        """
        # sudo: who makes returns reads no families; a family's readers are told what
        # is about it alone
        tasks = self.sudo().search([("return_id", "=", record.id)])
        if not new and not tasks:
            return
        today = self.env["res.company"]._sos_today()
        texts = self._get_texts(record.sudo())
        for task in tasks:
            text = texts.get(task.case_id)
            if text:
                values = {"text": text, "done_on": False, "done_by_id": False}
            else:
                values = {"done_on": task.done_on or today}
            task.write(values)
        if new:
            tasks |= tasks.create(
                [
                    {
                        "return_id": record.id,
                        "case_id": case.id,
                        "text": text,
                        "given_on": today,
                    }
                    for case, text in texts.items()
                    if case not in tasks.case_id
                ]
            )
        tasks._sync_reminders()
        record.invalidate_recordset(["task_count", "task_open_count"])

    @api.model
    def _get_texts(self, record):
        """:return: ``{family file: what the rules find about it}``: the rule, the
        child's number and the rule's own words, a line each"""
        texts = defaultdict(dict)
        for issue, case in record.issue_ids.filtered("is_open")._get_cases().items():
            rule = issue.code
            if record.kind == "cin":
                rule = self.env._("Rule %s", issue.code)
            texts[case][f"{rule}, {issue.number}: {issue.message}"] = None
        return {case: "\n".join(lines) for case, lines in texts.items()}

    def _sync_reminders(self):
        """Whoever works with the family is reminded until it is done."""
        activities = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        going_on = self.filtered(lambda task: not task.done_on)
        activities.filtered(lambda a: a.res_id not in going_on.ids).unlink()
        kind = self.env.ref("sos_reporting.mail_activity_type_return")
        for task in going_on:
            case = task.case_id
            told = case._get_worker()
            mine = activities.filtered(lambda a, task=task: a.res_id == task.id)
            if not told:
                mine.unlink()
                continue
            company = task.return_id.company_id
            due = company._sos_add_working_days(task.given_on, DAYS)
            summary = self.env._("Put right for a return – %s", case.reference)
            task._keep_reminder(mine, kind, told, due, summary)

    def action_census_check(self):
        """What the rules say of this family now, and where it is."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which return it is for; who works with families reads none
        record = self.sudo().return_id
        year = int(record.year) if record.kind == "cin" else None
        case = self.case_id
        return self.env["sos.census.check"]._open(case, case.child_ids, year)

    def action_done(self):
        """Whoever works with the family says that it is put right. Whether it is, is
        seen when the return is made again."""
        self.check_access("read")
        self.case_id.check_access("write")
        # sudo: set by this button only
        tasks = self.sudo().filtered(lambda task: not task.done_on)
        tasks.write(
            {
                "done_on": self.env["res.company"]._sos_today(),
                "done_by_id": self.env.uid,
            }
        )
        tasks._sync_reminders()
