from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SosMerge(models.Model):
    """Two records that became one, or a family file that became two: who did it, when
    and why, and what was moved, so that it can be put back.

    How things are moved is in ``sos_merge_move``; what it means for people and for
    families is theirs (``sos_person_merge``, ``sos_case_merge``, ``sos_case_split``).
    """

    _name = "sos.merge"
    _inherit = ["sos.record.mixin"]
    _description = "Merge or split"
    _order = "done_at desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("people", "Two records of one person"),
            ("families", "Two files of one family"),
            ("split", "A family file split"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    person_id = fields.Many2one(
        "sos.person", "Person", index="btree_not_null", readonly=True
    )
    merged_person_id = fields.Many2one(
        "sos.person", "Merged record", index="btree_not_null", readonly=True
    )
    case_id = fields.Many2one(
        "sos.case", "Family file", index="btree_not_null", readonly=True
    )
    merged_case_id = fields.Many2one(
        "sos.case",
        "Other file",
        index="btree_not_null",
        readonly=True,
        help="The file that was merged, or the new one after a split.",
    )
    record_name = fields.Char("Goes on as", compute="_compute_names")
    merged_name = fields.Char("The other one", compute="_compute_names")
    reason = fields.Text("Why", required=True, readonly=True)
    done_by_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    done_at = fields.Datetime("When", required=True, readonly=True)
    state = fields.Selection(
        [("done", "Done"), ("undone", "Undone")],
        required=True,
        default="done",
        readonly=True,
    )
    undone_by_id = fields.Many2one("res.users", "Undone by", readonly=True)
    undone_at = fields.Datetime("Undone", readonly=True)
    undo_reason = fields.Text("Why it was undone", readonly=True)
    # holds what was written in the records: for undoing, and for nobody to read
    moved = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    moved_text = fields.Text(
        "What was moved", readonly=True, help="How many records of which kind."
    )
    may_undo = fields.Boolean(compute="_compute_may_undo")

    @api.depends("person_id", "merged_person_id", "case_id", "merged_case_id")
    @api.depends_context("uid")
    def _compute_names(self):
        for merge in self:
            kept, other = merge._get_records()
            merge.record_name = self._get_name_and_number(kept)
            merge.merged_name = self._get_name_and_number(other)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_may_undo(self):
        allocates = self.env.user.has_group("sos_casework.group_allocator")
        for merge in self:
            kept = merge._get_records()[0].sudo(False)
            merge.may_undo = (
                allocates and merge.state == "done" and kept.has_access("write")
            )

    def _get_records(self):
        """:return: the record that goes on, and the other one"""
        self.ensure_one()
        if self.kind == "people":
            return self.person_id, self.merged_person_id
        return self.case_id, self.merged_case_id

    @api.model
    def _get_name_and_number(self, record):
        """A record as the user may know it, always with its number."""
        name, number = record.display_name, record.sudo().reference
        return name if number in name else f"{name} ({number})"

    def _get_log_owner(self):
        return {"case_id": self.case_id.id, "person_id": self.person_id.id}

    @api.model
    def _check_may_merge(self, cases=None):
        """The role is checked here and not in the button.

        :param cases: the family files that it is about; none of them is open in an
            emergency: what goes on in a file of one's own is read for good
        """
        allocator = self.env.user.has_group("sos_casework.group_allocator")
        if not self.env.su and not allocator:
            raise UserError(
                self.env._(
                    "Only a team manager or a service manager merges or splits records."
                )
            )
        if cases:
            cases._check_not_emergency()

    @api.model
    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: a reason is needed."))

    @api.model
    def _record_done(self, kind, kept, other, reason, moved):
        """Keep what was done, and what was moved for it."""
        people = kind == "people"
        # sudo: written by merging and splitting only, users have no right to
        return self.sudo().create(
            {
                "kind": kind,
                ("person_id" if people else "case_id"): kept.id,
                ("merged_person_id" if people else "merged_case_id"): other.id,
                "reason": reason,
                "done_by_id": self.env.uid,
                "done_at": fields.Datetime.now(),
                "moved": moved,
                "moved_text": self._count_moved(moved),
            }
        )

    @api.model
    def _count_moved(self, moved):
        """How many records of which kind, one kind a line."""
        ids = {}
        for model, _field, rows, *_values in moved["rows"]:
            ids.setdefault(model, set()).update(rows)
        for model, _field, rows, *_values in moved["links"]:
            ids.setdefault(model, set()).update(row_id for row_id, _had in rows)
        for model, row_id, *_row in moved["dropped"]:
            ids.setdefault(model, set()).add(row_id)
        lines = [
            f"{self.env[model]._description}: {len(rows)}"
            for model, rows in ids.items()
        ]
        return "\n".join(sorted(lines)) or self.env._("Nothing hung on it.")

    @api.model
    def _get_merge_action(self, records, name):
        """The merges in which these records went on as another one."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merges and splits"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [(name, "in", records.ids)],
        }

    # -------------------------------------------------------------------- undo

    def action_open_undo(self):
        """Ask why, and say what undoing does."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo"),
            "res_model": "sos.merge.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_merge_id": self.id},
        }

    def action_undo(self, reason=None):
        """Put everything back as it was, or nothing.

        What was written on the moved records since goes back with them; where it
        cannot be told whose it is, the undo is refused and says what stands in the
        way.

        :raise UserError: for who may not, without a reason, or with what is in the way
        """
        self.ensure_one()
        # sudo: which files it is about, in the user's sight or not
        cases = self.sudo().case_id | self.sudo().person_id.member_ids.case_id
        self._check_may_merge(cases.sudo(False))
        self._check_reason(reason)
        self.check_access("read")
        self._queue()
        self.invalidate_recordset(["state"])
        if self.state == "undone":
            raise UserError(self.env._("This was undone already."))
        # sudo: what is put back was moved by this merge, and may be out of the user's
        # sight; that they may write what goes on is checked below
        merge = self.sudo()
        merge._check_last()
        merge._get_records()[0].sudo(False).check_access("write")
        getattr(merge, f"_undo_{self.kind}")()
        merge.write(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_at": fields.Datetime.now(),
                "undo_reason": reason,
            }
        )
        return True

    def _check_last(self):
        """Merges of one record are undone in the opposite order."""
        later = self.search(
            Domain("state", "=", "done")
            & Domain("id", ">", self.id)
            & self._get_later_domain(),
            order="id desc",
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "%(kept)s and %(other)s were merged or split after this. Undo that "
                    "first, then this.",
                    kept=later._get_records()[0].reference,
                    other=later._get_records()[1].reference,
                )
            )

    def _get_later_domain(self):
        """Merges that touch what this one touched."""
        records = self._get_records()
        ids = [record.id for record in records]
        if self.kind != "people":
            return Domain("case_id", "in", ids) | Domain("merged_case_id", "in", ids)
        # who was known in which file is no longer told apart in one file of two
        cases = (records[0] | records[1]).member_ids.case_id
        return (
            Domain("person_id", "in", ids)
            | Domain("merged_person_id", "in", ids)
            | (Domain("kind", "=", "families") & Domain("case_id", "in", cases.ids))
        )

    def _get_display_label(self):
        kept, other = self._get_records()
        return f"{super()._get_display_label()}: {kept.reference}, {other.reference}"
