import logging
from bisect import bisect_left
from itertools import accumulate

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sos_access_seal import (
    LATE,
    MARK,
    SEALED_MODELS,
    as_ranges,
    fingerprint,
    from_ranges,
    get_bounds,
)

_logger = logging.getLogger(__name__)

#: So many findings are shown on the screen at once.
SHOWN = 20


class Removed:
    """What destructions took out: numbers of rows, and when these must have been
    written at the latest."""

    def __init__(self):
        self.bounds = []

    def add(self, ids_text, before):
        self.bounds += [(*bounds, before) for bounds in get_bounds(ids_text)]

    def covers(self, row_id, written):
        return any(
            first <= row_id <= last and (not before or written < before)
            for first, last, before in self.bounds
        )


class Chain:
    """What was sealed of one model before: in which seal a number would have been."""

    def __init__(self, seals):
        """:param seals: as dicts, in their order"""
        self.seals = seals
        self.numbers = [seal["number"] for seal in seals]
        self.ends = list(accumulate((seal["last_id"] for seal in seals), max))

    def get_before(self, number):
        """The seal of this model before a number."""
        place = bisect_left(self.numbers, number)
        return self.seals[place - 1] if place else None

    def get_first_over(self, row_id):
        """The first seal that goes beyond a number."""
        place = bisect_left(self.ends, row_id)
        return self.seals[place] if place < len(self.seals) else None

    def is_planted(self, row_id, sealed_at):
        """Whether a row comes long after its neighbours were sealed: what was rolled
        back never comes back, and nothing takes so long to be kept."""
        over = self.get_first_over(row_id)
        return bool(over and sealed_at - over["sealed_at"] > LATE)

    def is_back_dated(self, row_id, written, before):
        """Whether a row has an earlier time than the seal before, which was made when
        the row was not there yet.

        :param before: the seal before
        """
        return bool(
            before
            and row_id > before["known_id"] > 0
            and before["sealed_at"] - written > LATE
        )


