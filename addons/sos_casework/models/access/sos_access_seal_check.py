import logging

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sos_access_seal import MARK, as_ranges, fingerprint, from_ranges

_logger = logging.getLogger(__name__)

#: So many findings are shown on the screen at once.
SHOWN = 20


class SosAccessSeal(models.Model):
    """Finds what was changed in the access log outside this system, and names it."""

    _inherit = "sos.access.seal"

    @api.model
    def _check(self):
        """:return: findings, one sentence each, the earliest seal first"""
        # sudo: jobs and auditors alike look at the whole chain
        # pylint: disable-next=no-search-all
        seals = self.sudo().search([], order="number")
        head = self._read_head()
        removed = self._get_removed_up_to()
        findings = []
        number, previous = 0, ""
        for seal in seals:
            if seal.number != number + 1:
                missing = list(range(number + 1, seal.number))
                findings.append(self._say_missing(missing))
            findings += seal._check_seal(
                previous if seal.number == number + 1 else None, head, removed
            )
            number, previous = seal.number, seal.sha256
            # a year's log does not stay in memory
            seal.invalidate_recordset()
        beyond = [n for n in sorted(head) if n > number]
        if beyond:
            findings.append(
                self.env._(
                    "The seals %(numbers)s are in %(path)s and not in the database: "
                    "the end of the log was cut off, or the database is older than "
                    "that file. If a backup was put back on purpose, move the file "
                    "away and keep it.",
                    numbers=as_ranges(beyond),
                    path=self._get_head_path(),
                )
            )
        return findings + self._check_strangers()

    def _check_seal(self, previous, head, removed):
        """What does not fit about one seal and its lines."""
        self.ensure_one()
        findings = []
        if self._get_seal_digest(self) != self.sha256:
            findings.append(
                self.env._("Seal %s was itself changed.", self.number),
            )
        if previous is not None and (self.previous_sha256 or "") != previous:
            findings.append(
                self.env._(
                    "Seal %s does not follow from the seal before it.", self.number
                )
            )
        if head.get(self.number, self.sha256) != self.sha256:
            findings.append(
                self.env._(
                    "Seal %(number)s is another one than in %(path)s: the chain was "
                    "made anew.",
                    number=self.number,
                    path=self._get_head_path(),
                )
            )
        if not self.removed_at:
            return findings + self._check_lines()
        if self.number > removed:
            findings.append(
                self.env._(
                    "The lines of seal %s are gone, and no line of the log says who "
                    "removed them.",
                    self.number,
                )
            )
        return findings

    def _check_lines(self):
        """What of the lines under this seal was changed, taken out or put in."""
        sealed = from_ranges(self.ids_text)
        marks = {
            line: self.marks[i * MARK : (i + 1) * MARK] for i, line in enumerate(sealed)
        }
        between = SQL("id BETWEEN %s AND %s", self.first_id, self.last_id)
        rows = {row[0]: row for row in self._fetch_lines(between)}
        digests = {i: self._get_line_digest(rows[i]) for i in sealed if i in rows}
        mine = {i for i, row in rows.items() if row[-1] == self.id}
        found = [
            (self.env._("taken out"), [i for i in sealed if i not in rows]),
            (self.env._("put in"), sorted(mine - marks.keys())),
            (
                self.env._("changed"),
                [i for i, digest in digests.items() if digest[:MARK] != marks[i]],
            ),
            (
                self.env._("taken out of the seal"),
                [i for i in digests if i not in mine],
            ),
        ]
        findings = [
            self.env._(
                "Seal %(number)s: lines %(lines)s were %(what)s.",
                number=self.number,
                lines=as_ranges(lines),
                what=what,
            )
            for what, lines in found
            if lines
        ]
        if not findings and (
            fingerprint(*(digests[i] for i in sealed)) != self.lines_sha256
        ):
            findings.append(self.env._("Seal %s does not fit its lines.", self.number))
        return findings

    @api.model
    def _check_strangers(self):
        """Lines that say they are under a seal that is not there, or not theirs."""
        rows = self.env.execute_query(
            SQL(
                """SELECT log.id FROM sos_access_log log
                LEFT JOIN sos_access_seal seal ON seal.id = log.seal_id
                WHERE log.seal_id IS NOT NULL AND (
                    seal.id IS NULL
                    OR log.id NOT BETWEEN seal.first_id AND seal.last_id
                ) ORDER BY log.id"""
            )
        )
        if not rows:
            return []
        return [
            self.env._(
                "Lines %s name a seal that is not theirs.",
                as_ranges([row[0] for row in rows]),
            )
        ]

    @api.model
    def _get_removed_up_to(self):
        """The last seal that the log says was removed: one line tells of all before."""
        rows = self.env.execute_query(
            SQL("SELECT detail FROM sos_access_log WHERE operation = 'removed'")
        )
        return max((int(d) for (d,) in rows if d and d.isdigit()), default=0)

    @api.model
    def _say_missing(self, numbers):
        return self.env._("The seals %s are missing.", as_ranges(numbers))

    # ----------------------------------------------------------------- asking

    def action_check(self):
        """Check the whole log now.

        :raise UserError: with what does not fit
        """
        if not self.env.user.has_group("sos_casework.group_quality_auditor"):
            raise AccessError(self.env._("Only quality auditors check the access log."))
        findings = self._check()
        if findings:
            more = len(findings) - SHOWN
            if more > 0:
                findings[SHOWN:] = [self.env._("… and %s more.", more)]
            raise UserError("\n".join(findings))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The access log fits its seals."),
            },
        }

    @api.model
    def _cron_check(self):
        """Every night: what does not fit goes to Odoo's log and to the auditors."""
        findings = self._check()
        for finding in findings:
            _logger.error("Access log: %s", finding)
        if findings:
            self._warn_auditors(len(findings))

    @api.model
    def _warn_auditors(self, count):
        kind = self.env.ref("sos_casework.mail_activity_type_unsealed")
        seal = self.sudo().search([], limit=1)
        auditors = self.env.ref("sos_casework.group_quality_auditor").sudo()
        # who has not looked yet is not told again
        told = self.env["mail.activity"].sudo()
        told = told.search([("activity_type_id", "=", kind.id)]).user_id
        users = auditors._get_active_users() - told
        if seal:
            seal._remind(
                users,
                kind,
                self.env._("The access log does not fit its seals: %s findings", count),
                self.env["res.company"]._sos_today(),
            )
