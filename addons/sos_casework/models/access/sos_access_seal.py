import hashlib
import json
from itertools import pairwise

from odoo import api, fields, models
from odoo.tools import SQL

#: So many lines at most go under one seal.
BATCH = 10_000
#: What of a line is sealed, in this order.
SEALED = (
    "id",
    "at",
    "user_id",
    "roles",
    "operation",
    "res_model",
    "shown",
    "case_id",
    "person_id",
    "detail",
    "query",
    "route",
    "address",
)
#: So much of a line's own fingerprint is kept to name it when it was changed.
MARK = 8


def fingerprint(*texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def as_ranges(ids):
    """Sorted numbers as text: ``1-4,7``."""
    breaks = [i for i, (a, b) in enumerate(pairwise(ids), 1) if b != a + 1]
    starts, ends = [0, *breaks], [*breaks, len(ids)]
    return ",".join(
        str(ids[a]) if b - a == 1 else f"{ids[a]}-{ids[b - 1]}"
        for a, b in zip(starts, ends, strict=True)
    )


def from_ranges(text):
    """:return: the numbers of ``1-4,7``"""
    ids = []
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        ids.extend(range(int(first), int(last or first) + 1))
    return ids


class SosAccessSeal(models.Model):
    """A batch of lines of the access log under one fingerprint, which goes into the
    next seal's: a line that is changed, taken out or put in afterwards no longer
    fits, and the seals after it hold that fast. How that is found is in
    ``sos_access_seal_check``; ``sos_access_seal_head`` keeps the fingerprints
    outside the database."""

    _name = "sos.access.seal"
    _inherit = ["sos.append.only.mixin", "sos.reminder.mixin"]
    _description = "Seal of the access log"
    _order = "number desc"
    _rec_name = "number"
    _log_access = False
    _set_once = ("removed_at", "removed_by_id")

    number = fields.Integer(required=True, readonly=True)
    sealed_at = fields.Datetime("Sealed", required=True, readonly=True)
    ids_text = fields.Text(
        "Lines", required=True, readonly=True, help="Their numbers, as 1-4,7."
    )
    first_id = fields.Integer("First line", required=True, readonly=True)
    last_id = fields.Integer("Last line", required=True, readonly=True)
    first_at = fields.Datetime("From", required=True, readonly=True)
    last_at = fields.Datetime("To", required=True, readonly=True)
    count = fields.Integer("How many", required=True, readonly=True)
    marks = fields.Text(
        required=True, readonly=True, help="A piece of each line's own fingerprint."
    )
    lines_sha256 = fields.Char("Fingerprint of its lines", required=True, readonly=True)
    previous_sha256 = fields.Char("Seal before", readonly=True)
    sha256 = fields.Char("Fingerprint", required=True, readonly=True)
    removed_at = fields.Datetime(
        "Lines removed", readonly=True, help="Past the time that they are kept."
    )
    removed_by_id = fields.Many2one(
        "res.users", "Removed by", readonly=True, ondelete="restrict"
    )

    _number_unique = models.Constraint(
        "UNIQUE(number)", "There is a seal with this number already."
    )

    # ----------------------------------------------------------------- sealing

    @api.model
    def _cron_seal(self):
        """Every few minutes, see ``_seal``; commits after each seal."""
        progress = self.env["ir.cron"]._commit_progress
        while self._seal():
            # the head follows what is in the database for good
            left = progress(1)
            self._write_head()
            if not left:
                break

    @api.model
    def _seal(self):
        """Seal the lines that are there and not sealed yet, up to ``BATCH``.

        Lines come in out of order: one with a lower number may be committed after
        this, and goes under the next seal. Nobody who opens a record waits for it.

        :return: the seal, empty when there was nothing to seal
        """
        rows = self._fetch_lines(SQL("seal_id IS NULL"), BATCH)
        if not rows:
            return self.browse()
        previous = self.sudo().search([], limit=1)
        ids = [row[0] for row in rows]
        digests = [self._get_line_digest(row) for row in rows]
        times = [row[1] for row in rows]
        values = {
            "number": previous.number + 1,
            "sealed_at": fields.Datetime.now(),
            "ids_text": as_ranges(ids),
            "first_id": ids[0],
            "last_id": ids[-1],
            "first_at": min(times),
            "last_at": max(times),
            "count": len(ids),
            "marks": "".join(digest[:MARK] for digest in digests),
            "lines_sha256": fingerprint(*digests),
            "previous_sha256": previous.sha256 or "",
        }
        values["sha256"] = self._get_seal_digest(values)
        # sudo: seals are made by sealing only, nobody has the right to
        seal = super(SosAccessSeal, self.sudo()).create([values])
        self.env.cr.execute(
            SQL(
                "UPDATE sos_access_log SET seal_id = %s WHERE id = ANY(%s)",
                seal.id,
                ids,
            )
        )
        self.env["sos.access.log"].invalidate_model(["seal_id"])
        return seal

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        return self.write({})  # refuses, as everything but sealing is refused

    @api.model
    def _fetch_lines(self, condition, limit=None):
        """:return: tuples of the ``SEALED`` columns, and the seal as the last"""
        columns = SQL(", ").join(map(SQL.identifier, (*SEALED, "seal_id")))
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM sos_access_log WHERE %s ORDER BY id %s",
                columns,
                condition,
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )

    @api.model
    def _get_line_digest(self, row):
        """The fingerprint of one line: of its values as a canonical JSON list."""
        # without the last, the seal
        pairs = zip(SEALED, row[:-1], strict=True)
        values = [v.isoformat() if name == "at" else v for name, v in pairs]
        text = json.dumps(
            values, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return fingerprint(text)

    @api.model
    def _get_seal_digest(self, seal):
        """The fingerprint of a seal, from a record or a dict of values."""
        return fingerprint(
            seal["previous_sha256"] or "",
            str(seal["number"]),
            seal["sealed_at"].isoformat(),
            seal["ids_text"],
            str(seal["count"]),
            seal["marks"],
            seal["lines_sha256"],
        )

    # --------------------------------------------------------------- retention

    @api.model
    def _remove_before(self, moment):
        """Remove the lines of whole seals that ended before a moment. The seals
        stay, and the log says who removed what.

        :param moment: naive UTC datetime
        :return: how many lines were removed
        """
        # sudo: who calls this has decided on it; nobody has the right otherwise
        seals = self.sudo().search(
            [("removed_at", "=", False), ("last_at", "<", moment)], order="number"
        )
        later = self.sudo().search(
            [("removed_at", "=", False), ("last_at", ">=", moment)],
            order="number",
            limit=1,
        )
        if later:
            # from the beginning on, so that one line says what is gone
            seals = seals.filtered(lambda seal: seal.number < later.number)
        if not seals:
            return 0
        log = self.env["sos.access.log"]
        count = log._remove_rows(SQL("seal_id = ANY(%s)", seals.ids))
        self.env.cr.execute(
            SQL(
                """UPDATE sos_access_seal SET removed_at = %s, removed_by_id = %s
                WHERE id = ANY(%s)""",
                fields.Datetime.now(),
                self.env.uid,
                seals.ids,
            )
        )
        self.invalidate_model(["removed_at", "removed_by_id"])
        log._record("removed", seals[-1], str(seals[-1].number))
        return count