class SosAccessSeal(models.Model):
    """Finds what was changed in logs and signed documents outside this system, and
    names it."""

    _inherit = "sos.access.seal"

    @api.model
    def _check(self):
        """:return: findings, one sentence each, the earliest seal first"""
        # sudo: jobs and auditors alike look at the whole chain
        # pylint: disable-next=no-search-all
        seals = self.sudo().search([], order="number")
        try:
            head = self._read_head()
        except OSError:
            head = None
        removed, findings = self._get_removed()
        chains = {
            model: Chain(
                self.sudo().search_read(
                    [("res_model", "=", model), ("destruction_id", "=", False)],
                    ["number", "sealed_at", "last_id", "known_id"],
                    order="number",
                )
            )
            for model, _label in SEALED_MODELS
        }
        findings += self._check_head(head)
        number, previous = 0, ""
        for seal in seals:
            if seal.number != number + 1:
                missing = list(range(number + 1, seal.number))
                findings.append(self._say_missing(missing))
            findings += seal._check_seal(
                previous if seal.number == number + 1 else None, head or {}
            )
            if not seal.destruction_id:
                model = seal.res_model
                findings += seal._check_lines(removed[model], chains[model])
            number, previous = seal.number, seal.sha256
            # a year's log does not stay in memory
            seal.invalidate_recordset()
        beyond = [n for n in sorted(head or {}) if n > number]
        if beyond:
            findings.append(
                self.env._(
                    "The seals %(numbers)s are in %(path)s and not in the database: "
                    "the end of the log was cut off, or the database is older than "
                    "that file. If a backup was put back on purpose, take the lines of "
                    "these seals out of that file and keep them.",
                    numbers=as_ranges(beyond),
                    path=self._get_head_path(),
                )
            )
        for model, _label in SEALED_MODELS:
            findings += self._check_strangers(model)
            findings += self._check_unsealed(model, chains[model])
        return findings

    @api.model
    def _check_head(self, head):
        """Whether all seals but the newest are outside the database, too."""
        rows = self.env.execute_query(
            SQL(
                """SELECT number FROM sos_access_seal WHERE sealed_at < %s
                ORDER BY number""",
                fields.Datetime.now() - LATE,
            )
        )
        missing = [number for (number,) in rows if number not in (head or {})]
        if not missing:
            return []
        if head is None:
            return [
                self.env._(
                    "The file %s, which holds the fingerprints outside the database, "
                    "is not there or cannot be read: it was taken away, or the server "
                    "was told another place for it. Put it back, or compare with the "
                    "copy that you keep.",
                    self._get_head_path(),
                )
            ]
        return [
            self.env._(
                "The seals %(numbers)s are not in %(path)s: that file was changed, or "
                "is not the one that they were written to. Compare with the copy that "
                "you keep.",
                numbers=as_ranges(missing),
                path=self._get_head_path(),
            )
        ]

    def _check_seal(self, previous, head):
        """What does not fit about one seal itself."""
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
        return findings

    # ------------------------------------------------------------------ removals

    @api.model
    def _get_removed(self):
        """:return: ``{model: Removed}`` of what destructions bear out, and findings on
        those that they do not"""
        removed = {model: Removed() for model, _label in SEALED_MODELS}
        findings = []
        # sudo: as in ``_check``
        seals = self.sudo().search([("destruction_id", "!=", False)], order="number")
        for seal in seals:
            destruction = seal.destruction_id
            told = (destruction.removed_rows or {}).get(seal.res_model)
            if told != seal.ids_text or self._get_doubt(destruction):
                findings.append(
                    self.env._(
                        "Seal %(number)s says that lines %(lines)s of the %(what)s "
                        "were destroyed, and no destruction bears that out.",
                        number=seal.number,
                        lines=seal.ids_text,
                        what=self._get_label(seal.res_model),
                    )
                )
                continue
            removed[seal.res_model].add(seal.ids_text, destruction.before)
        # what was destroyed a moment ago is under a seal soon
        for destruction in self._get_unsealed_destructions():
            late = fields.Datetime.now() - LATE
            if destruction.destroyed_at and destruction.destroyed_at > late:
                if not self._get_doubt(destruction):
                    for model, ids_text in destruction.removed_rows.items():
                        removed[model].add(ids_text, destruction.before)
        for model in removed.values():
            model.bounds = [
                (first, last, before and fields.Datetime.to_datetime(before))
                for first, last, before in model.bounds
            ]
        return removed, findings

    @api.model
    def _get_doubt(self, destruction):
        """Whether this is no destruction that two people agreed to after its years."""
        if (
            destruction.state != "destroyed"
            or not destruction.destroyed_at
            or not destruction.proposed_by_id
            or not destruction.authorised_by_id
            or destruction.proposed_by_id == destruction.authorised_by_id
        ):
            return True
        day = self.env["res.company"]._sos_local_date(destruction.destroyed_at)
        if destruction.due_on > day:
            return True
        if not destruction.before:
            return False
        years = self._get_least_years(destruction.rule_id, destruction.destroyed_at)
        return destruction.before > day - relativedelta(years=years)

    @api.model
    def _get_least_years(self, rule, since):
        """The years of a rule, or the fewest that it has had since a moment: an
        authority may decide to keep longer from now on."""
        [(fewest,)] = self.env.execute_query(
            SQL(
                """SELECT min(old::int) FROM sos_change_log
                WHERE res_model = 'sos.retention.rule' AND res_id = %s
                    AND field = 'years' AND old ~ '^[0-9]+$' AND at >= %s""",
                rule.id,
                since,
            )
        )
        return rule.years if fewest is None else min(rule.years, fewest)

    # --------------------------------------------------------------------- lines

    def _check_lines(self, removed, chain):
        """What of the lines under this seal was changed, taken out or put in."""
        model = self.env[self.res_model].sudo()
        sealed = from_ranges(self.ids_text)
        marks = {
            line: self.marks[i * MARK : (i + 1) * MARK] for i, line in enumerate(sealed)
        }
        between = SQL("id BETWEEN %s AND %s", self.first_id, self.last_id)
        rows = {row["id"]: row for row in model._fetch_sealed(between)}
        digests = {i: self._get_row_digest(rows[i]) for i in sealed if i in rows}
        mine = {i for i, row in rows.items() if row["seal_id"] == self.id}
        gone = [
            i for i in sealed if i not in rows and not removed.covers(i, self.last_at)
        ]
        before = chain.get_before(self.number)
        found = [
            (self.env._("taken out"), gone),
            (self.env._("put in"), sorted(mine - marks.keys())),
            (
                self.env._("changed"),
                [i for i, digest in digests.items() if digest[:MARK] != marks[i]],
            ),
            (
                self.env._("taken out of the seal"),
                [i for i in digests if i not in mine],
            ),
            (
                self.env._("put in where numbers were left out"),
                [i for i in digests if chain.is_planted(i, self.sealed_at)],
            ),
            (
                self.env._("given an earlier time than the seal before"),
                [
                    i
                    for i in digests
                    if chain.is_back_dated(i, rows[i]["written"], before)
                ],
            ),
        ]
        what = self._get_label(self.res_model)
        findings = [
            self.env._(
                "Seal %(number)s: lines %(lines)s of the %(what)s were %(how)s.",
                number=self.number,
                lines=as_ranges(lines),
                what=what,
                how=how,
            )
            for how, lines in found
            if lines
        ]
        if not findings and len(digests) == len(sealed):
            if fingerprint(*(digests[i] for i in sealed)) != self.lines_sha256:
                findings.append(
                    self.env._("Seal %s does not fit its lines.", self.number)
                )
        return findings

    @api.model
    def _check_strangers(self, model):
        """Lines that say they are under a seal that is not there, or not theirs."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id FROM %s line
                LEFT JOIN sos_access_seal seal ON seal.id = line.seal_id
                WHERE line.seal_id IS NOT NULL AND (
                    seal.id IS NULL OR seal.res_model <> %s
                    OR line.id NOT BETWEEN seal.first_id AND seal.last_id
                ) ORDER BY line.id""",
                SQL.identifier(self.env[model]._table),
                model,
            )
        )
        if not rows:
            return []
        return [
            self.env._(
                "Lines %(lines)s of the %(what)s name a seal that is not theirs.",
                lines=as_ranges([row[0] for row in rows]),
                what=self._get_label(model),
            )
        ]

    @api.model
    def _check_unsealed(self, model, chain):
        """Lines that no seal holds yet: put in among those that are sealed, or
        back-dated."""
        if not chain.seals:
            return []
        now, last = fields.Datetime.now(), chain.seals[-1]
        records = self.env[model]
        rows = self.env.execute_query(
            SQL(
                """SELECT id, %s FROM %s WHERE seal_id IS NULL AND (id <= %s OR %s < %s)
                ORDER BY id""",
                SQL.identifier(records._sealed_at),
                SQL.identifier(records._table),
                chain.ends[-1],
                SQL.identifier(records._sealed_at),
                last["sealed_at"] - LATE,
            )
        )
        listed = {
            i
            for seal in self.sudo().search(
                [
                    ("res_model", "=", model),
                    ("destruction_id", "=", False),
                    ("last_id", ">=", rows[0][0] if rows else chain.ends[-1] + 1),
                ]
            )
            for i in from_ranges(seal.ids_text)
        }
        wrong = [
            row_id
            for row_id, written in rows
            # what was taken out of its seal is named there
            if row_id not in listed
            and (
                chain.is_planted(row_id, now)
                or chain.is_back_dated(row_id, written, last)
            )
        ]
        if not wrong:
            return []
        return [
            self.env._(
                "Lines %(lines)s of the %(what)s were put in later: their numbers or "
                "times are those of lines that were sealed before.",
                lines=as_ranges(wrong),
                what=self._get_label(model),
            )
        ]

    @api.model
    def _get_label(self, model):
        labels = dict(self._fields["res_model"]._description_selection(self.env))
        return labels[model].lower()

    @api.model
    def _say_missing(self, numbers):
        return self.env._("The seals %s are missing.", as_ranges(numbers))

    # ----------------------------------------------------------------- asking

    def action_check(self):
        """Check the whole chain now.

        :raise UserError: with what does not fit
        """
        if not self.env.user.has_group("sos_casework.group_quality_auditor"):
            raise AccessError(self.env._("Only quality auditors check the seals."))
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
                "message": self.env._("Logs and signed documents fit their seals."),
            },
        }

    @api.model
    def _cron_check(self):
        """Every night: what does not fit goes to Odoo's log and to the auditors."""
        findings = self._check()
        for finding in findings:
            _logger.error("Seals: %s", finding)
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
                self.env._(
                    "What is recorded does not fit its seals: %s findings", count
                ),
                self.env["res.company"]._sos_today(),
            )
