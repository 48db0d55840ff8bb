import logging

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.sos_access_seal import SEALED_MODELS, as_ranges
from .removal import Removal
from .sos_destruction import OPEN

_logger = logging.getLogger(__name__)
#: A file that was looked at and kept is looked at again after this time.
AGAIN = relativedelta(years=1)


class SosDestruction(models.Model):
    """The nightly job: lists what is due, and destroys what two people agreed to."""

    _inherit = "sos.destruction"

    @api.model
    def _cron_nightly(self):
        self._list_due()
        lines = self._get_to_destroy()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(lines))
        for line in lines:
            line._destroy()
            if not cron._commit_progress(1):
                break

    # ----------------------------------------------------------------- listing

    @api.model
    def _list_due(self):
        """List what is due, and take off the list what is not due any more. Can run
        any number of times."""
        today = self.env["res.company"]._sos_today()
        lines = self.sudo()
        dues = lines._get_dues(today)
        for line in lines.search([("state", "in", OPEN)]):
            obstacle = line._get_obstacle()
            if obstacle:
                line._stop(obstacle)
        lines.create(
            [
                {
                    "rule_id": rule.id,
                    "rule_text": self._get_rule_text(rule),
                    "due_on": due,
                    "listed_on": today,
                    **vals,
                }
                for rule, due, vals in dues
            ]
        )

    @api.model
    def _get_rule_text(self, rule):
        start = dict(rule._fields["counted_from"]._description_selection(self.env)).get(
            rule.counted_from
        )
        return self.env._(
            "%(name)s: %(years)s years. Counted from: %(start)s.",
            name=rule.name,
            years=rule.years,
            start=start.lower(),
        )

    def _get_dues(self, today):
        """``(rule, day, values)`` of all that is due and not listed yet."""
        result = []
        skip = self._get_known("case_id", today)
        for case_id, (rule, due) in (
            self.env["sos.retention.rule"]._get_case_dues().items()
        ):
            if due <= today and case_id not in skip:
                case = self.env["sos.case"].browse(case_id)
                line = self.new({"case_id": case_id, "rule_id": rule.id})
                if not line._get_obstacle():
                    vals = {"case_id": case_id, "reference": case.reference}
                    result.append((rule, due, vals))
        for rule in self.env["sos.retention.rule"].search(
            [("kind", "!=", "case"), ("years", ">", 0)]
        ):
            before = today - relativedelta(years=rule.years)
            method = getattr(self, f"_get_due_{rule.kind}")
            result += method(rule, before, today)
        return result

    def _get_known(self, name, today):
        """Ids of what is listed already, or was looked at and kept lately."""
        known = self.search(
            [
                (name, "!=", False),
                "|",
                ("state", "in", OPEN),
                "&",
                ("stopped_by_id", "!=", False),
                ("stopped_at", ">", fields.Datetime.to_datetime(today - AGAIN)),
            ]
        )
        return set(known[name].ids)

    def _get_due_request(self, rule, before, today):
        requests = self.env["sos.subject.request"].search(
            [
                ("closed_on", "<=", before),
                ("state", "in", ("sent", "closed")),
                ("id", "not in", list(self._get_known("request_id", today))),
            ]
        )
        return [
            (
                rule,
                request.closed_on + relativedelta(years=rule.years),
                {"request_id": request.id, "reference": request.reference},
            )
            for request in requests
            if not self.env["sos.legal.hold"]._find(None, request.person_id)
        ]

    def _get_due_access_log(self, rule, before, today):
        """One line for all entries that are older."""
        known = self.search_count(
            [("rule_id", "=", rule.id), ("state", "in", OPEN)],
            limit=1,
        )
        old = self.env["sos.access.log"].search_count([("at", "<", before)], limit=1)
        if known or not old or self.env["sos.legal.hold"]._find():
            return []
        reference = self.env._("Access log before %s", before.strftime("%d/%m/%Y"))
        return [(rule, today, {"before": before, "reference": reference})]

    # -------------------------------------------------------------- destroying

    @api.model
    def _get_to_destroy(self):
        return self.sudo().search(
            [
                ("state", "=", "authorised"),
                ("destroy_on", "<=", self.env["res.company"]._sos_today()),
            ],
            order="destroy_on, id",
        )

    def _destroy(self):
        """Destroy one thing for good, whole or not at all.

        Only the nightly job comes here: the name begins with an underscore, so no
        call from outside reaches it, and no context or right opens another way. The
        state, the two people and the days are asked again.
        """
        self.ensure_one()
        line = self.sudo()
        line._queue()
        line.case_id._queue()
        obstacle = line._get_obstacle() or line._get_doubt()
        if obstacle:
            line._stop(obstacle)
            return
        try:
            with self.env.cr.savepoint():
                counts = line._remove()
                line.write(
                    {
                        "state": "destroyed",
                        "destroyed_at": fields.Datetime.now(),
                        "people_count": counts.pop("sos.person", 0),
                        "counts": line._get_count_text(counts),
                    }
                )
        except (UserError, psycopg2.Error) as error:
            # names nobody: the error may hold words of the file
            _logger.warning(
                "%s was not destroyed: %s", line.reference, type(error).__name__
            )
            line._stop(
                self.env._(
                    "It could not be destroyed whole, so nothing of it was. An "
                    "administrator finds the reason in the log."
                )
            )

    def _get_doubt(self):
        """Whether two people really agreed, and the days are over."""
        today = self.env["res.company"]._sos_today()
        if (
            self.state != "authorised"
            or not self.proposed_by_id
            or not self.authorised_by_id
            or self.proposed_by_id == self.authorised_by_id
            or self.destroy_on > today
        ):
            return self.env._("Two people have not agreed to it, or it is too early.")
        return None

    def _remove(self):
        """:return: how many rows of each model were destroyed"""
        if self.kind == "access_log":
            before = fields.Datetime.to_datetime(self.before)
            ids = self.env["sos.access.seal"]._remove_before(before)
            self._keep_numbers({"sos.access.log": ids})
            return {"sos.access.log": len(ids)}
        removal = Removal(self.env, self._get_roots())
        counts = removal.run()
        self._keep_numbers(removal.found)
        return counts

    def _keep_numbers(self, rows):
        """Keep which sealed rows went, for the seal that says so."""
        sealed = [model for model, _label in SEALED_MODELS if rows.get(model)]
        if sealed:
            self.removed_rows = {
                model: as_ranges(sorted(rows[model])) for model in sealed
            }

    def _get_count_text(self, counts):
        names = {model: self.env[model]._description for model in counts}
        return "\n".join(
            f"{names[model]}: {count}"
            for model, count in sorted(counts.items(), key=lambda item: names[item[0]])
        )
