import base64
import hashlib
import io
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: How the file of each kind ends; a file that is checked makes no other.
EXTENSIONS = {"cin": "xml", "annex_a": "xlsx", "ssd": "zip"}
#: How many children that are gone are named by number.
SHOWN = 30


class SosReturn(models.Model):
    """How a return is made: in the background, in batches that are each kept, so that
    a restart goes on where it was and a cancel is heard within one batch."""

    _inherit = "sos.return"

    run_state = fields.Selection(
        [
            ("idle", "Not running"),
            ("waiting", "Waiting to start"),
            ("running", "Being made"),
            ("failed", "Stopped"),
        ],
        "Making",
        default="idle",
        required=True,
        readonly=True,
        copy=False,
    )
    run_message = fields.Text("What happened", readonly=True, copy=False)
    asked_by_id = fields.Many2one(
        "res.users", "Made by", readonly=True, copy=False, help="Who had it made."
    )
    asked_at = fields.Datetime("Asked for", readonly=True, copy=False)
    total_count = fields.Integer("To do", readonly=True, copy=False)
    done_count = fields.Integer("Done", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    row_ids = fields.One2many("sos.return.row", "return_id", "What is sent")
    issue_ids = fields.One2many("sos.return.issue", "return_id", "Issues")
    error_count = fields.Integer("Errors", compute="_compute_issue_counts")
    query_count = fields.Integer(
        "Queries without a reason", compute="_compute_issue_counts"
    )
    earlier_id = fields.Many2one(
        "sos.return", "Compared with", readonly=True, copy=False
    )
    change_text = fields.Text("What changed since", readonly=True, copy=False)
    missing_text = fields.Text(
        "What the notes say is missing",
        readonly=True,
        copy=False,
        help="What is not recorded, and what is left out or to be filled in before it "
        "is sent, as in the file's notes; whose it is stands there.",
    )

    @api.depends("issue_ids.is_open", "issue_ids.kind")
    def _compute_issue_counts(self):
        # sudo: what a user is blocked from stands against approving it as well
        counts = {
            (record.id, kind): count
            for record, kind, count in self.env["sos.return.issue"]
            .sudo()
            ._read_group(
                [("return_id", "in", self.ids), ("is_open", "=", True)],
                ["return_id", "kind"],
                ["__count"],
            )
        }
        for record in self:
            record.error_count = counts.get((record._origin.id, "error"), 0)
            record.query_count = counts.get((record._origin.id, "query"), 0)

    @api.depends("done_count", "total_count")
    def _compute_progress(self):
        for record in self:
            total = record.total_count
            record.progress = 100 * record.done_count / total if total else 0

    def action_make(self):
        """Ask for it to be made, or made again with what was put right since."""
        self._check_step("draft", "checked")
        self._clear_rows()
        self._start(
            {
                "state": "draft",
                "run_state": "waiting",
                "asked_by_id": self.env.uid,
                "asked_at": fields.Datetime.now(),
                "done_count": 0,
                "total_count": 0,
                "file": False,
                "fingerprint": False,
                "missing_text": False,
            }
        )

    def action_go_on(self):
        """Go on after the last line that was kept, where it was stopped. Who had it
        made stays the one whose work another person approves.

        :raise UserError: when nothing was stopped
        """
        self._check_step("draft")
        if self.run_state != "failed":
            raise UserError(self.env._("There is nothing to go on with. Make it."))
        self._start({"run_state": "running" if self.total_count else "waiting"})

    def _start(self, values):
        # sudo: how far it is is not typed in
        self.sudo().write({**values, "run_message": False})
        # sudo: a job may be started by who may ask for what it does
        self.env.ref("sos_reporting.ir_cron_return").sudo()._trigger()

    def action_stop(self):
        """Stop making it. The job hears it at the end of its batch."""
        self.ensure_one()
        self.check_access("write")
        if self.run_state in ("waiting", "running"):
            # sudo: as in action_make
            self.sudo().write(
                {"run_state": "failed", "run_message": self.env._("Stopped by hand.")}
            )

    def get_progress(self):
        """How far it is, for the screen that follows it: no look at what is in it.

        :return: dict of ``run_state`` and ``done_count``
        """
        self.ensure_one()
        self.check_access("read")
        return {"run_state": self.run_state, "done_count": self.done_count}

    def action_open_issues(self):
        """All that was found, as a list to sort, group and export."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Errors and queries"),
            "res_model": "sos.return.issue",
            "views": [[False, "list"], [False, "kanban"]],
            "domain": [("return_id", "=", self.id)],
            "context": {
                "search_default_by_rule": 1,
                "from_elsewhere": self.kind == "cin_file",
            },
        }

    def _clear_rows(self):
        """What an earlier run gathered: thousands of rows that nothing hangs on."""
        for model in ("sos.return.row", "sos.return.issue"):
            records = self.env[model]
            records.flush_model()
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE return_id IN %s",
                    SQL.identifier(records._table),
                    tuple(self.ids),
                )
            )
            records.invalidate_model()
        self.invalidate_recordset()

    @api.model
    def _cron_run(self):
        """Make what waits, a batch at a time, until the job's time is over."""
        crons = self.env["ir.cron"]
        waiting = self.search([("run_state", "in", ("waiting", "running"))], order="id")
        for number, record in enumerate(waiting):
            remaining = len(waiting) - number
            while record._run_batch():
                if not crons._commit_progress(remaining=remaining):
                    return
                record.invalidate_recordset(["run_state"])
            if not crons._commit_progress(1, remaining=remaining - 1):
                return

    def _run_batch(self):
        """One step; what goes wrong is said on the return.

        :return: whether there is more to do
        """
        if self.run_state not in ("waiting", "running"):
            return False
        try:
            with self.env.cr.savepoint():
                return self._go_on()
        except UserError as error:
            self.write({"run_state": "failed", "run_message": str(error)})
        except Exception:
            # what it was is for the administrator: it may name a child
            _logger.exception("Return %s could not be made", self.id)
            self.write(
                {
                    "run_state": "failed",
                    "run_message": self.env._(
                        "Something went wrong that the system did not expect. The "
                        "administrator finds it in Odoo's log. Nothing was sent."
                    ),
                }
            )
        return False

    def _go_on(self):
        source, when = self._get_source(), self._get_when()
        if self.run_state == "waiting":
            total = source._count_units(when)
            self.write({"run_state": "running", "total_count": total})
            return True
        last = self.env["sos.return.row"]._get_last(self)
        rows, issues, count = source._make_batch(self, when, last)
        if count:
            self.env["sos.return.row"].create(rows)
            self.env["sos.return.issue"]._add(self, issues)
            self.done_count += count
            return True
        self._finish(source, when)
        return False

    def _finish(self, source, when):
        serial = self._get_serial()
        file = io.BytesIO()
        issues = source._finish_return(self, when, serial, file)
        self.env["sos.return.issue"]._add(self, issues)
        values = {
            "run_state": "idle",
            "state": "checked",
            "checked_at": fields.Datetime.now(),
            "done_count": self.total_count,
        }
        if self.kind in EXTENSIONS:
            content = file.getvalue()
            values |= {
                "serial": serial,
                "file": base64.b64encode(content),
                "file_name": f"{self.kind}_{when}_{serial:03d}.{EXTENSIONS[self.kind]}",
                "fingerprint": hashlib.sha256(content).hexdigest(),
                **self._compare(),
            }
        self.write(values)
        self.env["sos.return.task"]._follow(self)

    def _get_earlier(self):
        """The same return as it was sent last."""
        return self.search(
            [
                ("kind", "=", self.kind),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sent"),
            ],
            order="sent_at desc, id desc",
            limit=1,
        )

    def _compare(self):
        """What is different from what was sent last: values of this record."""
        earlier = self._get_earlier()
        if not earlier:
            return {"earlier_id": False, "change_text": False}
        lines = self.env["sos.return.row"]
        gone = lines._compare(self, earlier)
        counts = dict(
            lines._read_group([("return_id", "=", self.id)], ["change"], ["__count"])
        )
        numbers = ", ".join(dict.fromkeys(number for _part, number in gone[:SHOWN]))
        text = self.env._(
            "%(new)s new, %(changed)s changed, %(same)s as before, %(gone)s gone",
            new=counts.get("new", 0),
            changed=counts.get("changed", 0),
            same=counts.get("same", 0),
            gone=len(gone),
        )
        return {
            "earlier_id": earlier.id,
            "change_text": f"{text}: {numbers}" if numbers else text,
        }

    def _get_serial(self):
        """One more than the last one of the same return that was sent."""
        when = "year" if self.kind == "cin" else "as_at"
        sent = self.search(
            [
                ("kind", "=", self.kind),
                (when, "=", self[when]),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sent"),
            ]
        )
        return max(sent.mapped("serial"), default=0) + 1
