import hashlib
import json
from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.tools import SQL

#: So many lines at most go under one seal.
BATCH = 2_000
#: What is sealed, in this order.
SEALED_MODELS = [
    ("sos.access.log", "Access log"),
    ("sos.change.log", "Change log"),
    ("sos.form.document", "Signed documents"),
]
#: So much of a line's own fingerprint is kept to name it when it was changed.
MARK = 8
#: No request or job takes longer between writing a line and keeping it for good.
LATE = timedelta(hours=1)


def fingerprint(*texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def as_ranges(ids):
    """Sorted numbers as text: ``1-4,7``."""
    if not ids:
        return ""
    breaks = [i for i, (a, b) in enumerate(pairwise(ids), 1) if b != a + 1]
    starts, ends = [0, *breaks], [*breaks, len(ids)]
    return ",".join(
        str(ids[a]) if b - a == 1 else f"{ids[a]}-{ids[b - 1]}"
        for a, b in zip(starts, ends, strict=True)
    )


def from_ranges(text):
    """:return: the numbers of ``1-4,7``"""
    return [n for first, last in get_bounds(text) for n in range(first, last + 1)]


def get_bounds(text):
    """:return: first and last of each part of ``1-4,7``"""
    bounds = []
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        bounds.append((int(first), int(last or first)))
    return bounds


class SosAccessSeal(models.Model):
    """A batch of rows (lines of the access log, of the change log, signed documents)
    under one fingerprint, which goes into the next seal's: a row that is changed,
    taken out or put in afterwards no longer fits, and the seals after it hold that
    fast. What a destruction takes out is a seal of its own, which names it.

    How a change is found is in ``sos_access_seal_check``; ``sos_access_seal_head``
    keeps the fingerprints outside the database."""

    _name = "sos.access.seal"
    _inherit = ["sos.append.only.mixin", "sos.reminder.mixin"]
    _description = "Seal"
    _order = "number desc"
    _rec_name = "number"
    _log_access = False
    _set_once = ("removed_at", "removed_by_id")

    number = fields.Integer(required=True, readonly=True)
    sealed_at = fields.Datetime("Sealed", required=True, readonly=True)
    res_model = fields.Selection(
        SEALED_MODELS, "Of what", required=True, readonly=True, default="sos.access.log"
    )
    destruction_id = fields.Many2one(
        "sos.destruction",
        "Destroyed by",
        readonly=True,
        ondelete="restrict",
        help="This seal says what was taken out, and by which destruction.",
    )
    ids_text = fields.Text(
        "Lines", required=True, readonly=True, help="Their numbers, as 1-4,7."
    )
    first_id = fields.Integer("First line", required=True, readonly=True)
    last_id = fields.Integer("Last line", required=True, readonly=True)
    known_id = fields.Integer(
        "Newest line",
        readonly=True,
        aggregator=None,
        help="The highest number that there was when this was sealed.",
    )
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
        """Seal what was destroyed since, or else rows that are there and not sealed
        yet, up to ``BATCH`` of one kind. Nobody who opens a record waits for it.

        :return: the seal, empty when there was nothing to seal
        """
        seal = self._seal_destruction()
        for model, _label in SEALED_MODELS:
            seal = seal or self._seal_rows(self.env[model])
        return seal

    @api.model
    def _seal_rows(self, model):
        """Rows come in out of order: one with a lower number may be committed after
        this, and goes under the next seal."""
        # sudo: jobs seal all there is
        model = model.sudo()
        model.flush_model()
        rows = model._fetch_sealed(SQL("seal_id IS NULL"), BATCH)
        if not rows:
            return self.browse()
        ids = [row["id"] for row in rows]
        digests = [self._get_row_digest(row) for row in rows]
        times = [row["written"].replace(microsecond=0) for row in rows]
        [(known_id,)] = self.env.execute_query(
            SQL("SELECT max(id) FROM %s", SQL.identifier(model._table))
        )
        seal = self._add(
            {
                "res_model": model._name,
                "ids_text": as_ranges(ids),
                "first_id": ids[0],
                "last_id": ids[-1],
                "known_id": known_id,
                "first_at": min(times),
                "last_at": max(times),
                "count": len(ids),
                "marks": "".join(digest[:MARK] for digest in digests),
                "lines_sha256": fingerprint(*digests),
            }
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET seal_id = %s WHERE id = ANY(%s)",
                SQL.identifier(model._table),
                seal.id,
                ids,
            )
        )
        model.invalidate_model(["seal_id"])
        return seal

    @api.model
    def _seal_destruction(self):
        """One seal for each kind of row that a destruction took out. The destruction
        itself does not wait for the chain, it says what went (``removed_rows``)."""
        seal = self.browse()
        destruction = self._get_unsealed_destructions()[:1]
        for model, ids_text in sorted((destruction.removed_rows or {}).items()):
            bounds = get_bounds(ids_text)
            seal = self._add(
                {
                    "res_model": model,
                    "destruction_id": destruction.id,
                    "ids_text": ids_text,
                    "first_id": bounds[0][0],
                    "last_id": bounds[-1][1],
                    "known_id": bounds[-1][1],
                    "first_at": destruction.destroyed_at,
                    "last_at": destruction.destroyed_at,
                    "count": sum(last - first + 1 for first, last in bounds),
                    "marks": "",
                    "lines_sha256": fingerprint(ids_text),
                }
            )
        return seal

    @api.model
    def _get_unsealed_destructions(self):
        """Destructions that took out sealed rows, and that no seal names yet."""
        self.env["sos.destruction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sos_destruction WHERE removed_rows IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM sos_access_seal
                    WHERE destruction_id = sos_destruction.id
                ) ORDER BY id"""
            )
        )
        # sudo: the chain names numbers, of every family
        return self.env["sos.destruction"].sudo().browse(row[0] for row in rows)

    @api.model
    def _add(self, values):
        """Add a link to the chain."""
        previous = self.sudo().search([], limit=1)
        values = {
            "destruction_id": False,
            **values,
            "number": previous.number + 1,
            "sealed_at": fields.Datetime.now(),
            "previous_sha256": previous.sha256 or "",
        }
        values["sha256"] = self._get_seal_digest(values)
        # sudo: seals are made by sealing only, nobody has the right to
        return super(SosAccessSeal, self.sudo()).create([values])

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        return self.write({})  # refuses, as everything but sealing is refused

    @api.model
    def _get_row_digest(self, row):
        """The fingerprint of one row: of its values as a canonical JSON list."""
        values = [
            value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in row.items()
            if name not in ("seal_id", "written")
        ]
        text = json.dumps(
            values, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return fingerprint(text)

    @api.model
    def _get_seal_digest(self, seal):
        """The fingerprint of a seal, from a record or a dict of values."""
        texts = [
            seal["previous_sha256"] or "",
            str(seal["number"]),
            seal["sealed_at"].isoformat(),
            seal["ids_text"],
            str(seal["count"]),
            seal["marks"],
            seal["lines_sha256"],
        ]
        # the first seals were of the access log only, and did not know the newest line
        if seal["known_id"]:
            destruction = seal["destruction_id"]
            texts += [
                seal["res_model"],
                str(seal["known_id"]),
                str(int(destruction or 0)),
                seal["first_at"].isoformat(),
                seal["last_at"].isoformat(),
            ]
        return fingerprint(*texts)

    # --------------------------------------------------------------- retention

    @api.model
    def _remove_before(self, moment):
        """Remove the lines of the access log that are under whole seals that ended
        before a moment. The seals stay.

        :param moment: naive UTC datetime
        :return: the numbers of the lines that were removed
        """
        # sudo: who calls this has decided on it; nobody has the right otherwise
        seals = self.sudo().search(
            [
                ("res_model", "=", "sos.access.log"),
                ("destruction_id", "=", False),
                ("removed_at", "=", False),
            ],
            order="number",
        )
        later = seals.filtered(lambda seal: seal.last_at >= moment)[:1]
        if later:
            # from the beginning on, so that one row of numbers says what is gone
            seals = seals.filtered(lambda seal: seal.number < later.number)
        if not seals:
            return []
        ids = sorted(n for seal in seals for n in from_ranges(seal.ids_text))
        log = self.env["sos.access.log"]
        log._remove_rows(SQL("seal_id = ANY(%s)", seals.ids))
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
        return ids
