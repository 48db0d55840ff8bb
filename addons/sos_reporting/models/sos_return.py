import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sos_casework.models.common.res_company import LONDON

#: What a return of each kind is made from.
SOURCES = {
    "cin": "sos.census",
    "cin_file": "sos.census.file",
    "annex_a": "sos.annex.a",
    "ssd": "sos.ssd",
}
#: Who approves a return and says that it was sent, where nobody is named.
APPROVERS = "sos_casework.group_service_manager"
#: What a person writes; everything else is set by the buttons and the run. Of issues,
#: which the form saves with the return, only the reason (``sos.return.issue``).
WRITTEN = {"kind", "year", "as_at", "upload", "upload_name", "note", "issue_ids"}


class SosReturn(models.Model):
    """A statutory return: made from the record in the background, checked, approved by
    a second person, sent. What was sent stays as it was."""

    _name = "sos.return"
    _inherit = ["sos.logged.mixin", "sos.access.mixin", "sos.authority.mixin"]
    _description = "Return"
    _order = "id desc"
    _log_fields = ("state", "serial")

    name = fields.Char(compute="_compute_name", store=True)
    kind = fields.Selection(
        [
            ("cin", "Children in need census"),
            ("annex_a", "Annex A (Ofsted's lists)"),
            ("ssd", "Standard Safeguarding Dataset"),
            ("cin_file", "A census file to check"),
        ],
        "Return",
        required=True,
        default="cin",
    )
    year = fields.Char(
        default=lambda self: str(self._default_year()),
        help="The year in which the census ends on 31 March.",
    )
    as_at = fields.Date(
        "As at",
        default=lambda self: self.env["res.company"]._sos_today(),
        help="The day that the lists are for. They tell of the six months before it.",
    )
    upload = fields.Binary(
        "Census file",
        attachment=True,
        copy=False,
        help="The XML file of a census, of any system. Its children stay apart from "
        "the record.",
    )
    upload_name = fields.Char(copy=False)
    company_id = fields.Many2one(readonly=True, index=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("checked", "Checked"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    note = fields.Text(
        "Notes", help="For colleagues; it does not leave with the return."
    )
    serial = fields.Integer(
        "Submission",
        readonly=True,
        copy=False,
        help="001 for the first file that is sent of a year, then one more each time.",
    )
    # given by its route alone, which asks who takes it
    file = fields.Binary(
        attachment=True, readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    file_name = fields.Char(readonly=True, copy=False)
    fingerprint = fields.Char("Fingerprint (SHA-256)", readonly=True, copy=False)
    checked_at = fields.Datetime("Checked", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True)
    approved_at = fields.Datetime("Approved", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True, copy=False)
    may_approve = fields.Boolean(compute="_compute_may_approve")
    task_count = fields.Integer("Families given", compute="_compute_task_counts")
    task_open_count = fields.Integer("Not done yet", compute="_compute_task_counts")
    cancel_reason = fields.Text("Why it was cancelled", readonly=True, copy=False)

    @api.model
    def _default_year(self):
        """The year of the last census whose period is over."""
        today = self.env["res.company"]._sos_today()
        return today.year - (today < today.replace(month=4, day=1))

    @api.depends("kind", "year", "as_at", "upload_name", "serial", "checked_at")
    def _compute_name(self):
        for record in self:
            name = record._get_kind_label()
            if record.serial and record.checked_at:
                # two of a year are told apart by it
                made = LONDON.fromutc(record.checked_at)
                name = self.env._(
                    "%(name)s, %(number)s, made %(made)s",
                    name=name,
                    number=record._get_number(),
                    made=made.strftime("%d/%m/%Y %H:%M"),
                )
            record.name = name

    def _get_kind_label(self):
        day = self.as_at and self.as_at.strftime("%d/%m/%Y")
        if self.kind == "cin":
            return self.env._("Children in need census %s", self.year)
        if self.kind == "cin_file":
            return self.env._("Check of %s", self.upload_name or "…")
        if self.kind == "ssd":
            return self.env._("Standard Safeguarding Dataset as at %s", day or "…")
        return self.env._("Annex A as at %s", day or "…")

    def _get_number(self):
        """The number of the submission as the census writes it."""
        return f"{self.serial:03d}"

    @api.depends_context("uid")
    @api.depends("company_id", "asked_by_id")
    def _compute_may_approve(self):
        for record in self:
            record.may_approve = record.asked_by_id != self.env.user and (
                self.env.user in record._get_approvers()
                if record._get_approvers()
                else self.env.user.has_group(APPROVERS)
            )

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

    @api.constrains("kind", "year", "as_at", "upload")
    def _check_period(self):
        for record in self.filtered(lambda record: record.state != "cancelled"):
            record._get_source()._get_period(record._get_when())

    def _get_source(self):
        """The model that knows how this return is made."""
        return self.env[SOURCES[self.kind]].with_company(self.company_id)

    def _get_when(self):
        """What the source is asked for: a year, or a day.

        :raise UserError: when it is not said
        """
        self.ensure_one()
        if self.kind == "cin_file":
            return self._get_source()._read_year(self)
        if self.kind != "cin":
            if not self.as_at:
                raise UserError(self.env._("Choose the day that it is for."))
            return self.as_at
        year = (self.year or "").strip()
        if not (len(year) == 4 and year.isdecimal()):
            raise UserError(self.env._("Write the year with four digits, as in 2026."))
        return int(year)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.keys() - WRITTEN for vals in vals_list):
            raise UserError(self.env._("Choose which return, and of when."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - WRITTEN:
                raise UserError(self.env._("This is set by its buttons only."))
            if vals.keys() - {"note", "issue_ids"} and any(
                record.state != "draft" or record.run_state != "idle" for record in self
            ):
                raise UserError(
                    self.env._("Which return it is cannot change once it was made.")
                )
        return super().write(vals)

    # ------------------------------------------------------------------ states

    def _check_step(self, *states):
        """Rights and state, asked by each button.

        :raise UserError: when it is not at this step
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        if self.state not in states or self.run_state in ("waiting", "running"):
            raise UserError(
                self.env._("“%s” is not at a step where that can be done.", self.name)
            )

    def _check_approver(self):
        if self.kind == "cin_file":
            raise UserError(
                self.env._("A file that was brought here is checked, and not sent.")
            )
        approvers = self._get_approvers()
        if approvers and self.env.user not in approvers:
            raise UserError(
                self.env._(
                    "Who approves and sends returns is set with the company's details: "
                    "%s.",
                    ", ".join(approvers.mapped("name")),
                )
            )
        if not approvers and not self.env.user.has_group(APPROVERS):
            raise UserError(self.env._("A service manager approves and sends returns."))

    def _get_approvers(self):
        """Who is named to approve returns; who left is not among them."""
        # sudo: who makes returns need not read the company's details
        return self.company_id.sudo().sos_return_approver_ids.filtered("active")

    def action_approve(self):
        """Nothing wrong is left, each query has its reason, and another person than who
        had it made looked at it.

        :raise UserError: says what stands against it
        """
        self._check_step("checked")
        self._check_approver()
        if self.asked_by_id == self.env.user:
            raise UserError(
                self.env._("Somebody else approves a return than who had it made.")
            )
        if self.error_count or self.query_count:
            raise UserError(
                self.env._(
                    "%(errors)s errors and %(queries)s queries without a reason are "
                    "left. Put them right and make the return again, or give a reason "
                    "for each query.",
                    errors=self.error_count,
                    queries=self.query_count,
                )
            )
        self._check_number()
        self._check_file()
        # sudo: the state is set by this button and not typed in
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )
        self.env["sos.return.task"]._follow(self)

    def action_sent(self):
        """It was handed in: the file stays as it is, for good."""
        self._check_step("approved")
        self._check_approver()
        self._check_number()
        self._check_file()
        # sudo: as in action_approve
        self.sudo().write(
            {
                "state": "sent",
                "sent_by_id": self.env.uid,
                "sent_at": fields.Datetime.now(),
            }
        )

    def action_back(self):
        """An approval is taken back, until the return was sent."""
        self._check_step("approved")
        # sudo: as in action_approve
        self.sudo().write(
            {"state": "checked", "approved_by_id": False, "approved_at": False}
        )

    def action_discard(self):
        self._check_step("draft", "checked")
        # sudo: as in action_approve; no file of what nobody sends is kept
        self.sudo().write(
            {
                "state": "cancelled",
                "run_state": "idle",
                "file": False,
                "upload": False,
            }
        )
        self._clear_rows()
        self.env["sos.return.task"]._follow(self)

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
        self.env["sos.return.task"]._follow(self, new=True)
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

    def _check_number(self):
        """:raise UserError: when another one was sent with the number of this one"""
        if self.serial != self._get_serial():
            raise UserError(
                self.env._(
                    "Another return of the same was sent as %s since this one was "
                    "made. Make this one again: it gets the next number.",
                    self._get_number(),
                )
            )

    def _check_file(self):
        """:raise UserError: when the kept file is not the one that was checked"""
        # sudo: the bytes, whatever the context of the user asks for
        content = base64.b64decode(self.sudo().with_context(bin_size=False).file or b"")
        if not content or hashlib.sha256(content).hexdigest() != self.fingerprint:
            raise UserError(
                self.env._(
                    "The file is not the one that was checked. Make the return again, "
                    "and tell the administrator."
                )
            )

    def _check_may_take(self):
        """:raise AccessError: for who makes no returns, or is blocked from a child in
        this one; they hear no more than that somebody else takes it"""
        self.check_access("read")
        if self._has_blocked():
            raise AccessError(
                self.env._(
                    "The file of this return is not given to you. Ask somebody else "
                    "who makes returns to take and send it."
                )
            )

    def _has_blocked(self):
        """Whether the user is blocked from somebody whom the return is about."""
        numbers = self.env["sos.access.block"]._get_blocked_numbers()
        if not numbers or self.kind == "ssd":
            # of the dataset the tables are kept and no children
            return bool(numbers)
        # sudo: the lines that the user does not see are what is asked for
        lines = self.env["sos.return.row"].sudo()
        return bool(
            lines.search_count(
                [("return_id", "=", self.id), ("number", "in", numbers)], limit=1
            )
        )

    def _can_return_content(self, field_name=None, access_token=None):
        if field_name == "file":
            self._check_may_take()
            return True
        return super()._can_return_content(field_name, access_token)

    def action_download(self):
        """The kept file; that it was taken is in the access log."""
        self.ensure_one()
        self._check_may_take()
        self._check_file()
        self.env["sos.access.log"]._record("exported", self, self.file_name)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}"
            "?download=true",
            "target": "self",
        }
